"""The two floors of the table: a face that does not move, and a jaw that follows the loudness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cstalk_live.features import MEL_BANDS
from cstalk_live.records import FloatArray
from cstalk_live.training.face_to_rig import compose, read_jaw
from cstalk_live.training.lessons import Item
from cstalk_live.training.mouth_code import CEILING, CODE, GAP, JAW

from .windowed import Windowed


class MeanFace(Windowed):
    """The mean pose of the training motion, always.

    Args:
        pose: float32 [185].
    """

    def __init__(self, pose: FloatArray, delay: int) -> None:
        super().__init__(delay, 1)
        self.pose = pose

    @property
    def parameters(self) -> int:
        """One number per control."""
        return len(self.pose)

    def poses(self, features: FloatArray) -> FloatArray:
        """See :class:`.windowed.Windowed`."""
        return np.repeat(self.pose[None], len(features), axis=0)


class LoudJaw(Windowed):
    """The jaw opens by ``gain`` for every neper of loudness above a threshold, and the lips with it; all else rests.

    Loudness is the mean log-mel over a window centred at the frame, as wide as the look-ahead allows.
    """

    parameters = 2

    def __init__(self, gain: float, threshold: float, delay: int) -> None:
        super().__init__(delay, 2 * delay + 1)
        self.gain, self.threshold = gain, threshold

    def poses(self, features: FloatArray) -> FloatArray:
        """See :class:`.windowed.Windowed`."""
        code = np.zeros((len(features) - self.frames + 1, len(CODE)), np.float32)
        opening = np.clip(self.gain * (loudness(features, self.frames) - self.threshold), 0.0, CEILING)
        code[:, JAW] = code[:, GAP] = opening
        return compose(code)


def loudness(features: FloatArray, frames: int) -> NDArray[np.float64]:
    """Mean log-mel of every window of ``frames`` frames: [n, 160] -> [n - frames + 1]. The lowest four bands are left
    out, as the phone teacher does: they hold hum."""
    bands = features.reshape(len(features), 2, MEL_BANDS)[:, :, 4:]
    level = bands.mean(axis=(1, 2), dtype=np.float64)
    return np.convolve(level, np.ones(frames) / frames, mode="valid")


def fit_loud_jaw(items: Sequence[Item], delay: int) -> LoudJaw:
    """Least squares over the filmed items as recorded: the best gain of each of 60 thresholds."""
    levels, jaws = [], []
    for item in items:
        if item.filmed and len(item.features) > 2 * delay:
            levels.append(loudness(item.features.astype(np.float32), 2 * delay + 1)[::3])
            jaws.append(read_jaw(item.board[delay : len(item.board) - delay : 3].astype(np.float64)))
    level, jaw = np.concatenate(levels), np.concatenate(jaws)

    def fitted(threshold: float) -> tuple[float, float, float]:
        above = np.maximum(level - threshold, 0.0)
        gain = float(above @ jaw / max(float(above @ above), 1e-9))
        return float(np.square(gain * above - jaw).sum()), gain, threshold

    low, high = np.percentile(level, [1.0, 95.0])
    thresholds = np.linspace(low, high, 60)
    _, gain, threshold = min(fitted(float(t)) for t in thresholds)
    return LoudJaw(gain, threshold, delay)
