"""Fourteen regions share out the controls that drive the face, each to one of them."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.rig import BOARD_DRIVES, BOARD_NAMES, BOARD_SIDE  # noqa: E402
from cstalk_live.training.regions import (  # noqa: E402
    PARTS,
    REGION_OF_CONTROL,
    REGIONS,
    controls_of,
    part_masks,
    region_of,
    region_table,
)


def test_every_driving_control_is_in_exactly_one_region() -> None:
    listed = np.concatenate([controls_of(region) for region in REGIONS])
    assert len(listed) == 174
    assert np.array_equal(np.sort(listed), np.flatnonzero(BOARD_DRIVES))
    assert all(len(controls_of(region)) for region in REGIONS)


def test_left_and_right_hold_mirrored_controls() -> None:
    for stem in ("brow", "eye", "cheek", "corner"):
        left, right = ([BOARD_NAMES[i] for i in controls_of(f"{stem} {side}")] for side in "LR")
        mirrored = {name.replace("_L_", "_R_") for name in left if "_C_" not in name}
        assert mirrored == set(right)
        assert all(BOARD_SIDE[i] != "R" for i in controls_of(f"{stem} L"))


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("CTRL_L_brow_raiseIn.ty", "brow L"),
        ("CTRL_R_eye_cheekRaise.ty", "cheek R"),
        ("CTRL_C_eye_parallelLook.ty", "eye L"),
        ("CTRL_L_mouth_upperLipRaise.ty", "upper lip"),
        ("CTRL_R_mouth_purseD.ty", "lower lip"),
        ("CTRL_C_mouth_stickyU.ty", "upper lip"),
        ("CTRL_R_mouth_cornerPull.ty", "corner R"),
        ("CTRL_L_mouth_cornerSharpnessD.ty", "corner L"),
        ("CTRL_R_mouth_lipSticky.ty", "corner R"),
        ("CTRL_L_mouth_lipsBlow.ty", "cheek L"),
        ("CTRL_C_teethD.ty", "jaw"),
        ("CTRL_L_jaw_ChinRaiseU.ty", "jaw"),
        ("CTRL_C_tongue_tipMove.tx", "tongue"),
        ("CTRL_neck_throatUpDown.ty", "neck"),
    ],
)
def test_controls_lie_where_an_animator_expects_them(name, region) -> None:
    assert REGIONS[REGION_OF_CONTROL[BOARD_NAMES.index(name)]] == region


def test_a_control_of_no_region_is_an_error() -> None:
    with pytest.raises(ValueError, match="CTRL_C_hat"):
        region_of("CTRL_C_hat.ty", "lips", "C")


def test_the_table_lists_chosen_controls_and_pads_the_rest() -> None:
    table = region_table()
    assert int(table.real.sum()) == 174
    chosen = np.zeros(185, bool)
    chosen[controls_of("jaw")[:2]] = True
    table = region_table(chosen)
    assert table.index.shape == (len(REGIONS), 2)
    assert table.real.sum(1).tolist() == [2.0 * (region == "jaw") for region in REGIONS]
    assert table.index[REGIONS.index("jaw")].tolist() == controls_of("jaw")[:2].tolist()
    assert region_table(np.zeros(185, bool)).real.sum() == 0.0


def test_the_parts_share_out_the_regions() -> None:
    masks = part_masks()
    assert masks.shape == (len(PARTS), len(REGIONS))
    assert masks.sum(0).tolist() == [1.0] * len(REGIONS)
