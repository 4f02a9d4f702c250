"""Faces on threads of their own, stepped as one batch."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from cstalk_live.errors import BundleError, EngineError
from cstalk_live.model.batch_runner import BatchRunner
from cstalk_live.model.bundle import load_bundle
from cstalk_live.model.onnx_cpu import OnnxEngine
from cstalk_live.model.runner import OnnxRunner
from cstalk_live.model.together import StepTogether

from .stream_inputs import inputs

TOLERANCE = 1e-5


def gather(bundle_path, faces, wait_us=200_000):
    return StepTogether(BatchRunner(OnnxEngine(load_bundle(bundle_path), faces)), wait_us)


def talk(works):
    """Run every face's work on a thread of its own; their answers."""
    answers: list[object] = [None] * len(works)

    def run(index):
        try:
            answers[index] = works[index]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30.0)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def alone(bundle_path, features, emotion, delay):
    return OnnxRunner(load_bundle(bundle_path)).steps(features, emotion, delay)


def test_faces_that_step_together_show_what_they_would_show_alone(bundle_path):
    together = gather(bundle_path, 3)
    heard = [inputs(40, seed) for seed in range(3)]
    runners = [together.runner() for _ in heard]

    begin = threading.Barrier(3)

    def work(runner, features, emotion, delay):
        def talk_on():
            begin.wait(10.0)  # a face that begins by itself steps by itself until the others come
            return np.stack([runner.step(f, e, delay) for f, e in zip(features, emotion, strict=True)])

        return talk_on

    answers = talk([work(r, *h, d) for r, h, d in zip(runners, heard, (0, 4, 12), strict=True)])
    for answer, face, delay in zip(answers, heard, (0, 4, 12), strict=True):
        assert np.abs(answer - alone(bundle_path, *face, delay)).max() <= TOLERANCE
    assert together.steps_taken <= 60, "120 frames went in 40 batches, and a few more at the beginning and the end"


def test_faces_with_different_numbers_of_frames_go_together_as_far_as_they_go(bundle_path):
    together = gather(bundle_path, 3)
    heard = [inputs(count, seed) for seed, count in enumerate((1, 5, 17))]
    runners = [together.runner() for _ in heard]
    works = [
        (lambda runner=runner, face=face: runner.steps(*face, 4)) for runner, face in zip(runners, heard, strict=True)
    ]
    for answer, face in zip(talk(works), heard, strict=True):
        assert np.abs(answer - alone(bundle_path, *face, 4)).max() <= TOLERANCE
    assert together.steps_taken == 3


@pytest.mark.parametrize("quiet", [1, 2, 3])
def test_a_face_without_sound_is_waited_for_once_and_keeps_its_memory(bundle_path, quiet):
    """Few moving slots step alone, many as a batch with the others' memory put back: both leave the rest untouched."""
    together = gather(bundle_path, 4, wait_us=1_000)
    heard = [inputs(60, seed) for seed in range(4)]
    runners = [together.runner() for _ in heard]
    stopped = threading.Barrier(4)

    def work(index):
        features, emotion = heard[index]

        def talk_on():
            first = runners[index].steps(features[:20], emotion[:20], 4)
            stopped.wait(10.0)
            if index >= quiet:  # the others go on without it
                more = [runners[index].step(f, e, 4) for f, e in zip(features[20:40], emotion[20:40], strict=True)]
            stopped.wait(10.0)
            if index < quiet:
                more = [runners[index].step(f, e, 4) for f, e in zip(features[20:40], emotion[20:40], strict=True)]
            stopped.wait(10.0)
            return np.concatenate([first, np.stack(more), runners[index].steps(features[40:], emotion[40:], 4)])

        return talk_on

    for answer, face in zip(talk([work(index) for index in range(4)]), heard, strict=True):
        assert np.abs(answer - alone(bundle_path, *face, 4)).max() <= TOLERANCE


def test_nobody_waits_longer_than_allowed_for_one_that_has_fallen_silent(bundle_path):
    together = gather(bundle_path, 2, wait_us=30_000)
    here, away = together.runner(), together.runner()
    features, emotion = inputs(40)
    talk([lambda: here.step(features[0], emotion[0], 4), lambda: away.step(features[0], emotion[0], 4)])
    waits = []
    for f, e in zip(features[1:], emotion[1:], strict=True):
        begin = time.monotonic()
        here.step(f, e, 4)
        waits.append(time.monotonic() - begin)
    assert max(waits[:3]) >= 0.03, "at first it may still be coming"
    assert np.median(waits[-10:]) < 0.015, "later it is not waited for"


def test_a_wrong_look_ahead_is_one_faces_trouble(bundle_path):
    together = gather(bundle_path, 2)
    runners = [together.runner(), together.runner()]
    features, emotion = inputs(3)
    wrong, right = talk(
        [lambda r=r, d=d: r.step(features[0], emotion[0], d) for r, d in zip(runners, (3, 4), strict=True)]
    )
    assert isinstance(wrong, BundleError)
    assert np.abs(right - alone(bundle_path, features[:1], emotion[:1], 4)[0]).max() <= TOLERANCE


def test_an_engine_that_fails_fails_for_every_face_that_stepped(bundle_path, monkeypatch):
    together = gather(bundle_path, 2)
    runners = [together.runner(), together.runner()]
    features, emotion = inputs(3)

    def step_both():
        return talk([lambda r=r: r.step(features[0], emotion[0], 4) for r in runners])

    step_both()  # now they know of each other

    def fail(*_):
        raise MemoryError("no memory")

    with monkeypatch.context() as patched:
        patched.setattr(OnnxEngine, "run", fail)
        assert [type(answer) for answer in step_both()] == [MemoryError, MemoryError]
    assert all(isinstance(answer, np.ndarray) for answer in step_both())


def test_there_are_as_many_runners_as_slots_and_one_face_can_begin_anew(bundle_path):
    together = gather(bundle_path, 2, wait_us=1_000)
    one, _ = together.runner(), together.runner()
    with pytest.raises(EngineError, match="all 2 streams are in use"):
        together.runner()
    features, emotion = inputs(20)
    one.steps(features, emotion, 4)
    one.reset()
    assert np.abs(one.steps(features, emotion, 4) - alone(bundle_path, features, emotion, 4)).max() <= TOLERANCE
