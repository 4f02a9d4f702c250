"""The board -> raw map against the table read piece by piece, its traps, its symmetry and its inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cstalk_live import rig
from cstalk_live.rig.table_files import read_table

PHASED = {
    "CTRL_L_mouth_lipSticky.ty": [f"CTRL_expressions_mouthLipsStickyLPh{k}" for k in (1, 2, 3)],
    "CTRL_R_mouth_lipSticky.ty": [f"CTRL_expressions_mouthLipsStickyRPh{k}" for k in (1, 2, 3)],
    "CTRL_C_neck_swallow.ty": [f"CTRL_expressions_neckSwallowPh{k}" for k in (1, 2, 3, 4)],
}
ANY_BOARD = arrays(np.float32, 185, elements=st.floats(-3, 3, width=32))


def posed(**sliders: float) -> np.ndarray:
    board = rig.BOARD_NEUTRAL.copy()
    for name, value in sliders.items():
        board[rig.BOARD_INDEX[name]] = value
    return board


def curve(board: np.ndarray, name: str) -> float:
    return float(rig.board_to_raw(board)[rig.RAW_INDEX[f"CTRL_expressions_{name}"]])


def by_hand(board: np.ndarray) -> np.ndarray:
    """The rule in plain Python, in double precision, first piece first."""
    board = np.clip(board.astype(float), rig.BOARD_MIN, rig.BOARD_MAX)
    for axis in ("tx", "ty"):
        for side in "LR":
            eye, centre = rig.BOARD_INDEX[f"CTRL_{side}_eye.{axis}"], rig.BOARD_INDEX[f"CTRL_C_eye.{axis}"]
            board[eye] = np.clip(board[eye] + board[centre], -1, 1)
    raw, done = np.zeros(251), set()
    for row in read_table("board_to_raw.csv"):
        low, high = float(row["board_from"]), float(row["board_to"])
        value = board[rig.BOARD_INDEX[row["board"]]]
        if row["raw"] in done or not low <= value <= high:
            continue
        done.add(row["raw"])
        share = (value - low) / (high - low)
        at_low, at_high = float(row["raw_at_from"]), float(row["raw_at_to"])
        raw[rig.RAW_INDEX[row["raw"]]] = at_low + share * (at_high - at_low)
    return np.clip(raw, 0, 1)


def test_table_is_whole() -> None:
    rows = read_table("board_to_raw.csv")
    assert len(rows) == 259
    assert {row["raw"] for row in rows} == set(rig.RAW_NAMES)
    assert {row["board"] for row in rows} == set(rig.BOARD_NAMES[:174])


@given(ANY_BOARD)
def test_equals_the_rule_evaluated_by_hand(board: np.ndarray) -> None:
    raw = rig.board_to_raw(board)
    np.testing.assert_allclose(raw, by_hand(board), atol=2e-6)
    assert raw.min() >= 0
    assert raw.max() <= 1


@given(ANY_BOARD)
def test_out_of_range_equals_the_range_end(board: np.ndarray) -> None:
    np.testing.assert_array_equal(rig.board_to_raw(board), rig.board_to_raw(rig.clamp_board(board)))


def test_a_jaw_beyond_its_range_stays_open() -> None:
    assert curve(posed(**{"CTRL_C_jaw.ty": 1.05}), "jawOpen") == 1.0
    assert curve(posed(**{"CTRL_C_jaw.ty": -0.05}), "jawOpen") == 0.0


@pytest.mark.parametrize(
    ("slider", "value", "shown", "hidden"),
    [
        ("CTRL_C_jaw.tx", -0.5, "jawLeft", "jawRight"),
        ("CTRL_C_jaw.tx", 0.5, "jawRight", "jawLeft"),
        ("CTRL_C_mouth.tx", 0.5, "mouthLeft", "mouthRight"),
        ("CTRL_C_jaw_fwdBack.ty", -0.5, "jawFwd", "jawBack"),
        ("CTRL_C_tongue_inOut.ty", -0.5, "tongueOut", "tongueIn"),
        ("CTRL_L_eye_blink.ty", -0.5, "eyeWidenL", "eyeBlinkL"),
        ("CTRL_R_eye.tx", 0.5, "eyeLookLeftR", "eyeLookRightR"),
        ("CTRL_C_eye.tx", 0.5, "eyeLookLeftL", "eyeLookRightL"),
        ("CTRL_C_eye.ty", -0.5, "eyeLookDownR", "eyeLookUpR"),
    ],
)
def test_signs(slider: str, value: float, shown: str, hidden: str) -> None:
    board = posed(**{slider: value})
    assert curve(board, shown) == 0.5
    assert curve(board, hidden) == 0.0


def test_centre_eye_adds_to_each_eye_within_range() -> None:
    board = posed(**{"CTRL_C_eye.tx": 0.5, "CTRL_L_eye.tx": -0.25, "CTRL_R_eye.tx": 0.75})
    assert curve(board, "eyeLookLeftL") == 0.25
    assert curve(board, "eyeLookLeftR") == 1.0


@pytest.mark.parametrize(
    ("value", "phases"),
    [
        (0.0, (0, 0, 0)),
        (0.165, (0.5, 0, 0)),
        (0.33, (1, 0, 0)),
        (0.495, (0.5, 0.5, 0)),
        (0.66, (0, 1, 0)),
        (0.83, (0, 0.5, 0.5)),
        (1.0, (0, 0, 1)),
    ],
)
@pytest.mark.parametrize("side", ["L", "R"])
def test_sticky_lips_phases(side: str, value: float, phases: tuple[float, ...]) -> None:
    board = posed(**{f"CTRL_{side}_mouth_lipSticky.ty": value})
    shown = [curve(board, f"mouthLipsSticky{side}Ph{k}") for k in (1, 2, 3)]
    np.testing.assert_allclose(shown, phases, atol=1e-6)


@pytest.mark.parametrize(
    ("value", "phases"),
    [
        (0.0, (0, 0, 0, 0)),
        (0.1, (0.5, 0, 0, 0)),
        (0.2, (1, 0, 0, 0)),
        (0.3, (0.5, 0.5, 0, 0)),
        (0.4, (0, 1, 0, 0)),
        (0.6, (0, 0, 1, 0)),
        (0.7, (0, 0, 0.5, 0.5)),
        (0.8, (0, 0, 0, 1)),
        (0.9, (0, 0, 0, 0.5)),
        (1.0, (0, 0, 0, 0)),
    ],
)
def test_swallow_phases(value: float, phases: tuple[float, ...]) -> None:
    board = posed(**{"CTRL_C_neck_swallow.ty": value})
    shown = [curve(board, f"neckSwallowPh{k}") for k in (1, 2, 3, 4)]
    np.testing.assert_allclose(shown, phases, atol=1e-6)


@given(ANY_BOARD)
def test_left_and_right_are_mirrored(board: np.ndarray) -> None:
    """A board with the sides swapped gives the curves with the sides swapped.

    Sideways sliders in the middle swap by sign; eyes look left or right with both eyes, so they do too.
    """
    mirrored = board.copy()
    for name, index in rig.BOARD_INDEX.items():
        if name.startswith("CTRL_L_"):
            other = rig.BOARD_INDEX["CTRL_R_" + name[7:]]
            mirrored[index], mirrored[other] = board[other], board[index]
    sideways = [f"CTRL_{s}_eye.tx" for s in "LRC"] + [
        "CTRL_C_mouth_lipShiftU.ty",
        "CTRL_C_mouth_lipShiftD.ty",
    ]
    sideways += [name for name in rig.BOARD_NAMES if name.startswith("CTRL_C_") and name.endswith(".tx")]
    for name in set(sideways):
        mirrored[rig.BOARD_INDEX[name]] *= -1
    raw, mirrored_raw = rig.board_to_raw(board), rig.board_to_raw(mirrored)
    for name, index in rig.RAW_INDEX.items():
        assert mirrored_raw[rig.RAW_INDEX[mirror_name(name)]] == raw[index], name


def mirror_name(name: str) -> str:
    for left, right in (("Left", "Right"), ("Right", "Left")):
        if left in name:
            name = name.replace(left, right)
            break
    if "StickyLPh" in name:
        return name.replace("StickyLPh", "StickyRPh")
    if "StickyRPh" in name:
        return name.replace("StickyRPh", "StickyLPh")
    for here, there in (("L", "R"), ("R", "L")):
        if rig.RAW_SIDE[rig.RAW_INDEX.get(name, 0)] == here and name.endswith(here):
            return name[:-1] + there
    return name


def test_the_mirror_is_a_permutation_that_moves_every_sided_curve() -> None:
    assert {mirror_name(name) for name in rig.RAW_NAMES} == set(rig.RAW_NAMES)
    still = [n for n in rig.RAW_NAMES if mirror_name(n) == n and rig.RAW_SIDE[rig.RAW_INDEX[n]] in "LR"]
    assert still == []


@given(ANY_BOARD)
def test_into_gives_the_same_bits(board: np.ndarray) -> None:
    out = np.full(251, np.nan, dtype=np.float32)
    before = board.copy()
    rig.BoardMap().into(board, out)
    np.testing.assert_array_equal(out, rig.board_to_raw(board))
    np.testing.assert_array_equal(board, before)


def test_batches_equal_single_frames() -> None:
    boards = np.random.default_rng(1).uniform(-1.2, 1.2, (3, 7, 185)).astype(np.float32)
    whole = rig.board_to_raw(boards)
    assert whole.shape == (3, 7, 251)
    np.testing.assert_array_equal(whole[2, 5], rig.board_to_raw(boards[2, 5]))


def test_nan_gives_zero() -> None:
    assert not rig.board_to_raw(np.full(185, np.nan, dtype=np.float32)).any()


@given(ANY_BOARD)
@settings(max_examples=200)
def test_inverse_on_the_board_image(board: np.ndarray) -> None:
    board = rig.clamp_board(board)
    raw = rig.board_to_raw(board)
    back = rig.raw_to_board(raw)
    again = rig.board_to_raw(back)
    phased = [rig.RAW_INDEX[name] for names in PHASED.values() for name in names]
    plain = np.setdiff1d(np.arange(251), phased)
    np.testing.assert_array_equal(again[plain], raw[plain])
    np.testing.assert_allclose(again[phased], raw[phased], atol=1e-5)
    # Sliders come back too; the eyes hold the centre eye's share, and board-only channels rest.
    sliders = [i for i, name in enumerate(rig.BOARD_NAMES[:174]) if "_eye.t" not in name and name not in PHASED]
    np.testing.assert_array_equal(back[sliders], board[sliders])
    np.testing.assert_array_equal(back[174:], rig.BOARD_NEUTRAL[174:])


@pytest.mark.parametrize("slider", PHASED)
def test_phased_sliders_invert(slider: str) -> None:
    values = np.linspace(0, 0.9999, 1201, dtype=np.float32)
    boards = np.tile(rig.BOARD_NEUTRAL, (len(values), 1))
    boards[:, rig.BOARD_INDEX[slider]] = values
    back = rig.raw_to_board(rig.board_to_raw(boards))
    np.testing.assert_allclose(back[:, rig.BOARD_INDEX[slider]], values, atol=2e-6)


def test_a_finished_swallow_is_rest() -> None:
    done = rig.raw_to_board(rig.board_to_raw(posed(**{"CTRL_C_neck_swallow.ty": 1.0})))
    assert done[rig.BOARD_INDEX["CTRL_C_neck_swallow.ty"]] == pytest.approx(0, abs=1e-6)
