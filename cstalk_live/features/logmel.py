"""Log-mel features, 60 columns a second, strictly causal.

Column ``k`` belongs to frame ``k`` and stacks two 80-band spectra whose 25 ms windows end in the middle and at the
end of the frame, at samples ``400 k + 200`` and ``400 k + 400``; the sound before the stream is silence. A
consonant's burst lasts about 10 ms: two spectra per frame keep it visible. Adds no delay beyond the frame itself.

Every column is computed by the same calls on the same shapes whether sound arrives in one piece or in many, so a
stream and a whole clip give the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import HOP, FloatArray

from .mel import FFT_SIZE, MEL_BANDS, mel_filterbank

WINDOW = 600
"""Samples of one analysis window: 25 ms at 24 kHz."""

SUBHOP = HOP // 2
"""Samples between the two spectra of a column: 8.3 ms."""

FEATURES = 2 * MEL_BANDS
"""Values of one column: 80 bands of the earlier spectrum, then 80 of the later."""

LOG_FLOOR = 1e-8
"""Added to the mel power (1.0 is about a full-scale sine), so silence reads ln(1e-8) = -18.4."""

_HISTORY = WINDOW - SUBHOP
_HANN = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW) / WINDOW)
_POWER_SCALE = 4.0 / float(_HANN.sum()) ** 2
_CHUNK_FRAMES = 512


def logmel(samples: FloatArray, warp: float = 1.0) -> FloatArray:
    """Features of a whole clip.

    Args:
        samples: float32 [n], 24 kHz, -1..1. An incomplete last frame is dropped.
        warp: see :func:`~cstalk_live.features.mel.mel_filterbank`; 1.0 outside training.

    Returns:
        float32 [n // 400, 160], natural logarithm of mel power.
    """
    return StreamingLogMel(warp).push(samples)


class StreamingLogMel:
    """The same features from sound that arrives in blocks of any size."""

    def __init__(self, warp: float = 1.0) -> None:
        self._bank: NDArray[np.float64] = mel_filterbank(warp)
        self.reset()

    def reset(self) -> None:
        """Forget all sound: the next sample is sample 0 of a stream."""
        self._tail: FloatArray = np.zeros(_HISTORY, np.float32)

    def push(self, samples: FloatArray) -> FloatArray:
        """Take float32 [n] samples of any count; return float32 [frames completed, 160]."""
        sound = np.concatenate((self._tail, samples))
        frames = (len(sound) - _HISTORY) // HOP
        self._tail = sound[frames * HOP :]
        columns = np.empty((frames, FEATURES), np.float32)
        for start in range(0, frames, _CHUNK_FRAMES):
            stop = min(frames, start + _CHUNK_FRAMES)
            columns[start:stop] = self._columns(sound[start * HOP : stop * HOP + _HISTORY])
        return columns

    def _columns(self, sound: FloatArray) -> FloatArray:
        windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::SUBHOP]
        spectrum = np.fft.rfft(windows.astype(np.float64) * _HANN, FFT_SIZE, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2) * _POWER_SCALE
        # One [1, 513] x [513, 80] product per spectrum: a single [n, 513] product would round differently with n.
        mel = np.matmul(power[:, None, :], self._bank)[:, 0, :]
        columns: FloatArray = np.log(mel + LOG_FLOOR).astype(np.float32).reshape(-1, FEATURES)
        return columns
