"""Steps one stream of a model: 1/60 s of features in, 185 control-board values out."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from cstalk_live.records import FloatArray

from .bundle import Bundle
from .engine import Engine, chunks, delay_index, warm_up
from .onnx_cpu import OnnxEngine


class Runner(Protocol):
    """One stream of one model, whatever computes it."""

    @property
    def bundle(self) -> Bundle: ...

    @property
    def name(self) -> str:
        """What computes, for people."""
        ...

    def reset(self) -> None:
        """Forget the stream: the next step is the first."""
        ...

    def step(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """Take the next frame.

        Args:
            features: float32 [160].
            emotion: float32 [E + 1], weights 0..1 and the intensity 0..1.
            delay: frames of look-ahead, one of the bundle's delays.

        Returns:
            float32 [185], the pose of the frame ``delay`` frames ago, not clamped. Valid until the next step.

        Raises:
            BundleError: the model is not trained for this delay.
        """
        ...

    def steps(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """Take the next T frames, to catch up: as :meth:`step` would one by one, in less time.

        Args:
            features: float32 [T, 160].
            emotion: float32 [T, E + 1], or [E + 1] for all.

        Returns:
            float32 [T, 185], the caller's own.
        """
        ...


class StreamRunner:
    """A :class:`Runner` on any engine of one slot. Not thread-safe: one thread steps it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.bundle = engine.bundle
        self._delay = np.zeros((1, len(self.bundle.meta.delays)), np.float32)

    @property
    def name(self) -> str:
        """What computes, for people."""
        return self.engine.name

    def reset(self) -> None:
        """See :meth:`Runner.reset`."""
        self.engine.clear()

    def step(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """See :meth:`Runner.step`."""
        controls: FloatArray = self.engine.run(features[None, None], emotion[None, None], self._tell(delay))[0, 0]
        return controls

    def steps(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """See :meth:`Runner.steps`."""
        told = self._tell(delay)
        mood = np.broadcast_to(emotion, (len(features), emotion.shape[-1]))
        poses = np.empty((len(features), len(self.bundle.meta.controls)), np.float32)
        for begin, end in chunks(len(features), self.engine.max_frames):
            poses[begin:end] = self.engine.run(features[None, begin:end], mood[None, begin:end], told)[0]
        return poses

    def _tell(self, delay: int) -> FloatArray:
        index = delay_index(self.bundle.meta, delay)
        self._delay.fill(0.0)
        self._delay[0, index] = 1.0
        return self._delay

    def warm_up(self) -> None:
        """Run on silence until nothing is done for the first time any more, then forget it."""
        warm_up(self.engine)


class OnnxRunner(StreamRunner):
    """ONNX Runtime on one CPU thread."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(OnnxEngine(bundle))
