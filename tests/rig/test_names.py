"""Counts, names and ranges of the rig's tables, and their hashes."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live import rig


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (rig.BOARD_NAMES, 185),
        (rig.RAW_NAMES, 251),
        (rig.EXTRA_NAMES, 9),
        (rig.PROPERTY_NAMES, 260),
        (rig.ARKIT_NAMES, 61),
        (rig.APPLE_NAMES, 61),
    ],
)
def test_counts_and_uniqueness_without_case(names: tuple[str, ...], count: int) -> None:
    assert len(names) == count
    assert len({name.lower() for name in names}) == count


def test_mouth_up_is_there_so_that_unreal_takes_the_subject_for_raw_curves() -> None:
    assert "CTRL_expressions_mouthUp" in rig.RAW_INDEX


def test_board_ranges() -> None:
    assert rig.BOARD_DRIVES.sum() == 174
    assert rig.BOARD_DRIVES[:174].all()
    assert (rig.BOARD_MIN[:174] == -1).sum() == 70
    assert (rig.BOARD_MIN <= rig.BOARD_NEUTRAL).all()
    assert (rig.BOARD_NEUTRAL <= rig.BOARD_MAX).all()
    pinned = [name for i, name in enumerate(rig.BOARD_NAMES) if rig.BOARD_MIN[i] == rig.BOARD_MAX[i]]
    assert pinned == ["CTRL_C_eyesAim.transform", "CTRL_L_eyeAim.transform", "CTRL_R_eyeAim.transform"]
    for table in (rig.BOARD_MIN, rig.BOARD_MAX, rig.BOARD_NEUTRAL, rig.PROPERTY_NEUTRAL, rig.RAW_NEUTRAL):
        assert table.dtype == np.float32
        assert not table.flags.writeable


def test_neutral_is_not_all_zero() -> None:
    ones = {name for name, value in zip(rig.PROPERTY_NAMES, rig.PROPERTY_NEUTRAL, strict=True) if value == 1}
    assert ones == {
        "CTRL_expressions_noseWrinkleUpperL",
        "CTRL_expressions_noseWrinkleUpperR",
        "MHFDSVersion",
        "DisableFaceOverride",
    }
    assert set(np.unique(rig.PROPERTY_NEUTRAL)) == {0.0, 1.0}
    np.testing.assert_array_equal(rig.board_to_raw(rig.BOARD_NEUTRAL), rig.RAW_NEUTRAL)
    np.testing.assert_array_equal(rig.raw_to_board(rig.RAW_NEUTRAL), rig.BOARD_NEUTRAL)


def test_arkit_order_of_the_datagram() -> None:
    assert rig.ARKIT_NAMES.index("JawOpen") == 17
    assert rig.ARKIT_NAMES[rig.ARKIT_SHAPES :][:3] == ("HeadYaw", "HeadPitch", "HeadRoll")
    assert rig.ARKIT_SHAPES == 52
    assert rig.APPLE_NAMES[17] == "jawOpen"


def test_extras_keep_the_order_of_epic_sources() -> None:
    assert rig.PROPERTY_NAMES[251:254] == ("HeadControlSwitch", "HeadRoll", "HeadPitch")
    assert rig.PROPERTY_NAMES[-2:] == ("MHFDSVersion", "DisableFaceOverride")


def test_region_indices() -> None:
    jaw = rig.region_indices("jaw")
    assert "CTRL_C_jaw.ty" in [rig.BOARD_NAMES[i] for i in jaw]
    assert len(rig.region_indices("lips", "jaw")) > len(jaw)
    with pytest.raises(KeyError):
        rig.region_indices("elbow")


def test_hash_is_fnv_1a() -> None:
    # Published values of the 32-bit FNV-1a of "" and "foobar"; the line feed of an empty name is byte 0x0a.
    assert rig.schema_hash([]) == 0x811C9DC5
    value = 0xBF9CF968
    assert rig.schema_hash(["foobar"]) == ((value ^ 0x0A) * 16777619) % 2**32
    assert rig.schema_hash(["a", "b"]) != rig.schema_hash(["ab"])
    assert rig.schema_hash(["a", "b"]) != rig.schema_hash(["b", "a"])


def test_hashes_of_this_rig_do_not_change_unnoticed() -> None:
    """Receivers compare these; a change breaks every client and needs a new protocol version."""
    assert f"{rig.RAW_SCHEMA_HASH:08x}" == "ae9dea30"
    assert f"{rig.BOARD_SCHEMA_HASH:08x}" == "115d5c3c"
