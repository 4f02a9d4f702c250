"""Regions of the face as people steer them: how far each moves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_NEUTRAL, BOARD_SIZE, clamp_board, region_indices

REGIONS: dict[str, tuple[str, ...]] = {
    "brow": ("brow",),
    "eye": ("eye",),
    "nose_cheek": ("nose", "cheek"),
    "mouth": ("mouth", "lips"),
    "jaw": ("jaw", "teeth"),
    "tongue": ("tongue",),
    "neck_ear": ("neck", "ear"),
}
"""Regions of ``rig.board`` that are steered together; all 174 driving channels are in one of them."""


def of_regions(values: Mapping[str, float], elsewhere: float) -> FloatArray:
    """float32 [185]: the value of each channel's region; ``elsewhere`` for regions that are not named."""
    each = np.full(BOARD_SIZE, elsewhere, dtype=np.float32)
    for region, value in values.items():
        each[region_indices(*REGIONS[region])] = value
    return each


class RegionGain:
    """Makes regions move farther or less far from the face at rest.

    Args:
        gains: by region, 0..2; 1 where left out.
    """

    def __init__(self, gains: Mapping[str, float] | None = None) -> None:
        self._work = np.empty(BOARD_SIZE, dtype=np.float32)
        self._gains: FloatArray | None = None
        self.tune(gains or {})

    def tune(self, gains: Mapping[str, float]) -> None:
        """Gains from the next frame on; from any thread."""
        each = of_regions(gains, 1.0)
        self._gains = None if (each == 1.0).all() else each

    def apply(self, board: FloatArray) -> None:
        """Scale ``board``, float32 [185], finite, in place; it stays in its range."""
        gains = self._gains
        if gains is None:
            return
        np.subtract(board, BOARD_NEUTRAL, out=self._work)
        np.multiply(self._work, gains, out=self._work)
        np.add(self._work, BOARD_NEUTRAL, out=board)
        clamp_board(board, out=board)
