"""PyTorch, on the CPU or a CUDA GPU, where a captured graph replays the step.

The GPU half is not yet run on a GPU: written against the documented interface (pytorch.org, "CUDA semantics: CUDA
graphs"): warm-up on a side stream, capture, then copies into the captured tensors and a replay. On the CPU PyTorch
takes two to five times as long as ONNX Runtime, for it is called operation by operation; it is the reference there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from cstalk_live.errors import EngineError
from cstalk_live.records import FloatArray

from .bundle import Bundle
from .engine import MAX_FRAMES, Moving, State, check_slots
from .network import CSTalkNet
from .weights import network_of

Memory: TypeAlias = "OrderedDict[str, Tensor]"
"""The streams' memory on the device, by name."""

_WARM_UP = 3
"""Runs before a capture, as PyTorch's documentation has it."""


class TorchEngine:
    """See :class:`Engine`.

    Args:
        device: ``cpu`` or ``cuda:N``.
        stream: of the GPU; made for the device if left out.

    Raises:
        BundleError: the bundle holds no float weights.
        EngineError: there is no such device.
    """

    def __init__(self, bundle: Bundle, device: str = "cpu", slots: int = 1, stream: CudaStream | None = None) -> None:
        check_slots(bundle, slots)
        if device != "cpu":
            _check_gpu(device)
            stream = CudaStream(device)
            torch.backends.cudnn.allow_tf32 = False  # TF32 would cost three digits
        else:
            torch.set_num_threads(1)  # a second thread does not pay for steps this small
        self.bundle = bundle
        self.slots = slots
        self.max_frames = MAX_FRAMES if stream is None else 1
        self.name = f"PyTorch on {device}"
        self._net = network_of(bundle).to(device).requires_grad_(False)
        self._state = self._net.init_state(slots)
        self._replay = None if stream is None else Replay(self._net, self._state, slots, stream)
        self.clear()  # warming up for the capture has left its trace

    def run(
        self, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None = None
    ) -> FloatArray:
        """See :meth:`Engine.run`."""
        if self._replay is not None:
            return self._replay.run(features, emotion, delay, moving)
        with torch.no_grad():
            heard, mood, told = (torch.from_numpy(array.copy()) for array in (features, emotion, delay))
            controls, after = self._net.step(heard, mood, told, self._state)
            _keep(self._state, after, None if moving is None else torch.from_numpy(moving))
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
        return nullcontext() if self._replay is None else self._replay.stream.use()


class CudaStream:
    """A GPU's side stream, on which a step is captured and replayed."""

    def __init__(self, device: str) -> None:
        self._device = torch.device(device)
        self._stream: Any = torch.cuda.Stream(device=self._device)  # type: ignore[no-untyped-call]

    def host(self, *size: int) -> Tensor:
        """Zeros in pinned memory, which the GPU copies from and to by itself."""
        return torch.zeros(size, pin_memory=True)

    def use(self) -> AbstractContextManager[Any]:
        """What is done inside runs on the stream, in order."""
        return torch.cuda.stream(self._stream)

    def capture(self, step: Callable[[], None]) -> Callable[[], None]:
        """Run ``step`` to warm up, then record it; what replays it."""
        graph: Any = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.device(self._device):
            self._stream.wait_stream(torch.cuda.current_stream(self._device))
            with self.use():
                for _ in range(_WARM_UP):
                    step()
            self.wait()
            with torch.cuda.graph(graph, stream=self._stream):
                step()
        replay: Callable[[], None] = graph.replay
        return replay

    def wait(self) -> None:
        """Until all that was asked for is done."""
        self._stream.synchronize()


class Replay:
    """One frame's step, captured. The memory is overwritten in place, so one capture serves every step.

    Args:
        state: the memory's tensors, for good.
    """

    def __init__(self, net: CSTalkNet, state: Memory, slots: int, stream: CudaStream) -> None:
        spec, device = net.spec, net.feature_mean.device
        sizes = ((slots, 1, spec.features), (slots, 1, len(spec.emotions) + 1), (slots, len(spec.delays)), (slots,))
        features, emotion, delay, moves = (torch.zeros(size, device=device) for size in sizes)
        self._inputs = (features, emotion, delay, moves)
        self._all = np.ones(slots, np.float32)
        self._controls = torch.zeros(slots, 1, len(spec.controls), device=device)
        self._host_inputs = [stream.host(*size) for size in sizes]
        self._host_controls = stream.host(*self._controls.shape)
        self.stream = stream

        def step() -> None:
            controls, after = net.step(features, emotion, delay, state)
            self._controls.copy_(controls)
            _keep(state, after, moves != 0)

        self._replay = stream.capture(step)

    def run(
        self, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None = None
    ) -> FloatArray:
        """See :meth:`Engine.run`; one frame."""
        given_all = (features, emotion, delay, self._all if moving is None else moving)
        with self.stream.use():
            for given, host, tensor in zip(given_all, self._host_inputs, self._inputs, strict=True):
                host.numpy()[...] = given
                tensor.copy_(host, non_blocking=True)
            self._replay()
            self._host_controls.copy_(self._controls, non_blocking=True)
        self.stream.wait()
        poses: FloatArray = self._host_controls.numpy()
        return poses


def _check_gpu(device: str) -> None:
    """Raises: EngineError."""
    if not torch.cuda.is_available():
        raise EngineError(f"cannot compute on {device}: PyTorch finds no CUDA GPU", "see 'nvidia-smi'")
    if torch.device(device).index >= torch.cuda.device_count():
        raise EngineError(f"there is no {device}", f"this machine has {torch.cuda.device_count()} GPUs")


def _keep(state: Memory, after: Memory, moving: Tensor | None = None) -> None:
    """The memory after a step takes the place of the one before, in the same tensors; of moving slots, bool [slots]."""
    for name, tensor in state.items():
        new = after[name]
        if moving is not None:
            new = torch.where(moving.view(-1, *(1,) * (new.dim() - 1)), new, tensor)
        tensor.copy_(new)
