"""Controls in units of their spread, as the networks handle them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cstalk_live.training.prepare import Statistics


class MotionSpace(nn.Module):
    """Board <-> deviations from the mean pose in spreads of a control; controls that never move stay at 0."""

    mean: Tensor
    scale: Tensor

    def __init__(self, statistics: Statistics) -> None:
        super().__init__()
        self.register_buffer("mean", statistics.control_mean.clone())
        self.register_buffer("scale", statistics.control_scale.clone())

    def normal(self, board: Tensor) -> Tensor:
        """[..., 185] -> [..., 185]."""
        inverse = torch.where(self.scale > 0, 1.0 / self.scale.clamp_min(1e-6), torch.zeros_like(self.scale))
        return (board - self.mean) * inverse

    def board(self, normal: Tensor) -> Tensor:
        """The inverse of :meth:`normal`."""
        return normal * self.scale + self.mean
