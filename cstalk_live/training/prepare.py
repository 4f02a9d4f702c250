"""From a recipe to training items: read the corpus, fit the phone teacher, render every clip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cstalk_live.errors import CorpusError

from .corpus import Clip, blendshape_names, find_corpus, most_filmed, read_corpus
from .corpus_check import require_sound
from .emotions import apply_emotion, emotion_offsets
from .lessons import Item, Listen, make_items, scales, teacher_lessons
from .mouth_code import SpeakerScale
from .settings import Recipe
from .teachers import Teachers
from .teachers_file import teachers_of
from .validate import Measured, measured

FILMED = ("grid_s1", "grid_more", "grid_speakers")
UNFILMED = ("librispeech",)

Fitting = Callable[[str, int, int, float], None]
"""Shows how far a fit is: (its name, passes in all, passes done, loss)."""

Track = Callable[[Iterable[Item], int, str], Iterable[Item]]
"""Wraps an iteration in a progress bar: (items, count, text)."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Offsets and scales that bring features and controls to unit spread."""

    feature_mean: Tensor
    feature_scale: Tensor
    control_mean: Tensor
    control_scale: Tensor


@dataclass(frozen=True, slots=True)
class Prepared:
    """All a training run needs."""

    items: list[Item]
    validation: list[Measured]
    statistics: Statistics
    teachers: Teachers


def corpus_root(recipe: Recipe) -> Path:
    """The corpus folder of a recipe."""
    return find_corpus(recipe.data, Path(__file__).resolve().parents[2])


def corpus_paths(root: Path, recipe: Recipe) -> list[Path]:
    """The folders that a recipe trains on: the corpus's own, then the recipe's further ones."""
    return [root / name for name in (*FILMED, *UNFILMED)] + [path.resolve() for path in recipe.extra_unfilmed]


def load_clips(root: Path, recipe: Recipe) -> list[Clip]:
    """The clips of a corpus folder and the recipe's further ones, cut down to ``recipe.clips`` of each folder and
    split if that is set."""
    clips: list[Clip] = []
    for folder in corpus_paths(root, recipe):
        found = list(read_corpus(folder.parent, (folder.name,)))
        if recipe.clips:
            for split in ("train", "val"):
                clips += [c for c in found if c.split == split][: recipe.clips]
        else:
            clips += found
    if not any(c.face is not None and c.split == "train" for c in clips):
        raise CorpusError(f"{root} has no filmed training clips", "restore the corpus folder")
    return clips


@dataclass(frozen=True, slots=True)
class Taught:
    """The clips of a recipe, and the teachers fitted to them."""

    clips: list[Clip]
    names: list[str]
    """Of the tracker's blendshapes."""
    sizes: dict[str, SpeakerScale]
    teachers: Teachers

    @property
    def train(self) -> list[Clip]:
        """The training clips."""
        return [c for c in self.clips if c.split == "train"]

    @property
    def validation(self) -> list[Measured]:
        """The filmed validation clips, ready to be scored against."""
        return measured([c for c in self.clips if c.split == "val" and c.face is not None], self.names)


def read_and_teach(recipe: Recipe, report: Callable[[str], None], fitting: Fitting, keep: bool) -> Taught:
    """Check and read a recipe's corpus, and fit the teachers or take them from the run's folder.

    Args:
        fitting: told how far a teacher's fit is: its name, the passes it makes, those done, and the loss.
        keep: write newly fitted teachers to the run's folder.

    Raises:
        CorpusError, UsageError: the data or the recogniser cannot be used.
    """
    root = corpus_root(recipe)
    warned = require_sound(root, corpus_paths(root, recipe))
    if warned:
        report(warned)
    clips, names = load_clips(root, recipe), blendshape_names(root)
    sizes = scales(clips, names)
    train = [c for c in clips if c.split == "train"]
    filmed = [c for c in train if c.face is not None]
    report(f"{len(filmed)} filmed and {len(train) - len(filmed)} unfilmed training clips")
    teachers = teachers_of(recipe, train, teacher_lessons(filmed, names, sizes), fitting, keep)
    return Taught(clips, names, sizes, teachers)


def prepare(
    recipe: Recipe,
    track: Track,
    report: Callable[[str], None],
    listen: Listen | None = None,
    fitting: Fitting = lambda _text, _count, _at, _loss: None,
    keep: bool = True,
) -> Prepared:
    """Do everything that comes before the first step; the same for the same recipe and data.

    Args:
        listen: the front end, where it is not log-mel.
        fitting, keep: see :func:`read_and_teach`.
    """
    taught = read_and_teach(recipe, report, fitting, keep)
    train = taught.train
    main = most_filmed(c.speaker for c in train if c.face is not None)

    def renditions(clip: Clip) -> int:
        if clip.face is None:
            return recipe.renditions_unfilmed
        return recipe.renditions_main if clip.speaker == main else recipe.renditions_other

    total = sum(renditions(c) for c in train)
    made = make_items(train, renditions, taught.names, taught.sizes, taught.teachers, recipe.seed, listen)
    items = list(track(made, total, "rendering voices"))
    return Prepared(items, taught.validation, _statistics(items), taught.teachers)


def _statistics(items: Sequence[Item]) -> Statistics:
    features = np.concatenate([item.features[::7] for item in items]).astype(np.float32)
    board = torch.from_numpy(np.concatenate([item.board[::7] for item in items]).astype(np.float32))
    offsets = emotion_offsets()
    # Spread over neutral speech and over every emotion at full intensity: controls that only emotions move count too.
    played = [board]
    for row in range(1, len(offsets)):
        emotion = torch.zeros(1, len(board), len(offsets) + 1)
        emotion[..., row] = emotion[..., -1] = 1.0
        played.append(apply_emotion(board[None], emotion, offsets)[0])
    spread = torch.cat(played).std(dim=0)
    return Statistics(
        feature_mean=torch.from_numpy(features.mean(axis=0)),
        # Noise, gain and rooms widen what the network sees: no band is scaled as if it varied less than 2 nepers.
        feature_scale=1.0 / torch.from_numpy(features.std(axis=0)).clamp_min(2.0),
        control_mean=board.mean(dim=0),
        control_scale=torch.where(spread > 1e-3, spread.clamp_min(0.02), torch.zeros(())),
    )
