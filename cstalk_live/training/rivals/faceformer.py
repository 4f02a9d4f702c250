"""An autoregressive transformer in the manner of FaceFormer (Fan et al., CVPR 2022, arXiv 2112.05329).

As there: the motion so far is embedded with a style vector and a periodic positional encoding, passes biased causal
self-attention and cross-attention aligned to the sound, and a linear layer that begins at zero gives the next pose.

What differs: :class:`.transformer.SoundEncoder` over log-mel instead of a pretrained wav2vec 2.0; it hears ``D``
frames ahead, not the whole sentence; the style vector is the chosen emotion instead of the speaker; self-attention
reaches two seconds back instead of to the beginning, so that a stream's memory does not grow; 60 frames a second
instead of 25 or 30; the loss is that of our generator, as for all networks compared. Training forces the teacher, and
then replaces a growing share of the past poses by the network's own (scheduled sampling in parallel passes, Mihaylova
and Martins, arXiv 1906.07651): at 60 frames a second a network that only ever saw true poses learns to repeat the last.
After 150 steps on a small corpus, lip gap and jaw r of a free run on held-out clips are 0.41 and 0.09 with a share that
grows to 0.5 at the very end, 0.59 and 0.65 with 0.9 from half-way on, 0.66 and 0.73 with three such passes (one seed).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from cstalk_live.model.spec import EMOTIONS, NetworkSize
from cstalk_live.records import FloatArray
from cstalk_live.training.batches import Batch
from cstalk_live.training.losses import control_weights, generator_loss
from cstalk_live.training.prepare import Statistics

from .method import Step, count, followed, neutral_mix
from .motion_space import MotionSpace
from .transformer import AlignedStack, SoundEncoder, Tensors

DECODER_LAYERS = 1
"""As in the paper; the other layers of the budget go to the encoder."""


PASSES = 3
"""How often the network's own poses are made again from its own poses: what it trains on is then what a free run of as
many frames gives. Only the decoder runs again, without gradient."""


class FaceFormerNet(nn.Module):
    """See the module's text. Time is delayed as in :class:`~cstalk_live.model.network.CSTalkNet`.

    Args:
        sampling: share of the past poses that are the network's own in the second half of training; it grows to that
            in the first.
    """

    weights: Tensor

    def __init__(self, statistics: Statistics, size: NetworkSize, delay: int, dropout: float, sampling: float) -> None:
        super().__init__()
        self.delay, self.sampling = delay, sampling
        controls = len(statistics.control_mean)
        self.space = MotionSpace(statistics)
        self.encoder = SoundEncoder(statistics, size, max(1, size.layers - DECODER_LAYERS), delay, dropout)
        self.embed = nn.Linear(controls, size.width)
        self.style = nn.Linear(len(EMOTIONS) + 1, size.width, bias=False)
        self.decoder = AlignedStack(size, DECODER_LAYERS, dropout)
        self.to_controls = nn.Linear(size.width, controls)
        nn.init.zeros_(self.to_controls.weight)
        nn.init.zeros_(self.to_controls.bias)
        self.register_buffer("weights", control_weights(), persistent=False)

    def forward(self, heard: Tensor, emotion: Tensor, past: Tensor) -> Tensor:
        """All frames at once, given the poses before each.

        Args:
            heard: [B, T, W] of the encoder.
            emotion: [B, T, E + 1].
            past: [B, T, 185] in spreads; row ``k`` is the pose of row ``k - 1``, zeros at a beginning.

        Returns:
            [B, T, 185] in spreads.
        """
        x = self.embed(past) + self.style(emotion)
        return self._pose(self.decoder(x, heard))

    def loss(self, batch: Batch, progress: float) -> Tensor:
        """The generator's loss under teacher forcing with scheduled sampling; ``progress`` is 0..1 of the training."""
        heard = self.encoder(batch.features)
        past = later(self.space.normal(batch.target) * batch.known[..., None])
        share = self.sampling * min(1.0, 2.0 * progress)
        if share > 0:
            chosen = (torch.rand(past.shape[:2]) < share).to(past.device)[..., None]
            true = past
            with torch.no_grad():
                for _ in range(PASSES):
                    own = later(self(heard, batch.emotion, past).float() * batch.known[..., None])
                    past = torch.where(chosen, own, true)
        predicted = self.space.board(self(heard, batch.emotion, past).float())
        return generator_loss(predicted, batch, self.space.scale, self.weights)[0]

    def step(self, heard: Tensor, emotion: Tensor, past: Tensor, state: Tensors) -> tuple[Tensor, Tensors]:
        """:meth:`forward` for the next frame [1, 1, ...] of a stream; ``state`` as ``decoder.memory()`` gives."""
        x = self.embed(past) + self.style(emotion)
        x, state = self.decoder.step(x, heard, state)
        return self._pose(x), state

    def _pose(self, x: Tensor) -> Tensor:
        """Controls in spreads; those that never move are 0 in every past that is trained on, and stay so."""
        y: Tensor = self.to_controls(x) * (self.space.scale > 0)
        return y


