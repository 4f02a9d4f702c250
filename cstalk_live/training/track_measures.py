"""Measures of single tracks: correlation, lag, stillness, jitter.

They are those the project's data set defines for its final measurement. Predictions are 60 frames a second,
measurements 25; both are centred at (k + 0.5) / fps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FPS

from .corpus import Phone

Track = NDArray[np.float64]

PICTURE_FPS = 25.0
"""Frames a second of the tracked pictures."""


def centres(count: int, fps: float) -> Track:
    """Times in seconds of the middles of ``count`` frames."""
    return np.asarray((np.arange(count) + 0.5) / fps)


def correlation(a: Track, b: Track) -> float:
    """Pearson r; NaN for a constant."""
    if len(a) < 3 or a.std() < 1e-9 or b.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def lag_ms(reference: Sequence[Track], predicted: Sequence[Track], fps: float = PICTURE_FPS) -> float:
    """Shift of best mean correlation within +-300 ms in 5 ms steps, parabola-refined; positive: prediction late."""
    shifts = np.arange(-300, 305, 5)
    curves = []
    for ref, pred in zip(reference, predicted, strict=True):
        t_ref, t_pred = centres(len(ref), fps), centres(len(pred), FPS)
        curve = []
        for shift in shifts:
            t = t_ref + shift / 1000
            inside = (t >= t_pred[0]) & (t <= t_pred[-1])
            curve.append(correlation(np.interp(t[inside], t_pred, pred), ref[inside]))
        if np.isfinite(curve).any():
            curves.append(curve)
    if not curves:
        return float("nan")
    mean = np.nan_to_num(np.nanmean(curves, axis=0), nan=-2.0)
    best = int(np.argmax(mean))
    if 0 < best < len(mean) - 1:
        left, middle, right = mean[best - 1 : best + 2]
        bend = left - 2 * middle + right
        if bend < -1e-12:
            return float(shifts[best] + 2.5 * (left - right) / bend)
    return float(shifts[best])


def stillness(track: Track, phones: Sequence[Phone], fps: float = FPS) -> tuple[float, int]:
    """(sum of |velocity| in units per second, frames) inside silences of 0.2 s and more, 80 ms off either end."""
    t = centres(len(track), fps)
    speed, middle = np.abs(np.diff(track)) * fps, (t[1:] + t[:-1]) / 2
    inside = np.zeros(len(speed), bool)
    for start, end, phone in phones:
        if phone == "SIL" and end - start >= 0.2:
            inside |= (middle >= start + 0.08) & (middle <= end - 0.08)
    return float(speed[inside].sum()), int(inside.sum())


def jitter(track: Track, fps: float = FPS) -> tuple[float, float]:
    """Mean |second difference|: (units per s^2 at the track's own rate, units per frame^2 at 25 frames a second).

    The second number compares tracks of different rates; NaN for tracks of fewer than three frames.
    """
    t = centres(len(track), fps)
    slow = np.interp(np.arange(t[0], t[-1] + 1e-9, 1.0 / PICTURE_FPS), t, track)
    own, common = (float(np.mean(np.abs(np.diff(x, 2)))) if len(x) > 2 else float("nan") for x in (track, slow))
    return own * fps**2, common


def ratio(a: float, b: float) -> float:
    """``a / b``; NaN where there is nothing to divide by."""
    return a / b if b else float("nan")


def mean_of(values: Sequence[float]) -> float:
    """Mean over the finite values; NaN if there is none."""
    known = np.array(values, np.float64)
    known = known[np.isfinite(known)]
    return float(known.mean()) if len(known) else float("nan")
