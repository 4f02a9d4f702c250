"""A mouth without a voice is still: in silence it eases to the rest of the present emotion.

That rest is the network's own answer, followed slowly while nobody speaks, so a smile stays a smile. Channels
that part the lips, open the jaw or move the tongue keep only a share of it: what is left of them in silence
is noise. Brows, eyes and nose are not touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import BOARD_NAMES, BOARD_NEUTRAL, region_indices

REST_CHANNELS = region_indices("jaw", "lips", "mouth", "cheek", "tongue", "teeth")
"""Board indices that are eased."""

_PARTING = (
    "jaw.",
    "jaw_openExtreme",
    "mouth_upperLipRaise",
    "mouth_lowerLipDepress",
    "mouth_funnel",
    "mouth_purse",
    "mouth_towards",
    "mouth_lipsTogether",
    "mouth_suckBlow",
    "mouth_lipsBlow",
    "mouth_sticky",
    "mouth_lipSticky",
    "tongue_",
    "teeth",
)
"""Beginnings of the channels, without ``CTRL_L_`` and the like, that part or seal the lips or move the
tongue.
"""


_INVISIBLE = np.float32(1e-6)
"""What is left of a decaying rest below this is nothing: on its way to zero it would slow the processor down."""


@dataclass(frozen=True, slots=True)
class RestConfig:
    """How still a silent mouth is."""

    parting_share: float = 0.25
    """0..1, how much of the network's silent value the opening channels keep."""
    follow_s: float = 0.5
    """Time constant in which the rest follows the network while nobody speaks."""


class MouthRest:
    """The rest of one stream's mouth."""

    def __init__(self, config: RestConfig | None = None) -> None:
        self.config = config or RestConfig()
        self._neutral = BOARD_NEUTRAL[REST_CHANNELS]
        names = [BOARD_NAMES[index].split("_", 2)[-1] for index in REST_CHANNELS]
        self._share = np.array(
            [self.config.parting_share if name.startswith(_PARTING) or "tongue" in name else 1.0 for name in names],
            dtype=np.float32,
        )
        self._follow = np.float32(1.0 / max(1.0, self.config.follow_s * FPS))
        self._rest = np.empty(len(REST_CHANNELS), dtype=np.float32)
        self._value = np.empty_like(self._rest)
        self._target = np.empty_like(self._rest)
        self.reset()

    def reset(self) -> None:
        """Rest at neutral until silence has been seen."""
        np.copyto(self._rest, self._neutral)

    def apply(self, board: FloatArray, openness: float, speech: bool) -> None:
        """Ease ``board`` (float32 [185], finite, changed in place) by ``1 - openness`` to the rest."""
        np.take(board, REST_CHANNELS, out=self._value, mode="clip")
        if not speech:
            np.subtract(self._value, self._neutral, out=self._target)
            np.multiply(self._target, self._share, out=self._target)
            np.add(self._target, self._neutral, out=self._target)
            np.subtract(self._target, self._rest, out=self._target)
            np.multiply(self._target, self._follow, out=self._target)
            np.add(self._rest, self._target, out=self._rest)
            np.abs(self._rest, out=self._target)
            np.copyto(self._rest, np.float32(0.0), where=self._target < _INVISIBLE)
        if openness >= 1.0:
            return
        np.subtract(self._value, self._rest, out=self._value)
        np.multiply(self._value, np.float32(openness), out=self._value)
        np.add(self._value, self._rest, out=self._value)
        board[REST_CHANNELS] = self._value
