"""The voice gate on synthetic rooms and voices, and the level it listens to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstalk_live.decibels import SILENCE_DB
from cstalk_live.motion.gate import GateConfig, VoiceGate
from cstalk_live.motion.level import VoiceLevel

QUIET, VOICE = -78.0, -42.0


def run(levels: list[float], lookahead: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Openness and speech after every frame."""
    gate = VoiceGate(lookahead_frames=lookahead)
    openness, speech = [], []
    for level in levels:
        gate.hear(level)
        openness.append(gate.openness)
        speech.append(gate.speech)
    return np.array(openness), np.array(speech)


def room(frames: int, level: float = QUIET, seed: int = 0) -> list[float]:
    return list(level + np.random.default_rng(seed).normal(0, 0.7, frames))


def voice(frames: int, level: float = VOICE, seed: int = 0) -> list[float]:
    """Syllables of a quarter of a second with short gaps that fall most of the way to the room."""
    t = np.arange(frames)
    gap = (t % 15) >= 12
    return list(np.where(gap, level - 28, level) + np.random.default_rng(seed).normal(0, 2, frames))


def test_silence_stays_shut() -> None:
    openness, speech = run(room(1200) + [SILENCE_DB] * 300)
    assert not openness.any()
    assert not speech.any()


@pytest.mark.parametrize("noise", [-85.0, -70.0, -60.0, -50.0])
def test_steady_noise_is_learned_and_shut_out(noise: float) -> None:
    openness, _ = run(room(900, noise))
    assert not openness[360:].any()


@pytest.mark.parametrize("noise", [-85.0, -70.0, -58.0])
def test_a_voice_above_noise_opens_and_stays_open(noise: float) -> None:
    _, speech = run(room(600, noise) + voice(900))
    assert speech[600:].all()
    assert not speech[400:600].any()


def test_without_lookahead_the_gate_is_open_in_the_frame_of_the_onset() -> None:
    openness, _ = run(room(300) + voice(60))
    assert openness[299] == 0
    assert openness[300] == 1


@pytest.mark.parametrize("lookahead", [1, 2, 4, 6, 9, 12])
def test_with_lookahead_the_pose_of_the_onset_is_free(lookahead: int) -> None:
    """The state after hearing frame k + D belongs to the pose of frame k."""
    onset, end = 300, 420
    openness, _ = run(room(onset) + voice(end - onset) + room(200), lookahead)
    pose = openness[lookahead:]
    assert (pose[onset : end - 3] == 1).all()
    assert pose[onset - lookahead] > 0
    assert pose[onset - lookahead - 1] == 0
    hold = round(GateConfig().hold_s * 60)
    # The last syllable ends at most 3 frames before the voice does; then the hold, on the pose's own time.
    assert (pose[end : end + hold - 4] == 1).all()
    assert pose[end + hold + 20] == 0


def test_closing_is_smooth() -> None:
    openness, _ = run(room(300) + voice(120) + room(200))
    falling = np.diff(openness[420:])
    assert falling.min() > -0.13
    assert (falling <= 0).all()


def test_a_loud_hum_that_begins_is_let_go() -> None:
    """A fan that starts sounds like a voice at first, and like a room after a few seconds."""
    _, speech = run(room(300) + room(600, -55.0))
    assert speech[300]
    assert not speech[300 + 300 :].any()


def test_a_long_loud_note_stays_open() -> None:
    _, speech = run(room(300) + room(600, -30.0))
    assert speech[300:].all()


@given(st.lists(st.floats(-200, 20) | st.just(math.nan) | st.just(-math.inf), max_size=80), st.integers(0, 12))
def test_any_levels_give_values_in_range(levels: list[float], lookahead: int) -> None:
    gate = VoiceGate(lookahead_frames=lookahead)
    for level in levels:
        before = gate.openness
        gate.hear(level)
        assert 0 <= gate.openness <= 1
        assert gate.openness >= before - 0.13
        assert GateConfig().floor_low_db <= gate.floor_db <= GateConfig().floor_high_db


def test_reset_forgets() -> None:
    levels = room(50) + voice(80) + room(10)
    gate = VoiceGate(lookahead_frames=4)
    for level in levels:
        gate.hear(level)
    gate.reset()
    again = []
    for level in levels:
        gate.hear(level)
        again.append(gate.openness)
    np.testing.assert_array_equal(again, run(levels, 4)[0])


def test_level_of_known_sounds() -> None:
    level = VoiceLevel()
    assert level.of(np.zeros(400, dtype=np.float32)) == SILENCE_DB
    assert level.of(np.full(400, np.nan, dtype=np.float32)) == SILENCE_DB
    level.reset()
    t = np.arange(800)
    for hertz in (60, 600, 6000):
        tone = np.sin(2 * np.pi * hertz / 24000 * t).astype(np.float32)
        level.reset()
        level.of(tone[:400])
        # The difference of a sine has the amplitude 2 sin(pi f / rate); its RMS is that over root 2.
        expected = 20 * math.log10(2 * math.sin(math.pi * hertz / 24000) / math.sqrt(2))
        assert level.of(tone[400:]) == pytest.approx(expected, abs=0.1)


def test_level_runs_on_over_frame_ends() -> None:
    ramp = (np.arange(800, dtype=np.float32) / 1000).reshape(2, 400)
    level = VoiceLevel()
    level.of(ramp[0])
    assert level.of(ramp[1]) == pytest.approx(-60, abs=0.01)
