"""The silent mouth: still, in the emotion's rest, and untouched while somebody speaks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cstalk_live.motion.rest import REST_CHANNELS, MouthRest, RestConfig
from cstalk_live.rig import BOARD_INDEX, BOARD_MAX, BOARD_MIN, BOARD_NEUTRAL, clamp_board

SMILE = BOARD_INDEX["CTRL_L_mouth_cornerPull.ty"]
JAW = BOARD_INDEX["CTRL_C_jaw.ty"]
BROW = BOARD_INDEX["CTRL_L_brow_raiseIn.ty"]


def random_board(seed: int) -> np.ndarray:
    return clamp_board(np.random.default_rng(seed).uniform(-1, 1, 185))


def test_open_passes_everything() -> None:
    board = random_board(0)
    before = board.copy()
    MouthRest().apply(board, 1.0, True)
    np.testing.assert_array_equal(board, before)


def test_shut_from_the_start_is_neutral_for_the_mouth_alone() -> None:
    board = random_board(0)
    before = board.copy()
    MouthRest().apply(board, 0.0, True)
    np.testing.assert_array_equal(board[REST_CHANNELS], BOARD_NEUTRAL[REST_CHANNELS])
    others = np.setdiff1d(np.arange(185), REST_CHANNELS)
    np.testing.assert_array_equal(board[others], before[others])
    assert BROW in others


def test_a_smile_stays_and_the_jaw_closes() -> None:
    rest = MouthRest()
    for _ in range(240):
        board = BOARD_NEUTRAL.copy()
        board[SMILE], board[JAW] = 0.6, 0.4
        rest.apply(board, 0.0, False)
    assert abs(board[SMILE] - 0.6) < 0.01
    assert abs(board[JAW] - 0.4 * RestConfig().parting_share) < 0.01


def test_trembling_is_stilled() -> None:
    rest, random, shown = MouthRest(), np.random.default_rng(1), []
    for _ in range(600):
        board = BOARD_NEUTRAL.copy()
        board[JAW] = 0.05 + 0.02 * random.standard_normal()
        rest.apply(board, 0.0, False)
        shown.append(board[JAW])
    assert np.abs(np.diff(shown[120:])).mean() < 0.02 * 0.02


@given(arrays(np.float32, 185, elements=st.floats(-1, 1, width=32)), st.floats(0, 1), st.booleans())
def test_range(board: np.ndarray, openness: float, speech: bool) -> None:
    board = clamp_board(board)
    rest = MouthRest()
    rest.apply(board, openness, speech)
    assert (board >= BOARD_MIN).all()
    assert (board <= BOARD_MAX).all()


def test_in_a_long_silence_what_is_left_of_a_rest_becomes_nothing_and_not_ever_less() -> None:
    rest = MouthRest()
    board = random_board(1)
    rest.apply(board, 0.0, False)
    for _ in range(60 * 60):
        board = BOARD_NEUTRAL.copy()
        rest.apply(board, 0.0, False)
    tiny = (board != 0.0) & (np.abs(board) < np.finfo(np.float32).tiny)
    assert not tiny.any()
    np.testing.assert_array_equal(board[REST_CHANNELS], BOARD_NEUTRAL[REST_CHANNELS])
