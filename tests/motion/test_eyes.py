"""Blinks and glances over ten simulated minutes, against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.motion.blinks import LIDS, Blinks
from cstalk_live.motion.gaze import DEGREES_DOWN, DEGREES_SIDEWAYS, DEGREES_UP, Gaze, GazeConfig
from cstalk_live.rig import BOARD_INDEX, BOARD_NEUTRAL

MINUTES = 10
FRAMES = MINUTES * 3600
EYES = [BOARD_INDEX[f"CTRL_{side}_eye.{axis}"] for side in "LR" for axis in ("tx", "ty")]


def talking(frame: int) -> bool:
    """Four seconds of voice, one and a half of pause."""
    return frame % 330 < 240


def lids(seed: int, lid: float = 0.0, speech: bool = True) -> tuple[np.ndarray, int]:
    blinks, shown = Blinks(seed=seed), np.empty(FRAMES)
    board = BOARD_NEUTRAL.copy()
    for frame in range(FRAMES):
        board[LIDS] = lid
        blinks.apply(board, frame, speech and talking(frame))
        assert board[LIDS[0]] == board[LIDS[1]]
        shown[frame] = board[LIDS[0]]
    return shown, blinks.count


@pytest.mark.parametrize("seed", range(4))
def test_rate_lies_between_rest_and_conversation(seed: int) -> None:
    """Bentivoglio et al. 1997: 17 a minute at rest, 26 in conversation; two thirds of that spread allowed."""
    shown, count = lids(seed)
    closed = shown > 0.7
    seen = int((closed[1:] & ~closed[:-1]).sum())
    assert abs(seen - count) <= 1
    assert 13 <= seen / MINUTES <= 26


def test_pauses_attract_blinks() -> None:
    shown, _ = lids(3)
    starts = np.flatnonzero((shown[1:] > 0.05) & (shown[:-1] <= 0.05))
    early_pause = np.mean([(start % 330) in range(240, 262) for start in starts])
    assert early_pause > 1.7 * 22 / 330


def test_lids_close_faster_than_they_open_and_never_jump() -> None:
    shown, _ = lids(0)
    steps = np.diff(shown)
    assert steps.max() <= 0.4
    assert steps.min() >= -0.2
    rising, falling = (steps > 1e-6).sum(), (steps < -1e-6).sum()
    assert 1.5 < falling / rising < 2.6


@pytest.mark.parametrize("lid", [-1.0, 0.3, 1.0])
def test_blinks_start_from_where_the_lids_are(lid: float) -> None:
    shown, _ = lids(1, lid)
    assert shown.min() >= lid - 1e-6
    assert shown.max() <= 1.0
    assert shown.max() >= 0.75


def test_intervals_differ() -> None:
    shown, _ = lids(2, speech=False)
    starts = np.flatnonzero((shown[1:] > 0.05) & (shown[:-1] <= 0.05))
    intervals = np.diff(starts) / 60
    assert 0.35 < np.std(np.log(intervals)) < 0.9
    assert intervals.min() > 0.2


def glances(seed: int) -> np.ndarray:
    gaze, shown = Gaze(seed=seed), np.empty((FRAMES, 4))
    board = BOARD_NEUTRAL.copy()
    for frame in range(FRAMES):
        board[EYES] = 0
        gaze.apply(board, frame)
        shown[frame] = board[EYES]
    return shown


def test_glances_are_small_quick_and_equal_for_both_eyes() -> None:
    shown = glances(0)
    np.testing.assert_array_equal(shown[:, :2], shown[:, 2:])
    sideways = shown[:, 0] * DEGREES_SIDEWAYS
    upright = shown[:, 1] * np.where(shown[:, 1] > 0, DEGREES_UP, DEGREES_DOWN)
    config = GazeConfig()
    assert np.abs(sideways).max() <= 3 * config.sideways_deg + 1e-3
    assert np.abs(upright).max() <= 3 * config.upright_deg + 1e-3
    assert sideways.std() > 0.5
    moving = np.abs(np.diff(sideways)) > 1e-6
    assert moving.mean() < 0.1
    runs = np.diff(np.flatnonzero(np.diff(np.r_[False, moving, False])))[::2]
    assert runs.max() <= 5


def test_the_eyes_do_not_leave_their_range() -> None:
    gaze = Gaze(GazeConfig(sideways_deg=60, upright_deg=60), seed=5)
    for frame in range(3000):
        board = BOARD_NEUTRAL.copy()
        board[EYES] = 0.9
        gaze.apply(board, frame)
        assert np.abs(board).max() <= 1


@pytest.mark.parametrize("make", [Blinks, Gaze])
def test_seeds_and_resets(make: type[Blinks | Gaze]) -> None:
    def play(part: Blinks | Gaze, first: int = 0) -> np.ndarray:
        out = np.zeros((1800, 185), dtype=np.float32)
        for frame in range(1800):
            if isinstance(part, Blinks):
                part.apply(out[frame], first + frame, talking(frame))
            else:
                part.apply(out[frame], first + frame)
        return out

    part = make(seed=7)
    one = play(part)
    part.reset()
    np.testing.assert_array_equal(play(part), one)
    np.testing.assert_array_equal(play(make(seed=7), first=10_000_000), one)
    assert not np.array_equal(play(make(seed=8)), one)
