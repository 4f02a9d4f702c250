"""Levels in decibels of full scale: 0 dB is a full-scale square wave, and silence has a floor."""

from __future__ import annotations

import math

SILENCE_DB = -120.0
"""Level of digital silence; nothing is ever reported below it (the noise of a 16-bit converter is at -98 dB)."""

_SILENCE_POWER = 10.0 ** (SILENCE_DB / 10.0)


def power_db(power: float) -> float:
    """Level of a mean square, :data:`SILENCE_DB` at the least and for what is not finite."""
    if not math.isfinite(power) or power < _SILENCE_POWER:
        return SILENCE_DB
    return 10.0 * math.log10(power)
