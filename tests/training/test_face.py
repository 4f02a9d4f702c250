"""Mouth code, its way to the rig and back, phones, and emotions that leave speech alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.model.spec import EMOTIONS  # noqa: E402
from cstalk_live.rig import BOARD_INDEX, BOARD_MAX, BOARD_MIN, BOARD_NEUTRAL, board_to_raw, raw_to_arkit  # noqa: E402
from cstalk_live.rig.arkit import ARKIT_INDEX  # noqa: E402
from cstalk_live.training.emotions import apply_emotion, emotion_offsets  # noqa: E402
from cstalk_live.training.face_to_rig import SEAL_FLOOR, compose, read_gap, read_jaw, read_narrow  # noqa: E402
from cstalk_live.training.mouth_code import CODE, to_frames  # noqa: E402
from cstalk_live.training.phones import FEATURES, PHONES, closure_track, feature_track, hidden_controls  # noqa: E402

unit = st.floats(0.0, 1.25, width=32)


def code(**values: float) -> np.ndarray:
    row = np.zeros((1, len(CODE)), np.float32)
    for name, value in values.items():
        row[0, CODE.index(name)] = value
    return row


@settings(max_examples=200, deadline=None)
@given(unit, unit, unit)
def test_the_rig_makes_the_measured_lips(gap: float, jaw: float, narrow: float) -> None:
    board = compose(code(gap=gap, jaw=jaw, narrow=narrow))
    assert (board >= BOARD_MIN).all()
    assert (board <= BOARD_MAX).all()
    slack = 1e-5 if jaw >= SEAL_FLOOR else SEAL_FLOOR
    assert abs(float(read_gap(board)[0]) - gap) <= slack
    assert float(read_jaw(board)[0]) == pytest.approx(jaw, abs=1e-5)
    assert float(read_narrow(board)[0]) == pytest.approx(narrow, abs=1e-5)


def test_rest_is_the_neutral_board() -> None:
    assert np.array_equal(compose(code())[0], BOARD_NEUTRAL)


def test_a_closed_mouth_with_an_open_jaw_reaches_arkit_as_mouth_close() -> None:
    board = compose(code(gap=0.0, jaw=0.8))
    shapes = raw_to_arkit(board_to_raw(board))[0]
    assert shapes[ARKIT_INDEX["JawOpen"]] > 0.2
    assert shapes[ARKIT_INDEX["MouthClose"]] == pytest.approx(shapes[ARKIT_INDEX["JawOpen"]], abs=1e-5)


def test_frames_are_placed_in_time_without_overshoot() -> None:
    track = np.zeros((25, 1), np.float32)
    track[10:] = 1.0
    frames = to_frames(track, 25.0, 60)
    assert frames.min() >= 0.0
    assert frames.max() <= 1.0
    crossing = np.flatnonzero(frames[:, 0] >= 0.5)[0]
    assert (crossing + 0.5) / 60 == pytest.approx(0.40, abs=1 / 60)  # halfway between the centres 0.38 and 0.42 s
    assert len(to_frames(track, 25.0, 48, speed=1.25)) == 48


def test_every_phone_has_features_and_bilabials_are_their_own() -> None:
    assert len(PHONES) == 40
    track = feature_track([(0.0, 0.1, "B"), (0.1, 0.2, "AY")], 12)
    assert track[2, FEATURES.index("bilabial")] == pytest.approx(1.0)
    assert track[8, FEATURES.index("bilabial")] == 0.0
    assert track[7, FEATURES.index("open")] > track[11, FEATURES.index("open")]  # a diphthong closes


def test_the_mouth_must_shut_in_a_bilabial_and_only_there() -> None:
    track = closure_track([(0.0, 0.5, "SIL"), (0.5, 0.6, "M"), (0.6, 1.0, "AA")], 60)
    assert track[33] == pytest.approx(1.0)
    assert track[:25].max() == 0.0
    assert track[42:].max() == 0.0


def test_tongue_and_bite_follow_their_phones() -> None:
    board = hidden_controls([(0.0, 0.3, "TH"), (0.3, 0.6, "F"), (0.6, 0.9, "T")], 54)
    assert board[9, BOARD_INDEX["CTRL_C_tongue_inOut.ty"]] < -0.3  # negative is out
    assert board[27, BOARD_INDEX["CTRL_L_mouth_lipBiteD.ty"]] > 0.5
    assert board[45, BOARD_INDEX["CTRL_C_tongue_tipMove.ty"]] > 0.6


def emotional(board: np.ndarray, name: str, intensity: float = 1.0) -> np.ndarray:
    mix = torch.zeros(1, len(board), len(EMOTIONS) + 1)
    mix[..., EMOTIONS.index(name)] = 1.0
    mix[..., -1] = intensity
    return apply_emotion(torch.from_numpy(board)[None], mix, emotion_offsets())[0].numpy()


@pytest.mark.parametrize("name", EMOTIONS[1:])
def test_lips_stay_shut_under_every_emotion(name) -> None:
    syllables = np.concatenate(
        [np.repeat(code(gap=g, jaw=j), 8, axis=0) for g, j in ((0.9, 0.9), (0.0, 0.4), (0.9, 0.9))]
    )
    played = emotional(compose(syllables), name)
    assert read_gap(played)[8:16].max() < 0.17, "0.17 is the measured threshold of a closure"
    assert read_gap(played)[:8].min() > 0.5
    assert (played >= BOARD_MIN).all()
    assert (played <= BOARD_MAX).all()


@pytest.mark.parametrize(
    ("name", "control", "sign"),
    [
        ("happy", "CTRL_L_mouth_cornerPull.ty", 1),
        ("sad", "CTRL_R_brow_raiseIn.ty", 1),
        ("angry", "CTRL_L_brow_down.ty", 1),
        ("surprised", "CTRL_R_eye_blink.ty", -1),
    ],
)
def test_each_emotion_moves_its_own_muscles(name, control, sign) -> None:
    board = np.repeat(BOARD_NEUTRAL[None], 40, axis=0)
    change = emotional(board, name) - board
    assert sign * change[:, BOARD_INDEX[control]].min() > 0.3
    half = emotional(board, name, 0.5) - board
    assert np.abs(half).max() < np.abs(change).max()
    assert np.array_equal(emotional(board, name, 0.0), board)


def test_neutral_changes_nothing() -> None:
    board = compose(np.random.default_rng(0).random((50, len(CODE))).astype(np.float32))
    assert np.allclose(emotional(board, "neutral"), board, atol=1e-6)