def later(poses: Tensor) -> Tensor:
    """[B, T, C] one frame later, zeros first."""
    return torch.cat((torch.zeros_like(poses[:, :1]), poses[:, :-1]), dim=1)


class FaceFormer:
    """Runs freely: each pose follows from the poses it gave before."""

    def __init__(self, net: FaceFormerNet) -> None:
        self.net, self.delay = net, net.delay

    @property
    def parameters(self) -> int:
        """Of the network."""
        return count(self.net)

    def predict(self, features: FloatArray) -> FloatArray:
        """See :class:`.method.Method`. The sound is encoded at once; the decoder goes on frame by frame with the keys
        and values of the frames before."""
        heard, emotion = self._heard(features)
        with torch.no_grad():
            poses = []
            past, state = torch.zeros(1, 1, len(self.net.space.mean), device=heard.device), self.net.decoder.memory()
            for k in range(heard.shape[1]):
                y, state = self.net.step(heard[:, k : k + 1], emotion, past, state)
                if k >= self.delay:
                    past = y
                    poses.append(y[0])
            return np.asarray(self.net.space.board(torch.cat(poses)).cpu().numpy(), np.float32)

    def predict_without_cache(self, features: FloatArray) -> FloatArray:
        """What :meth:`predict` gives, from the whole past again for every frame: slow, to check it by."""
        heard, emotion = self._heard(features)
        with torch.no_grad():
            past = torch.zeros(1, 1, len(self.net.space.mean), device=heard.device)
            for k in range(heard.shape[1]):
                y = self.net(heard[:, : k + 1], emotion.expand(1, k + 1, -1), past)[:, -1:]
                past = torch.cat((past, y if k >= self.delay else torch.zeros_like(y)), dim=1)
            return np.asarray(self.net.space.board(past[0, self.delay + 1 :]).cpu().numpy(), np.float32)

    def stream(self) -> Step:
        """See :class:`.method.Method`."""
        net, emotion = self.net, neutral_mix()[None, None]
        sound, state = net.encoder.memory(), net.decoder.memory()
        past, frame = torch.zeros(1, 1, len(net.space.mean)), 0

        def step(features: FloatArray) -> FloatArray:
            nonlocal sound, state, past, frame
            with torch.no_grad():
                heard, sound = net.encoder.step(torch.from_numpy(features)[None, None], sound)
                y, state = net.step(heard, emotion, past, state)
                if frame >= self.delay:
                    past = y
                frame += 1
                return np.asarray(net.space.board(y)[0, 0].numpy(), np.float32)

        return step

    def _heard(self, features: FloatArray) -> tuple[Tensor, Tensor]:
        device = self.net.space.mean.device
        with torch.no_grad():
            x = torch.from_numpy(followed(features, self.delay)).to(device)
            return self.net.encoder(x[None]), neutral_mix()[None, None].to(device)
