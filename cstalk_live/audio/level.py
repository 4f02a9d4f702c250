"""Level of the sound in dBFS, where a full-scale square wave is 0 dB in both measures."""

from __future__ import annotations

import numpy as np

from cstalk_live.decibels import SILENCE_DB, power_db
from cstalk_live.records import FloatArray

CLIP_LEVEL = 32_766 / 32_768
"""Magnitude from which a sample counts as clipped: the last step of 16 bits, which converters reach only by
clipping."""


class LevelMeter:
    """RMS and peak of the latest block, and a latch that remembers clipping until cleared. Allocates
    nothing."""

    def __init__(self) -> None:
        self.rms_db = SILENCE_DB
        self.peak_db = SILENCE_DB
        self.clipped = False

    def update(self, samples: FloatArray) -> None:
        """Measure float32 [n] samples; an empty block changes nothing."""
        if not len(samples):
            return
        power = float(np.dot(samples, samples)) / len(samples)
        peak = max(float(samples.max()), -float(samples.min()))
        self.rms_db = power_db(power)
        self.peak_db = power_db(peak * peak)
        if peak >= CLIP_LEVEL:
            self.clipped = True

    def clear_clip(self) -> None:
        """Release the clip latch."""
        self.clipped = False
