"""A viseme classifier with a table of poses, as most lip-sync tools are built.

A causal temporal convolutional network (Bai et al., arXiv 1803.01271) says for each frame which viseme is spoken; the
pose is the table's mean pose of each viseme weighted by its probability, smoothed by a triangle of five frames. Half
of the look-ahead goes to the classifier and half to the smoothing, so that the mouth is not late.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cstalk_live.model.conv import DecoderBlock
from cstalk_live.records import FloatArray
from cstalk_live.training.prepare import Statistics

from .method import Step, count, followed
from .visemes import VISEMES

DILATIONS = (1, 2, 4, 8, 16)


class VisemeNet(nn.Module):
    """Log-mel -> scores of the visemes, ``ahead`` frames late."""

    feature_mean: Tensor
    feature_scale: Tensor

    def __init__(self, statistics: Statistics, width: int, dropout: float, ahead: int) -> None:
        super().__init__()
        self.ahead, self.dropout = ahead, dropout
        self.register_buffer("feature_mean", statistics.feature_mean.clone())
        self.register_buffer("feature_scale", statistics.feature_scale.clone())
        self.enter = nn.Linear(len(statistics.feature_mean), width)
        self.blocks = nn.ModuleList(DecoderBlock(width, dilation) for dilation in DILATIONS)
        self.leave = nn.Linear(width, len(VISEMES))

    def forward(self, features: Tensor) -> Tensor:
        """[B, T, 160] -> [B, T, 15]; row ``k`` is of frame ``k - ahead``."""
        x = self.enter((features - self.feature_mean) * self.feature_scale).transpose(1, 2)
        for block in self.blocks:
            x = F.dropout(block(x), self.dropout, self.training)
        return self._scores(x)

    def step(self, features: Tensor, past: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """The next frames of a stream; ``past`` as :meth:`memory` gives."""
        x = self.enter((features - self.feature_mean) * self.feature_scale).transpose(1, 2)
        after = []
        for block, before in zip(self.blocks, past, strict=True):
            assert isinstance(block, DecoderBlock)
            x, kept = block.step(x, before)
            after.append(kept)
        return self._scores(x), after

    def memory(self) -> list[Tensor]:
        """Of a stream that has not begun."""
        width = self.enter.out_features
        return [torch.zeros(1, width, 2 * d, device=self.feature_mean.device) for d in DILATIONS]

    def _scores(self, x: Tensor) -> Tensor:
        y: Tensor = self.leave(F.gelu(x.transpose(1, 2), approximate="tanh"))
        return y

    def loss(self, batch: tuple[Tensor, Tensor], _progress: float) -> Tensor:
        """Cross entropy of a batch of :class:`.visemes.LabelMixer`."""
        features, labels = batch
        scores = self(features)[:, self.ahead :].float()
        return F.cross_entropy(scores.flatten(0, 1), labels[:, : scores.shape[1]].flatten())


class VisemeTable:
    """See the module's text.

    Args:
        poses: float32 [15, 185].
    """

    def __init__(self, net: VisemeNet, poses: FloatArray, delay: int) -> None:
        self.net, self.delay, self._poses = net, delay, poses
        rise = delay - net.ahead + 1
        triangle = np.concatenate((np.arange(1, rise), np.arange(rise, 0, -1)))
        self._taps = (triangle / triangle.sum()).astype(np.float32)

    @property
    def parameters(self) -> int:
        """Of the classifier and the table."""
        return count(self.net) + self._poses.size

    def predict(self, features: FloatArray) -> FloatArray:
        """See :class:`.method.Method`."""
        x = torch.from_numpy(followed(features, self.delay)).to(self.net.feature_mean.device)
        with torch.no_grad():
            weights = self.net(x[None])[0].softmax(1).cpu().numpy()
        weights = np.concatenate((np.repeat(weights[:1], len(self._taps) - 1, axis=0), weights))
        smooth = np.stack([np.convolve(w, self._taps, mode="valid") for w in weights.T], axis=1)
        return np.asarray(smooth[self.delay :] @ self._poses, np.float32)

    def stream(self) -> Step:
        """See :class:`.method.Method`."""
        memory = self.net.memory()
        recent: FloatArray = np.zeros((0, len(VISEMES)), np.float32)

        def step(features: FloatArray) -> FloatArray:
            nonlocal memory, recent
            with torch.no_grad():
                scores, memory = self.net.step(torch.from_numpy(features)[None, None], memory)
            weight = scores[0].softmax(1).numpy()
            recent = np.concatenate((recent[1:], weight)) if len(recent) else np.repeat(weight, len(self._taps), axis=0)
            return np.asarray(self._taps @ recent @ self._poses, np.float32)

        return step
