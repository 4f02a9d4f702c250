"""Phones -> mouth code, fitted to real motion: gives motion to voices nobody filmed.

A small non-causal convolution over articulatory features and loudness learns, from the tracked clips, the shapes and
the timing of coarticulation (anticipation, carry-over, undershoot); speech with phone times but no picture then gets
the mouth code that this corpus's speakers would have made. Bilabials are closed by rule afterwards: a mean over many
speakers leaves a gap where each of them closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cstalk_live.features import MEL_BANDS
from cstalk_live.records import FloatArray

from .corpus import Phone
from .mouth_code import CODE, GAP, JAW
from .phones import FEATURES, closure_track, feature_track


@dataclass(frozen=True, slots=True)
class Lesson:
    """One tracked clip, 60 frames a second."""

    articulation: FloatArray
    """float32 [n, 21] of :func:`articulation`."""
    code: FloatArray
    """float32 [n, 12]."""


def loudness(features: FloatArray) -> FloatArray:
    """Level of each frame above the clip's floor, 0..1, from log-mel [n, 160]: the 10th percentile is 0, the 95th 1."""
    level = features[:, MEL_BANDS + 4 :].mean(axis=1)
    low, high = np.percentile(level, [10, 95])
    scaled: FloatArray = np.clip((level - low) / max(high - low, 1.0), 0.0, 1.2).astype(np.float32)
    return scaled


def articulation(phones: Sequence[Phone], features: FloatArray, speed: float = 1.0) -> FloatArray:
    """Input of the teacher for a clip: articulatory features and loudness, float32 [n, 21]."""
    track = feature_track(phones, len(features), speed)
    return np.concatenate((track, loudness(features)[:, None]), axis=1)


class PhoneTeacher(nn.Module):
    """Three convolutions, 0.28 s of context on either side."""

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        self.first = nn.Conv1d(len(FEATURES) + 1, width, 11, padding=5)
        self.second = nn.Conv1d(width, width, 11, padding=10, dilation=2)
        self.third = nn.Conv1d(width, len(CODE), 5, padding=2)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, 21] -> [B, T, 12]."""
        y = F.gelu(self.first(x.transpose(1, 2)))
        y = F.gelu(self.second(F.dropout(y, 0.1, self.training)))
        z: Tensor = self.third(F.dropout(y, 0.1, self.training))
        return z.transpose(1, 2)


def fit_teacher(
    lessons: Sequence[Lesson], epochs: int, seed: int, report: Callable[[int, float], None]
) -> PhoneTeacher:
    """Fit to tracked clips of one common length.

    Args:
        report: called with epoch and mean loss after each epoch.
    """
    torch.manual_seed(seed)
    teacher = PhoneTeacher()
    x = torch.from_numpy(np.stack([lesson.articulation for lesson in lessons]))
    y = torch.from_numpy(np.stack([lesson.code for lesson in lessons]))
    optimiser = torch.optim.AdamW(teacher.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=epochs * -(-len(x) // 32))
    weight = torch.ones(len(CODE))
    weight[GAP], weight[JAW] = 4.0, 3.0
    for epoch in range(epochs):
        total = 0.0
        for batch in torch.split(torch.randperm(len(x)), 32):
            optimiser.zero_grad()
            loss = ((teacher(x[batch]) - y[batch]).square() * weight).mean()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        report(epoch, total / len(x))
    return teacher.eval()


def teach(teacher: PhoneTeacher, phones: Sequence[Phone], features: FloatArray, speed: float = 1.0) -> FloatArray:
    """Mouth code of an unfilmed clip: float32 [n, 12], lips shut on B, P and M, all at rest in silence."""
    with torch.no_grad():
        given = torch.from_numpy(articulation(phones, features, speed))[None]
        code = teacher(given)[0].numpy().clip(0.0, 1.3)
    code[:, GAP] *= 1.0 - closure_track(phones, len(code), speed)
    return np.asarray(code, np.float32)
