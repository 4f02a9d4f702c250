"""Runs a bundle one frame at a time: 1/60 s of features in, 185 control-board values out."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from cstalk_live.errors import BundleError
from cstalk_live.records import FloatArray

from .bundle import Bundle

WARM_UP_STEPS = 20
"""Enough for the runtime to have allocated everything it will ever use."""


class Runner(Protocol):
    """One stream of one model, whatever computes it."""

    bundle: Bundle

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
        """
        ...


class OnnxRunner:
    """ONNX Runtime on one CPU thread.

    The stream's memory lives in two sets of arrays; each step reads one and writes the other, so nothing is allocated
    or copied. Not thread-safe: one thread steps it.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        meta = bundle.meta
        self._delay_index = {delay: i for i, delay in enumerate(meta.delays)}
        self._features = np.zeros((1, 1, meta.features), np.float32)
        self._emotion = np.zeros((1, 1, len(meta.emotions) + 1), np.float32)
        self._delay = np.zeros((1, len(meta.delays)), np.float32)
        self._controls = np.zeros((1, 1, len(meta.controls)), np.float32)
        # We own these arrays and bind their addresses: an OrtValue made from an array would alias it silently.
        self._memory = [[np.zeros((1, *s.shape), np.float32) for s in meta.states()] for _ in range(2)]
        self._bindings = [self._bind(read, 1 - read) for read in range(2)]
        self._reads = 0
        self.reset()

    def _bind(self, read: int, write: int) -> Any:
        binding = self.bundle.session.io_binding()

        def bind(put: Any, name: str, array: FloatArray) -> None:
            put(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)

        for name, array in (("features", self._features), ("emotion", self._emotion), ("delay", self._delay)):
            bind(binding.bind_input, name, array)
        bind(binding.bind_output, "controls", self._controls)
        for spec, before, after in zip(self.bundle.meta.states(), self._memory[read], self._memory[write], strict=True):
            bind(binding.bind_input, f"state.{spec.name}", before)
            bind(binding.bind_output, f"next.{spec.name}", after)
        return binding

    def reset(self) -> None:
        """Forget the stream."""
        for array in self._memory[self._reads]:
            array.fill(0.0)

    def step(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """See :meth:`Runner.step`.

        Raises:
            BundleError: the model is not trained for this delay.
        """
        index = self._delay_index.get(delay)
        if index is None:
            raise BundleError(f"delay {delay} is not one of {list(self._delay_index)}", "choose one of these")
        self._features[0, 0] = features
        self._emotion[0, 0] = emotion
        self._delay.fill(0.0)
        self._delay[0, index] = 1.0
        self.bundle.session.run_with_iobinding(self._bindings[self._reads])
        self._reads = 1 - self._reads
        controls: FloatArray = self._controls[0, 0]
        return controls

    def warm_up(self) -> None:
        """Run on silence until nothing is done for the first time any more, then forget it."""
        silence = np.zeros(self._features.shape[2], np.float32)
        mix = np.zeros(self._emotion.shape[2], np.float32)
        for _ in range(WARM_UP_STEPS):
            self.step(silence, mix, self.bundle.meta.delays[0])
        self.reset()
