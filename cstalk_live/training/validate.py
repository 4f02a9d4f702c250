"""A generator against the filmed validation speakers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FloatArray

from .corpus import Clip
from .face_to_rig import read_chin, read_gap, read_jaw_open, read_pucker, read_width
from .lessons import clip_features
from .score import Scores
from .track_measures import Track

Predict = Callable[[FloatArray, int], FloatArray]
"""(features [n, 160], delay in frames) -> board [n, 185] with row k the pose of frame k (delay taken out)."""

GAP_UNIT = 0.145
"""Eye distances of a code unit of lip gap: the main training speaker's 95th percentile."""

CHIN_UNIT = 0.098
REST_WIDTH, WIDTH_UNIT = 0.60, 0.053
JAW_OPEN_UNIT, PUCKER_UNIT = 0.30, 0.3


@dataclass(frozen=True, slots=True)
class Measured:
    """A validation clip: what was seen, and the features of its sound."""

    clip: Clip
    features: FloatArray
    tracks: dict[str, Track]


def measured(clips: Sequence[Clip], names: list[str]) -> list[Measured]:
    """Prepare filmed clips for :func:`score_generator`."""
    out = []
    for clip in clips:
        face = clip.face
        assert face is not None
        tracks = {"lip_aperture": face.aperture, "lip_width": face.width, "chin_drop": face.chin_drop}
        for shape in ("jawOpen", "mouthPucker"):
            tracks[shape] = face.blendshapes[:, names.index(shape)]
        out.append(Measured(clip, clip_features(clip), {k: v.astype(np.float64) for k, v in tracks.items()}))
    return out


def lips(board: FloatArray) -> dict[str, Track]:
    """What a camera would measure on a pose sequence [n, 185], in the corpus's units."""
    gap = np.maximum(read_gap(board.astype(np.float64)), 0.0)
    return {
        "lip_aperture": np.asarray(GAP_UNIT * gap),
        "lip_width": np.asarray(REST_WIDTH + WIDTH_UNIT * read_width(board), np.float64),
        "chin_drop": np.asarray(CHIN_UNIT * read_chin(board), np.float64),
        "jawOpen": np.asarray(JAW_OPEN_UNIT * read_jaw_open(board), np.float64),
        "mouthPucker": np.asarray(PUCKER_UNIT * read_pucker(board), np.float64),
    }


def score_generator(predict: Predict, clips: Sequence[Measured], delay: int) -> dict[str, float]:
    """Table row of a generator at a look-ahead."""
    scores = Scores()
    for item in clips:
        board = predict(item.features, delay)
        scores.add(lips(board), item.tracks, item.clip.phones)
    return scores.result()
