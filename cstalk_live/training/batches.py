"""Endless random batches: clips joined to rows of one length, dressed in emotions, told a delay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from cstalk_live.features.logmel import LOG_FLOOR
from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_NEUTRAL

from .augment import augment
from .corpus import most_filmed
from .emotions import apply_emotion
from .lessons import Item


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's worth of training."""

    features: Tensor
    """[B, T, 160]"""
    emotion: Tensor
    """[B, T, E + 1], weights and intensity."""
    delay: Tensor
    """[B, delays], one-hot."""
    target: Tensor
    """[B, T, 185]: row ``k`` is the pose of frame ``k - D``."""
    known: Tensor
    """[B, T], 0 where no pose belongs to the row (the first D)."""
    heard: Tensor
    """[B, T, K]: row ``k`` is what the recogniser makes of frame ``k - D``; K is 0 without."""
    heard_known: Tensor
    """[B, T], 0 also in the pauses put between clips."""

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


def delayed(board: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
    """Shift each row of [B, T, C] later by its own count of ``frames`` [B]; also return which rows are real."""
    position = torch.arange(board.shape[1])[None] - frames[:, None]
    index = position.clamp_min(0)[..., None].expand(-1, -1, board.shape[2])
    return board.gather(1, index), (position >= 0).float()


class Mixer:
    """Draws batches from items.

    Args:
        items: the corpus in its renditions.
        shares: how often each group is drawn: main filmed speaker, other filmed speakers, unfilmed voices.
        emotions: how many emotions the model knows, neutral first.
        silence: the column of silence of a front end other than log-mel, whose features :func:`augment` cannot vary.
    """

    def __init__(
        self,
        items: list[Item],
        shares: tuple[float, float, float],
        offsets: Tensor,
        delays: tuple[int, ...],
        delay_weights: tuple[float, ...],
        rows: int,
        frames: int,
        silence: FloatArray | None = None,
    ) -> None:
        self.silence = silence
        main = most_filmed(item.speaker for item in items if item.filmed)
        groups = [
            [i for i in items if i.filmed and i.speaker == main],
            [i for i in items if i.filmed and i.speaker != main],
            [i for i in items if not i.filmed],
        ]
        self.groups = [(group, share) for group, share in zip(groups, shares, strict=True) if group and share > 0]
        self.offsets, self.delays, self.rows, self.frames = offsets, delays, rows, frames
        self.delay_weights = torch.tensor(delay_weights)

    def draw(self, rng: np.random.Generator) -> Batch:
        """The next batch; ``rng`` picks the clips, torch's global generator everything else."""
        rows = [self._row(rng) for _ in range(self.rows)]
        features, board, heard, spoken = (torch.from_numpy(np.stack(part)).float() for part in zip(*rows, strict=True))
        chosen = torch.multinomial(self.delay_weights, self.rows, replacement=True)
        emotion = self._emotion()
        frames = torch.tensor(self.delays)[chosen]
        later, known = delayed(board, frames)
        target = apply_emotion(later, emotion, self.offsets)
        heard_later = delayed(heard, frames)[0]
        heard_known = known * delayed(spoken[..., None], frames)[0][..., 0]
        told = F.one_hot(chosen, len(self.delays)).float()
        varied = augment(features) if self.silence is None else features
        return Batch(varied, emotion, told, target, known, heard_later, heard_known)

    def motion(self, rng: np.random.Generator) -> Batch:
        """A batch without sound (features [B, T, 0]) and without delay, for modules that look at faces only."""
        board = torch.from_numpy(np.stack([self._row(rng)[1] for _ in range(self.rows)])).float()
        emotion = self._emotion()
        told = F.one_hot(torch.zeros(self.rows, dtype=torch.int64), len(self.delays)).float()
        known = torch.ones(self.rows, self.frames)
        target = apply_emotion(board, emotion, self.offsets)
        return Batch(board[..., :0], emotion, told, target, known, board[..., :0], 0.0 * known)

    def _row(self, rng: np.random.Generator) -> tuple[NDArray[np.float16], ...]:
        """Clips end to end until the row is full; the first begins anywhere, so rows do not start with silence.

        Returns:
            features, board, what the recogniser heard, and 1 where it did.
        """
        share = np.array([s for _, s in self.groups])
        features, board, heard, spoken, have = [], [], [], [], 0
        while have < self.frames:
            group = self.groups[rng.choice(len(share), p=share / share.sum())][0]
            item = group[rng.integers(len(group))]
            start = int(rng.integers(0, max(1, len(item.features) - 60))) if have == 0 else 0
            features.append(item.features[start : start + self.frames - have])
            board.append(item.board[start : start + self.frames - have])
            heard.append(item.heard[start : start + self.frames - have])
            spoken.append(np.ones(len(features[-1]), np.float16))
            have += len(features[-1])
            if rng.random() < 0.35:
                # A pause with nothing but the room's noise (added later): the face must learn to rest in it.
                pause = min(int(rng.integers(15, 90)), self.frames - have)
                quiet = np.full(item.features.shape[1], np.log(LOG_FLOOR)) if self.silence is None else self.silence
                features.append(np.repeat(quiet[None].astype(np.float16), pause, axis=0))
                board.append(np.repeat(BOARD_NEUTRAL[None].astype(np.float16), pause, axis=0))
                heard.append(np.zeros((pause, item.heard.shape[1]), np.float16))
                spoken.append(np.zeros(pause, np.float16))
                have += pause
        return tuple(np.concatenate(part) for part in (features, board, heard, spoken))

    def _emotion(self) -> Tensor:
        """Per row: neutral, one emotion, or a mix; three rows in ten glide to another within a second."""
        first, second = self._mixes(), self._mixes()
        gliding = (torch.rand(self.rows) < 0.3).float()[:, None, None]
        begin = torch.rand(self.rows)[:, None] * self.frames
        path = ((torch.arange(self.frames)[None] - begin) / 45.0).clamp(0.0, 1.0)[..., None]
        return first[:, None] + gliding * path * (second - first)[:, None]

    def _mixes(self) -> Tensor:
        count = len(self.offsets)
        kind = torch.rand(self.rows)
        weights = torch.zeros(self.rows, count)
        single = torch.randint(1, count, (self.rows,))
        weights[torch.arange(self.rows), single] = 0.2 + 0.8 * torch.rand(self.rows)
        mixed = torch.rand(self.rows, count) * (torch.rand(self.rows, count) < 0.5)
        weights = torch.where((kind > 0.8)[:, None], mixed, weights)
        weights[kind < 0.4] = 0.0
        weights[:, 0] = (1.0 - weights[:, 1:].sum(1)).clamp(0.0, 1.0)
        intensity = torch.where(torch.rand(self.rows) < 0.4, 1.0, torch.rand(self.rows))
        return torch.cat((weights, intensity[:, None]), dim=1)
