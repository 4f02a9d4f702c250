"""ARKit shapes: round trips, the MouthClose product, heuristics and rotations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cstalk_live import rig

SHAPES = [name for name in rig.ARKIT_NAMES[:52] if name != "MouthClose"]


def weights(**shapes: float) -> np.ndarray:
    values = np.zeros(61, dtype=np.float32)
    for name, value in shapes.items():
        values[rig.ARKIT_INDEX[name]] = value
    return values


@pytest.mark.parametrize("heuristic", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_one_shape_returns(shape: str, heuristic: bool) -> None:
    sent = weights(**{shape: 0.5})
    np.testing.assert_allclose(rig.raw_to_arkit(rig.arkit_to_raw(sent), heuristic=heuristic), sent, atol=1e-6)


@pytest.mark.parametrize("heuristic", [False, True])
def test_mouth_close_returns_with_an_open_jaw(heuristic: bool) -> None:
    sent = weights(MouthClose=0.2, JawOpen=0.4)
    raw = rig.arkit_to_raw(sent)
    assert raw[rig.RAW_INDEX["CTRL_expressions_mouthLipsTogetherDL"]] == pytest.approx(0.5)
    np.testing.assert_allclose(rig.raw_to_arkit(raw, heuristic=heuristic), sent, atol=1e-6)


def test_mouth_close_needs_an_open_jaw() -> None:
    raw = rig.RAW_NEUTRAL.copy()
    raw[[rig.RAW_INDEX[f"CTRL_expressions_mouthLipsTogether{k}"] for k in ("UL", "UR", "DL", "DR")]] = 1
    assert rig.raw_to_arkit(raw)[rig.ARKIT_INDEX["MouthClose"]] == 0
    assert not rig.arkit_to_raw(weights(MouthClose=0.5))[:51].any()


# Shapes that share a curve saturate it (a loss of the rig itself), so the mixes stay in the lower quarter.
@given(arrays(np.float32, 52, elements=st.floats(0, 0.25, width=32)), st.booleans())
def test_mixes_of_shapes_return(shapes: np.ndarray, heuristic: bool) -> None:
    jaw, close = rig.ARKIT_INDEX["JawOpen"], rig.ARKIT_INDEX["MouthClose"]
    shapes[close] = min(shapes[close], shapes[jaw])
    sent = np.concatenate([shapes, np.zeros(9, dtype=np.float32)])
    np.testing.assert_allclose(rig.raw_to_arkit(rig.arkit_to_raw(sent), heuristic=heuristic), sent, atol=1e-6)


def test_neutral_is_zero_both_ways() -> None:
    assert not rig.raw_to_arkit(rig.RAW_NEUTRAL).any()
    np.testing.assert_array_equal(rig.arkit_to_raw(np.zeros(61)), rig.RAW_NEUTRAL)


@given(arrays(np.float32, 251, elements=st.floats(0, 1, width=32)), st.booleans())
def test_range(raw: np.ndarray, heuristic: bool) -> None:
    shapes = rig.raw_to_arkit(raw, heuristic=heuristic)
    assert shapes.min() >= 0
    assert shapes.max() <= 1
    assert not shapes[52:].any()


def test_heuristics_show_what_arkit_has_no_shape_for() -> None:
    raw = rig.RAW_NEUTRAL.copy()
    raw[rig.RAW_INDEX["CTRL_expressions_mouthSharpCornerPullL"]] = 1
    smile = rig.ARKIT_INDEX["MouthSmileLeft"]
    assert rig.raw_to_arkit(raw)[smile] == pytest.approx(0.6)
    assert rig.raw_to_arkit(raw, heuristic=False)[smile] == 0


def test_lateral_brows_frown_only_without_the_inner_raise() -> None:
    raw = rig.RAW_NEUTRAL.copy()
    raw[rig.RAW_INDEX["CTRL_expressions_browLateralL"]] = 0.6
    down = rig.ARKIT_INDEX["BrowDownLeft"]
    assert rig.raw_to_arkit(raw)[down] == pytest.approx(0.21)
    for side in "LR":
        raw[rig.RAW_INDEX[f"CTRL_expressions_browRaiseIn{side}"]] = 0.6
    assert rig.raw_to_arkit(raw)[down] == pytest.approx(0, abs=1e-6)


def test_rotations_are_passed_in_radians() -> None:
    raw = np.tile(rig.RAW_NEUTRAL, (4, 1))
    out = rig.raw_to_arkit(raw, head=(0.1, -0.2, 0.3), eyes=np.full(6, 0.05))
    np.testing.assert_allclose(out[3, 52:], [0.1, -0.2, 0.3] + [0.05] * 6, atol=1e-7)


def test_head_angles_of_properties() -> None:
    properties = rig.PROPERTY_NEUTRAL.copy()
    properties[rig.PROPERTY_INDEX["HeadYaw"]] = 90
    properties[rig.PROPERTY_INDEX["HeadRoll"]] = -45
    assert not rig.head_radians(properties).any()
    properties[rig.PROPERTY_INDEX["HeadControlSwitch"]] = 1
    np.testing.assert_allclose(rig.head_radians(properties), [np.pi / 2, 0, -np.pi / 4], atol=1e-6)
