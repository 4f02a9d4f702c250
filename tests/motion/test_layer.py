"""The whole layer: range, determinism, bounded steps, silence, loss, and no growth."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cstalk_live.motion import LayerConfig, MotionLayer, VoiceLevel
from cstalk_live.motion.blinks import LIDS
from cstalk_live.motion.limits import SpeedLimit
from cstalk_live.motion.rest import REST_CHANNELS
from cstalk_live.rig import BOARD_INDEX, BOARD_MAX, BOARD_MIN, BOARD_NEUTRAL, PROPERTY_INDEX, PROPERTY_NEUTRAL

FRAMES = 900
PLAIN = LayerConfig(gate=False, blinks=False, gaze=False, smoothing=0.0)


def sound(seed: int = 0, frames: int = FRAMES) -> np.ndarray:
    """A quiet room with noise bursts as loud as a voice, 2 s of every 4."""
    random = np.random.default_rng(seed)
    loud = np.where(np.arange(frames) % 240 < 120, 1e-4, 2e-2)
    return (random.standard_normal((frames, 400)) * loud[:, None]).astype(np.float32)


def mouthing(seed: int = 0, frames: int = FRAMES) -> np.ndarray:
    random = np.random.default_rng(seed)
    slow = np.cumsum(random.normal(0, 0.03, (frames, 185)), axis=0)
    return np.clip(BOARD_NEUTRAL + slow, BOARD_MIN, BOARD_MAX).astype(np.float32)


def play(layer: MotionLayer, boards: np.ndarray, heard: np.ndarray, delay: int = 0) -> np.ndarray:
    out, level = boards.copy(), VoiceLevel()
    for frame in range(len(heard)):
        if frame < delay:
            layer.hear(level.of(heard[frame]))
        else:
            layer.apply(out[frame - delay], frame_index=frame - delay, level_db=level.of(heard[frame]))
    return out[: len(heard) - delay]


@settings(max_examples=25)
@given(arrays(np.float32, (12, 185), elements=st.floats(width=32)), st.integers(0, 12), st.booleans())
def test_any_input_gives_finite_poses_in_range(frames: np.ndarray, delay: int, head: bool) -> None:
    layer = MotionLayer(LayerConfig(head=head), delay)
    for index, board in enumerate(frames.copy()):
        layer.apply(board, frame_index=index, level_db=-70.0 + 5.0 * index)
        assert np.isfinite(board).all()
        assert (board >= BOARD_MIN).all()
        assert (board <= BOARD_MAX).all()
    assert layer.held_values == (~np.isfinite(frames)).sum()


def test_same_seed_same_take_also_after_reset() -> None:
    layer = MotionLayer(LayerConfig(seed=3, head=True), 4)
    one = play(layer, mouthing(), sound(), 4)
    layer.reset()
    np.testing.assert_array_equal(play(layer, mouthing(), sound(), 4), one)
    other = play(MotionLayer(LayerConfig(seed=4, head=True), 4), mouthing(), sound(), 4)
    assert not np.array_equal(other, one)


def test_steps_are_bounded() -> None:
    boards = np.random.default_rng(2).uniform(BOARD_MIN, BOARD_MAX, (FRAMES, 185)).astype(np.float32)
    out = play(MotionLayer(), boards, sound())
    steps = np.abs(np.diff(out, axis=0)).max(axis=0)
    bound = SpeedLimit().step.copy()
    # A blink adds up to 0.4 (it closes wide eyes) to the lids' own step, a glance up to 0.2 to the eyes'.
    bound[LIDS] += 0.4
    bound[[BOARD_INDEX[f"CTRL_{s}_eye.{a}"] for s in "LR" for a in ("tx", "ty")]] += 0.2
    assert (steps <= bound + 1e-5).all()


def test_everything_off_changes_nothing_that_is_in_range_and_slow() -> None:
    boards = mouthing()
    np.testing.assert_array_equal(play(MotionLayer(PLAIN), boards, sound()), boards)


def test_a_silent_mouth_is_still_and_a_speaking_one_moves() -> None:
    quiet = np.arange(FRAMES) % 240
    out = play(MotionLayer(), mouthing(), sound())[:, REST_CHANNELS]
    speed = np.abs(np.diff(out, axis=0)).mean(axis=1)
    still = (quiet[1:] > 70) & (quiet[1:] < 118)
    speaking = quiet[1:] > 125
    assert speed[still].mean() < 0.25 * speed[speaking].mean()


@pytest.mark.parametrize("delay", [0, 4, 12])
def test_the_first_spoken_frame_is_the_networks(delay: int) -> None:
    config = LayerConfig(blinks=False, gaze=False, smoothing=0.0)
    boards = np.full((FRAMES, 185), 0.3, dtype=np.float32)
    boards = np.clip(boards, BOARD_MIN, BOARD_MAX)
    out = play(MotionLayer(config, delay), boards, sound(), delay)
    np.testing.assert_allclose(out[120, REST_CHANNELS], boards[120, REST_CHANNELS], atol=1e-6)


def test_speech_flag_follows_the_voice() -> None:
    layer, level, flags = MotionLayer(), VoiceLevel(), []
    for frame, heard in enumerate(sound()):
        layer.apply(BOARD_NEUTRAL.copy(), frame_index=frame, level_db=level.of(heard))
        flags.append(layer.speech)
    assert not any(flags[:120])
    assert all(flags[120:240])
    assert not any(flags[260:360])


def test_head_is_written_only_when_on() -> None:
    for head in (False, True):
        layer, properties = MotionLayer(LayerConfig(head=head)), PROPERTY_NEUTRAL.copy()
        for frame in range(30):
            layer.apply(BOARD_NEUTRAL.copy(), frame_index=frame, level_db=-120.0)
        layer.write_head(properties)
        assert properties[PROPERTY_INDEX["HeadControlSwitch"]] == float(head)
        assert bool(properties[PROPERTY_INDEX["HeadYaw"]]) is head


def test_nothing_allocated_in_the_loop_stays() -> None:
    layer, level = MotionLayer(LayerConfig(head=True), 4), VoiceLevel()
    board, heard = BOARD_NEUTRAL.copy(), sound(frames=240)

    def run(first: int, frames: int) -> None:
        for frame in range(first, first + frames):
            layer.apply(board, frame_index=frame, level_db=level.of(heard[frame % 240]))

    run(0, 2000)
    tracemalloc.start()
    run(2000, 500)
    before = tracemalloc.get_traced_memory()[0]
    run(2500, 6000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 4096
