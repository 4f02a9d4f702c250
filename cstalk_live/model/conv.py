"""Causal convolutions whose memory is the last few input frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class CausalConv(nn.Module):
    """A 1-D convolution that sees only the past.

    ``forward`` runs a whole clip with silence before it; ``step`` runs the next frames and returns the context the
    one after needs, ``dilation * (kernel - 1)`` frames. Both compute the same sums.
    """

    def __init__(self, channels_in: int, channels_out: int, kernel: int, dilation: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.context = dilation * (kernel - 1)
        self.conv = nn.Conv1d(channels_in, channels_out, kernel, dilation=dilation, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, T] -> [B, C', T]."""
        y: Tensor = self.conv(F.pad(x, (self.context, 0)))
        return y

    def step(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """[B, C, T] and the past [B, C, context] -> [B, C', T] and the next past."""
        joined = torch.cat((past, x), dim=2)
        y: Tensor = self.conv(joined)
        return y, joined[:, :, -self.context :]


class ConvBlock(nn.Module):
    """Depthwise-separable residual block: frames mix in the depthwise filter, channels in the pointwise one."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.depthwise = CausalConv(width, width, kernel, groups=width)
        self.pointwise = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, W] -> [B, T, W]."""
        return x + self._mix(self.depthwise(self._channels_first(x)))

    def step(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """[B, T, W] and past [B, W, context] -> [B, T, W] and the next past."""
        y, past = self.depthwise.step(self._channels_first(x), past)
        return x + self._mix(y), past

    def _channels_first(self, x: Tensor) -> Tensor:
        y: Tensor = self.norm(x)
        return y.transpose(1, 2)

    def _mix(self, y: Tensor) -> Tensor:
        z: Tensor = self.pointwise(F.gelu(y.transpose(1, 2), approximate="tanh"))
        return z


class DecoderBlock(nn.Module):
    """Residual block of the motion decoder: a dilated causal filter of three taps (a temporal convolutional network,
    Bai et al., arXiv 1803.01271)."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv = CausalConv(width, width, 3, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        """[B, W, T] -> [B, W, T]."""
        y: Tensor = self.conv(F.gelu(x, approximate="tanh"))
        return x + y

    def step(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """[B, W, T] and past [B, W, 2 dilation] -> [B, W, T] and the next past."""
        y, past = self.conv.step(F.gelu(x, approximate="tanh"), past)
        return x + y, past
