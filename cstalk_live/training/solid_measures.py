"""Distances on the tracked mesh itself, which a turn or a nod of the head leaves as they are.

A distance in the picture shrinks by the cosine of the angle between it and the picture plane. The tracker's depth is
an estimate, but good enough to undo that: on all four training and validation groups the chin's distance along the
mesh agrees better with the tracker's own jaw than the distance in the picture does (README of the corpus: no markers,
so the tracker is the only witness). A rotation preserves lengths, so the head's rotation itself is not needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import CorpusError
from cstalk_live.records import FloatArray

BRIDGE, CHIN, EYE_RIGHT, EYE_LEFT = 168, 152, 33, 263
"""MediaPipe's ids: bridge of the nose, lowest point of the chin, outer eye corners."""


def solid_distance(landmarks: NDArray[np.floating], ids: NDArray[np.integer], a: int, b: int) -> FloatArray:
    """Distance of two landmarks in units of the eye distance, both in three dimensions.

    Args:
        landmarks: [n, L, 3], any unit.
        ids: [L], MediaPipe's ids of the landmarks.

    Returns:
        float32 [n].

    Raises:
        CorpusError: a landmark is not among the ids.
    """
    place = {int(name): at for at, name in enumerate(ids)}
    missing = sorted({a, b, EYE_RIGHT, EYE_LEFT} - set(place))
    if missing:
        raise CorpusError(f"landmarks {missing} are not in landmark_indices", "track them, or leave landmarks out")
    points = landmarks.astype(np.float32)

    def length(p: int, q: int) -> NDArray[np.float32]:
        return np.asarray(np.linalg.norm(points[:, place[p]] - points[:, place[q]], axis=-1), np.float32)

    return np.asarray(length(a, b) / np.maximum(length(EYE_RIGHT, EYE_LEFT), 1e-6), np.float32)


def chin_distance(landmarks: NDArray[np.floating], ids: NDArray[np.integer]) -> FloatArray:
    """How far the chin is from the bridge of the nose: float32 [n], in eye distances."""
    return solid_distance(landmarks, ids, BRIDGE, CHIN)
