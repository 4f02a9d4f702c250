"""What no pose may do: be no number, leave its range, or jump."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import BOARD_NEUTRAL, BOARD_REGION, BOARD_SIZE, clamp_board

_REGION_GROUP = {
    "jaw": "speech",
    "lips": "speech",
    "mouth": "speech",
    "tongue": "speech",
    "teeth": "speech",
    "cheek": "speech",
    "eye": "eye",
    "gaze_aim": "eye",
}
"""Every other region is slow: brow, nose, ear, neck."""


@dataclass(frozen=True, slots=True)
class LimitConfig:
    """Largest speeds in slider units per second."""

    speech_per_s: float = 36.0
    """Lips, jaw, tongue, cheeks: 0 to 1 in 28 ms. A closure of B takes 40 ms or more, so it is never held
    back.
    """
    eye_per_s: float = 36.0
    slow_per_s: float = 12.0
    """Brows, nose, neck: 0 to 1 in 83 ms."""


class FiniteGuard:
    """Holds the last good value of every channel that is not a number."""

    def __init__(self) -> None:
        self._good = BOARD_NEUTRAL.copy()
        self._finite = np.ones(BOARD_SIZE, dtype=np.bool_)
        self.held_values = 0
        """Values replaced so far; anything but 0 means a damaged model or state."""

    def reset(self) -> None:
        """Hold neutral until a good value has been seen; the count goes on."""
        np.copyto(self._good, BOARD_NEUTRAL)

    def apply(self, board: FloatArray) -> None:
        """Repair and clamp ``board``, float32 [185], in place: finite and in range afterwards."""
        np.isfinite(board, out=self._finite)
        if not self._finite.all():
            np.logical_not(self._finite, out=self._finite)
            np.copyto(board, self._good, where=self._finite)
            self.held_values += int(np.count_nonzero(self._finite))
        clamp_board(board, out=board)
        np.copyto(self._good, board)


class SpeedLimit:
    """Limits how far a channel moves in one frame."""

    def __init__(self, config: LimitConfig | None = None) -> None:
        config = config or LimitConfig()
        speed = {"speech": config.speech_per_s, "eye": config.eye_per_s, "slow": config.slow_per_s}
        self.step = np.array([speed[_REGION_GROUP.get(r, "slow")] / FPS for r in BOARD_REGION], dtype=np.float32)
        """float32 [185], the most each channel moves per frame."""
        self.step.flags.writeable = False
        self._shown = BOARD_NEUTRAL.copy()
        self._work = np.empty(BOARD_SIZE, dtype=np.float32)

    def reset(self) -> None:
        """Start from neutral: it is what the receiver shows before the first frame."""
        np.copyto(self._shown, BOARD_NEUTRAL)

    def apply(self, board: FloatArray) -> None:
        """Limit ``board``, float32 [185], finite and in range, in place."""
        # Both bounds lie around a pose in range, so the result does too; a slow channel passes bit by bit.
        np.add(self._shown, self.step, out=self._work)
        np.minimum(board, self._work, out=board)
        np.subtract(self._shown, self.step, out=self._work)
        np.maximum(board, self._work, out=board)
        np.copyto(self._shown, board)
