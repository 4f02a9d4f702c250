"""The face in fourteen regions: which controls move which part of it.

The correlation module and the correlation pictures look at a face region by region. The regions are those an animator
names; left and right are the subject's own. Every one of the 174 controls that drive the face belongs to exactly one
region; the 11 that only steer the board (gaze targets, switches) belong to none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cstalk_live.rig import BOARD_DRIVES, BOARD_NAMES, BOARD_REGION, BOARD_SIDE

REGIONS = (
    "brow L", "brow R", "eye L", "eye R", "nose", "cheek L", "cheek R", "upper lip", "lower lip", "corner L",
    "corner R", "jaw", "tongue", "neck",
)  # fmt: skip
"""Names of the tokens, top of the face first."""

PARTS: dict[str, tuple[str, ...]] = {
    "brow": ("brow L", "brow R"),
    "eye": ("eye L", "eye R"),
    "nose": ("nose",),
    "cheek": ("cheek L", "cheek R"),
    "lips": ("upper lip", "lower lip"),
    "corner": ("corner L", "corner R"),
    "jaw": ("jaw",),
    "tongue": ("tongue",),
    "neck": ("neck",),
}
"""Regions that tell nearly all of each other: hiding one while showing its twin asks for nothing but a copy."""

_SIDED = {"brow": "brow", "ear": "brow", "eye": "eye", "cheek": "cheek"}
"""Ears go with the brows: the muscle that lifts them is of the same sheet over the skull (epicranial aponeurosis) as
the one that lifts the brow."""

_WHOLE = {"nose": "nose", "jaw": "jaw", "teeth": "jaw", "tongue": "tongue", "neck": "neck"}
"""Teeth go with the jaw that carries half of them."""


def region_of(name: str, region: str, side: str) -> str:
    """The region token of a driving control, from its board name, region and side (``L``, ``R`` or ``C``)."""
    if region in _WHOLE:
        return _WHOLE[region]
    if region in _SIDED:
        # One eye control is central (both eyes look parallel); it is counted with the left eye.
        return f"{_SIDED[region]} {'R' if side == 'R' else 'L'}"
    stem = name.rsplit(".", 1)[0]
    if stem == "CTRL_C_mouth":
        return "upper lip"  # moves the mouth as a whole, philtrum first
    if stem.endswith("lipsBlow"):
        return f"cheek {side}"  # air behind the lips is air behind the cheeks
    if region == "mouth" or stem.endswith("lipSticky"):
        return f"corner {side}"  # lips stick together from the corners inwards
    if stem.endswith("U") or "upperLip" in stem:
        return "upper lip"
    if stem.endswith("D") or "lowerLip" in stem:
        return "lower lip"
    raise ValueError(f"{name} ({region}, {side}) belongs to no region of the face")


def _token_of_control() -> NDArray[np.intp]:
    rows = zip(BOARD_NAMES, BOARD_REGION, BOARD_SIDE, BOARD_DRIVES, strict=True)
    tokens = [REGIONS.index(region_of(n, r, s)) if drives else -1 for n, r, s, drives in rows]
    return np.array(tokens, np.intp)


REGION_OF_CONTROL: NDArray[np.intp] = _token_of_control()
"""[185]: index into :data:`REGIONS`, -1 for controls that do not drive the face."""
REGION_OF_CONTROL.flags.writeable = False


def controls_of(region: str) -> NDArray[np.intp]:
    """Board indices of a region's controls, ascending."""
    return np.flatnonzero(REGIONS.index(region) == REGION_OF_CONTROL)


@dataclass(frozen=True, slots=True)
class RegionTable:
    """The chosen controls by region, as one rectangle: short regions are padded."""

    index: Tensor
    """int64 [R, M], board indices; padding points at control 0."""
    real: Tensor
    """float32 [R, M], 1 where ``index`` is a control of the region, 0 where it is padding."""


def region_table(chosen: NDArray[np.bool_] | None = None) -> RegionTable:
    """Index table of the regions.

    Args:
        chosen: bool [185], the controls to list; all that drive the face if left out.
    """
    listed = [controls_of(region) for region in REGIONS]
    if chosen is not None:
        listed = [controls[chosen[controls]] for controls in listed]
    longest = max(1, *(len(controls) for controls in listed))
    index = torch.zeros(len(REGIONS), longest, dtype=torch.int64)
    real = torch.zeros(len(REGIONS), longest)
    for row, controls in enumerate(listed):
        index[row, : len(controls)] = torch.from_numpy(controls)
        real[row, : len(controls)] = 1.0
    return RegionTable(index, real)


def part_masks() -> Tensor:
    """float32 [P, R]: row p is 1 at the regions of the p-th of :data:`PARTS`."""
    return torch.tensor([[float(region in regions) for region in REGIONS] for regions in PARTS.values()])
