"""Low-pass filters of the resampler: Kaiser-windowed sinc, designed in numpy.

The window and its two design formulas are Kaiser's (J. F. Kaiser, "Nonrecursive digital filter design using
the I0-sinh window function", Proc. IEEE ISCAS 1974; also Oppenheim & Schafer, "Discrete-Time Signal
Processing", 7.6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import AudioError
from cstalk_live.records import SAMPLE_RATE, FloatArray

LOWEST_RATE = 8_000
"""Hz. Telephone sound; below it too little of a voice is left to drive a face."""

HIGHEST_RATE = 384_000
"""Hz. The fastest rate that sound cards offer."""

ATTENUATION_DB = 70.0
"""Stop band, and by Kaiser's symmetry a pass-band ripple of 0.003 dB."""

PASS_HZ = 10_000.0
"""Flat up to here where the input has it: the mel bands end at 7.6 kHz, the rest is margin."""

LONGEST_HALF_S = 1.75e-3
"""Seconds of future sound the longest filter may wait for; leaves 0.25 ms of the 2 ms budget for rounding."""

_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class PhaseTable:
    """A low-pass sampled at every phase that output instants can have between input samples."""

    taps: FloatArray
    """float32 [phases, 2 * half + 1]; each row sums to 1."""
    step: int
    """Input samples per ``phases`` output samples: output n lies at input position n * step / phases."""
    half: int
    """Input samples before and after an output instant that its value depends on."""
    pass_hz: float
    """Upper edge of the flat band, Hz."""
    stop_hz: float
    """Lower edge of the stop band, Hz."""

    @property
    def phases(self) -> int:
        return len(self.taps)


def check_rate(rate: int, where: str = "sound") -> int:
    """Return ``rate`` if this program can work with it.

    Raises:
        AudioError: outside 8,000..384,000 Hz; ``where`` names the culprit in the message.
    """
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise AudioError(
            f"{where} has a sample rate of {rate} Hz",
            f"use sound of {LOWEST_RATE} to {HIGHEST_RATE} Hz, best 48000",
        )
    return rate


def band_edges(rate: int) -> tuple[float, float]:
    """Pass and stop edge in Hz for input of ``rate`` Hz.

    The stop edge keeps two kinds of ghosts out of the flat band. Folding at 24 kHz brings ``f`` to ``24000 -
    f``, so everything from 14 kHz must be gone for a band flat to 10 kHz. Raising a low rate mirrors ``f`` to
    ``rate - f``, so everything from ``rate - pass`` should be gone. At 16 kHz the latter would take 2.6 ms of
    waiting; the edge is moved up as far as the delay budget asks (8.8 kHz), where no mel band listens any
    more.
    """
    nyquist = rate / 2
    passes = min(PASS_HZ, 0.95 * nyquist) if rate >= 16_000 else 0.85 * nyquist
    stops = min(SAMPLE_RATE - PASS_HZ, rate - passes)
    narrowest = (ATTENUATION_DB - 7.95) / (2.285 * 2 * math.pi * 2 * LONGEST_HALF_S)
    return passes, max(stops, passes + narrowest)


def kaiser_sinc(distance: NDArray[np.float64], cutoff: float, half: int, beta: float) -> NDArray[np.float64]:
    """Low-pass taps at ``distance`` input samples from the output instant, each row scaled to the sum 1.

    Args:
        distance: float64 [rows, taps].
        cutoff: middle of the transition band, 1 being half the input rate.
        half: distance at which the window ends.
        beta: Kaiser's shape parameter.
    """
    inside = np.maximum(0.0, 1.0 - np.square(distance / half))
    kernel = np.sinc(cutoff * distance) * np.i0(beta * np.sqrt(inside)) * (np.abs(distance) <= half)
    scaled: NDArray[np.float64] = kernel / kernel.sum(axis=1, keepdims=True)
    return scaled


@lru_cache(maxsize=8)
def phase_table(rate: int) -> PhaseTable:
    """The filter from ``rate`` Hz to 24 kHz.

    Common rates have 1 to 320 phases. A rate without a large common factor with 24,000 has up to 24,000 of
    them, which takes 6 MB at 48 kHz.

    Raises:
        AudioError: rate outside 8,000..384,000 Hz.
    """
    check_rate(rate)
    common = math.gcd(rate, SAMPLE_RATE)
    phases, step = SAMPLE_RATE // common, rate // common
    passes, stops = band_edges(rate)
    transition = 2 * math.pi * (stops - passes) / rate
    half = math.ceil((ATTENUATION_DB - 7.95) / (2.285 * transition) / 2)
    beta = 0.1102 * (ATTENUATION_DB - 8.7)
    cutoff = (passes + stops) / rate
    offsets = np.arange(-half, half + 1)
    taps = np.empty((phases, 2 * half + 1), np.float32)
    for first in range(0, phases, _ROWS_AT_ONCE):
        rows = np.arange(first, min(phases, first + _ROWS_AT_ONCE))
        taps[rows] = kaiser_sinc(rows[:, None] / phases - offsets, cutoff, half, beta)
    taps.setflags(write=False)
    return PhaseTable(taps, step, half, passes, stops)
