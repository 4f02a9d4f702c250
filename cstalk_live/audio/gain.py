"""The gain on the sound before anything listens to it, which may be turned while it runs."""

from __future__ import annotations

import numpy as np

from cstalk_live.audio.fade import FADE_S
from cstalk_live.records import SAMPLE_RATE, FloatArray

_RAMP = round(FADE_S * SAMPLE_RATE)


class TurnableGain:
    """Multiplies sound. A new gain is reached within 5 ms of it: a step would be heard as a click, and seen as one.

    Args:
        gain_db: to begin with.
    """

    def __init__(self, gain_db: float = 0.0) -> None:
        self._now = self._wanted = _factor(gain_db)

    def turn(self, gain_db: float) -> None:
        """Head for this gain; from any thread."""
        self._wanted = _factor(gain_db)

    def apply(self, sound: FloatArray) -> FloatArray:
        """Float32 [n] of 24 kHz sound as it is to be heard; ``sound`` itself at a gain of 1."""
        wanted = self._wanted
        if wanted == self._now:
            return sound if wanted == 1.0 else sound * wanted
        if not len(sound):
            return sound
        steps = min(_RAMP, len(sound))
        louder = np.full(len(sound), wanted, np.float32)
        louder[:steps] = self._now + (wanted - self._now) * (np.arange(1, steps + 1, dtype=np.float32) / steps)
        self._now = wanted
        return sound * louder


def _factor(gain_db: float) -> np.float32:
    return np.float32(10.0 ** (gain_db / 20.0))
