"""ONNX Runtime on one CPU thread: the default engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cstalk_live.records import FloatArray

from .bundle import Bundle
from .engine import MAX_FRAMES, Moving, State, check_slots, empty_state


@dataclass(frozen=True, slots=True)
class _Step:
    """Arrays and bindings of steps of one size."""

    features: FloatArray
    emotion: FloatArray
    controls: FloatArray
    bindings: tuple[Any, Any]
    """Reading either half of the memory and writing the other."""
    alone: tuple[tuple[Any, Any], ...]
    """The same for each slot by itself."""


class OnnxEngine:
    """See :class:`Engine`.

    The memory lives in two sets of arrays; each step reads one and writes the other, so a step of all slots allocates
    and copies nothing. Where at most half of the slots move, each steps alone: eight slots cost 0.5 of a lone step
    each. One session serves steps of every size: sessions of fixed size were no faster.
    """

    def __init__(self, bundle: Bundle, slots: int = 1) -> None:
        check_slots(bundle, slots)
        self.bundle = bundle
        self.slots = slots
        self.max_frames = MAX_FRAMES if bundle.flexible else 1
        self.name = "ONNX Runtime on cpu"
        meta = bundle.meta
        self._delay = np.zeros((slots, len(meta.delays)), np.float32)
        # We own these arrays and bind their addresses: an OrtValue made from an array would alias it silently.
        self._memory = [empty_state(meta, slots) for _ in range(2)]
        widths = (meta.features, len(meta.emotions) + 1, len(meta.controls))
        self._rows = [np.zeros(slots * self.max_frames * width, np.float32) for width in widths]
        self._steps = {frames: self._step(frames, widths) for frames in range(1, self.max_frames + 1)}
        self._reads = 0

    def _step(self, frames: int, widths: tuple[int, int, int]) -> _Step:
        features, emotion, controls = (
            rows[: self.slots * frames * width].reshape(self.slots, frames, width)
            for rows, width in zip(self._rows, widths, strict=True)
        )
        whole = slice(0, self.slots)
        bindings, *alone = (
            tuple(self._bind(features[rows], emotion[rows], controls[rows], rows, read) for read in range(2))
            for rows in (whole, *(slice(slot, slot + 1) for slot in range(self.slots if self.slots > 1 else 0)))
        )
        return _Step(features, emotion, controls, (bindings[0], bindings[1]), tuple((one[0], one[1]) for one in alone))

    def _bind(self, features: FloatArray, emotion: FloatArray, controls: FloatArray, rows: slice, read: int) -> Any:
        """Steps of these slots, whose rows are contiguous in every array."""
        binding = self.bundle.session.io_binding()

        def bind(put: Any, name: str, array: FloatArray) -> None:
            put(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)

        for name, array in (("features", features), ("emotion", emotion), ("delay", self._delay[rows])):
            bind(binding.bind_input, name, array)
        bind(binding.bind_output, "controls", controls)
        for name, before in self._memory[read].items():
            bind(binding.bind_input, f"state.{name}", before[rows])
            bind(binding.bind_output, f"next.{name}", self._memory[1 - read][name][rows])
        return binding

    def run(
        self, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None = None
    ) -> FloatArray:
        """See :meth:`Engine.run`."""
        step = self._steps[features.shape[1]]
        step.features[...] = features
        step.emotion[...] = emotion
        self._delay[...] = delay
        if moving is not None and 2 * np.count_nonzero(moving) <= self.slots:
            for slot in np.flatnonzero(moving).tolist():
                self.bundle.session.run_with_iobinding(step.alone[slot][self._reads])
                self._copy_slot(slot, 1 - self._reads, self._reads)
            return step.controls
        self.bundle.session.run_with_iobinding(step.bindings[self._reads])
        if moving is not None:
            for slot in np.flatnonzero(~moving).tolist():
                self._copy_slot(slot, self._reads, 1 - self._reads)
        self._reads = 1 - self._reads
        return step.controls

    def _copy_slot(self, slot: int, source: int, target: int) -> None:
        """One stream's memory from one half to the other: 0.74 MB."""
        for name, array in self._memory[source].items():
            self._memory[target][name][slot] = array[slot]

    def read(self, into: State) -> None:
        """See :meth:`Engine.read`."""
        for name, array in self._memory[self._reads].items():
            np.copyto(into[name], array)

    def write(self, state: State) -> None:
        """See :meth:`Engine.write`."""
        for name, array in self._memory[self._reads].items():
            np.copyto(array, state[name])

    def clear(self, slot: int | None = None) -> None:
        """See :meth:`Engine.clear`."""
        for array in self._memory[self._reads].values():
            array[slice(None) if slot is None else slot] = 0.0
