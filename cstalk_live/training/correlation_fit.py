"""Fit the correlation module to real motion: hide regions at random, predict them from the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from .batches import Batch, Mixer
from .correlation import MIDDLE, CorrelationModule, windows_in
from .region_correlation import region_axes
from .regions import REGIONS, part_masks
from .settings import CorrelationRecipe

Report = Callable[[int, float], None]

BATCHES_MEASURED = 8
"""Batches from which the spread of each control is taken: about 12,000 frames with the default rows and frames."""


def random_hidden(count: int) -> Tensor:
    """Random masks float32 [count, R], 1 where a region is hidden; at least one region is.

    Three quarters of the rows hide whole parts (:data:`.regions.PARTS`), left with right and upper lip with lower: half
    of a pair gives the other away. The last quarter hides single regions, so that asymmetry is judged too.
    """
    parts = part_masks()
    share = 0.1 + 0.5 * torch.rand(count, 1)
    whole = (torch.rand(count, len(parts)) < share).float()
    whole[torch.arange(count), torch.randint(len(parts), (count,))] = 1.0
    single = (torch.rand(count, len(REGIONS)) < share).float()
    single[torch.arange(count), torch.randint(len(REGIONS), (count,))] = 1.0
    return torch.where(torch.rand(count, 1) < 0.75, whole @ parts, single)


def region_error(error: Tensor, moving: Tensor) -> Tensor:
    """Mean squared error per region: [N, R, M] -> [N, R], over the controls that move; 0 where none does."""
    return (error.square() * moving).sum(2) / moving.sum(1).clamp_min(1.0)


def hidden_mean(by_region: Tensor, hidden: Tensor, moving: Tensor) -> Tensor:
    """Mean of [N, R] over the hidden regions in which anything moves."""
    counted = hidden * (moving.sum(1) > 0)
    return (by_region * counted).sum() / counted.sum().clamp_min(1.0)


def calm_rows(batch: Batch) -> Tensor:
    """bool [B]: rows without any emotion."""
    return (batch.emotion[..., 1:-1] * batch.emotion[..., -1:]).sum((1, 2)) == 0


def measure_spread(module: CorrelationModule, batches: Sequence[Batch]) -> None:
    """Set the module's offsets and spreads: the mean pose of each emotion, and how the variance around it grows with
    the emotion's strength (least squares, never below that of neutral speech). Also the axes of neutral speech."""
    board = torch.cat([batch.target.flatten(0, 1) for batch in batches]).double()
    emotion = torch.cat([batch.emotion.flatten(0, 1) for batch in batches]).double()
    strength = emotion[:, 1:-1] * emotion[:, -1:]
    calm = strength.sum(1) <= strength.sum(1).min()
    mean = board[calm].mean(dim=0)
    by_emotion = torch.linalg.lstsq(strength, board - mean).solution
    square = (board - mean - strength @ by_emotion).square()
    variance = square[calm].mean(dim=0)
    growth = torch.linalg.lstsq(strength, square - variance).solution.clamp_min(0.0)
    still = variance + growth.sum(0) < 1e-6
    rows = [b.target[r] for b in batches for r in torch.nonzero(calm_rows(b))[:, 0].tolist()]
    if rows:
        axes = region_axes([np.asarray(row.cpu().numpy(), np.float32) for row in rows]).axes
        module.axes.copy_(torch.from_numpy(axes))
    module.mean.copy_(mean)
    module.emotion_mean[1:].copy_(by_emotion)
    module.variance.copy_(variance.masked_fill(still, 0.0))
    module.emotion_variance[1:].copy_(growth.masked_fill(still, 0.0))


def masked_error(module: CorrelationModule, batch: Batch, count: int) -> Tensor:
    """Mean squared error over randomly hidden regions at ``count`` random frames of a batch, 1 for the mean pose."""
    row, frame = windows_in(batch.known, count)
    windows = module.windows(batch.target, batch.emotion, row, frame)
    hidden = random_hidden(count).to(windows.device)
    predicted = module(windows, batch.emotion[row, frame], hidden)
    moving = module.moving()
    return hidden_mean(region_error(predicted - windows[:, MIDDLE], moving), hidden, moving)


def fit_correlation(
    mixer: Mixer, emotions: int, recipe: CorrelationRecipe, seed: int, device: torch.device, report: Report
) -> CorrelationModule:
    """Fit a module and freeze it; the same for the same mixer and seed.

    Args:
        mixer: draws real, tracked motion (its items should be filmed ones).
        report: called with step and masked error after each step.
    """

    def drawn(step: int) -> Batch:
        torch.manual_seed(seed * 1_000_003 + 500_000 + step)
        return mixer.motion(np.random.default_rng((seed, 1, step))).to(device)

    torch.manual_seed(seed)
    module = CorrelationModule(emotions, recipe.width, recipe.layers, recipe.heads).to(device)
    measure_spread(module, [drawn(recipe.steps + i) for i in range(BATCHES_MEASURED)])
    optimiser = torch.optim.AdamW(module.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
    for step in range(recipe.steps):
        fall = 0.5 + 0.5 * math.cos(math.pi * step / recipe.steps)
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * min(1.0, (step + 1) / 50) * (0.02 + 0.98 * fall)
        error = masked_error(module, drawn(step), recipe.fit_windows)
        optimiser.zero_grad(set_to_none=True)
        error.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        report(step + 1, float(error.detach()))
    return frozen(module)


def frozen(module: CorrelationModule) -> CorrelationModule:
    """The module as a judge: its weights take no gradient and never change."""
    for parameter in module.parameters():
        parameter.grad = None
    return module.requires_grad_(False).eval()
