"""A strong teacher that hears: recogniser features -> mouth code, with the whole clip in view.

As in arXiv 2507.18352, a large teacher with all the context labels many voices, and the small causal student learns
from its labels. Ours reads :mod:`.recogniser_features`, is fitted to the tracked clips, and is a mean over members
fitted from different seeds: each errs in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cstalk_live.records import FloatArray

from .mouth_code import CEILING, CODE, GAP, JAW
from .recogniser_features import WIDTH

DROP_INPUT, DROP = 0.2, 0.5
"""Heavy, because two of the three fitted people have 60 clips between them: with 0.1 and 0.3 strangers' lip gap r was
.794 instead of .803, the main speaker's .930 instead of .923."""


@dataclass(frozen=True, slots=True)
class HeardLesson:
    """One tracked clip of 3 s, 60 frames a second."""

    features: FloatArray
    """float32 [n, 256] of the recogniser."""
    code: FloatArray
    """float32 [n, 13] mouth code."""
    weight: float
    """How often it is drawn, relative to the others."""


class Member(nn.Module):
    """Residual convolutions, 0.24 s of context on either side (beside the recogniser's own 0.9 s)."""

    mean: Tensor
    scale: Tensor

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))
        self.enter = nn.Linear(WIDTH, width)
        self.near = nn.Conv1d(width, width, 9, padding=4)
        self.far = nn.Conv1d(width, width, 9, padding=8, dilation=2)
        self.out = nn.Conv1d(width, len(CODE), 5, padding=2)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, 256] -> [B, T, 13]."""
        x = F.dropout((x - self.mean) * self.scale, DROP_INPUT, self.training)
        y = F.gelu(self.enter(x).transpose(1, 2))
        for layer in (self.near, self.far):
            y = y + F.gelu(layer(F.dropout(y, DROP, self.training)))
        z: Tensor = self.out(F.dropout(y, DROP, self.training))
        return z.transpose(1, 2)


class SoundTeacher(nn.Module):
    """The mean of its members."""

    def __init__(self, members: int) -> None:
        super().__init__()
        self.members = nn.ModuleList(Member() for _ in range(members))

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, 256] -> [B, T, 13]."""
        return torch.stack([member(x) for member in self.members]).mean(0)


def fit_sound_teacher(
    lessons: Sequence[HeardLesson], members: int, epochs: int, seed: int, report: Callable[[int, float], None]
) -> SoundTeacher:
    """Fit to tracked clips of one common length; the same for the same seed.

    Args:
        epochs: passes over as many clips as there are.
        report: called with the passes done so far, over all members, and the last one's mean loss.
    """
    torch.manual_seed(seed)
    teacher = SoundTeacher(members)
    x = torch.from_numpy(np.stack([lesson.features for lesson in lessons]))
    y = torch.from_numpy(np.stack([lesson.code for lesson in lessons]))
    drawn = torch.tensor([lesson.weight for lesson in lessons])
    weight = torch.ones(len(CODE))
    weight[GAP], weight[JAW] = 4.0, 3.0
    batches = max(1, len(x) // 32)
    for index, member in enumerate(teacher.members):
        assert isinstance(member, Member)
        member.mean.copy_(x.mean((0, 1)))
        member.scale.copy_(1.0 / x.std((0, 1)).clamp_min(1e-3))
        optimiser = torch.optim.AdamW(member.parameters(), lr=2e-3, weight_decay=0.03)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=epochs * batches)
        for epoch in range(epochs):
            total = 0.0
            for _ in range(batches):
                chosen = torch.multinomial(drawn, min(32, len(x)))
                wanted, made = y[chosen], member(x[chosen])
                velocity = made.diff(dim=1) - wanted.diff(dim=1)
                # Movement counts beside position: without it the mean of many faces hardly moves on short phones.
                loss = ((made - wanted).square() * weight).mean() + 4.0 * (velocity.square() * weight).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += float(loss.detach())
            report(index * epochs + epoch + 1, total / batches)
    return teacher.eval()


def hear(teacher: SoundTeacher, features: FloatArray) -> FloatArray:
    """Mouth code of recogniser features [n, 256]: float32 [n, 13], 0..1.3."""
    with torch.no_grad():
        code = teacher(torch.from_numpy(features)[None])[0].numpy()
    return np.asarray(code.clip(0.0, CEILING), np.float32)
