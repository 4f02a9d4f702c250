"""Train the generator: ``cstalk-live train --config configs/train/base.yaml``.

Resumes from ``<output>/<name>/last.pt`` when that exists, writes it every few minutes, and ends by exporting the
averaged weights to ``<output>/<name>/<name>.onnx``. Progress goes to the terminal, losses and validation scores to
``log.jsonl`` beside the checkpoint.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from cstalk_live.errors import UsageError
from cstalk_live.model.network import CSTalkNet
from cstalk_live.model.spec import DELAYS, ModelSpec
from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_NAMES, BOARD_SCHEMA_HASH

from .batches import Mixer
from .checkpoint import load_checkpoint, save_checkpoint
from .correlation import CorrelationModule
from .correlation_loss import correlation_loss, pair_loss
from .emotions import emotion_offsets
from .export import export_bundle
from .lessons import Item
from .losses import control_weights, generator_loss
from .prepare import Prepared, prepare
from .pretrain import Bar, make_judge, pretrain_decoder, restore_judge
from .settings import Recipe, read_recipe
from .validate import Measured, score_generator

MAIN_DELAY = 4
"""Frames of look-ahead (67 ms) at which validation is reported while training."""


def choose_device(wish: str) -> torch.device:
    """``auto`` takes CUDA if there is one.

    Raises:
        UsageError: CUDA is demanded and absent.
    """
    if wish == "cuda" and not torch.cuda.is_available():
        raise UsageError("device: cuda is asked for, but torch sees no CUDA GPU", "set device: auto or cpu")
    return torch.device("cuda" if wish != "cpu" and torch.cuda.is_available() else "cpu")


def predict_clip(net: CSTalkNet, features: FloatArray, delay: int, emotion: FloatArray | None = None) -> FloatArray:
    """Board [n, 185] of a clip [n, 160]; row ``k`` is the pose of frame ``k``, the delay taken out by padding the end
    with silence. ``emotion`` is [E + 1], neutral if left out."""
    device = net.feature_mean.device
    silence = np.full((delay, features.shape[1]), features.min(), np.float32)
    x = torch.from_numpy(np.concatenate((features, silence))).to(device)[None]
    mix = torch.zeros(len(net.spec.emotions) + 1)
    mix[0] = mix[-1] = 1.0
    if emotion is not None:
        mix = torch.from_numpy(emotion)
    told = torch.zeros(1, len(net.spec.delays), device=device)
    told[0, net.spec.delays.index(delay)] = 1.0
    with torch.no_grad():
        board = net(x, mix.to(device).expand(1, x.shape[1], -1), told)
    return np.asarray(board[0, delay:].cpu().numpy(), np.float32)


class Run:
    """One training run: network, optimiser, averaged weights, and the file they live in."""

    def __init__(self, recipe: Recipe, prepared: Prepared) -> None:
        self.recipe, self.prepared = recipe, prepared
        self.folder = recipe.output / recipe.name
        self.device = choose_device(recipe.device)
        torch.manual_seed(recipe.seed)
        spec = ModelSpec(recipe.name, BOARD_NAMES, BOARD_SCHEMA_HASH, recipe.size)
        self.net = CSTalkNet(spec, recipe.dropout)
        statistics = prepared.statistics
        for name in ("feature_mean", "feature_scale", "control_mean", "control_scale"):
            getattr(self.net, name).copy_(getattr(statistics, name))
        self.net.to(self.device)
        self.average = CSTalkNet(spec).to(self.device).eval()
        self.average.load_state_dict(self.net.state_dict())
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(),
            lr=recipe.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=recipe.weight_decay,
        )
        self.step = 0
        self.mixer = Mixer(
            prepared.items,
            recipe.shares,
            emotion_offsets(),
            DELAYS,
            recipe.delay_weights,
            recipe.rows,
            recipe.frames,
        )
        self.weights = control_weights().to(self.device)
        self.judge: CorrelationModule | None = None
        """The frozen correlation module, where the recipe gives it a weight."""

    @property
    def checkpoint(self) -> Path:
        return self.folder / "last.pt"

    def resume(self) -> bool:
        """Take up the checkpoint if there is one."""
        if not self.checkpoint.is_file():
            return False
        saved = load_checkpoint(self.checkpoint)
        self.judge = restore_judge(self.recipe, saved, self.checkpoint, self.device)
        self.net.load_state_dict(saved["net"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step = int(saved["step"])
        return True

    def begin(self, bar: Bar) -> None:
        """Before the first step: fit the correlation module and the decoder, if the recipe asks for them."""
        self.judge = make_judge(self.recipe, self.prepared.items, self.device, bar)
        pretrain_decoder(self.recipe, self.net, self.mixer, bar)
        self.average.load_state_dict(self.net.state_dict())
        if self.judge is not None or self.recipe.autoencoder.steps:
            self.save()  # an interruption does not cost the fits again

    def save(self) -> None:
        content = {
            "recipe": self.recipe.model_dump_json(),
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        if self.judge is not None:
            content["correlation"] = self.judge.state_dict()
        save_checkpoint(self.checkpoint, content)

    def advance(self) -> dict[str, float]:
        """One optimiser step; everything random in it follows from the seed and the step's number."""
        recipe = self.recipe
        torch.manual_seed(recipe.seed * 1_000_003 + self.step)
        batch = self.mixer.draw(np.random.default_rng((recipe.seed, self.step))).to(self.device)
        ramp = min(1.0, (self.step + 1) / recipe.warmup)
        fall = 0.5 + 0.5 * math.cos(math.pi * min(1.0, self.step / recipe.steps))
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.learning_rate * ramp * (0.02 + 0.98 * fall)
        self.net.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            predicted = self.net(batch.features, batch.emotion, batch.delay)
        loss, parts = generator_loss(predicted.float(), batch, self.net.control_scale, self.weights)
        if self.judge is not None:
            with torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
                judged = correlation_loss(self.judge, predicted.float(), batch, recipe.correlation.windows)
            wanted = recipe.correlation
            judged = wanted.weight * judged
            if wanted.pairs:
                judged = judged + wanted.pairs * pair_loss(self.judge, predicted.float(), batch)
            loss = loss + judged
            parts["correlation"] = float(judged.detach())
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if recipe.autoencoder.steps and self.step < recipe.autoencoder.freeze:
            for parameter in self.net.decoder_parameters():
                parameter.grad = None  # the optimiser passes over it: no step, no decay, no moments
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        keep = min(recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1.0 - keep)
        self.step += 1
        return {"loss": float(loss.detach()), **parts}

    def validate(self) -> dict[str, dict[str, float]]:
        """Scores of the averaged weights on the main speaker's held-out clips and on strangers."""
        main = max(
            sorted({m.clip.speaker for m in self.prepared.validation}),
            key=lambda s: sum(m.clip.speaker == s for m in self.prepared.validation),
        )

        def score(clips: list[Measured]) -> dict[str, float]:
            return score_generator(lambda f, d: predict_clip(self.average, f, d), clips, MAIN_DELAY)

        clips = self.prepared.validation
        return {
            "main": score([m for m in clips if m.clip.speaker == main]),
            "others": score([m for m in clips if m.clip.speaker != main]),
        }


