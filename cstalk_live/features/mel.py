"""The mel filterbank: which of the 513 spectrum bins belong to which of the 80 bands."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import SAMPLE_RATE

MEL_BANDS = 80
FFT_SIZE = 1024
MEL_LOW_HZ = 60.0
MEL_HIGH_HZ = 7600.0
"""Below half of 16 kHz, so that 16 kHz corpora and 48 kHz microphones fill the same bands."""


def hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mel scale of O'Shaughnessy, "Speech Communication" (1987): 2595 log10(1 + f / 700)."""
    return 2595.0 * np.log10(1.0 + hz / 700.0)


def mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of :func:`hz_to_mel`."""
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)


def mel_edges() -> NDArray[np.float64]:
    """Mel values [82], evenly spaced: band ``b`` rises from edge ``b``, peaks at ``b + 1`` and ends at ``b + 2``."""
    return np.linspace(hz_to_mel(np.array(MEL_LOW_HZ)), hz_to_mel(np.array(MEL_HIGH_HZ)), MEL_BANDS + 2)


@lru_cache(maxsize=32)
def mel_filterbank(warp: float = 1.0) -> NDArray[np.float64]:
    """Triangular filters with peak 1, evenly spaced in mel.

    Args:
        warp: scale of the frequency axis; 1.1 makes formants appear 10 % lower. Training varies it to stand in
            for other vocal-tract lengths (Jaitly and Hinton, "Vocal tract length perturbation", ICML 2013).

    Returns:
        float64 [513, 80], read-only; multiply a power spectrum by it.
    """
    edges = np.minimum(mel_to_hz(mel_edges()) * warp, SAMPLE_RATE / 2)
    bins = np.arange(FFT_SIZE // 2 + 1) * SAMPLE_RATE / FFT_SIZE
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - low) / np.maximum(centre - low, 1e-9)
    falling = (high - bins[:, None]) / np.maximum(high - centre, 1e-9)
    bank: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    # The lowest bands are narrower than one bin (23.4 Hz): give such a band its nearest bin instead of nothing.
    for band in np.flatnonzero(bank.sum(0) < 0.5):
        bank[round(float(centre[band]) * FFT_SIZE / SAMPLE_RATE), band] = 1.0
    bank.setflags(write=False)
    return bank
