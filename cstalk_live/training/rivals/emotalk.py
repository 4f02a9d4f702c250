"""A two-branch network in the manner of EmoTalk (Peng et al., ICCV 2023, arXiv 2303.11089).

As there: what is said and the emotion are encoded apart, joined, and decoded by a transformer with a periodic
positional encoding and biased self-attention, whose cross-attention is guided by the emotion; it is not
autoregressive.

What differs: the content branch is :class:`.transformer.SoundEncoder` over log-mel instead of a pretrained wav2vec
2.0, and hears ``D`` frames ahead instead of the whole sentence; the emotion branch is given the chosen emotion and its
intensity instead of emotional sound, which nobody recorded for this corpus. With that the branches cannot see each
other's input: they are apart by construction, and batches that put random emotions on the same speech do what the
paper's cross-reconstruction of swapped pairs is for, so there is no loss of that name. No embedding of the speaker;
causal self-attention over two seconds; 60 frames a second; the loss is that of our generator.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cstalk_live.model.conv import CausalConv
from cstalk_live.model.spec import EMOTIONS, NetworkSize
from cstalk_live.records import FloatArray
from cstalk_live.training.batches import Batch
from cstalk_live.training.losses import control_weights, generator_loss
from cstalk_live.training.prepare import Statistics

from .method import Step, count, followed, neutral_mix
from .motion_space import MotionSpace
from .transformer import AlignedStack, SoundEncoder, Tensors

EMOTION_KERNEL = 9
"""Frames of the emotion branch's filter: a changed emotion arrives within 150 ms, not with a jump."""


class EmoTalkNet(nn.Module):
    """See the module's text. Time is delayed as in :class:`~cstalk_live.model.network.CSTalkNet`."""

    weights: Tensor

    def __init__(self, statistics: Statistics, size: NetworkSize, delay: int, dropout: float) -> None:
        super().__init__()
        self.delay = delay
        width, layers = size.width, max(1, size.layers // 2)
        self.space = MotionSpace(statistics)
        self.content = SoundEncoder(statistics, size, layers, delay, dropout)
        self.emotion_in = nn.Linear(len(EMOTIONS) + 1, width // 2)
        self.emotion_filter = CausalConv(width // 2, width, EMOTION_KERNEL)
        self.join = nn.Linear(2 * width, width)
        self.decoder = AlignedStack(size, layers, dropout)
        self.to_controls = nn.Linear(width, len(statistics.control_mean))
        self.register_buffer("weights", control_weights(), persistent=False)

    def forward(self, features: Tensor, emotion: Tensor) -> Tensor:
        """[B, T, 160] and [B, T, E + 1] -> board [B, T, 185]; row ``k`` is the pose of frame ``k - D``."""
        feeling = F.gelu(self.emotion_in(emotion), approximate="tanh").transpose(1, 2)
        held = torch.cat((feeling[..., :1].expand(-1, -1, EMOTION_KERNEL - 1), feeling), dim=2)
        felt = self.emotion_filter.conv(held).transpose(1, 2)
        x = self.join(torch.cat((self.content(features), felt), dim=2))
        return self.space.board(self.to_controls(self.decoder(x, felt)).float())

    def loss(self, batch: Batch, _progress: float) -> Tensor:
        """The generator's loss."""
        return generator_loss(self(batch.features, batch.emotion), batch, self.space.scale, self.weights)[0]

    def felt(self, emotion: Tensor) -> Tensor:
        """What the emotion branch says of an emotion that has long been so: [1, 1, E + 1] -> [1, 1, W]."""
        feeling = F.gelu(self.emotion_in(emotion), approximate="tanh").transpose(1, 2)
        steady: Tensor = self.emotion_filter.conv(feeling.expand(-1, -1, EMOTION_KERNEL)).transpose(1, 2)
        return steady


class EmoTalk:
    """The network, speaking neutrally."""

    def __init__(self, net: EmoTalkNet) -> None:
        self.net, self.delay = net, net.delay

    @property
    def parameters(self) -> int:
        """Of the network."""
        return count(self.net)

    def predict(self, features: FloatArray) -> FloatArray:
        """See :class:`.method.Method`."""
        device = self.net.space.mean.device
        x = torch.from_numpy(followed(features, self.delay)).to(device)[None]
        with torch.no_grad():
            board = self.net(x, neutral_mix().to(device).expand(1, x.shape[1], -1))
        return np.asarray(board[0, self.delay :].cpu().numpy(), np.float32)

    def stream(self) -> Step:
        """See :class:`.method.Method`."""
        net = self.net
        sound: Tensors = net.content.memory()
        state: Tensors = net.decoder.memory()
        with torch.no_grad():
            felt = net.felt(neutral_mix()[None, None])

        def step(features: FloatArray) -> FloatArray:
            nonlocal sound, state
            with torch.no_grad():
                content, sound = net.content.step(torch.from_numpy(features)[None, None], sound)
                x, state = net.decoder.step(net.join(torch.cat((content, felt), dim=2)), felt, state)
                return np.asarray(net.space.board(net.to_controls(x))[0, 0].numpy(), np.float32)

        return step
