"""The recipe's front end: what the network is given instead of log-mel, if ``audio_encoder`` says so.

Frozen, the encoder hears every clip once, before the first step. With ``tune_layers`` the items carry the sound
itself and the encoder is part of every step, its top layers learning with the network.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cstalk_live.records import HOP, FloatArray

from .corpus import Clip
from .lessons import Item, Rendition, clip_sound
from .prepare import Prepared, Statistics
from .settings import Recipe
from .wav2vec2 import ENCODER_RATE, Sliding, SlidingEncoder, StreamingWav2Vec2
from .wav2vec2_load import load_encoder, set_free

SAMPLED_ITEMS = 64
"""Of the items, evenly: enough to measure the spread of the features that a tuned encoder begins with."""

LEAST_SPREAD = 1e-3
"""A feature that varies less is not blown up to unit spread."""


class Ears:
    """A wav2vec 2.0 front end in training.

    Raises:
        UsageError, ConfigError: transformers or the checkpoint cannot be used.
    """

    def __init__(self, recipe: Recipe, device: torch.device) -> None:
        wanted = recipe.wav2vec2
        assert wanted.checkpoint is not None, "read_recipe has checked it"
        sliding = Sliding(round(wanted.window * ENCODER_RATE), wanted.block)
        self.encoder: SlidingEncoder = load_encoder(wanted.checkpoint, sliding)
        self.layout = self.encoder.layout()
        self.tuned: list[nn.Parameter] = set_free(self.encoder, wanted.tune_layers) if wanted.tune_layers else []
        """The parameters that learn; none while the encoder is frozen."""
        self.encoder.to(device)
        self._stream = StreamingWav2Vec2(self.encoder)
        self.average: SlidingEncoder = copy.deepcopy(self.encoder) if self.tuned else self.encoder
        """The encoder with averaged weights, which belongs to the averaged network."""

    @property
    def silence(self) -> FloatArray:
        """What an item holds where there is no sound."""
        return np.zeros(HOP, np.float32) if self.tuned else self.encoder.silence().cpu().numpy()

    def listen(self, clip: Clip, rendition: Rendition) -> FloatArray:
        """What an item of a clip holds: columns [n, hidden], or the sound itself [n, 400] if layers are tuned.

        The rendition's speed counts; its warp exists on the mel axis only.
        """
        sound = clip_sound(clip, rendition.speed)
        if self.tuned:
            frames = len(sound) // HOP
            return sound[: frames * HOP].reshape(frames, HOP)
        self._stream.reset()
        return self._stream.push(sound)

    def dress(self, prepared: Prepared) -> Prepared:
        """The same preparation with this front end's spread of features, and validation clips as it hears them."""
        columns = torch.cat([self._columns(item) for item in _some(prepared.items)])
        statistics = Statistics(
            feature_mean=columns.mean(dim=0),
            feature_scale=1.0 / columns.std(dim=0).clamp_min(LEAST_SPREAD),
            control_mean=prepared.statistics.control_mean,
            control_scale=prepared.statistics.control_scale,
        )
        validation = [replace(m, features=self.listen(m.clip, Rendition())) for m in prepared.validation]
        return replace(prepared, statistics=statistics, validation=validation)

    def columns(self, heard: Tensor, average: bool = False) -> Tensor:
        """What the network is given for what items hold, [B, T, hidden]; ``average`` takes the averaged encoder."""
        if not self.tuned:
            return heard
        found: Tensor = (self.average if average else self.encoder)(heard)
        return found

    def follow(self, share: float) -> None:
        """Move the averaged encoder by a share towards the present one."""
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.encoder.parameters(), strict=True):
                if now.requires_grad:
                    mean.lerp_(now, share)

    def state(self) -> dict[str, Any]:
        """What a checkpoint must keep: the tuned layers, now and averaged."""
        learning = {name for name, p in self.encoder.named_parameters() if p.requires_grad}
        return {
            kind: {name: value for name, value in encoder.state_dict().items() if name in learning}
            for kind, encoder in (("now", self.encoder), ("average", self.average))
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up :meth:`state`."""
        for kind, encoder in (("now", self.encoder), ("average", self.average)):
            encoder.load_state_dict(state[kind], strict=False)

    def _columns(self, item: Item) -> Tensor:
        heard = torch.from_numpy(item.features.astype(np.float32))
        with torch.no_grad():
            return self.columns(heard[None])[0].cpu()


def make_ears(recipe: Recipe, device: torch.device) -> Ears | None:
    """The front end of a recipe; None for log-mel."""
    return Ears(recipe, device) if recipe.audio_encoder == "wav2vec2" else None


def _some(items: Sequence[Item]) -> Sequence[Item]:
    return items[:: max(1, len(items) // SAMPLED_ITEMS)]
