"""One training run: the network, its optimiser and averaged weights, one step, and the file they live in."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from cstalk_live.errors import CorpusError, OutputError
from cstalk_live.model.network import CSTalkNet
from cstalk_live.model.spec import DELAYS, ModelSpec
from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_NAMES, BOARD_SCHEMA_HASH

from .batches import Batch, Mixer
from .checkpoint import load_checkpoint, save_checkpoint
from .corpus import most_filmed
from .correlation import CorrelationModule
from .correlation_loss import correlation_loss, pair_loss
from .echo import Echo, echo_loss
from .emotions import emotion_offsets
from .engine import Engine
from .export import export_bundle
from .hearing import Ears
from .losses import control_weights, generator_loss
from .prepare import Prepared
from .pretrain import Bar, make_judge, pretrain_decoder, restore_judge
from .settings import Recipe
from .validate import Measured, score_generator
from .wav2vec2_load import save_encoder

MAIN_DELAY = 4
"""Frames of look-ahead (67 ms) at which validation is reported while training."""

RANK_STRIDE = 1 << 40
"""Between the seeds of two ranks: more than any seed and step make together. numpy takes a rank of 0 for none."""


def predict_clip(
    net: CSTalkNet,
    features: FloatArray,
    delay: int,
    emotion: FloatArray | None = None,
    ears: Ears | None = None,
) -> FloatArray:
    """Board [n, 185] of a clip [n, F]; row ``k`` is the pose of frame ``k``, the delay taken out by padding the end
    with silence. ``emotion`` is [E + 1], neutral if left out; ``ears`` where the features are not log-mel."""
    device = net.feature_mean.device
    quiet = np.full(features.shape[1], features.min(), np.float32) if ears is None else ears.silence
    x = torch.from_numpy(np.concatenate((features, np.repeat(quiet[None], delay, axis=0)))).to(device)[None]
    mix = torch.zeros(len(net.spec.emotions) + 1)
    mix[0] = mix[-1] = 1.0
    if emotion is not None:
        mix = torch.from_numpy(emotion)
    told = torch.zeros(1, len(net.spec.delays), device=device)
    told[0, net.spec.delays.index(delay)] = 1.0
    with torch.no_grad():
        x = x if ears is None else ears.columns(x, average=True)
        board = net(x, mix.to(device).expand(1, x.shape[1], -1), told)
    return np.asarray(board[0, delay:].cpu().numpy(), np.float32)


class Run:
    """One training run: network, optimiser, averaged weights, and the file they live in."""

    def __init__(
        self, recipe: Recipe, prepared: Prepared, engine: Engine | None = None, ears: Ears | None = None
    ) -> None:
        self.recipe, self.ears = recipe, ears
        self.prepared = prepared = prepared if ears is None else ears.dress(prepared)
        self.engine = engine or Engine(recipe.device)
        self.folder = recipe.output / recipe.name
        self.device = self.engine.device
        torch.manual_seed(recipe.seed)
        spec = ModelSpec(recipe.name, BOARD_NAMES, BOARD_SCHEMA_HASH, recipe.size)
        if ears is not None:
            spec = replace(spec, features=ears.encoder.hidden, feature_layout=ears.layout)
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
        if ears is not None and ears.tuned:
            self.optimiser.add_param_group({"params": ears.tuned, "factor": recipe.wav2vec2.tune_rate})
        taught = recipe.sound_teacher
        self.echo: Echo | None = None
        """Says what the recogniser makes of the sound, from what the network hears in it; for training only."""
        if taught.members and taught.weight:
            self.echo = Echo(recipe.size.width, taught.components).to(self.device)
            self.optimiser.add_param_group({"params": list(self.echo.parameters())})
        self.step = 0
        self.mixer = Mixer(
            prepared.items,
            recipe.shares,
            emotion_offsets(),
            DELAYS,
            recipe.delay_weights,
            recipe.rows,
            recipe.frames,
            None if ears is None else ears.silence,
        )
        self.weights = control_weights().to(self.device)
        self.judge: CorrelationModule | None = None
        """The frozen correlation module, where the recipe gives it a weight."""

    @property
    def checkpoint(self) -> Path:
        return self.folder / "last.pt"

    def resume(self) -> bool:
        """Take up the checkpoint if there is one; rank 0 reads it for all, so machines need no common disk."""
        found = self.engine.leads and self.checkpoint.is_file()
        saved = self.engine.from_leader(load_checkpoint(self.checkpoint) if found else None)
        if saved is None:
            return False
        self._check_hearing(saved)
        self.judge = restore_judge(self.recipe, saved, self.checkpoint, self.device)
        if (self.echo is None) != ("echo" not in saved):
            raise CorpusError(
                f"{self.checkpoint} was trained {'with' if self.echo is None else 'without'} the sound teacher's echo",
                "begin anew with --restart, or put back the recipe it was made with",
            )
        if self.echo is not None:
            self.echo.load_state_dict(saved["echo"])
        self.net.load_state_dict(saved["net"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step = int(saved["step"])
        return True

    def _check_hearing(self, saved: dict[str, Any]) -> None:
        """Take up the tuned layers.

        Raises:
            CorpusError: the checkpoint's network heard through something else.
        """
        hearing = saved.get("hearing")
        layout = None if self.ears is None else self.ears.layout
        if (hearing and hearing["layout"]) != layout:
            raise CorpusError(
                f"{self.checkpoint} was trained with another audio_encoder than the recipe now names",
                "begin anew with --restart, or put back the recipe it was made with",
            )
        if self.ears is not None and hearing is not None:
            self.ears.restore(hearing)

    def parameters(self) -> list[nn.Parameter]:
        """All that learns: the network, and the encoder's layers that the recipe sets free."""
        echo = () if self.echo is None else self.echo.parameters()
        return [*self.net.parameters(), *echo, *(self.ears.tuned if self.ears is not None else ())]

    def begin(self, bar: Bar) -> None:
        """Before the first step: fit the correlation module and the decoder, if the recipe asks for them."""
        self.judge = make_judge(self.recipe, self.prepared.items, self.device, bar)
        pretrain_decoder(self.recipe, self.net, self.mixer, bar)
        self._agree()
        self.average.load_state_dict(self.net.state_dict())
        if self.judge is not None or self.recipe.autoencoder.steps:
            self.save()  # an interruption does not cost the fits again

    def _agree(self) -> None:
        """All ranks begin from rank 0's weights: other machines may have rounded their fits otherwise."""
        if self.engine.world == 1:
            return
        judge = None if self.judge is None else self.judge.state_dict()
        echo = None if self.echo is None else self.echo.state_dict()
        net, judge, echo = self.engine.from_leader((self.net.state_dict(), judge, echo))
        self.net.load_state_dict(net)
        if self.echo is not None and echo is not None:
            self.echo.load_state_dict(echo)
        if self.judge is not None and judge is not None:
            self.judge.load_state_dict(judge)

    def save(self) -> None:
        """Write the checkpoint; rank 0 alone does.

        Raises:
            OutputError: it cannot be written.
        """
        if not self.engine.leads:
            return
        content: dict[str, Any] = {
            "recipe": self.recipe.model_dump_json(),
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        if self.echo is not None:
            content["echo"] = self.echo.state_dict()
        if self.judge is not None:
            content["correlation"] = self.judge.state_dict()
        if self.ears is not None:
            content["hearing"] = {"layout": self.ears.layout, **self.ears.state()}
        save_checkpoint(self.checkpoint, content)

    def advance(self) -> dict[str, float]:
        """One optimiser step; everything random in it follows from the seed, the step's number and the rank.

        Returns:
            The loss and its parts, means over the ranks.

        Raises:
            LostRankError: another process failed; nothing has changed and :meth:`save` still may be called.
        """
        recipe = self.recipe
        batch = self.draw()
        ramp = min(1.0, (self.step + 1) / recipe.warmup)
        fall = 0.5 + 0.5 * math.cos(math.pi * min(1.0, self.step / recipe.steps))
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.learning_rate * ramp * (0.02 + 0.98 * fall) * group.get("factor", 1.0)
        self.net.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            heard = batch.features if self.ears is None else self.ears.columns(batch.features)
            inner = self.net.hear(heard, batch.delay)
            predicted = self.net.decode(self.net.latent(inner, batch.emotion, batch.delay))
        loss, parts = generator_loss(predicted.float(), batch, self.net.control_scale, self.weights)
        if self.echo is not None:
            echoed = recipe.sound_teacher.weight * echo_loss(self.echo(inner.float()), batch)
            loss = loss + echoed
            parts["echo"] = float(echoed.detach())
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
        told = self.engine.average({"loss": float(loss.detach()), **parts}, self.parameters())
        if recipe.autoencoder.steps and self.step < recipe.autoencoder.freeze:
            for parameter in self.net.decoder_parameters():
                parameter.grad = None  # the optimiser passes over it: no step, no decay, no moments
        torch.nn.utils.clip_grad_norm_(self.parameters(), 1.0)
        self.optimiser.step()
        keep = min(recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1.0 - keep)
        if self.ears is not None:
            self.ears.follow(1.0 - keep)
        self.step += 1
        return told

    def draw(self) -> Batch:
        """The batch of this step and this rank; leaves torch's generator where dropout goes on from."""
        recipe, rank = self.recipe, self.engine.rank
        torch.manual_seed(recipe.seed * 1_000_003 + self.step + rank * RANK_STRIDE)
        return self.mixer.draw(np.random.default_rng((recipe.seed, self.step, rank))).to(self.device)

    def validate(self) -> dict[str, dict[str, float]]:
        """Scores of the averaged weights on the main speaker's held-out clips and on strangers."""
        clips = self.prepared.validation
        main = most_filmed(m.clip.speaker for m in clips)

        def score(clips: list[Measured]) -> dict[str, float]:
            return score_generator(lambda f, d: predict_clip(self.average, f, d, ears=self.ears), clips, MAIN_DELAY)

        return {
            "main": score([m for m in clips if m.clip.speaker == main]),
            "others": score([m for m in clips if m.clip.speaker != main]),
        }

    def export(self, bundle: Path) -> None:
        """Write the averaged network as a bundle, and a tuned encoder to the folder ``encoder`` beside it.

        Raises:
            OutputError: the disk is full or cannot be written to.
        """
        try:
            if self.ears is not None and self.ears.tuned:
                save_encoder(self.ears.average, bundle.parent / "encoder")
                self.average.spec = replace(self.average.spec, feature_layout=self.ears.average.layout())
            export_bundle(self.average, bundle, {"steps": self.step, "seed": self.recipe.seed})
        except OSError as error:
            raise OutputError(
                f"cannot write {bundle}: {error.strerror or error}",
                f"{self.checkpoint} is whole: make room, then start the same command again",
            ) from error
