"""Parts that the two transformer rivals share: an encoder of sound, the periodic position terms, the aligned layer."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cstalk_live.model.attention import AttentionBlock, DistanceBias, clip_bias, step_bias
from cstalk_live.model.conv import ConvBlock
from cstalk_live.model.spec import NetworkSize
from cstalk_live.records import FPS
from cstalk_live.training.prepare import Statistics

PERIOD = FPS
"""Frames of a period of the position terms: one second, as in FaceFormer."""

ALIGNED = 4
"""Frames of memory that cross-attention sees: the newest and the three before it, 67 ms. FaceFormer attends to the
one or two aligned frames of its slower pictures (33 to 67 ms)."""

Tensors = list[Tensor]


class SoundEncoder(nn.Module):
    """Log-mel [B, T, 160] -> [B, T, width], causal: our own generator's convolutions and windowed attention.

    Both papers use a pretrained wav2vec 2.0 here, which hears the whole utterance and cannot be streamed at 67 ms.
    """

    feature_mean: Tensor
    feature_scale: Tensor

    def __init__(self, statistics: Statistics, size: NetworkSize, layers: int, delay: int, dropout: float) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("feature_mean", statistics.feature_mean.clone())
        self.register_buffer("feature_scale", statistics.feature_scale.clone())
        self.enter = nn.Linear(len(statistics.feature_mean), size.width)
        self.convolutions = nn.ModuleList(ConvBlock(size.width, size.kernel) for _ in range(size.convolutions))
        self.bias = DistanceBias((delay,), size.heads, size.window)
        self.attention = nn.ModuleList(
            AttentionBlock(size.width, size.heads, size.window, dropout) for _ in range(layers)
        )
        self.leave = nn.LayerNorm(size.width)

    def forward(self, features: Tensor) -> Tensor:
        """A clip from its beginning."""
        x = self.enter((features - self.feature_mean) * self.feature_scale)
        for conv in self.convolutions:
            x = conv(x)
        bias = clip_bias(self._distances(x), x.shape[1])
        for layer in self.attention:
            x = layer(x, bias)
        return cast(Tensor, self.leave(x))

    def memory(self) -> Tensors:
        """Of a stream that has not begun."""
        size, device = self.size, self.feature_mean.device
        start = [torch.zeros(1, 1, device=device)]
        start += [torch.zeros(1, size.width, size.kernel - 1, device=device) for _ in self.convolutions]
        return start + [torch.zeros(1, size.window - 1, size.width, device=device) for _ in 2 * list(self.attention)]

    def step(self, features: Tensor, memory: Tensors) -> tuple[Tensor, Tensors]:
        """The next frame [1, 1, 160] of a stream."""
        kept = iter(memory)
        seen = next(kept)
        after = [(seen + 1).clamp(max=self.size.window - 1)]
        x = self.enter((features - self.feature_mean) * self.feature_scale)
        for conv in self.convolutions:
            x, state = cast(ConvBlock, conv).step(x, next(kept))
            after.append(state)
        bias = step_bias(self._distances(x), seen, 1)
        for layer in self.attention:
            x, keys, values = cast(AttentionBlock, layer).step(x, next(kept), next(kept), bias)
            after += [keys, values]
        return cast(Tensor, self.leave(x)), after

    def _distances(self, x: Tensor) -> Tensor:
        biases: Tensor = self.bias(x.new_ones(1, 1))
        return biases


def periodic_bias(heads: int, window: int) -> Tensor:
    """FaceFormer's attention bias (Fan et al., arXiv 2112.05329, eq. 5) by distance: [1, H, W]; a head's slope counts
    whole periods, not frames."""
    periods = torch.arange(window) // PERIOD
    slopes = 2.0 ** (-8.0 / heads * torch.arange(1, heads + 1, dtype=torch.float32))
    return -slopes[None, :, None] * periods


def periodic_positions(width: int) -> Tensor:
    """FaceFormer's periodic positional encoding (eq. 4): [period, width], repeated for ever."""
    position = torch.arange(PERIOD, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    table = torch.zeros(PERIOD, width)
    table[:, 0::2] = torch.sin(position * rate)
    table[:, 1::2] = torch.cos(position * rate[: width // 2])
    return table


class AlignedLayer(AttentionBlock):
    """A transformer decoder's layer: biased causal self-attention, cross-attention to the frames of the memory that
    belong to the pose (:data:`ALIGNED`), feed-forward."""

    def __init__(self, width: int, heads: int, window: int, dropout: float) -> None:
        super().__init__(width, heads, window, dropout)
        self.cross_norm = nn.LayerNorm(width)
        self.cross_query = nn.Linear(width, width)
        self.cross_key_value = nn.Linear(width, 2 * width)
        self.cross_out = nn.Linear(width, width)

    def aligned(self, x: Tensor, bias: Tensor, memory: Tensor) -> Tensor:
        """x and memory: [B, T, W]; bias [B, H, T, T]; the memory's first frame is held before it begins."""
        query, key, value = self.query_key_value(self.norm(x)).chunk(3, dim=2)
        mixed = self._attend(query, key, value, bias)
        held = torch.cat((memory[:, :1].expand(-1, ALIGNED - 1, -1), memory), dim=1)
        return self._rest(x, mixed, self.cross_key_value(held).unfold(1, ALIGNED, 1))

    def aligned_step(self, x: Tensor, keys: Tensor, values: Tensor, bias: Tensor, heard: Tensor) -> tuple[Tensor, ...]:
        """x: [1, 1, W]; caches [1, window - 1, W]; heard [1, ALIGNED, 2 W] of :meth:`hear`."""
        query, key, value = self.query_key_value(self.norm(x)).chunk(3, dim=2)
        keys, values = torch.cat((keys, key), dim=1), torch.cat((values, value), dim=1)
        x = self._rest(x, self._attend(query, keys, values, bias), heard.transpose(1, 2)[:, None])
        return x, keys[:, 1 - self.window :], values[:, 1 - self.window :]

    def hear(self, memory: Tensor) -> Tensor:
        """Memory [..., W] as this layer's cross-attention stores it: [..., 2 W]."""
        heard: Tensor = self.cross_key_value(memory)
        return heard

    def _rest(self, x: Tensor, mixed: Tensor, heard: Tensor) -> Tensor:
        """heard: [B, T, 2 W, ALIGNED]."""
        x = x + F.dropout(self.out(mixed), self.dropout, self.training)
        batch, frames, width = x.shape
        query = self.cross_query(self.cross_norm(x)).view(batch, frames, self.heads, 1, -1)
        key, value = heard.view(batch, frames, 2, self.heads, -1, ALIGNED).unbind(2)
        scores = (query @ key) * (width // self.heads) ** -0.5
        told = (value @ scores.softmax(dim=4).transpose(3, 4)).reshape(batch, frames, width)
        x = x + F.dropout(self.cross_out(told), self.dropout, self.training)
        inner = F.gelu(self.feed_in(self.feed_norm(x)), approximate="tanh")
        return x + F.dropout(self.feed_out(inner), self.dropout, self.training)


class AlignedStack(nn.Module):
    """Layers of :class:`AlignedLayer` with their bias and a memory of the stream."""

    distances: Tensor
    positions: Tensor

    def __init__(self, size: NetworkSize, layers: int, dropout: float) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("distances", periodic_bias(size.heads, size.window), persistent=False)
        self.register_buffer("positions", periodic_positions(size.width), persistent=False)
        self.layers = nn.ModuleList(AlignedLayer(size.width, size.heads, size.window, dropout) for _ in range(layers))
        self.leave = nn.LayerNorm(size.width)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        """[B, T, W] each -> [B, T, W]; positions are added here."""
        frames = x.shape[1]
        x = x + self.positions[torch.arange(frames, device=x.device) % PERIOD]
        bias = clip_bias(self.distances, frames)
        for layer in self.layers:
            x = cast(AlignedLayer, layer).aligned(x, bias, memory)
        return cast(Tensor, self.leave(x))

    def memory(self) -> Tensors:
        """Of a stream that has not begun: how many frames were seen, then keys, values and what was heard, by layer."""
        size, device = self.size, self.distances.device
        empty = torch.zeros(1, size.window - 1, size.width, device=device)
        heard = torch.zeros(1, 0, 2 * size.width, device=device)
        return [torch.zeros(1, 1, device=device), *(t for _ in self.layers for t in (empty, empty, heard))]

    def step(self, x: Tensor, memory: Tensor, state: Tensors) -> tuple[Tensor, Tensors]:
        """The next frame [1, 1, W] of a stream."""
        kept = iter(state)
        seen = next(kept)
        after = [seen + 1]
        x = x + self.positions[int(seen) % PERIOD]
        bias = step_bias(self.distances, seen.clamp(max=self.size.window - 1), 1)
        for module in self.layers:
            layer = cast(AlignedLayer, module)
            keys, values, heard = next(kept), next(kept), next(kept)
            new = layer.hear(memory)
            heard = torch.cat((heard[:, 1:], new), dim=1) if heard.shape[1] else new.expand(-1, ALIGNED, -1)
            x, keys, values = layer.aligned_step(x, keys, values, bias, heard)
            after += [keys, values, heard]
        return cast(Tensor, self.leave(x)), after
