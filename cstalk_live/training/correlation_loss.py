"""The frozen correlation module as a loss: the generated face must move together as the real one does."""

from __future__ import annotations

import torch
from torch import Tensor

from .batches import Batch
from .correlation import MIDDLE, CorrelationModule, windows_in
from .correlation_fit import hidden_mean, random_hidden, region_error

FLOOR = 0.05
"""Added to both sides of a region's unexplained share, in squared spreads: a region at rest reads 1 (nothing is
explained), and the tracker's noise is not compared with itself."""


def unexplained(error: Tensor, pose: Tensor, hidden: Tensor, moving: Tensor) -> Tensor:
    """Share of each region's movement that its other regions do not tell, over the rows where it is hidden: [R]."""
    left, moved = (
        (region_error(value, moving) * hidden).sum(0) / hidden.sum(0).clamp_min(1.0) for value in (error, pose)
    )
    return (left + FLOOR) / (moved + FLOOR)


def correlation_loss(module: CorrelationModule, predicted: Tensor, batch: Batch, count: int) -> Tensor:
    """Zero for the real motion.

    Args:
        module: fitted and frozen.
        predicted: [B, T, 185], the generated motion; the gradient goes there alone.
        count: how many frames of the batch are judged, at random places and with random regions hidden.
    """
    row, frame = windows_in(batch.known, count)
    emotion = batch.emotion[row, frame]
    hidden, moving = random_hidden(count).to(predicted.device), module.moving()
    made = module.windows(predicted, batch.emotion, row, frame)
    told = module(made, emotion, hidden).float()
    with torch.no_grad():
        real = module.windows(batch.target, batch.emotion, row, frame)
        true = module(real, emotion, hidden).float()
    messages = hidden_mean(region_error(told - true, moving), hidden, moving)
    shares = [
        unexplained(pose - guess, pose, hidden, moving)
        for pose, guess in ((made[:, MIDDLE], told), (real[:, MIDDLE], true))
    ]
    counted = (moving.sum(1) > 0).float()
    coupling = ((shares[0] - shares[1]).square() * counted).sum() / counted.sum().clamp_min(1.0)
    return messages + coupling
