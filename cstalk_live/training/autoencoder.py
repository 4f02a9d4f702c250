"""The motion autoencoder: control sequence -> latent motion code -> the generator's own decoder -> control sequence.

As in CSTalk (arXiv 2404.18604) the decoder learns what face motion looks like before it hears any sound. It is not a
copy that is loaded later: the autoencoder borrows the decoder of the very :class:`CSTalkNet` that will be trained, so
the generator begins with it, and afterwards only the encoder is thrown away.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cstalk_live.model.network import CSTalkNet

from .batches import Batch, Mixer
from .losses import control_weights, generator_loss
from .settings import AutoencoderRecipe

SHRINK = 1e-3
"""Weight of the mean square of the latent code: keeps it of the size of the noise it must withstand."""


class MotionEncoder(nn.Module):
    """Three convolutions that see 100 ms on either side. It may look ahead: it never runs live, and the code of a
    frame may announce the next ones, as the generator's does when it is allowed to listen ahead."""

    def __init__(self, controls: int, width: int, latent: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(controls, width, 5, padding=2)
        self.second = nn.Conv1d(width, width, 5, padding=2)
        self.third = nn.Conv1d(width, latent, 5, padding=2)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, C] -> [B, T, latent]."""
        y = F.gelu(self.first(x.transpose(1, 2)), approximate="tanh")
        y = y + F.gelu(self.second(y), approximate="tanh")
        z: Tensor = self.third(y)
        return z.transpose(1, 2)


class MotionAutoencoder(nn.Module):
    """An encoder before the decoder of ``net``, whose statistics of the controls it shares.

    ``parameters()`` are those of the encoder and of the decoder, not of the rest of the generator.
    """

    def __init__(self, net: CSTalkNet) -> None:
        super().__init__()
        size = net.spec.size
        self.encoder = MotionEncoder(len(net.spec.controls), size.decoder_width, size.latent)
        # In a list, so that the generator is not taken for a part of this module.
        self._net = [net]
        self.decoder = nn.ModuleList([net.from_latent, net.decoder, net.to_controls])

    def encode(self, board: Tensor) -> Tensor:
        """Controls [B, T, 185] -> latent code [B, T, latent]."""
        net = self._net[0]
        scale = torch.where(net.control_scale > 0, 1.0 / net.control_scale.clamp_min(1e-6), torch.zeros(()))
        z: Tensor = self.encoder((board - net.control_mean) * scale)
        return z

    def forward(self, board: Tensor, noise: float = 0.0) -> tuple[Tensor, Tensor]:
        """Controls [B, T, 185] -> the controls rebuilt from a code with that much noise on it, and the clean code."""
        latent = self.encode(board)
        return self._net[0].decode(latent + noise * torch.randn_like(latent)), latent


def fit_autoencoder(
    net: CSTalkNet, mixer: Mixer, recipe: AutoencoderRecipe, seed: int, report: Callable[[int, float], None]
) -> MotionAutoencoder:
    """Train ``net``'s decoder, behind an encoder, to rebuild all motion that the generator will be asked for.

    The loss is the generator's own. Noise on the code makes the decoder forgive a generator that hits it roughly.

    Args:
        report: called with step and loss after each step.
    """
    device = net.control_mean.device
    torch.manual_seed(seed)
    model = MotionAutoencoder(net).to(device).train()
    weights = control_weights().to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
    for step in range(recipe.steps):
        fall = 0.5 + 0.5 * math.cos(math.pi * step / recipe.steps)
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * min(1.0, (step + 1) / 50) * (0.02 + 0.98 * fall)
        torch.manual_seed(seed * 1_000_003 + 700_000 + step)
        batch: Batch = mixer.motion(np.random.default_rng((seed, 2, step))).to(device)
        rebuilt, latent = model(batch.target, recipe.noise)
        loss = generator_loss(rebuilt, batch, net.control_scale, weights)[0] + SHRINK * latent.square().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        report(step + 1, float(loss.detach()))
    return model.eval()
