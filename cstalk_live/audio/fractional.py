"""Sound at any instants between its samples, for two sound cards whose clocks never agree.

The filter of :mod:`cstalk_live.audio.resample` knows fixed ratios only. Here the taps of 512 phases are kept
and those of the phases between them interpolated linearly (J. O. Smith, "Digital Audio Resampling Home Page",
CCRMA, section "Implementation"). The error of that is (pi / 512)^2 / 8 of the highest frequency's amplitude at
most, -106 dB; the filter's stop band of 90 dB is what counts.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cstalk_live.audio.filter_design import check_rate, kaiser_sinc
from cstalk_live.records import FloatArray

PHASES = 512

ATTENUATION_DB = 90.0

PASS, STOP = 0.43, 0.57
"""Band edges as shares of the lower rate: flat to 20.6 kHz between cards of 48 kHz, and what lies between 20.6
and 27.4 kHz folds to where nobody hears it."""


class FractionalFilter:
    """Low-pass interpolation from ``rate_in`` Hz at arbitrary instants; use :func:`fractional_filter`.

    Args:
        rate_in: Hz of the sound.
        rate_out: Hz at which instants follow each other, about; the lower of both sets the band.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        low = min(rate_in, rate_out)
        transition = 2 * math.pi * (STOP - PASS) * low / rate_in
        self.half = math.ceil((ATTENUATION_DB - 7.95) / (2.285 * transition) / 2)
        """Input samples before and after an instant that its value depends on."""
        beta = 0.1102 * (ATTENUATION_DB - 8.7)
        instants = np.arange(PHASES + 1)[:, None] / PHASES
        offsets = np.arange(1 - self.half, self.half + 1)
        rows = kaiser_sinc(instants - offsets, (PASS + STOP) * low / rate_in, self.half, beta)
        self._taps = rows[:-1].astype(np.float32)
        self._slopes = np.diff(rows, axis=0).astype(np.float32)

    def at(self, sound: FloatArray, positions: NDArray[np.float64]) -> FloatArray:
        """Values float32 [n] of float32 ``sound`` at float64 [n] evenly spaced ``positions``, counted in
        samples from ``sound[0]``; each must have ``half`` samples on both sides.
        """
        whole = positions.astype(np.intp)
        phase = (positions - whole) * PHASES
        row = phase.astype(np.intp)
        weight = (phase - row).astype(np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(sound, 2 * self.half)
        first, last = int(whole[0]) - (self.half - 1), int(whole[-1]) - (self.half - 1)
        one_by_one = last - first == len(whole) - 1  # nearly equal rates: nothing to gather
        windows = windows[first : last + 1] if one_by_one else windows[whole - (self.half - 1)]
        taps = self._slopes[row]
        taps *= weight[:, None]
        taps += self._taps[row]
        values: FloatArray = np.einsum("ij,ij->i", windows, taps)
        return values


@lru_cache(maxsize=16)
def fractional_filter(rate_in: int, rate_out: int) -> FractionalFilter:
    """The filter between two rates; made once.

    Raises:
        AudioError: a rate outside 8,000..384,000 Hz.
    """
    return FractionalFilter(check_rate(rate_in), check_rate(rate_out, "the sound output"))
