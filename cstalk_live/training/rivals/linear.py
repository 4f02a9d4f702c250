"""Ridge regression from log-mels to the mouth code: what needs no network at all.

The baseline of :mod:`..ridge`, made to predict a whole face at 60 frames a second: 40 bands, means of two frames from
``D`` frames after the frame in question to 320 ms before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cstalk_live.errors import ConfigError
from cstalk_live.records import FloatArray
from cstalk_live.training.batches import Batch
from cstalk_live.training.correlation_fit import calm_rows
from cstalk_live.training.lessons import Item
from cstalk_live.training.ridge import PENALTY

from .codes import play_code, read_code
from .windowed import Windowed

HISTORY = 20
"""Frames before the frame in question."""

BANDS = 40

Row = tuple[FloatArray, FloatArray]
"""Features [n, 160] and board [n, 185] in delayed time."""


def context(features: FloatArray, frames: int) -> NDArray[np.float64]:
    """Windows of log-mels: [n, 160] -> float64 [n - frames + 1, frames / 2 * 40]; ``frames`` is even."""
    bands = features.astype(np.float64).reshape(len(features), 2, BANDS, -1).mean(axis=(1, 3))
    pairs = (bands[1:] + bands[:-1]) / 2
    windows = sliding_window_view(pairs, frames - 1, axis=0)[:, :, ::2]
    return np.ascontiguousarray(windows).reshape(len(windows), -1)


class Ridge(Windowed):
    """See the module's text.

    Args:
        weights: float64 [X + 1, Y], the last row is the offset.
    """

    def __init__(self, weights: NDArray[np.float64], delay: int) -> None:
        super().__init__(delay, window(delay))
        self.weights = weights

    @property
    def parameters(self) -> int:
        """Of the matrix."""
        return int(self.weights.size)

    def poses(self, features: FloatArray) -> FloatArray:
        """See :class:`.windowed.Windowed`."""
        code = context(features, self.frames) @ self.weights[:-1] + self.weights[-1]
        return play_code(code.astype(np.float32))


def window(delay: int) -> int:
    """Frames that ridge sees: an even count."""
    return HISTORY + delay + delay % 2


def recorded(item: Item, delay: int) -> Row:
    """An item as it is, without the random rooms and noise of a batch, in delayed time."""
    board = item.board.astype(np.float32)
    return item.features.astype(np.float32), np.concatenate((np.repeat(board[:1], delay, 0), board))[: len(board)]


def neutral_rows(batch: Batch) -> Iterator[Row]:
    """The rows without emotion, for ridge is told none."""
    for row in np.flatnonzero(calm_rows(batch).numpy()):
        yield batch.features[row].numpy(), batch.target[row].numpy()


def fit_ridge(rows: Iterable[Row], delay: int) -> Ridge:
    """Fit to neutral speech: features [n, 160] and boards [n, 185], row ``k`` of which is the pose of frame ``k - D``.

    Raises:
        ConfigError: all rows are shorter than the window.
    """
    frames = window(delay)
    gram = cross = np.zeros(())
    for features, board in rows:
        if len(features) >= frames:
            # Neighbours say nearly the same: every second frame will do.
            x = context(features, frames)[::2]
            y = read_code(board[frames - 1 :])[::2].astype(np.float64)
            x = np.concatenate((x, np.ones((len(x), 1))), axis=1)
            gram, cross = gram + x.T @ x, cross + x.T @ y
    if gram.ndim != 2:
        raise ConfigError(f"ridge needs rows of {frames} frames and there is none", "give longer clips")
    n = gram[-1, -1]
    mean, target_mean = gram[-1, :-1] / n, cross[-1] / n
    covariance = gram[:-1, :-1] - n * np.outer(mean, mean)
    spread = np.sqrt(np.maximum(covariance.diagonal() / n, 1e-6))
    scaled = covariance / np.outer(spread, spread) + PENALTY * np.eye(len(mean))
    slopes = np.linalg.solve(scaled, (cross[:-1] - n * np.outer(mean, target_mean)) / spread[:, None])
    weights = slopes / spread[:, None]
    return Ridge(np.concatenate((weights, (target_mean - mean @ weights)[None])), delay)
