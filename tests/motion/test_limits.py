"""Limits and smoothing: finite, in range, bounded steps, no late closures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cstalk_live.motion.limits import FiniteGuard, SpeedLimit
from cstalk_live.motion.smooth import OneEuro
from cstalk_live.rig import BOARD_INDEX, BOARD_MAX, BOARD_MIN, BOARD_NEUTRAL, clamp_board

JAW = BOARD_INDEX["CTRL_C_jaw.ty"]
ANYTHING = arrays(np.float32, (5, 185), elements=st.floats(width=32))


def in_range(board: np.ndarray) -> bool:
    return bool((board >= BOARD_MIN).all() and (board <= BOARD_MAX).all())


@given(ANYTHING)
def test_guard_gives_finite_values_in_range_and_counts(frames: np.ndarray) -> None:
    guard, last = FiniteGuard(), BOARD_NEUTRAL
    bad = int((~np.isfinite(frames)).sum())
    for frame in frames.copy():
        damaged = ~np.isfinite(frame)
        guard.apply(frame)
        assert in_range(frame)
        np.testing.assert_array_equal(frame[damaged], last[damaged])
        last = frame.copy()
    assert guard.held_values == bad


@given(ANYTHING)
def test_speed_limit_bounds_every_step(frames: np.ndarray) -> None:
    limit, last = SpeedLimit(), BOARD_NEUTRAL
    for frame in frames.copy():
        FiniteGuard().apply(frame)
        wanted = frame.copy()
        limit.apply(frame)
        assert in_range(frame)
        assert (np.abs(frame - last) <= limit.step + 1e-6).all()
        assert (np.abs(wanted - frame) <= np.abs(wanted - last) + 1e-6).all()
        last = frame.copy()


def closure(frames: int = 60) -> np.ndarray:
    """A jaw at 0.6 that shuts within two frames (33 ms), stays three, and opens: as fast as a B gets."""
    jaw = np.full(frames, 0.6)
    jaw[30:35] = [0.3, 0, 0, 0, 0.3]
    boards = np.tile(BOARD_NEUTRAL, (frames, 1))
    boards[:, JAW] = jaw
    return boards


def test_a_closure_is_never_delayed_by_the_speed_limit() -> None:
    limit = SpeedLimit()
    boards = closure()
    for board in boards[:30]:
        limit.apply(board)
    after = boards[30:].copy()
    for board in after:
        limit.apply(board)
    np.testing.assert_array_equal(after, boards[30:])


@pytest.mark.parametrize(("smoothing", "left"), [(0.0, 0.0), (0.3, 0.02), (0.6, 0.06)])
def test_smoothing_lets_closures_through(smoothing: float, left: float) -> None:
    euro, boards = OneEuro(smoothing), closure()
    for board in boards:
        euro.apply(board)
    assert boards[33, JAW] <= left
    assert abs(boards[59, JAW] - 0.6) < 0.02


def test_smoothing_calms_a_resting_channel() -> None:
    random = np.random.default_rng(0)
    boards = np.tile(BOARD_NEUTRAL, (600, 1))
    boards[:, JAW] = 0.3 + 0.005 * random.standard_normal(600)
    jitter = np.abs(np.diff(boards[:, JAW])).mean()
    left = []
    for smoothing in (0.0, 0.3, 1.0):
        euro, shown = OneEuro(smoothing), boards.copy()
        for board in shown:
            euro.apply(board)
        left.append(np.abs(np.diff(shown[:, JAW])).mean() / jitter)
    assert left[0] == 1
    assert left[1] < 0.6
    assert left[2] < 0.35


@given(arrays(np.float32, (6, 185), elements=st.floats(-1, 1, width=32)), st.floats(0, 1))
def test_smoothing_stays_between_its_inputs(frames: np.ndarray, smoothing: float) -> None:
    frames = clamp_board(frames)
    low, high = frames.min(0), frames.max(0)
    euro = OneEuro(smoothing)
    for frame in frames.copy():
        euro.apply(frame)
        assert (frame >= low - 1e-5).all()
        assert (frame <= high + 1e-5).all()
