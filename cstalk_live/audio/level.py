"""Level of the sound in dBFS, where a full-scale square wave is 0 dB in both measures."""

from __future__ import annotations

import math

import numpy as np

from cstalk_live.records import FloatArray

FLOOR_DB = -120.0
"""What silence reads; below the noise of any 16-bit converter (-98 dB)."""

CLIP_LEVEL = 32_766 / 32_768
"""Magnitude from which a sample counts as clipped: the last step of 16 bits, which converters reach only by
clipping."""


def decibels(magnitude: float) -> float:
    """``20 log10(magnitude)``, no less than -120."""
    return max(FLOOR_DB, 20.0 * math.log10(magnitude)) if magnitude > 0.0 else FLOOR_DB


class LevelMeter:
    """RMS and peak of the latest block, and a latch that remembers clipping until cleared. Allocates
    nothing."""

    def __init__(self) -> None:
        self.rms_db = FLOOR_DB
        self.peak_db = FLOOR_DB
        self.clipped = False

    def update(self, samples: FloatArray) -> None:
        """Measure float32 [n] samples; an empty block changes nothing."""
        if not len(samples):
            return
        power = float(np.dot(samples, samples)) / len(samples)
        peak = max(float(samples.max()), -float(samples.min()))
        self.rms_db = decibels(math.sqrt(power))
        self.peak_db = decibels(peak)
        if peak >= CLIP_LEVEL:
            self.clipped = True

    def clear_clip(self) -> None:
        """Release the clip latch."""
        self.clipped = False
