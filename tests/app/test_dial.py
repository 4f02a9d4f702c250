"""The look-ahead turned while a stream runs: every frame once, in order, and no jump."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstalk_live.assembly import make_session
from cstalk_live.bench.sound import sample_sound
from cstalk_live.clock import FakeClock
from cstalk_live.config.keys import LiveConfig, MotionConfig
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.dial import FADE_FRAMES, GLIDE, WARM_FRAMES, WARM_STEPS, LookaheadDial
from cstalk_live.errors import UsageError
from cstalk_live.lookahead import describe, frames_us, nearest_frames, read_lookahead
from cstalk_live.motion.layer import LayerConfig, MotionLayer
from cstalk_live.records import HOP, SAMPLE_RATE, FloatArray
from cstalk_live.session import Session

DELAYS = (0, 1, 2, 4, 6, 9, 12)


class Telling:
    """A network whose pose of frame k is k, plus a hundredth for every frame of delay."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.heard: list[float] = []
        self.delays: set[int] = set()

    def step(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        self.heard.append(float(features[0]))
        self.delays.add(delay)
        at = len(self.heard) - 1 - delay
        frame = self.heard[at] if at >= 0 else -1000.0
        return np.array([frame, 0.01 * delay], np.float32)

    def steps(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        return np.stack([self.step(x, m, delay) for x, m in zip(features, emotion, strict=True)])


def turned(before: int, after: int, at: int, count: int = 360):
    """Poses of a stream whose dial is turned at frame ``at``, with the step at which each came out."""
    dial = LookaheadDial(Telling(), before, Telling())
    poses = []
    for step in range(count):
        if step == at:
            dial.wanted = after
        features = np.full((1, 160), step, np.float32)
        poses += [(step, pose) for pose in dial.advance(features, np.zeros((1, 6), np.float32))[0]]
    return dial, poses


@settings(deadline=None, max_examples=15)
@given(st.sampled_from(list(itertools.permutations(DELAYS, 2))), st.integers(0, 200))
def test_every_frame_comes_once_in_order_whatever_the_dial_does(pair, at):
    before, after = pair
    dial, poses = turned(before, after, at)
    assert [pose.number for _, pose in poses] == list(range(360 - after))
    assert dial.delay == after
    assert not dial.changing
    for step, pose in poses:
        # Whichever network speaks, it speaks of this very frame: pose time is frame time.
        assert pose.board[0] == pytest.approx(pose.number, abs=1e-3)
        assert step >= pose.number + min(before, after)
        assert frames_us(step) <= frames_us(pose.number) + pose.lookahead_us + 1, "it was there before it had to leave"
    waits = np.array([pose.lookahead_us for _, pose in poses])
    steps = np.diff(waits)
    assert np.abs(steps).max() <= frames_us(1) // GLIDE + 1, "sending slows down or speeds up by a quarter at most"
    assert (np.sign(steps[steps != 0]) == np.sign(after - before)).all()
    # Turned at the very beginning the stream is warm at once, and the glide may be under way with its first frame.
    assert waits[0] == frames_us(before) or at < before + 2
    assert waits[-1] == frames_us(after)


@pytest.mark.parametrize(("before", "after"), [(9, 1), (1, 9), (4, 9), (4, 0)])
def test_the_answers_are_cross_faded_over_a_quarter_of_a_second(before, after):
    _, poses = turned(before, after, 150)
    delay = np.array([pose.board[1] for _, pose in poses]) * 100
    between = (np.abs(delay - before) > 1e-3) & (np.abs(delay - after) > 1e-3)
    assert between.sum() == FADE_FRAMES
    assert np.abs(np.diff(delay)).max() <= 0.13 * abs(after - before)
    assert delay[140] == pytest.approx(before, abs=1e-4)
    complete = int(np.flatnonzero(np.abs(delay - after) < 1e-3)[0])
    assert complete <= 150 + WARM_FRAMES // (WARM_STEPS - 1) + FADE_FRAMES + GLIDE * abs(after - before) + 12


def test_the_second_network_has_heard_the_last_two_seconds():
    second = Telling()
    dial = LookaheadDial(Telling(), 4, second)
    for step in range(300):
        if step == 200:
            dial.wanted = 6
        dial.advance(np.full((1, 160), step, np.float32), np.zeros((1, 6), np.float32))
    assert second.heard == [float(frame) for frame in range(200 - WARM_FRAMES, 300)]
    assert second.delays == {6}


def test_a_dial_turned_again_meanwhile_is_followed_after():
    dial = LookaheadDial(Telling(), 4, Telling())
    numbers = []
    for step in range(900):
        dial.wanted = {100: 9, 150: 1, 170: 12}.get(step, dial.wanted)
        features = np.full((1, 160), step, np.float32)
        numbers += [pose.number for pose in dial.advance(features, np.zeros((1, 6), np.float32))[0]]
    assert dial.delay == 12
    assert numbers == list(range(900 - 12))


def test_without_a_second_network_the_next_stream_has_the_new_look_ahead():
    dial = LookaheadDial(Telling(), 4)
    dial.wanted = 1
    assert not dial.changing
    assert dial.delay == 4
    dial.reset()
    assert dial.delay == 1


@pytest.mark.parametrize(("before", "after"), [(4, 1), (4, 9)])
def test_frames_are_the_same_bits_for_every_cutting_also_while_turning(fakes, before, after):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 240 * HOP).astype(np.float32)

    def played(cuts):
        session = fakes.session(before)
        session.start()
        session.look_ahead(after)  # at once: what the cutting changes is the moment of a later turn
        frames = []
        for part in np.split(sound, cuts):
            frames += session.push(part)
        return frames + session.flush()

    whole, parts = played([]), played([1, 5000, 5001, 33_333, 60_000])
    assert [frame.index for frame in whole] == list(range(240))
    assert [frame.board.tobytes() for frame in whole] == [frame.board.tobytes() for frame in parts]
    assert [frame.lookahead_us for frame in whole] == [frame.lookahead_us for frame in parts]


@pytest.mark.parametrize("when", [1, 170, 185, 239])
@pytest.mark.parametrize("after", [0, 12])
def test_a_stream_that_ends_while_turning_is_whole(fakes, when, after):
    session = fakes.session(4)
    session.start()
    hop = np.random.default_rng(0).uniform(-0.5, 0.5, HOP).astype(np.float32)
    frames = []
    for step in range(240):
        if step == when:
            session.look_ahead(after)
        frames += session.push(hop)
    frames += session.flush()
    assert [frame.index for frame in frames] == list(range(240))


class Sine:
    """A network whose jaw at frame k is a slow sine of k; it asks nothing of the sound."""

    def __init__(self, fakes):
        self.fakes, self.heard = fakes, 0

    def reset(self):
        self.heard = 0

    def step(self, features, emotion, delay):
        self.heard += 1
        answer = np.zeros(185, np.float32)
        answer[self.fakes.jaw] = 0.5 + 0.01 * delay
        return answer

    def steps(self, features, emotion, delay):
        return np.stack([self.step(x, m, delay) for x, m in zip(features, emotion, strict=True)])


@pytest.mark.parametrize(("before", "after"), [(4, 1), (1, 9), (9, 0)])
def test_on_the_wire_numbers_rise_by_one_times_never_fall_and_the_pose_does_not_jump(fakes, before, after):
    clock = FakeClock()
    output, watcher = fakes.Recorder(clock), fakes.Watcher()
    network, spare = Sine(fakes), Sine(fakes)
    motion = MotionLayer(LayerConfig(gate=False, blinks=False, gaze=False), before)
    session = Session(network, motion, _Calm(), before, spare=spare, delays=DELAYS)
    start_us = clock.now_us()

    def turn():
        if clock.now_us() - start_us > 2_000_000 and not turned_at:
            turned_at.append(clock.now_us())
            daemon.set_lookahead(after * 1000 / 60)

    turned_at: list[int] = []
    daemon = Daemon(
        lambda: fakes.Source(clock, 700),
        session,
        [output],
        watcher,
        clock,
        RunSettings(28_000 + frames_us(before), live=True, threads=False),
        each_second=[turn],
    )
    summary = daemon.run()
    assert watcher.said == [describe(DELAYS, after * 1000 / 60)]
    assert daemon.delay_us == 28_000 + frames_us(after)
    assert summary["held"] == summary["neutral"] == summary["drops"] == 0
    index = np.array([frame.index for frame in output.frames])
    capture = np.array([frame.capture_us for frame in output.frames])
    assert (np.diff(index) == 1).all()
    assert np.diff(capture).min() > 16_000
    assert np.diff(capture).max() < 17_500
    sent = np.diff(output.times)
    assert sent.min() >= 12_000, "sending speeds up by a quarter at most"
    assert sent.max() <= 21_500
    latency = np.array(output.times) - capture
    assert latency[60] == pytest.approx(28_000 + frames_us(before), abs=1_000)
    assert latency[-1] == pytest.approx(28_000 + frames_us(after), abs=1_000)
    jaw = np.array([frame.board[fakes.jaw] for frame in output.frames])
    assert np.abs(np.diff(jaw[60:])).max() <= 0.13 * 0.01 * abs(after - before)
    assert jaw[-1] == pytest.approx(0.5 + 0.01 * after)


class _Calm:
    def advance(self):
        return np.zeros(6, np.float32)


def test_profiles_and_milliseconds_are_understood():
    assert [round(read_lookahead(name)) for name in ("tight", "balanced", "quality", "80")] == [17, 67, 150, 80]
    for wrong in ("fast", "-1", "201", "nan"):
        with pytest.raises(UsageError, match="look-ahead"):
            read_lookahead(wrong)


@pytest.mark.parametrize(("ms", "frames"), [(0, 0), (67, 4), (80, 4), (84, 6), (120, 6), (200, 12), (8, 0), (9, 1)])
def test_any_wish_gets_the_nearest_trained_delay_and_is_told(ms, frames):
    assert nearest_frames(DELAYS, ms) == frames
    told = describe(DELAYS, ms)
    assert f"{frames} frames" in told
    assert ("nearest to" in told) == (abs(frames * 1000 / 60 - ms) >= 1)


@pytest.mark.parametrize("profile", ["tight", "quality"])
def test_the_real_network_does_not_jump_when_its_look_ahead_changes(profile):
    sound = sample_sound()[: 7 * SAMPLE_RATE]
    still = MotionConfig(gate=False, blinks=False, gaze=False)
    session = make_session(LiveConfig(motion=still)).session

    new = round(read_lookahead(profile) * 0.06)

    def played(before, after):
        session.look_ahead(before)
        session.start()
        frames = session.push(sound[: 2 * SAMPLE_RATE])
        session.look_ahead(after)
        frames += session.push(sound[2 * SAMPLE_RATE :]) + session.flush()
        return np.stack([frame.board for frame in frames]), [frame.lookahead_us for frame in frames]

    (calm, _), (later, _), (turned_poses, waits) = played(4, 4), played(new, new), played(4, new)
    assert len(calm) == len(turned_poses)
    change = [index for index in range(1, len(waits)) if waits[index] != waits[index - 1]]
    around = slice(change[0] - 40, change[-1] + 40)
    fastest = max(np.abs(np.diff(poses[around], axis=0)).max() for poses in (calm, later))
    assert np.abs(np.diff(turned_poses[around], axis=0)).max() < 1.1 * fastest
    np.testing.assert_array_equal(calm[:110], turned_poses[:110])
    np.testing.assert_allclose(later[-20:], turned_poses[-20:], atol=0.02)
