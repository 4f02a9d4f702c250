"""Small movements of the head, written to the Live Link extras.

Speakers move their heads with their voice (K. G. Munhall et al., "Visual prosody and speech intelligibility:
head movement improves auditory speech perception", Psychological Science 15(2), 2004). Here the head drifts
slowly, as a sum of sines without a common period, and dips a little with the voice's loudness. The sizes are
our choice: a few degrees, small enough to go with a body that is animated elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import PROPERTY_INDEX

_SWITCH = PROPERTY_INDEX["HeadControlSwitch"]
_ANGLES = (PROPERTY_INDEX["HeadYaw"], PROPERTY_INDEX["HeadPitch"], PROPERTY_INDEX["HeadRoll"])

_FREQUENCIES = ((0.071, 0.173, 0.419), (0.089, 0.211, 0.503), (0.061, 0.149, 0.367))
"""Hz of the sines of yaw, pitch and roll; no two in a simple ratio."""

_PARTS = (0.55, 0.3, 0.15)
"""Share of each sine; they sum to 1, so a drift never exceeds its size."""


@dataclass(frozen=True, slots=True)
class HeadConfig:
    """Largest angles in degrees."""

    yaw_deg: float = 2.0
    pitch_deg: float = 1.2
    roll_deg: float = 0.8
    nod_deg: float = 1.5
    """Dip of the head at full voice, added to the pitch."""
    follow_s: float = 0.18
    """Time constant in which the dip follows the voice."""
    quiet_db: float = 10.0
    loud_db: float = 35.0
    """Level above the noise floor at which the dip begins and is full."""


class HeadMotion:
    """The head of one stream, the same for the same seed."""

    def __init__(self, config: HeadConfig | None = None, seed: int = 0) -> None:
        self.config = config or HeadConfig()
        random = np.random.default_rng((seed, 3))
        self._phases = [[float(p) for p in row] for row in random.uniform(0.0, 2.0 * math.pi, (3, 3))]
        self._follow = 1.0 / max(1.0, self.config.follow_s * FPS)
        self.reset()

    def reset(self) -> None:
        """Forget the voice; the drift belongs to the frame index alone."""
        self._voice = 0.0
        self._yaw = self._pitch = self._roll = 0.0

    def _drift(self, axis: int, frame_index: int) -> float:
        seconds = frame_index / FPS
        total = 0.0
        for part, frequency, phase in zip(_PARTS, _FREQUENCIES[axis], self._phases[axis], strict=True):
            total += part * math.sin(2.0 * math.pi * frequency * seconds + phase)
        return total

    def step(self, frame_index: int, above_floor_db: float, speech: bool) -> None:
        """One frame further.

        Args:
            frame_index: frames of the stream.
            above_floor_db: level of the sound over the noise floor.
            speech: a voice is heard; without it the dip goes back.
        """
        span = self.config.loud_db - self.config.quiet_db
        voice = min(1.0, max(0.0, (above_floor_db - self.config.quiet_db) / span)) if speech else 0.0
        self._voice += self._follow * (voice - self._voice)
        self._yaw = self.config.yaw_deg * self._drift(0, frame_index)
        pitch = self.config.pitch_deg * self._drift(1, frame_index) - self.config.nod_deg * self._voice
        self._pitch = pitch
        self._roll = self.config.roll_deg * self._drift(2, frame_index)

    def write(self, properties: FloatArray, share: float = 1.0) -> None:
        """Put ``share`` (0..1) of the angles (degrees) into float32 [260] and switch the head on."""
        properties[_SWITCH] = 1.0
        properties[_ANGLES[0]] = share * self._yaw
        properties[_ANGLES[1]] = share * self._pitch
        properties[_ANGLES[2]] = share * self._roll
