"""PyTorch, on the CPU or a CUDA GPU, where a captured graph replays the step.

The GPU half is not yet run on a GPU: written against the documented interface (pytorch.org, "CUDA semantics: CUDA
graphs"): warm-up on a side stream, capture, then copies into the captured tensors and a replay. On the CPU PyTorch
takes two to five times as long as ONNX Runtime, for it is called operation by operation; it is the reference there.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from cstalk_live.errors import EngineError
from cstalk_live.records import FloatArray

from .bundle import Bundle
from .engine import MAX_FRAMES, State, check_slots
from .network import CSTalkNet
from .weights import network_of

_WARM_UP = 3
"""Runs before a capture, as PyTorch's documentation has it."""


class TorchEngine:
    """See :class:`Engine`.

    Args:
        device: ``cpu`` or ``cuda:N``.

    Raises:
        BundleError: the bundle holds no float weights.
        EngineError: there is no such device.
    """

    def __init__(self, bundle: Bundle, device: str = "cpu", slots: int = 1) -> None:
        check_slots(bundle, slots)
        on_gpu = device != "cpu"
        if on_gpu and not torch.cuda.is_available():
            raise EngineError(f"PyTorch finds no CUDA GPU for {device}", "see 'nvidia-smi'")
        if on_gpu and torch.device(device).index not in range(torch.cuda.device_count()):
            raise EngineError(f"there is no {device}", f"this machine has {torch.cuda.device_count()} GPUs")
        self.bundle = bundle
        self.slots = slots
        self.max_frames = 1 if on_gpu else MAX_FRAMES
        self.name = f"PyTorch on {device}"
        self._net = network_of(bundle).to(device)
        for parameter in self._net.parameters():
            parameter.requires_grad_(False)
        self._state = self._net.init_state(slots)
        if on_gpu:
            torch.backends.cudnn.allow_tf32 = False  # TF32 would cost three digits
            self._replay: _Replay | None = _Replay(self._net, self._state, slots, device)
        else:
            torch.set_num_threads(1)  # a second thread does not pay for steps this small
            self._replay = None

    def run(self, features: FloatArray, emotion: FloatArray, delay: FloatArray) -> FloatArray:
        """See :meth:`Engine.run`."""
        if self._replay is not None:
            return self._replay.run(features, emotion, delay)
        with torch.no_grad():
            heard, mood, told = (torch.from_numpy(array.copy()) for array in (features, emotion, delay))
            controls, after = self._net.step(heard, mood, told, self._state)
            _keep(self._state, after)
        poses: FloatArray = controls.numpy()
        return poses

    def read(self, into: State) -> None:
        """See :meth:`Engine.read`."""
        with self._stream():
            for name, tensor in self._state.items():
                torch.from_numpy(into[name]).copy_(tensor)

    def write(self, state: State) -> None:
        """See :meth:`Engine.write`."""
        with self._stream():
            for name, tensor in self._state.items():
                tensor.copy_(torch.from_numpy(state[name]))

    def clear(self, slot: int | None = None) -> None:
        """See :meth:`Engine.clear`."""
        with self._stream():
            for tensor in self._state.values():
                (tensor if slot is None else tensor[slot]).zero_()

    def _stream(self) -> AbstractContextManager[Any]:
        """Where steps run, so that what is done to the memory keeps its place among them."""
        return nullcontext() if self._replay is None else torch.cuda.stream(self._replay.stream)


class _Replay:
    """One frame's step, captured. The memory is overwritten in place, so one capture serves every step."""

    def __init__(self, net: CSTalkNet, state: Any, slots: int, device: str) -> None:
        spec = net.spec
        sizes = ((slots, 1, spec.features), (slots, 1, len(spec.emotions) + 1), (slots, len(spec.delays)))
        self._inputs = [torch.zeros(size, device=device) for size in sizes]
        self._host_inputs = [torch.zeros(size).pin_memory() for size in sizes]
        self._controls = torch.zeros(slots, 1, len(spec.controls), device=device)
        self._host_controls = torch.zeros(slots, 1, len(spec.controls)).pin_memory()
        self.stream: Any = torch.cuda.Stream(device=device)  # type: ignore[no-untyped-call]

        def step() -> None:
            features, emotion, delay = self._inputs
            controls, after = net.step(features, emotion, delay, state)
            self._controls.copy_(controls)
            _keep(state, after)

        self.stream.wait_stream(torch.cuda.current_stream(torch.device(device)))
        self._graph: Any = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.device(device):
            with torch.cuda.stream(self.stream):
                for _ in range(_WARM_UP):
                    step()
            self.stream.synchronize()
            with torch.cuda.graph(self._graph, stream=self.stream):
                step()

    def run(self, features: FloatArray, emotion: FloatArray, delay: FloatArray) -> FloatArray:
        with torch.cuda.stream(self.stream):
            for given, host, tensor in zip((features, emotion, delay), self._host_inputs, self._inputs, strict=True):
                host.numpy()[...] = given
                tensor.copy_(host, non_blocking=True)
            self._graph.replay()
            self._host_controls.copy_(self._controls, non_blocking=True)
        self.stream.synchronize()
        poses: FloatArray = self._host_controls.numpy()
        return poses


def _keep(state: Any, after: dict[str, Tensor]) -> None:
    """The memory after a step takes the place of the one before, in the same tensors."""
    for name, tensor in state.items():
        tensor.copy_(after[name])
