"""What every compared method can do: turn the features of a clip into board poses, and do so one frame at a time.

*Delayed time*: at step ``k`` a method has heard the features of frames 0..k and answers with the pose of frame
``k - D``. That is how a live stream works, and it makes looking further ahead than ``D`` frames impossible by
construction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from cstalk_live.model.spec import EMOTIONS
from cstalk_live.records import FloatArray

Step = Callable[[FloatArray], FloatArray]
"""One frame of a stream: features [160] -> board [185] of the frame ``D`` frames ago."""


class Method(Protocol):
    """A method that is ready to be scored. All speak neutrally: the measured people read without emotion."""

    @property
    def parameters(self) -> int:
        """Numbers that were fitted."""
        ...

    def predict(self, features: FloatArray) -> FloatArray:
        """Features [n, 160] of a clip -> board [n, 185]; row ``k`` is the pose of frame ``k``."""
        ...

    def stream(self) -> Step | None:
        """A new stream; None where a method must run its window again for each frame."""
        ...


def followed(features: FloatArray, delay: int) -> FloatArray:
    """A clip [n, 160] with ``delay`` frames of its own silence after it, as :func:`..train.predict_clip` plays it."""
    silence = np.full((delay, features.shape[1]), features.min(), np.float32)
    return np.concatenate((features, silence)).astype(np.float32)


def neutral_mix() -> Tensor:
    """float32 [E + 1]: neutral at full intensity."""
    mix = torch.zeros(len(EMOTIONS) + 1)
    mix[0] = mix[-1] = 1.0
    return mix


def count(module: torch.nn.Module) -> int:
    """Trained numbers of a network."""
    return sum(parameter.numel() for parameter in module.parameters())
