"""Coarticulation by dominance: each phone pulls the mouth to its target, more strongly the nearer it is.

Cohen and Massaro, "Modeling coarticulation in synthetic visual speech" (1993): a track is the mean of the targets of
all segments, weighted by dominance functions that fall off exponentially with the distance in time. Here, for segment
``s``, channel ``c`` and a moment ``t`` that is ``d`` seconds outside the segment's core (its middle half, moved by a
shift)::

    D = strength * exp(-(d / tau) ** power)        tau: anticipation before the core, carry-over after it
    F_c(t) = sum_s D * target * amplitude / sum_s D
    amplitude = 1 + louder_c * (loudness - 0.6) + longer_c * log(length / 80 ms)

Every number is fitted to tracked motion by gradient descent. Strengths, times and targets are the sum of a part
linear in the phone's articulatory features and a deviation of its own, which is held small: a phone that the corpus
lacks keeps deviation 0 and behaves as its features say.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from cstalk_live.records import FPS

from .mouth_code import CODE
from .segments import ROWS, UNITS, Segments

DONORS: dict[str, dict[str, float]] = {
    "SH": {"S": 0.4, "JH": 0.4, "R": 0.2},
    "ZH": {"Z": 0.4, "JH": 0.4, "R": 0.2},
    "CH": {"T": 0.3, "S": 0.3, "JH": 0.4},
    "JH": {"D": 0.4, "Z": 0.4, "R": 0.2},
    "NG": {"G": 0.4, "K": 0.4, "N": 0.2},
    "UH": {"UW": 0.6, "AH": 0.4},
    "ER": {"AH": 0.6, "R": 0.4},
    "OY1": {"AO": 0.5, "OW1": 0.5},
    "OY2": {"IY": 0.6, "IH": 0.4},
    "AA": {"AY1": 0.5, "AW1": 0.5},
    "AO": {"OW1": 1.0},
    "M": {"B": 0.5, "P": 0.5},
    "TH": {"DH": 1.0},
    "DH": {"TH": 1.0},
    "HH": {"AH": 1.0},
}
"""For a phone filmed too seldom: those whose articulation is nearest, and their shares."""

ENOUGH = 40
"""Filmed times from which a phone's own numbers are believed; below, donors fill up to this count. In the corpus CH
(34 times, all of them in the letter H) opens wider than any vowel, and M (36 times) stays open in the median."""

TRANSPARENT = {"HH": 0.02, "NG": 0.3}
"""Strength beside the donors': the lips of /h/ are those of the next vowel, and /ng/ asks nothing of them."""

CORE = 0.5
"""Part of a segment, around its middle, over which its dominance is full."""

USUAL_LOUDNESS, USUAL_LENGTH = 0.6, 0.08
_START_TAU = 0.06
_SIL = UNITS.index("SIL")


