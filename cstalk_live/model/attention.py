"""Attention over the last two seconds, with a rolling cache of keys and values.

Positions are distances into the past, never absolute times: nothing grows with the length of the stream, and the
same numbers come out of a clip and of a stream. The position term is a learned bias per head and distance (Shaw et
al., arXiv 1803.02155; started from the slopes of Press et al., arXiv 2108.12409), mixed by the delay so that a head
can look exactly ``delay`` frames back, where the pose to be predicted is.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MASKED = -1e4
"""Added to scores that must not count: exp(-1e4) is exactly 0 in float32, and the sum stays finite."""


class DistanceBias(nn.Module):
    """Score offsets [B, H, W] for the distances 0..W-1 at a given delay."""

    def __init__(self, delays: tuple[int, ...], heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.window = heads, window
        distance = torch.arange(window, dtype=torch.float32)
        slopes = 2.0 ** (-torch.arange(1, heads + 1, dtype=torch.float32) * (8.0 / heads))
        start = [-slopes[:, None] * (distance - delay).abs() for delay in delays]
        self.table = nn.Parameter(torch.stack([s.flatten() for s in start]))

    def forward(self, delay: Tensor) -> Tensor:
        """delay: [B, delays], one-hot. Returns [B, H, W], element w for the frame w frames ago."""
        return (delay @ self.table).view(-1, self.heads, self.window)


def clip_bias(bias: Tensor, frames: int) -> Tensor:
    """Spread distances over a clip: [B, H, W] -> [B, H, T, T], masked outside the causal window."""
    window = bias.shape[2]
    position = torch.arange(frames, device=bias.device)
    distance = position[:, None] - position[None, :]
    spread = bias[:, :, distance.clamp(0, window - 1)]
    return spread.masked_fill((distance < 0) | (distance >= window), MASKED)


def step_bias(bias: Tensor, seen: Tensor, frames: int) -> Tensor:
    """Spread distances over cache and new frames: [B, H, W] -> [B, H, T, W - 1 + T].

    Args:
        seen: float32 [B, 1], how many cached frames hold sound (0..W-1); the others are masked.
    """
    window = bias.shape[2]
    query = torch.arange(frames, device=bias.device) + window - 1
    key = torch.arange(window - 1 + frames, device=bias.device)
    distance = query[:, None] - key[None, :]
    spread = bias[:, :, distance.clamp(0, window - 1)]
    outside = ((distance < 0) | (distance >= window)).to(bias.dtype) * MASKED
    unseen = (key[None, :] < (window - 1) - seen).to(bias.dtype) * MASKED
    return spread + outside + unseen[:, None, None, :]


class AttentionBlock(nn.Module):
    """Pre-norm transformer layer (Xiong et al., arXiv 2002.04745)."""

    def __init__(self, width: int, heads: int, window: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads, self.window, self.dropout = heads, window, dropout
        self.norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed_in = nn.Linear(width, 4 * width)
        self.feed_out = nn.Linear(4 * width, width)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x: [B, T, D]; bias: [B, H, T, T] of :func:`clip_bias`."""
        query, key, value = self.query_key_value(self.norm(x)).chunk(3, dim=2)
        return self._finish(x, self._attend(query, key, value, bias))

    def step(self, x: Tensor, keys: Tensor, values: Tensor, bias: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x: [B, T, D]; caches [B, W - 1, D]; bias of :func:`step_bias`. Returns x and the next caches."""
        query, key, value = self.query_key_value(self.norm(x)).chunk(3, dim=2)
        keys, values = torch.cat((keys, key), dim=1), torch.cat((values, value), dim=1)
        x = self._finish(x, self._attend(query, keys, values, bias))
        return x, keys[:, 1 - self.window :], values[:, 1 - self.window :]

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
        batch, frames, width = query.shape
        query, key, value = (
            t.view(batch, -1, self.heads, width // self.heads).transpose(1, 2) for t in (query, key, value)
        )
        scores = query @ key.transpose(2, 3) * (width // self.heads) ** -0.5 + bias
        mixed = F.dropout(scores.softmax(dim=3), self.dropout, self.training) @ value
        return mixed.transpose(1, 2).reshape(batch, frames, width)

    def _finish(self, x: Tensor, mixed: Tensor) -> Tensor:
        x = x + F.dropout(self.out(mixed), self.dropout, self.training)
        inner = F.gelu(self.feed_in(self.feed_norm(x)), approximate="tanh")
        return x + F.dropout(self.feed_out(inner), self.dropout, self.training)
