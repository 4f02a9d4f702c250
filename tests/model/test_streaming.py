"""forward = step = ONNX step, for every split and for long streams; nothing comes from the future."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.model import OnnxRunner, load_bundle  # noqa: E402
from cstalk_live.model.engine import empty_state  # noqa: E402

from .stream_inputs import inputs  # noqa: E402

TOLERANCE = 1e-5
"""In control units, of float32 sums taken in another order."""


def one_hot(net, delay):
    told = torch.zeros(1, len(net.spec.delays))
    told[0, net.spec.delays.index(delay)] = 1.0
    return told


def run_forward(net, features, emotion, delay):
    with torch.no_grad():
        return net(torch.from_numpy(features)[None], torch.from_numpy(emotion)[None], one_hot(net, delay))[0].numpy()


def run_steps(net, features, emotion, delay, sizes):
    state, out, at = net.init_state(1), [], 0
    x, e = torch.from_numpy(features)[None], torch.from_numpy(emotion)[None]
    with torch.no_grad():
        for size in sizes:
            y, state = net.step(x[:, at : at + size], e[:, at : at + size], one_hot(net, delay), state)
            out.append(y[0].numpy())
            at += size
    assert at == len(features)
    return np.concatenate(out)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.sampled_from([0, 1, 4, 12]), st.integers(0, 99))
def test_steps_of_any_size_equal_forward(net, sizes, delay, seed) -> None:
    features, emotion = inputs(sum(sizes), seed)
    assert (
        np.abs(run_steps(net, features, emotion, delay, sizes) - run_forward(net, features, emotion, delay)).max()
        <= TOLERANCE
    )


@pytest.mark.parametrize("delay", [0, 4, 12])
def test_onnx_step_equals_forward(net, bundle_path, delay) -> None:
    features, emotion = inputs(300)
    runner = OnnxRunner(load_bundle(bundle_path))
    stream = np.stack([runner.step(f, e, delay).copy() for f, e in zip(features, emotion, strict=True)])
    assert np.abs(stream - run_forward(net, features, emotion, delay)).max() <= TOLERANCE


def test_ten_minutes_of_onnx_steps_end_as_exact_as_they_begin(net, bundle_path) -> None:
    """The last two seconds of a 10-minute stream depend on no more than the window: they equal a fresh short clip."""
    reach = 400  # frames; 2 layers x 23 + convolutions + decoder need far fewer
    features, emotion = inputs(600 * 60)
    runner = OnnxRunner(load_bundle(bundle_path))
    for f, e in zip(features[:-60], emotion[:-60], strict=True):
        runner.step(f, e, 4)
    end = np.stack([runner.step(f, e, 4).copy() for f, e in zip(features[-60:], emotion[-60:], strict=True)])
    fresh = run_forward(net, features[-reach:], emotion[-reach:], 4)[-60:]
    assert np.abs(end - fresh).max() <= TOLERANCE


def test_reset_forgets_everything(bundle_path) -> None:
    features, emotion = inputs(50)
    runner = OnnxRunner(load_bundle(bundle_path))
    first = [runner.step(f, e, 4).copy() for f, e in zip(features, emotion, strict=True)]
    runner.reset()
    again = [runner.step(f, e, 4).copy() for f, e in zip(features, emotion, strict=True)]
    assert np.array_equal(first, again)


def test_warm_up_leaves_no_trace(bundle_path) -> None:
    features, emotion = inputs(50)
    cold, warm = (OnnxRunner(load_bundle(bundle_path)) for _ in range(2))
    warm.warm_up()
    for f, e in zip(features, emotion, strict=True):
        assert np.array_equal(cold.step(f, e, 4), warm.step(f, e, 4))


def test_two_runners_share_a_bundle_but_not_a_stream(bundle_path) -> None:
    bundle = load_bundle(bundle_path)
    one, two = OnnxRunner(bundle), OnnxRunner(bundle)
    features, emotion = inputs(30)
    alone = [one.step(f, e, 4).copy() for f, e in zip(features, emotion, strict=True)]
    one.reset()
    for f, e, expected in zip(features, emotion, alone, strict=True):
        two.step(-f, e, 0)
        assert np.array_equal(one.step(f, e, 4), expected)


@pytest.mark.parametrize("delay", [0, 2, 9])
def test_nothing_after_now_changes_what_was_said(net, delay) -> None:
    """Row k is the pose of frame k - delay and is made from sound up to frame k: later sound must not reach it."""
    features, emotion = inputs(80)
    changed = features.copy()
    changed[50:] = inputs(80, seed=5)[0][50:]
    before, after = (run_forward(net, x, emotion, delay) for x in (features, changed))
    assert np.array_equal(before[:50], after[:50])
    assert not np.array_equal(before[50:], after[50:])


def test_memory_stays_finite_and_shaped_through_noise_silence_and_clipping(net, bundle_path) -> None:
    rng = np.random.default_rng(3)
    runner = OnnxRunner(load_bundle(bundle_path))
    memory = empty_state(runner.bundle.meta, 1)
    for kind in ("noise", "silence", "clipping", "silence") * 5:
        for _ in range(120):
            features = {
                "noise": rng.normal(-9, 4, 160),
                "silence": np.full(160, -18.42),
                "clipping": np.full(160, 3.0),
            }[kind]
            pose = runner.step(features.astype(np.float32), np.ones(6, np.float32), 4)
            assert np.isfinite(pose).all()
        runner.engine.read(memory)
        for name, array in memory.items():
            assert np.isfinite(array).all(), name
            denormal = (array != 0.0) & (np.abs(array) < np.finfo(np.float32).tiny)
            assert not denormal.any(), (name, kind)


def test_emotion_and_delay_reach_the_pose(net) -> None:
    features, emotion = inputs(60)
    other = emotion.copy()
    other[:, 1] = 1.0 - other[:, 1]
    assert np.abs(run_forward(net, features, emotion, 4) - run_forward(net, features, other, 4)).max() > 1e-3
    assert np.abs(run_forward(net, features, emotion, 4) - run_forward(net, features, emotion, 0)).max() > 1e-3


def test_emotion_is_not_remembered_by_the_listening_half(net) -> None:
    """Attention caches hold sound only: after a change of emotion, what was said keeps no trace of the old one."""
    features, emotion = inputs(30)
    with torch.no_grad():
        states = [
            net.step(
                torch.from_numpy(features)[None],
                torch.from_numpy(e)[None],
                one_hot(net, 4),
                net.init_state(1),
            )[1]
            for e in (emotion, 1.0 - emotion)
        ]
    for name in states[0]:
        if name.startswith(("attention", "conv")):
            assert torch.equal(states[0][name], states[1][name])
