"""Small glances: living eyes never rest on one point for long.

The eyes jump (saccades) between points near straight ahead. A jump of A degrees takes 25 ms + 2.4 ms per
degree, the middle of the ranges given by S. P. Lee, J. B. Badler, N. I. Badler, "Eyes alive", SIGGRAPH 2002.
That study also found that speakers look at their listener most of the time: ours do so in most of the glances
and stray by a few degrees otherwise. Spread and pace of the glances are our choice, made small because the
face is near.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import BOARD_INDEX

DEGREES_SIDEWAYS, DEGREES_UP, DEGREES_DOWN = 40.0, 30.0, 40.0
"""Turn of the eye at a slider of 1."""

_SIDEWAYS = (BOARD_INDEX["CTRL_L_eye.tx"], BOARD_INDEX["CTRL_R_eye.tx"])
_UPRIGHT = (BOARD_INDEX["CTRL_L_eye.ty"], BOARD_INDEX["CTRL_R_eye.ty"])


@dataclass(frozen=True, slots=True)
class GazeConfig:
    """Angles in degrees, times in seconds."""

    sideways_deg: float = 1.6
    """Standard deviation of the points looked at; within three of them always."""
    upright_deg: float = 0.9
    ahead_share: float = 0.5
    """Share of jumps that return to straight ahead (within a third of a degree)."""
    interval_s: float = 1.3
    """Median time between jumps."""
    spread: float = 0.6
    """Standard deviation of the interval's logarithm."""


class Gaze:
    """The glances of one stream, random but the same for the same seed."""

    def __init__(self, config: GazeConfig | None = None, seed: int = 0) -> None:
        self.config = config or GazeConfig()
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Look straight ahead and begin the same sequence again."""
        self._random = np.random.default_rng((self._seed, 2))
        self._next = -1
        self._start = 0
        self._frames = 1
        self._from_x = self._from_y = self._to_x = self._to_y = 0.0
        self.sideways_deg = 0.0
        """Present turn to the character's left."""
        self.up_deg = 0.0

    def _normal(self) -> float:
        """Normal with deviation 1, cut at 3."""
        return min(3.0, max(-3.0, float(self._random.standard_normal())))

    def _jump(self, frame_index: int) -> None:
        self._from_x, self._from_y = self.sideways_deg, self.up_deg
        reach_x, reach_y = self.config.sideways_deg, self.config.upright_deg
        if float(self._random.random()) < self.config.ahead_share:
            reach_x, reach_y = min(reach_x, 0.11), min(reach_y, 0.11)
        self._to_x, self._to_y = reach_x * self._normal(), reach_y * self._normal()
        degrees = math.hypot(self._to_x - self._from_x, self._to_y - self._from_y)
        self._start = frame_index
        self._frames = max(2, math.ceil((0.025 + 0.0024 * degrees) * FPS))
        pause = self.config.interval_s * math.exp(self.config.spread * float(self._random.standard_normal()))
        self._next = frame_index + self._frames + max(6, round(pause * FPS))

    def apply(self, board: FloatArray, frame_index: int, share: float = 1.0) -> None:
        """Turn both eyes of ``board`` (float32 [185], in place) by ``share`` (0..1) of the glance, within -1..1."""
        if self._next < 0:
            self._next = frame_index + round(self.config.interval_s * FPS)
        if frame_index >= self._next:
            self._jump(frame_index)
        way = min(1.0, (frame_index - self._start) / self._frames)
        way = way * way * (3.0 - 2.0 * way)
        self.sideways_deg = self._from_x + way * (self._to_x - self._from_x)
        self.up_deg = self._from_y + way * (self._to_y - self._from_y)
        sideways = share * self.sideways_deg / DEGREES_SIDEWAYS
        upright = share * self.up_deg / (DEGREES_UP if self.up_deg > 0.0 else DEGREES_DOWN)
        for index in _SIDEWAYS:
            board[index] = min(1.0, max(-1.0, float(board[index]) + sideways))
        for index in _UPRIGHT:
            board[index] = min(1.0, max(-1.0, float(board[index]) + upright))