class _Table(nn.Module):
    """One number per unit and channel: linear in the features, plus a deviation."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.full((len(CODE),), start))
        self.by_feature = nn.Parameter(torch.zeros(ROWS.shape[1], len(CODE)))
        self.deviation = nn.Parameter(torch.zeros(len(UNITS), len(CODE)))
        self.rows: Tensor
        self.register_buffer("rows", torch.from_numpy(ROWS), persistent=False)

    def forward(self) -> Tensor:
        table: Tensor = self.mean + self.rows @ self.by_feature + self.deviation
        return table

    def size(self) -> Tensor:
        return self.deviation.square().mean() + 0.1 * self.by_feature.square().mean()


class Dominance(nn.Module):
    """Segments -> mouth code."""

    def __init__(self) -> None:
        super().__init__()
        self.targets = _Table(0.2)
        self.strengths = _Table(0.0)
        self.anticipation = _Table(float(np.log(_START_TAU)))
        self.carry_over = _Table(float(np.log(_START_TAU)))
        self.shift = _Table(0.0)
        self.power = nn.Parameter(torch.full((len(CODE),), 0.2))
        self.louder = nn.Parameter(torch.full((len(CODE),), 0.3))
        self.longer = nn.Parameter(torch.full((len(CODE),), 0.1))
        self.shown: Tensor
        shown = torch.ones(len(UNITS), 1)
        shown[_SIL] = 0.0
        self.register_buffer("shown", shown, persistent=False)

    def tables(self) -> dict[str, Tensor]:
        """The constants by name, each [units, channels]: targets in code units (0 in silence), strengths relative to
        e to the mean, times in seconds (shift: positive is late)."""
        return {
            "target": self.targets() * self.shown,
            "strength": self.strengths().clamp(-6.0, 6.0).exp(),
            "anticipation_s": self.anticipation().exp().clamp(0.01, 0.4),
            "carry_over_s": self.carry_over().exp().clamp(0.01, 0.4),
            "shift_s": 0.1 * torch.tanh(self.shift()),
        }

    def forward(self, unit: Tensor, start: Tensor, end: Tensor, loudness: Tensor, times: Tensor) -> Tensor:
        """Track of a batch of clips.

        Args:
            unit: int64 [B, S]; -1 pads clips with fewer segments.
            start, end: [B, S] seconds.
            loudness: [B, S].
            times: [T] seconds.

        Returns:
            [B, T, 13] mouth code, not clamped.
        """
        row = unit.clamp_min(0)
        table = {name: values[row][:, :, None] for name, values in self.tables().items()}
        length = (end - start).clamp_min(0.01)
        middle = (start + end) / 2
        away = times - (middle[..., None, None] + table["shift_s"]).transpose(2, 3)
        away = away.transpose(2, 3)
        early = (away < 0).float()
        tau = early * table["anticipation_s"] + (1.0 - early) * table["carry_over_s"]
        outside = (away.abs() - CORE / 2 * length[..., None, None]).clamp_min(1e-4)
        power = 0.6 + 1.4 * torch.sigmoid(self.power)
        reach = (outside / tau).pow(power)
        pull = table["strength"].log() - reach
        pull = pull.masked_fill((unit < 0)[..., None, None], -1e4)
        amplitude = (
            1.0
            + self.louder * (loudness - USUAL_LOUDNESS)[..., None]
            + self.longer * (length / USUAL_LENGTH).clamp(0.25, 4.0).log()[..., None]
        )
        target = table["target"][:, :, 0] * amplitude
        track: Tensor = (torch.softmax(pull, dim=1) * target[:, :, None]).sum(1)
        return track

    def adopt(self, counts: NDArray[np.int64]) -> None:
        """Give phones filmed fewer than :data:`ENOUGH` times the numbers of their donors.

        Args:
            counts: [units], how often each was filmed.
        """
        with torch.no_grad():
            for table in (self.targets, self.strengths, self.anticipation, self.carry_over, self.shift):
                fitted, given = table(), table.deviation.clone()
                for unit, shares in DONORS.items():
                    row = UNITS.index(unit)
                    lent = {d: s * min(1.0, counts[UNITS.index(d)] / ENOUGH) for d, s in shares.items()}
                    missing, total = 1.0 - min(1.0, counts[row] / ENOUGH), sum(lent.values())
                    if missing == 0.0 or total == 0.0:
                        continue
                    mean = sum(s / total * fitted[UNITS.index(d)] for d, s in lent.items())
                    given[row] += missing * (mean - fitted[row])
                table.deviation.copy_(given)
            for unit, strength in TRANSPARENT.items():
                if counts[UNITS.index(unit)] < ENOUGH:
                    self.strengths.deviation[UNITS.index(unit)] += float(np.log(strength))

    def size(self) -> Tensor:
        """Penalty that keeps deviations of single phones small."""
        parts = (self.targets, self.strengths, self.anticipation, self.carry_over)
        return torch.stack([part.size() for part in parts]).sum() + 3.0 * self.shift.size()


def stack(clips: list[Segments]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pad clips to one number of segments: unit [B, S] (-1 pads), start, end, loudness [B, S]."""
    most = max(len(clip) for clip in clips)

    def fill(name: str, value: float) -> Tensor:
        rows = [np.pad(getattr(c, name), (0, most - len(c)), constant_values=value) for c in clips]
        return torch.from_numpy(np.stack(rows))

    return fill("unit", -1), fill("start", 0.0), fill("end", 1.0), fill("loudness", 0.0)


def frame_times(frames: int) -> Tensor:
    """Centres of 60 Hz frames in seconds: [frames]."""
    return (torch.arange(frames) + 0.5) / FPS


def write_table(model: Dominance, path: Path) -> None:
    """Write every constant to a CSV file: unit, channel, target, strength, anticipation_s, carry_over_s, shift_s."""
    with torch.no_grad():
        tables = {name: values.numpy() for name, values in model.tables().items()}
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["unit", "channel", *tables])
        for u, unit in enumerate(UNITS):
            for c, channel in enumerate(CODE):
                out.writerow([unit, channel, *(f"{values[u, c]:.4f}" for values in tables.values())])


def loss(track: Tensor, wanted: Tensor, weight: Tensor, model: Dominance, hold: float) -> Tensor:
    """Weighted mean square of [B, T, C] plus the penalty on deviations."""
    return F.mse_loss(track * weight.sqrt(), wanted * weight.sqrt()) + hold * model.size()
