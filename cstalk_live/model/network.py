"""The streaming CSTalk generator: log-mel columns in, control-board values out.

    log-mel [160] -> linear -> causal convolutions -> windowed attention        (what is being said, emotion-free)
                  -> FiLM by emotion, intensity and delay -> latent motion code -> causal decoder -> controls [185]

It is strictly causal. Look-ahead is delayed output: told a delay of D frames, the network gives at step ``k`` the
pose of frame ``k - D``. ``forward`` runs clips, ``step`` continues a stream; they agree to rounding.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TypeAlias, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import AttentionBlock, DistanceBias, clip_bias, step_bias
from .conv import ConvBlock, DecoderBlock
from .spec import ModelSpec

State: TypeAlias = "OrderedDict[str, Tensor]"


class CSTalkNet(nn.Module):
    """See the module's text.

    Args:
        spec: sizes and names; ``spec.states()`` is the layout of the stream's memory.
        dropout: probability, while training only.
    """

    feature_mean: Tensor
    feature_scale: Tensor
    control_mean: Tensor
    control_scale: Tensor

    def __init__(self, spec: ModelSpec, dropout: float = 0.0) -> None:
        super().__init__()
        self.spec = spec
        size, controls = spec.size, len(spec.controls)
        conditions = len(spec.emotions) + 1
        self.dropout = dropout
        self.register_buffer("feature_mean", torch.zeros(spec.features))
        self.register_buffer("feature_scale", torch.ones(spec.features))
        self.register_buffer("control_mean", torch.zeros(controls))
        self.register_buffer("control_scale", torch.ones(controls))
        self.enter = nn.Linear(spec.features, size.width)
        self.convolutions = nn.ModuleList(ConvBlock(size.width, size.kernel) for _ in range(size.convolutions))
        self.bias = DistanceBias(spec.delays, size.heads, size.window)
        self.attention = nn.ModuleList(
            AttentionBlock(size.width, size.heads, size.window, dropout) for _ in range(size.layers)
        )
        self.leave = nn.LayerNorm(size.width)
        # FiLM: Perez et al., arXiv 1709.07871. A small network, because a mix of emotions is not the sum of its parts.
        self.condition_in = nn.Linear(conditions + len(spec.delays), 64)
        self.condition_out = nn.Linear(64, 2 * size.width)
        self.to_latent = nn.Linear(size.width, size.latent)
        self.from_latent = nn.Linear(size.latent, size.decoder_width)
        self.decoder = nn.ModuleList(DecoderBlock(size.decoder_width, d) for d in size.decoder_dilations)
        self.to_controls = nn.Linear(size.decoder_width, controls)

    def init_state(self, batch: int = 1) -> State:
        """The memory of a stream that has not begun: zeros, [B, *shape] each."""
        device = self.feature_mean.device
        return OrderedDict((s.name, torch.zeros(batch, *s.shape, device=device)) for s in self.spec.states())

    def forward(self, features: Tensor, emotion: Tensor, delay: Tensor) -> Tensor:
        """Run clips from silence.

        Args:
            features: [B, T, 160].
            emotion: [B, T, E + 1], weights 0..1 of the emotions and last the intensity 0..1.
            delay: [B, delays], one-hot.

        Returns:
            [B, T, 185]; row ``k`` is the pose of frame ``k - D``. Not clamped to the rig's ranges.
        """
        return self.decode(self.latent(self.hear(features, delay), emotion, delay))

    def hear(self, features: Tensor, delay: Tensor) -> Tensor:
        """What is being said, before any emotion: [B, T, 160] -> [B, T, width]. Part of :meth:`forward`."""
        x: Tensor = self.enter((features - self.feature_mean) * self.feature_scale)
        for conv in self.convolutions:
            x = conv(x)
        bias = clip_bias(self.bias(delay), x.shape[1])
        for layer in self.attention:
            x = layer(x, bias)
        return x

    def decode(self, latent: Tensor) -> Tensor:
        """The motion decoder alone: latent motion code [B, T, latent] -> controls [B, T, 185], from rest."""
        y = self.from_latent(latent).transpose(1, 2)
        for block in self.decoder:
            y = block(y)
        return self._controls(y)

    def decoder_parameters(self) -> Iterator[nn.Parameter]:
        """The weights :meth:`decode` uses."""
        for part in (self.from_latent, self.decoder, self.to_controls):
            yield from part.parameters()

    def step(self, features: Tensor, emotion: Tensor, delay: Tensor, state: State) -> tuple[Tensor, State]:
        """Run the next T frames of a stream; shapes as in :meth:`forward`, ``state`` as :meth:`init_state` gives."""
        after: State = OrderedDict()
        frames = features.shape[1]
        x = self.enter((features - self.feature_mean) * self.feature_scale)
        for i, conv in enumerate(self.convolutions):
            x, after[f"conv{i}"] = cast(ConvBlock, conv).step(x, state[f"conv{i}"])
        bias = step_bias(self.bias(delay), state["seen"], frames)
        for i, layer in enumerate(self.attention):
            keys, values = f"attention{i}.key", f"attention{i}.value"
            x, after[keys], after[values] = cast(AttentionBlock, layer).step(x, state[keys], state[values], bias)
        y = self.from_latent(self.latent(x, emotion, delay)).transpose(1, 2)
        for i, block in enumerate(self.decoder):
            y, after[f"decoder{i}"] = cast(DecoderBlock, block).step(y, state[f"decoder{i}"])
        after["seen"] = (state["seen"] + frames).clamp(max=self.spec.size.window - 1)
        return self._controls(y), OrderedDict((name, after[name]) for name in state)

    def latent(self, x: Tensor, emotion: Tensor, delay: Tensor) -> Tensor:
        """The latent motion code of what :meth:`hear` gave: [B, T, latent]. Part of :meth:`forward`."""
        told = torch.cat((emotion, delay[:, None, :].expand(-1, emotion.shape[1], -1)), dim=2)
        scale, shift = self.condition_out(F.gelu(self.condition_in(told), approximate="tanh")).chunk(2, dim=2)
        latent: Tensor = self.to_latent(F.gelu(self.leave(x) * (1.0 + scale) + shift, approximate="tanh"))
        return latent

    def _controls(self, y: Tensor) -> Tensor:
        z: Tensor = self.to_controls(F.gelu(y.transpose(1, 2), approximate="tanh"))
        return z * self.control_scale + self.control_mean
