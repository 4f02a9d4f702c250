"""Our generator in the comparison: trained here like the others, and the shipped bundle as it is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np
import torch

from cstalk_live.model import OnnxRunner
from cstalk_live.model.bundle import Bundle
from cstalk_live.model.network import CSTalkNet
from cstalk_live.records import FloatArray
from cstalk_live.training.prepare import Prepared
from cstalk_live.training.run import Run, predict_clip
from cstalk_live.training.settings import Recipe
from cstalk_live.training.streaming import mix, stream

from .method import Step, count, neutral_mix
from .recipe import DELAY

Bar = Callable[[str, int], Callable[[int, float], None]]
"""Opens a progress bar: (text, steps)."""


class Generator:
    """A trained :class:`CSTalkNet`, speaking neutrally."""

    def __init__(self, net: CSTalkNet) -> None:
        self.net = net

    @property
    def parameters(self) -> int:
        """Of the network; the correlation module is no part of it."""
        return count(self.net)

    def predict(self, features: FloatArray) -> FloatArray:
        """See :class:`.method.Method`."""
        return predict_clip(self.net, features, DELAY)

    def stream(self) -> Step:
        """See :class:`.method.Method`."""
        net, state, emotion = self.net, self.net.init_state(), neutral_mix()[None, None]
        told = torch.zeros(1, len(net.spec.delays))
        told[0, net.spec.delays.index(DELAY)] = 1.0

        def step(features: FloatArray) -> FloatArray:
            nonlocal state
            with torch.no_grad():
                board, state = net.step(torch.from_numpy(features)[None, None], emotion, told, state)
                return np.asarray(board[0, 0].numpy(), np.float32)

        return step


class Shipped:
    """A bundle, run as in the daemon."""

    def __init__(self, bundle: Bundle) -> None:
        self.runner = OnnxRunner(bundle)

    @property
    def parameters(self) -> int:
        """Of its network, from its sizes."""
        return count(CSTalkNet(self.runner.bundle.meta))

    def predict(self, features: FloatArray) -> FloatArray:
        """See :class:`.method.Method`."""
        return stream(self.runner, features, DELAY, mix(self.runner))

    def stream(self) -> Step:
        """See :class:`.method.Method`."""
        self.runner.reset()
        neutral = mix(self.runner)
        return lambda features: self.runner.step(features, neutral, DELAY)


def train_generator(recipe: Recipe, prepared: Prepared, bar: Bar, text: str) -> tuple[Generator, float]:
    """Train as ``cstalk-live train`` does, into ``<output>/<name>``; goes on from its checkpoint.

    Returns:
        The averaged network and the seconds of all steps, motion-only ones and those before an interruption included.
    """
    run = Run(recipe, prepared)
    run.folder.mkdir(parents=True, exist_ok=True)
    clock = run.folder / "seconds.json"
    started = time.monotonic()

    def save() -> None:
        nonlocal started
        run.save()
        before = json.loads(clock.read_text(encoding="utf-8")) if clock.is_file() else 0.0
        clock.write_text(json.dumps(before + time.monotonic() - started), encoding="utf-8")
        started = time.monotonic()

    if not run.resume():
        clock.unlink(missing_ok=True)
        run.begin(bar)
        save()
    report = bar(text, recipe.steps)
    while run.step < recipe.steps:
        report(run.step + 1, run.advance()["loss"])
        if run.step % recipe.checkpoint_every == 0 or run.step == recipe.steps:
            save()
    return Generator(run.average), float(json.loads(clock.read_text(encoding="utf-8")))
