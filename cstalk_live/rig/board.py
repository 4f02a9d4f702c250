"""The 185 channels of the MetaHuman face control board: what the network speaks.

Channels 0..173 drive the face, in the order of Epic's facial solver; 174..184 exist on the board only. Of
those, ``CTRL_C_eye`` moves both eyes (see ``rig.boardmap``) and the others do nothing here: the two
lipsPressD sliders and the four switches keep their 0..1 range, and the three 3D aim transforms, which have no
scalar value, are pinned to 0 (range 0..0).

A value is the slider's position itself, not an offset from rest: ``CTRL_L/R_nose_wrinkleUpper.ty`` rests at 1
and everything else at 0, so a face at rest is ``BOARD_NEUTRAL``, not zeros. Left and right are the
character's own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cstalk_live.records import FloatArray
from cstalk_live.rig.table_files import read_table

_ROWS = read_table("board.csv")


def _column(name: str) -> FloatArray:
    values = np.array([float(row[name]) for row in _ROWS], dtype=np.float32)
    values.flags.writeable = False
    return values


BOARD_NAMES: tuple[str, ...] = tuple(row["name"] for row in _ROWS)
"""185 names such as ``CTRL_C_jaw.ty``."""

BOARD_INDEX: dict[str, int] = {name: index for index, name in enumerate(BOARD_NAMES)}

BOARD_SIZE = len(BOARD_NAMES)

BOARD_MIN: FloatArray = _column("min")
"""float32 [185]: -1 for the 70 two-way sliders and ``CTRL_C_eye``, else 0."""

BOARD_MAX: FloatArray = _column("max")
"""float32 [185]: 1, and 0 for the aim transforms."""

BOARD_NEUTRAL: FloatArray = _column("neutral")
"""float32 [185]: the face at rest."""

BOARD_REGION: tuple[str, ...] = tuple(row["region"] for row in _ROWS)
"""brow, ear, eye, cheek, nose, lips, mouth, tongue, jaw, neck, teeth, switch or gaze_aim."""

BOARD_SIDE: tuple[str, ...] = tuple(row["side"] for row in _ROWS)
"""L, R or C."""

BOARD_DRIVES: NDArray[np.bool_] = _column("drives") != 0
"""bool [185]: True for the 174 channels that reach the face by themselves."""
BOARD_DRIVES.flags.writeable = False


def region_indices(*regions: str) -> NDArray[np.intp]:
    """Indices of the driving channels in these regions, ascending.

    Raises:
        KeyError: no channel has one of these regions.
    """
    for region in regions:
        if region not in BOARD_REGION:
            raise KeyError(region)
    return np.array([i for i in range(BOARD_SIZE) if BOARD_DRIVES[i] and BOARD_REGION[i] in regions], dtype=np.intp)


def clamp_board(values: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """Board values limited to their ranges.

    Args:
        values: [..., 185].
        out: float32 [..., 185] to write to (may be ``values`` itself); a new array when left out.

    Returns:
        float32 [..., 185]. NaN stays NaN: ``motion.limits`` is where it is caught.
    """
    clamped = np.maximum(np.asarray(values, dtype=np.float32), BOARD_MIN, out=out)
    return np.minimum(clamped, BOARD_MAX, out=clamped)
