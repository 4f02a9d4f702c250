"""Fifteen mouth shapes that stand for forty phones, their labels on training items, and the mean pose of each.

The groups are those of the fifteen-viseme set of Oculus' lip-sync, the one most game tools use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import BOARD_NEUTRAL, BOARD_SIZE
from cstalk_live.training.augment import augment
from cstalk_live.training.batches import Mixer
from cstalk_live.training.corpus import Clip, Phone
from cstalk_live.training.lessons import Item

GROUPS: dict[str, tuple[str, ...]] = {
    "sil": ("SIL",), "PP": ("P", "B", "M"), "FF": ("F", "V"), "TH": ("TH", "DH"), "DD": ("T", "D"),
    "kk": ("K", "G", "NG", "HH"), "CH": ("CH", "JH", "SH", "ZH"), "SS": ("S", "Z"), "nn": ("N", "L"),
    "RR": ("R", "ER"), "aa": ("AA", "AE", "AH", "AW", "AY"), "E": ("EH", "EY"), "ih": ("IH", "IY", "Y"),
    "oh": ("AO", "OW", "OY"), "ou": ("UW", "UH", "W"),
}  # fmt: skip
"""Viseme -> ARPAbet phones; silence is class 0."""

VISEMES = tuple(GROUPS)
_CLASS = {phone: i for i, phones in enumerate(GROUPS.values()) for phone in phones}


def viseme_track(phones: Sequence[Phone], frames: int, speed: float = 1.0) -> NDArray[np.int64]:
    """int64 [frames]: the viseme at the middle of each 1/60 s frame of sound played ``speed`` times as fast."""
    middle = (np.arange(frames) + 0.5) / FPS * speed
    track = np.zeros(frames, np.int64)
    for start, end, phone in phones:
        track[(middle >= start) & (middle < end)] = _CLASS[phone]
    return track


def middles(phones: Sequence[Phone], frames: int, speed: float = 1.0) -> NDArray[np.bool_]:
    """bool [frames]: in the middle third of a phone, one frame at least. There the mouth is nearest to the shape that
    the phone stands for: a mean over whole phones closes no lips on a B."""
    middle = (np.arange(frames) + 0.5) / FPS * speed
    inside = np.zeros(frames, bool)
    for start, end, _ in phones:
        reach = max((end - start) / 6, 0.5 * speed / FPS)
        inside |= np.abs(middle - (start + end) / 2) <= reach
    return inside


@dataclass(frozen=True, slots=True)
class Labels:
    """Of one item."""

    viseme: NDArray[np.int64]
    """[n] of :func:`viseme_track`."""
    middle: NDArray[np.bool_]
    """[n] of :func:`middles`."""


def label_items(items: Sequence[Item], clips: Iterable[Clip]) -> list[Labels]:
    """The labels of every item, from the phones of its clip."""
    phones = {(clip.speaker, clip.name): clip.phones for clip in clips}

    def labels(item: Item) -> Labels:
        said = phones[item.speaker, item.clip], len(item.features), item.speed
        return Labels(viseme_track(*said), middles(*said))

    return [labels(item) for item in items]


def mean_poses(items: Sequence[Item], labels: Sequence[Labels]) -> FloatArray:
    """float32 [15, 185]: the mean tracked pose of each viseme in the middle of its phones; of taught motion where no
    filmed person says it, the mean face where nobody does."""
    total, frames = np.zeros((2, len(VISEMES), BOARD_SIZE)), np.zeros((2, len(VISEMES), 1))
    for item, label in zip(items, labels, strict=True):
        for viseme in np.unique(label.viseme):
            said = label.middle & (label.viseme == viseme)
            total[int(item.filmed), viseme] += item.board[said].sum(axis=0, dtype=np.float64)
            frames[int(item.filmed), viseme] += said.sum()
    anything = total.sum((0, 1)) / max(float(frames.sum()), 1.0)
    taught, filmed = (np.where(f > 0, t / np.maximum(f, 1.0), anything) for t, f in zip(total, frames, strict=True))
    return np.where(frames[1] > 0, filmed, taught).astype(np.float32)


class LabelMixer(Mixer):
    """Draws the sound of the batches that a :class:`Mixer` of the same items draws, with visemes instead of motion.

    Args:
        mixer: draws the batches of all other methods.
    """

    def __init__(self, mixer: Mixer, items: Sequence[Item], labels: Sequence[Labels]) -> None:
        # A mixer joins features and boards frame by frame; labels ride in the place of the boards. Its pauses are
        # neutral boards, so the labels are read from a control whose neutral value is that of silence, 0.
        self._column = int(np.flatnonzero(BOARD_NEUTRAL == 0.0)[0])
        labelled = {
            id(item): replace(item, board=np.broadcast_to(label.viseme.astype(np.float16)[:, None], item.board.shape))
            for item, label in zip(items, labels, strict=True)
        }
        weights = tuple(mixer.delay_weights.tolist())
        super().__init__([], (1.0, 1.0, 1.0), mixer.offsets, mixer.delays, weights, mixer.rows, mixer.frames)
        self.groups = [([labelled[id(item)] for item in group], share) for group, share in mixer.groups]

    def draw_labels(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Features [B, T, 160] and visemes int64 [B, T] of the same frames; random as :meth:`Mixer.draw`."""
        rows = [self._row(rng) for _ in range(self.rows)]
        features = torch.from_numpy(np.stack([row[0] for row in rows])).float()
        labels = torch.from_numpy(np.stack([row[1][:, self._column] for row in rows])).long()
        torch.multinomial(self.delay_weights, self.rows, replacement=True)
        self._emotion()  # drawn and dropped, so that the augmentation after it is that of the other methods
        return augment(features), labels
