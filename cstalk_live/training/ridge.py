"""The baseline to beat: ridge regression from a short history of log-mels to the measured mouth.

40 bands averaged over the 40 ms of a picture frame, the present frame, the eight before it (320 ms) and as many
after it as the look-ahead allows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cstalk_live.records import FPS, FloatArray

from .score import Scores
from .track_measures import Track
from .validate import Measured

PAST = 8
PENALTY = 30.0
TARGETS = ("lip_aperture", "lip_width", "chin_drop", "jawOpen", "mouthPucker")
PICTURE_FPS = 25


def _columns(features: FloatArray, frames: int) -> Track:
    """Log-mels of each 25 fps frame in 40 bands: float64 [frames, 40]."""
    bands = features.astype(np.float64).reshape(len(features), 2, 40, 2).mean(axis=(1, 3))
    out = np.empty((frames, 40))
    for k in range(frames):
        first, last = int(k * FPS / PICTURE_FPS), int(np.ceil((k + 1) * FPS / PICTURE_FPS))
        out[k] = bands[min(first, len(bands) - 1) : max(first + 1, last)].mean(axis=0)
    return out


def _context(features: FloatArray, frames: int, ahead: int) -> Track:
    columns = _columns(features, frames)
    padded = np.concatenate((np.repeat(columns[:1], PAST, 0), columns, np.repeat(columns[-1:], ahead, 0)))
    windows = [padded[i : i + frames] for i in range(PAST + 1 + ahead)]
    return np.concatenate([*windows, np.ones((frames, 1))], axis=1)


def score_ridge(
    train: Sequence[Measured], groups: dict[str, Sequence[Measured]], ahead: int
) -> dict[str, dict[str, float]]:
    """Fit on filmed training clips and score on groups of validation clips.

    Args:
        ahead: picture frames (40 ms) of look-ahead.
    """
    x = np.concatenate([_context(m.features, len(m.tracks["lip_aperture"]), ahead) for m in train])
    y = np.concatenate([np.stack([m.tracks[t] for t in TARGETS], axis=1) for m in train])
    mean, spread = x[:, :-1].mean(0), x[:, :-1].std(0)

    def scaled(raw: Track) -> Track:
        return np.concatenate(((raw[:, :-1] - mean) / spread, raw[:, -1:]), axis=1)

    z = scaled(x)
    weights = np.linalg.solve(z.T @ z + PENALTY * np.eye(z.shape[1]), z.T @ y)
    results = {}
    for name, clips in groups.items():
        scores = Scores()
        for m in clips:
            frames = len(m.tracks["lip_aperture"])
            predicted = scaled(_context(m.features, frames, ahead)) @ weights
            at = (np.arange(frames) + 0.5) / PICTURE_FPS
            wanted = (np.arange(len(m.features)) + 0.5) / FPS
            tracks = {t: np.interp(wanted, at, predicted[:, i]) for i, t in enumerate(TARGETS)}
            scores.add(tracks, m.tracks, m.clip.phones)
        results[name] = scores.result()
    return results
