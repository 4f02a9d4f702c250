"""The compared methods: what each is called, how it differs from its paper, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from cstalk_live.model import load_bundle
from cstalk_live.model.spec import DELAYS
from cstalk_live.training.batches import Batch, Mixer
from cstalk_live.training.emotions import emotion_offsets
from cstalk_live.training.engine import choose_device
from cstalk_live.training.prepare import Prepared, corpus_root, load_clips
from cstalk_live.training.settings import Recipe

from .emotalk import EmoTalk, EmoTalkNet
from .faceformer import FaceFormer, FaceFormerNet
from .fit import Fit, seeded
from .linear import Row, fit_ridge, neutral_rows, recorded
from .method import Method
from .ours import Bar, Shipped, train_generator
from .recipe import DELAY, ComparisonRecipe
from .simple import MeanFace, fit_loud_jaw
from .viseme_net import VisemeNet, VisemeTable
from .visemes import LabelMixer, label_items, mean_poses


@dataclass(frozen=True, slots=True)
class Made:
    """A method, ready, and what it cost."""

    method: Method
    steps: int = 0
    """Optimiser steps on batches with sound."""
    motion_steps: int = 0
    """Optimiser steps before those, on motion alone."""
    seconds: float = 0.0


class Workshop:
    """What methods are made from: one recipe, one preparation of the data, one sequence of batches."""

    def __init__(self, recipe: ComparisonRecipe, prepared: Prepared, bundle: Path | None, bar: Bar) -> None:
        self.recipe, self.prepared, self.bundle, self.bar = recipe, prepared, bundle, bar
        self.device = choose_device(recipe.device)

    @cached_property
    def mixer(self) -> Mixer:
        """Draws the batches that :class:`..train.Run` draws."""
        recipe = self.recipe
        return Mixer(
            self.prepared.items, recipe.shares, emotion_offsets(), DELAYS, recipe.delay_weights, recipe.rows,
            recipe.frames,
        )  # fmt: skip

    def draw(self, step: int) -> Batch:
        """The batch of a step, the same for every method."""
        return self.mixer.draw(seeded(self.recipe.seed, step))

    def folder(self, key: str) -> Path:
        """Where a method's checkpoint lies."""
        return self.recipe.output / key


def make_mean(workshop: Workshop, _key: str) -> Made:
    """The mean face."""
    return Made(MeanFace(workshop.prepared.statistics.control_mean.numpy(), DELAY))


def make_loudness(workshop: Workshop, _key: str) -> Made:
    """Loudness to jaw."""
    return Made(fit_loud_jaw(workshop.prepared.items, DELAY))


def make_ridge(workshop: Workshop, key: str) -> Made:
    """Ridge regression."""
    recipe, items = workshop.recipe, workshop.prepared.items
    report = workshop.bar(key, recipe.steps)

    def rows() -> Iterator[Row]:
        yield from (recorded(item, DELAY) for item in items)
        for step in range(recipe.steps):
            yield from neutral_rows(workshop.draw(step))
            report(step + 1, 0.0)

    return Made(fit_ridge(rows(), DELAY))