def train(config: Path, resume: bool = True, steps: int | None = None) -> Path:
    """Run a recipe to its end.

    Args:
        resume: go on from the last checkpoint; otherwise start anew.
        steps: stop after this step of the recipe's schedule, to be resumed later.

    Returns:
        The exported bundle.
    """
    recipe = read_recipe(config)
    console = Console(stderr=True)
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[note]}"),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:

        def track(items: Iterable[Item], count: int, text: str) -> Iterable[Item]:
            task = progress.add_task(text, total=count, note="")
            for item in items:
                progress.advance(task)
                yield item

        def fitting(text: str, count: int) -> Callable[[int, float], None]:
            task = progress.add_task(text, total=count, note="")
            return lambda step, loss: progress.update(task, completed=step, note=f"loss {loss:.3f}")

        prepared = prepare(recipe, track, lambda text: progress.console.print(text, highlight=False))
        run = Run(recipe, prepared)
        if resume and run.resume():
            progress.console.print(f"resuming {run.checkpoint} at step {run.step}", highlight=False)
        else:
            run.begin(fitting)
        last = min(recipe.steps, steps or recipe.steps)
        task = progress.add_task("training", total=last, completed=run.step, note="")
        run.folder.mkdir(parents=True, exist_ok=True)
        with (run.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            while run.step < last:
                started = time.monotonic()
                parts = run.advance()
                progress.update(task, completed=run.step, note=f"loss {parts['loss']:.3f}")
                entry: dict[str, Any] = {"step": run.step, "seconds": round(time.monotonic() - started, 3)}
                entry |= {name: round(value, 5) for name, value in parts.items()}
                if run.step % recipe.validate_every == 0 or run.step == last:
                    entry["validation"] = run.validate()
                    _tell(progress.console, run.step, entry["validation"])
                log.write(json.dumps(entry) + "\n")
                log.flush()
                if run.step % recipe.checkpoint_every == 0 or run.step == last:
                    run.save()
    bundle = run.folder / f"{recipe.name}.onnx"
    export_bundle(run.average, bundle, {"steps": run.step, "seed": recipe.seed})
    console.print(f"wrote {bundle}", highlight=False)
    return bundle


def _tell(console: Console, step: int, scores: dict[str, dict[str, float]]) -> None:
    for group, s in scores.items():
        console.print(
            f"step {step} {group:6s} lips r {s['lip_aperture.r']:.3f}  chin r {s['chin_drop.r']:.3f}  "
            f"jaw r {s['jawOpen.r']:.3f}  lag {s['lag_ms']:.0f} ms  "
            f"closures {s['closure.recall_given_ref']:.2f}/{s['closure.precision_ref']:.2f}",
            highlight=False,
        )
