"""A small classifier that reads the emotion off a moving face: softmax regression on one second of it.

It judges whether an emotion can be told from the face at all, so it is kept simple: no network that would find what
nobody sees. A second of motion becomes the mean and the spread of every control; classes are separated by planes
(multinomial logistic regression: Bishop, "Pattern Recognition and Machine Learning", 4.3.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from cstalk_live.records import FPS, FloatArray

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]

VISIBLE = 0.02
"""Spreads below this (control units) count as this: nobody sees them."""

PENALTY = 1e-2
"""Weight decay of the regression: the classes are far apart in motion made by rule, and weights would grow for ever."""


def seconds_of(board: FloatArray, controls: NDArray[np.intp]) -> Matrix:
    """Mean and spread of the chosen controls in each whole second of a clip: [n, 185] -> [n // 60, 2 C]."""
    whole = board[: len(board) // FPS * FPS, controls].astype(np.float64).reshape(-1, FPS, len(controls))
    return np.concatenate((whole.mean(axis=1), whole.std(axis=1)), axis=1)


@dataclass(frozen=True, slots=True)
class EmotionReader:
    """A fitted classifier."""

    controls: NDArray[np.intp]
    mean: Matrix
    spread: Matrix
    weights: Matrix
    """[2 C + 1, E]"""

    def read(self, board: FloatArray) -> Labels:
        """The emotion of every second of a clip: board [n, 185] -> indices [n // 60]."""
        scores = self._inputs(seconds_of(board, self.controls)) @ self.weights
        return np.asarray(scores.argmax(axis=1), np.int64)

    def _inputs(self, seconds: Matrix) -> Matrix:
        return _with_one((seconds - self.mean) / self.spread)


def _with_one(x: Matrix) -> Matrix:
    return np.concatenate((x, np.ones((len(x), 1))), axis=1)


def fit_reader(motion: Sequence[Sequence[FloatArray]], controls: NDArray[np.intp]) -> EmotionReader:
    """Learn to tell emotions apart.

    Args:
        motion: for every emotion, clips [n, 185] of at least a second.
        controls: board indices that the reader may look at.
    """
    parts = [np.concatenate([seconds_of(board, controls) for board in clips]) for clips in motion]
    x, labels = np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), VISIBLE)
    given, wanted = _with_one((x - mean) / spread), np.eye(len(parts))[labels]
    shape = (given.shape[1], len(parts))

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(shape)
        scores = given @ weights
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        slope = given.T @ (np.exp(logs) - wanted) / len(given) + PENALTY * weights
        value = -(logs * wanted).sum() / len(given) + 0.5 * PENALTY * (weights**2).sum()
        return float(value), slope.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return EmotionReader(controls, mean, spread, found.x.reshape(shape))


def confusion(reader: EmotionReader, motion: Sequence[Sequence[FloatArray]]) -> NDArray[np.int64]:
    """Seconds by emotion shown (rows) and emotion read (columns): int64 [E, E]."""
    table = np.zeros((len(motion), len(motion)), np.int64)
    for shown, clips in enumerate(motion):
        for board in clips:
            np.add.at(table[shown], reader.read(board), 1)
    return table
