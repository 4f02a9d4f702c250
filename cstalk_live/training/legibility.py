"""Can the emotion be read off the streamed face? A classifier trained on the teacher's motion says so.

The classifier (:mod:`.emotion_reader`) is trained on tracked motion of training clips with emotions put on by the
rules of :mod:`.emotions`, at half and at full intensity. It is tested on what the model streams for held-out speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cstalk_live.model.spec import EMOTIONS
from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_DRIVES, BOARD_REGION

from .emotion_reader import EmotionReader, confusion, fit_reader
from .emotions import apply_emotion, emotion_offsets
from .streaming import Player
from .track_measures import ratio
from .validate import Measured
from .validation_clips import clip_key

INTENSITIES = (1.0, 0.5)

UPPER = frozenset({"brow", "eye", "cheek", "nose"})


def _looks() -> dict[str, NDArray[np.intp]]:
    drives, upper = np.array(BOARD_DRIVES, bool), np.isin(BOARD_REGION, sorted(UPPER))
    return {
        "whole face": np.flatnonzero(drives),
        "upper face only": np.flatnonzero(drives & upper),
        "mouth and jaw only": np.flatnonzero(drives & ~upper),
    }


LOOKS = _looks()
"""What a reader may look at: board indices."""


def with_emotion(boards: Sequence[FloatArray], emotion: str, intensity: float) -> list[FloatArray]:
    """The teacher's motion: neutral clips [n, 185] with an emotion by rule."""
    vector = torch.zeros(len(EMOTIONS) + 1)
    vector[EMOTIONS.index(emotion)], vector[-1] = 1.0, intensity
    offsets, out = emotion_offsets(), []
    for board in boards:
        shown = apply_emotion(torch.from_numpy(board.copy())[None], vector.expand(1, len(board), -1), offsets)
        out.append(shown[0].numpy())
    return out


def fit_readers(boards: Sequence[FloatArray], emotions: Sequence[str]) -> dict[str, EmotionReader]:
    """One reader for each part of the face that may be looked at.

    Args:
        boards: neutral tracked motion of training clips, float32 [n, 185] each.
        emotions: those to tell apart.
    """
    motion = [[b for i in INTENSITIES for b in with_emotion(boards, name, i)] for name in emotions]
    return {look: fit_reader(motion, controls) for look, controls in LOOKS.items()}


def accuracy(table: NDArray[np.int64]) -> float:
    """Share of seconds read as what was shown."""
    return ratio(float(np.trace(table)), float(table.sum()))


def teacher_legibility(
    readers: dict[str, EmotionReader], boards: Sequence[FloatArray], emotions: Sequence[str]
) -> dict[str, Any]:
    """How well the readers read the teacher itself on held-out clips: what a perfect pupil would reach."""
    return _legibility(readers, emotions, lambda name, i: with_emotion(boards, name, i))


def legibility(
    readers: dict[str, EmotionReader], player: Player, clips: Sequence[Measured], emotions: Sequence[str]
) -> dict[str, Any]:
    """How well the readers read the streamed face: accuracy by look and intensity, confusions of the whole face."""
    return _legibility(
        readers, emotions, lambda name, i: [player.play(clip_key(m.clip), m.features, name, i) for m in clips]
    )


def _legibility(readers: dict[str, EmotionReader], emotions: Sequence[str], motion: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"emotions": list(emotions), "accuracy": {}, "confusion": {}}
    for intensity in INTENSITIES:
        shown = [motion(name, intensity) for name in emotions]
        tables = {look: confusion(reader, shown) for look, reader in readers.items()}
        out["accuracy"][str(intensity)] = {look: accuracy(table) for look, table in tables.items()}
        out["confusion"][str(intensity)] = tables["whole face"].tolist()
    return out
