"""One training loop for every network that is not ours, step for step that of :class:`..train.Run`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from cstalk_live.training.checkpoint import load_checkpoint, save_checkpoint

from .recipe import ComparisonRecipe

N = TypeVar("N", bound=nn.Module)
B = TypeVar("B")

Report = Callable[[int, float], None]
"""Called with step and loss."""

Loss = Callable[[B, float], Tensor]
"""Of a batch, at a progress of 0..1 of the training."""


class Fit(Generic[N, B]):
    """A network, its optimiser and the average of its weights; goes on from ``<folder>/last.pt``.

    Args:
        loss: of ``net``, which is trained in place.
        draw: the batch of a step, on the network's device.
    """

    def __init__(self, recipe: ComparisonRecipe, folder: Path, net: N, loss: Loss[B], draw: Callable[[int], B]) -> None:
        self.recipe, self.net, self.loss, self.draw = recipe, net, loss, draw
        self.checkpoint = folder / "last.pt"
        self.average = deepcopy(net).eval()
        self.optimiser = torch.optim.AdamW(
            net.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.98), weight_decay=recipe.weight_decay
        )
        self.step, self.seconds = 0, 0.0

    def run(self, report: Report) -> float:
        """Train to the recipe's last step; afterwards ``average`` holds the network to use.

        Returns:
            Seconds of all steps, those before an interruption included.
        """
        if self.checkpoint.is_file():
            saved = load_checkpoint(self.checkpoint)
            self.net.load_state_dict(saved["net"])
            self.average.load_state_dict(saved["average"])
            self.optimiser.load_state_dict(saved["optimiser"])
            self.step, self.seconds = int(saved["step"]), float(saved["seconds"])
        while self.step < self.recipe.steps:
            started = time.monotonic()
            loss = self._advance()
            self.seconds += time.monotonic() - started
            report(self.step, loss)
            if self.step % self.recipe.checkpoint_every == 0 or self.step == self.recipe.steps:
                self._save()
        return self.seconds

    def _advance(self) -> float:
        recipe = self.recipe
        batch = self.draw(self.step)
        ramp = min(1.0, (self.step + 1) / recipe.warmup)
        fall = 0.5 + 0.5 * math.cos(math.pi * min(1.0, self.step / recipe.steps))
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.learning_rate * ramp * (0.02 + 0.98 * fall)
        self.net.train()
        device = next(self.net.parameters()).device
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            loss = self.loss(batch, self.step / recipe.steps)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        keep = min(recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1.0 - keep)
        self.step += 1
        return float(loss.detach())

    def _save(self) -> None:
        save_checkpoint(
            self.checkpoint,
            {
                "net": self.net.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "step": self.step,
                "seconds": self.seconds,
            },
        )


def seeded(seed: int, step: int) -> np.random.Generator:
    """The randomness of a step, as :meth:`..train.Run.advance` has it: equal for every method."""
    torch.manual_seed(seed * 1_000_003 + step)
    return np.random.default_rng((seed, step))
