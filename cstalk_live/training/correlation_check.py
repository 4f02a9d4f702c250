"""What the correlation module learned, part by part: its error on hidden parts of held-out faces beside simpler means.

    python -m cstalk_live.training.correlation_check --config configs/train/base.yaml --clips 60

fits a module to most of the filmed training clips and measures it on the rest. The simpler means are the mean pose of
the emotion, and linear regression on the emotion and the same windows of the shown regions.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from cstalk_live.model.spec import DELAYS, EMOTIONS

from .batches import Batch, Mixer
from .corpus import blendshape_names, find_corpus, read_corpus
from .correlation import MIDDLE, CorrelationModule, windows_in
from .correlation_fit import fit_correlation
from .correlation_loss import correlation_loss
from .emotions import emotion_offsets
from .lessons import Item, Rendition, make_item, scales
from .pretrain import FILMED_SHARES
from .regions import PARTS, REGION_OF_CONTROL, REGIONS, part_masks
from .settings import read_recipe
from .teach import PhoneTeacher
from .teachers import Teachers

RIDGE = 30.0
"""Penalty of the linear regression, in windows: enough to keep some 400 inputs from fitting noise."""


@dataclass(frozen=True, slots=True)
class PartError:
    """Mean squared error of the controls of a hidden part, in units of their spread."""

    mean: float
    """Of the mean pose of the emotion."""
    linear: float
    """Of linear regression from the other parts."""
    module: float


@dataclass(frozen=True, slots=True)
class Faces:
    """Windows of motion with their emotions."""

    windows: Tensor
    """[N, 7, R, M]"""
    emotion: Tensor
    """[N, E + 1]"""


def faces(module: CorrelationModule, batches: Sequence[Batch], count: int) -> Faces:
    """``count`` random windows of every batch."""
    windows, emotions = [], []
    for batch in batches:
        row, frame = windows_in(batch.known, count)
        windows.append(module.windows(batch.target, batch.emotion, row, frame))
        emotions.append(batch.emotion[row, frame])
    return Faces(torch.cat(windows), torch.cat(emotions))


def _inputs(seen: Faces, shown: Tensor | None) -> Tensor:
    strength = seen.emotion[:, :-1] * seen.emotion[:, -1:]
    columns = [torch.ones(len(strength), 1), seen.emotion, strength]
    if shown is not None:
        columns.append(seen.windows[:, :, shown].flatten(1))
    return torch.cat(columns, dim=1).double()


def _linear(train: Faces, test: Faces, shown: Tensor | None, hidden: Tensor) -> Tensor:
    """Controls ``hidden`` of the middle frames of ``test``, by ridge regression on what is ``shown`` (bool [R, M])."""
    given, wanted = _inputs(train, shown), train.windows[:, MIDDLE, hidden].double()
    square = given.T @ given + RIDGE * torch.eye(given.shape[1], dtype=torch.float64)
    told: Tensor = _inputs(test, shown) @ torch.linalg.solve(square, given.T @ wanted)
    return told.float()


@torch.no_grad()
def part_errors(module: CorrelationModule, train: Faces, test: Faces) -> dict[str, PartError]:
    """Errors by part, for the parts that move. Everything on the CPU."""
    moving = module.moving() > 0
    errors = {}
    for name, mask in zip(PARTS, part_masks(), strict=True):
        hidden = moving & (mask[:, None] > 0)
        if not hidden.any():
            continue
        truth = test.windows[:, MIDDLE, hidden]
        away = mask.expand(len(truth), -1)
        guesses = (
            _linear(train, test, None, hidden),
            _linear(train, test, moving & (mask[:, None] == 0), hidden),
            module(test.windows, test.emotion, away)[:, hidden],
        )
        errors[name] = PartError(*(float((guess - truth).square().mean()) for guess in guesses))
    return errors


def shuffled(board: Tensor, generator: torch.Generator) -> Tensor:
    """Every region from another row of [B, T, 185]: each moves as it would, but not with the others."""
    out, region = board.clone(), torch.from_numpy(REGION_OF_CONTROL.copy())
    for i in range(len(REGIONS)):
        rows = torch.randperm(len(board), generator=generator)
        out[..., region == i] = board[rows][..., region == i]
    return out


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(prog="python -m cstalk_live.training.correlation_check", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train/base.yaml"))
    parser.add_argument("--clips", type=int, default=60, help="clips of the main speaker to use")
    options = parser.parse_args(arguments)
    recipe, console = read_recipe(options.config), Console()
    root = find_corpus(recipe.data, Path(__file__).resolve().parents[2])
    names = blendshape_names(root)
    clips = [c for c in read_corpus(root, ("grid_s1", "grid_more")) if c.split == "train"]
    sizes, order = scales(clips, names), np.random.default_rng(recipe.seed)
    chosen: dict[bool, list[Item]] = {False: [], True: []}
    for folder, count in (("grid_s1", options.clips), ("grid_more", options.clips // 3)):
        group = [c for c in clips if c.audio_path.parent.parent.name == folder]
        for i, at in enumerate(order.permutation(len(group))[:count]):
            chosen[i >= count * 2 // 3].append(
                make_item(group[at], Rendition(), names, sizes, Teachers(PhoneTeacher()))
            )
    offsets = emotion_offsets()
    learn, hold = (
        Mixer(chosen[held], FILMED_SHARES, offsets, DELAYS, recipe.delay_weights, recipe.rows, recipe.frames)
        for held in (False, True)
    )
    module = fit_correlation(
        learn, len(EMOTIONS), recipe.correlation, recipe.seed, torch.device("cpu"),
        lambda step, loss: console.print(f"{step} {loss:.3f}") if step % 100 == 0 else None,
    )  # fmt: skip
    torch.manual_seed(recipe.seed)
    train, test = (
        faces(module, [mixer.motion(np.random.default_rng((recipe.seed, 9, i))) for i in range(12)], 512)
        for mixer in (learn, hold)
    )
    table = Table("hidden part", "mean pose", "linear regression", "module", title="mean squared error, held-out clips")
    for part, error in part_errors(module, train, test).items():
        table.add_row(part, f"{error.mean:.3f}", f"{error.linear:.3f}", f"{error.module:.3f}")
    console.print(table)
    batch, generator = hold.motion(np.random.default_rng((recipe.seed, 10))), torch.Generator().manual_seed(0)
    for name, board in (
        ("real motion", batch.target),
        ("regions of different clips", shuffled(batch.target, generator)),
        ("a constant face", module.resting(batch.emotion)),
        ("half the movement", 0.5 * (batch.target + module.resting(batch.emotion))),
    ):
        torch.manual_seed(0)
        console.print(f"loss of {name}: {float(correlation_loss(module, board, batch, 2000)):.3f}", highlight=False)


if __name__ == "__main__":
    main()