def make_viseme(workshop: Workshop, key: str) -> Made:
    """The viseme classifier and its table."""
    recipe, items = workshop.recipe, workshop.prepared.items
    labels = label_items(items, load_clips(corpus_root(recipe), recipe))
    mixer = LabelMixer(workshop.mixer, items, labels)
    torch.manual_seed(recipe.seed)
    # A third wider than ours, for it has no attention: about 1 M parameters.
    net = VisemeNet(workshop.prepared.statistics, recipe.size.width * 4 // 3, recipe.dropout, DELAY // 2)
    net.to(workshop.device)

    def draw(step: int) -> tuple[Tensor, Tensor]:
        features, spoken = mixer.draw_labels(seeded(recipe.seed, step))
        return features.to(workshop.device), spoken.to(workshop.device)

    fit = Fit(recipe, workshop.folder(key), net, net.loss, draw)
    seconds = fit.run(workshop.bar(key, recipe.steps))
    return Made(VisemeTable(fit.average.to("cpu"), mean_poses(items, labels), DELAY), fit.step, 0, seconds)


def make_faceformer(workshop: Workshop, key: str) -> Made:
    """The FaceFormer-style network."""
    recipe = workshop.recipe
    torch.manual_seed(recipe.seed)
    net = FaceFormerNet(workshop.prepared.statistics, recipe.size, DELAY, recipe.dropout, recipe.sampling)
    net.to(workshop.device)
    fit = Fit(recipe, workshop.folder(key), net, net.loss, lambda step: workshop.draw(step).to(workshop.device))
    seconds = fit.run(workshop.bar(key, recipe.steps))
    return Made(FaceFormer(fit.average.to("cpu")), fit.step, 0, seconds)


def make_emotalk(workshop: Workshop, key: str) -> Made:
    """The EmoTalk-style network."""
    recipe = workshop.recipe
    torch.manual_seed(recipe.seed)
    net = EmoTalkNet(workshop.prepared.statistics, recipe.size, DELAY, recipe.dropout).to(workshop.device)
    fit = Fit(recipe, workshop.folder(key), net, net.loss, lambda step: workshop.draw(step).to(workshop.device))
    seconds = fit.run(workshop.bar(key, recipe.steps))
    return Made(EmoTalk(fit.average.to("cpu")), fit.step, 0, seconds)


def _make_ours(workshop: Workshop, key: str, correlation: bool) -> Made:
    recipe = workshop.recipe
    kept = recipe.correlation if correlation else recipe.correlation.model_copy(update={"weight": 0.0, "pairs": 0.0})
    # A plain recipe: the checkpoint is then one that `cstalk-live export` knows.
    told = recipe.model_dump(include=set(Recipe.model_fields)) | {"name": key, "correlation": kept}
    mine = Recipe.model_validate(told)
    generator, seconds = train_generator(mine, workshop.prepared, workshop.bar, key)
    generator.net.to("cpu")
    motion = recipe.autoencoder.steps + (recipe.correlation.steps if correlation else 0)
    return Made(generator, recipe.steps, motion, seconds)


def make_ours_plain(workshop: Workshop, key: str) -> Made:
    """Ours without correlation supervision."""
    return _make_ours(workshop, key, correlation=False)


def make_ours(workshop: Workshop, key: str) -> Made:
    """Ours."""
    return _make_ours(workshop, key, correlation=True)


def make_shipped(workshop: Workshop, _key: str) -> Made:
    """The bundle."""
    bundle = load_bundle(workshop.bundle)
    return Made(Shipped(bundle), int(bundle.training.get("steps", 0)))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table."""

    title: str
    make: Callable[[Workshop, str], Made]
    trained: bool
    """By optimiser steps, here."""
    about: str
    """What it is, and what differs from the method it stands for; one or two sentences of Markdown."""


METHODS: dict[str, Entry] = {
    "mean": Entry(
        "mean face", make_mean, False,
        "the mean pose of the training motion; a face that does not move has no correlation and no lag.",
    ),
    "loudness": Entry(
        "loudness drives the jaw", make_loudness, False,
        "gain and threshold fitted to the filmed training clips by least squares, loudness averaged over 150 ms "
        "around the frame; lips open with the jaw, nothing else moves.",
    ),
    "ridge": Entry(
        "ridge regression", make_ridge, False,
        "40 log-mel bands from 333 ms before to 67 ms after the frame, to the 12 numbers of the mouth code and the "
        "tongue, composed to a face; fitted in closed form on every clip as recorded and on the "
        "neutral rows of the batches that the networks see.",
    ),
    "viseme": Entry(
        "viseme classifier + table", make_viseme, True,
        "a causal convolutional network names one of 15 visemes per frame (phone labels), 33 ms ahead; the table holds "
        "the mean tracked pose in the middle of each, mixed by probability and smoothed over five frames.",
    ),
    "faceformer": Entry(
        "FaceFormer-style", make_faceformer, True,
        "autoregressive transformer after Fan et al. 2022 (biased causal self-attention over past motion, aligned "
        "cross-attention to the sound). Different: log-mel and a small encoder instead of wav2vec 2.0, 67 ms of "
        "look-ahead instead of the sentence, emotion instead of speaker as style, two seconds of past, our loss, "
        "scheduled sampling.",
    ),
    "emotalk": Entry(
        "EmoTalk-style", make_emotalk, True,
        "content and emotion branches joined by a transformer decoder after Peng et al. 2023. Different: log-mel and a "
        "small encoder instead of wav2vec 2.0, 67 ms of look-ahead, the emotion branch is given the chosen emotion "
        "(nobody recorded emotional sound), random pairs of speech and emotion in place of cross-reconstruction, "
        "our loss.",
    ),
    "ours-plain": Entry(
        "ours without correlation", make_ours_plain, True,
        "the generator with its decoder pre-trained as that of a motion autoencoder, no correlation supervision.",
    ),
    "ours": Entry(
        "ours", make_ours, True,
        "the same, supervised by the correlation module, which is fitted to tracked motion first and frozen.",
    ),
    "shipped": Entry(
        "shipped model", make_shipped, False,
        "the bundle of this release: other and longer training, for seven look-aheads at once; beside the comparison, "
        "not in it.",
    ),
}  # fmt: skip
