"""What the student should hear: the recogniser's middle layer, said back from the student's own.

The tracked motion of few people teaches a network their voices by heart. Asked at the same time to say, for every
voice in the corpus, what a recogniser of many voices makes of the sound (the present delay's frame of it), the student
has to keep what is common to voices. Feature distillation as in FitNets (Romero et al., arXiv 1412.6550); the head is
thrown away after training.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batches import Batch


class Echo(nn.Module):
    """Reads the recogniser's components from the student's hidden frames.

    Args:
        width: of the student.
        components: to be said back.
    """

    def __init__(self, width: int, components: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, 2 * width)
        self.out = nn.Linear(2 * width, components)

    def forward(self, hidden: Tensor) -> Tensor:
        """[B, T, width] -> [B, T, K]."""
        said: Tensor = self.out(F.gelu(self.inner(self.norm(hidden)), approximate="tanh"))
        return said


def echo_loss(said: Tensor, batch: Batch) -> Tensor:
    """Mean squared error over frames in which the recogniser heard something; about 1 for saying nothing."""
    error = (said - batch.heard).square().mean(dim=2)
    return torch.as_tensor((error * batch.heard_known).sum() / batch.heard_known.sum().clamp_min(1.0))
