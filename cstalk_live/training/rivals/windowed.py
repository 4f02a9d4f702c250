"""Methods that look at the last few frames of sound and remember nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

import numpy as np

from cstalk_live.records import FloatArray

from .method import Step, followed


class Windowed(ABC):
    """A pose from the newest ``frames`` frames of features; the first frame is held before a stream begins."""

    def __init__(self, delay: int, frames: int) -> None:
        self.delay, self.frames = delay, frames

    @abstractmethod
    def poses(self, features: FloatArray) -> FloatArray:
        """Features [frames - 1 + n, 160] -> board [n, 185], row ``i`` from features ``i .. i + frames - 1``."""

    def predict(self, features: FloatArray) -> FloatArray:
        """See :class:`.method.Method`."""
        heard = followed(features, self.delay)
        return self.poses(np.concatenate((np.repeat(heard[:1], self.frames - 1, axis=0), heard)))[self.delay :]

    def stream(self) -> Step:
        """See :class:`.method.Method`."""
        memory: deque[FloatArray] = deque(maxlen=self.frames)

        def step(features: FloatArray) -> FloatArray:
            memory.extend([features] * (1 if memory else self.frames))
            pose: FloatArray = self.poses(np.stack(memory))[0]
            return pose

        return step
