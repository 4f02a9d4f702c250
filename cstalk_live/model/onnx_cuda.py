"""ONNX Runtime on a CUDA GPU: everything stays there, and a captured graph replays the step.

Not yet run on a GPU: written against the documented interface (onnxruntime.ai, CUDA Execution Provider, "Using CUDA
graphs"). A graph wants fixed shapes and addresses, so a session is made for one number of streams and one frame a
step, and the memory's two halves, which swap roles every step, are two captures (``gpu_graph_id``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as ort

from cstalk_live.errors import EngineError
from cstalk_live.records import FloatArray

from .bundle import Bundle, session_options
from .engine import Moving, State, check_slots, empty_state
from .spec import BATCH, FRAMES

PROVIDER = "CUDAExecutionProvider"


def why_not_cuda(bundle: Bundle) -> str:
    """What keeps this installation or bundle off the GPU; empty if nothing is known to."""
    if PROVIDER not in ort.get_available_providers():
        return "this onnxruntime has no CUDA"
    if bundle.meta.precision == "int8":
        return "an int8 bundle computes on the CPU only"
    return ""


def open_cuda_session(bundle: Bundle, index: int, slots: int) -> tuple[Any, bool]:
    """A session on a GPU, and whether it replays a captured graph.

    Raises:
        EngineError: no such GPU, or its libraries are missing.
    """
    reason = why_not_cuda(bundle)
    if reason:
        fix = "pip install onnxruntime-gpu in place of onnxruntime" if "onnxruntime" in reason else ""
        raise EngineError(f"cannot compute on cuda:{index}: {reason}", fix)
    if hasattr(ort, "preload_dlls"):  # CUDA's libraries as Python packages are found only so
        ort.preload_dlls()
    options = session_options()
    options.add_free_dimension_override_by_name(BATCH, slots)
    options.add_free_dimension_override_by_name(FRAMES, 1)
    content = bundle.content()
    failure: Exception | None = None
    for captured in (True, False):
        try:
            session = ort.InferenceSession(
                content, options, providers=[(PROVIDER, provider_options(index, captured)), "CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - onnxruntime's errors share no base but this
            failure = error
            continue
        if PROVIDER not in session.get_providers():
            break  # it says why on standard error and goes on with the CPU, which we have already
        session.disable_fallback()
        return session, captured
    said = str(failure).strip().splitlines()[0][:160] if failure is not None and str(failure).strip() else ""
    raise EngineError(f"onnxruntime cannot use cuda:{index}" + (f" ({said})" if said else ""), "see 'nvidia-smi'")


def provider_options(index: int, captured: bool) -> dict[str, str]:
    """Exact float32 (TF32 would cost three digits) and no search for convolutions at the first step."""
    return {
        "device_id": str(index),
        "use_tf32": "0",
        "cudnn_conv_algo_search": "HEURISTIC",
        "enable_cuda_graph": "1" if captured else "0",
    }


class OnnxDeviceEngine:
    """An :class:`Engine` whose inputs, memory and poses live on a device of ONNX Runtime's.

    Args:
        session: made for ``slots`` streams and one frame.
        device: onnxruntime's word for it: ``cuda``, or ``cpu`` to test all but the GPU.
    """

    max_frames = 1

    def __init__(self, bundle: Bundle, session: Any, name: str, slots: int, device: str, index: int = 0) -> None:
        check_slots(bundle, slots)
        self.bundle = bundle
        self.slots = slots
        self.name = name
        self._session = session
        meta = bundle.meta

        def on_device(*shape: int) -> Any:
            value = ort.OrtValue.ortvalue_from_shape_and_type([slots, *shape], np.float32, device, index)
            value.update_inplace(np.zeros((slots, *shape), np.float32))
            return value

        self._features = on_device(1, meta.features)
        self._emotion = on_device(1, len(meta.emotions) + 1)
        self._delay = on_device(len(meta.delays))
        self._controls = on_device(1, len(meta.controls))
        self._memory = [{spec.name: on_device(*spec.shape) for spec in meta.states()} for _ in range(2)]
        self._runs = [(self._bind(read), _run_options(str(read + 1))) for read in range(2)]
        self._reads = 0
        self._zeros, self._kept, self._after = (empty_state(meta, slots) for _ in range(3))

    def _bind(self, read: int) -> Any:
        binding = self._session.io_binding()
        binding.bind_ortvalue_input("features", self._features)
        binding.bind_ortvalue_input("emotion", self._emotion)
        binding.bind_ortvalue_input("delay", self._delay)
        binding.bind_ortvalue_output("controls", self._controls)
        for name, before in self._memory[read].items():
            binding.bind_ortvalue_input(f"state.{name}", before)
            binding.bind_ortvalue_output(f"next.{name}", self._memory[1 - read][name])
        return binding

    def run(
        self, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None = None
    ) -> FloatArray:
        """See :meth:`Engine.run`."""
        for value, array in ((self._features, features), (self._emotion, emotion), (self._delay, delay)):
            value.update_inplace(np.ascontiguousarray(array, np.float32))
        if moving is not None and not moving.all():
            self.read(self._kept)
        binding, options = self._runs[self._reads]
        self._session.run_with_iobinding(binding, options)
        self._reads = 1 - self._reads
        if moving is not None and not moving.all():
            self._put_back(~moving)
        controls: FloatArray = self._controls.numpy()
        return controls

    def read(self, into: State) -> None:
        """See :meth:`Engine.read`."""
        for name, value in self._memory[self._reads].items():
            np.copyto(into[name], value.numpy())

    def write(self, state: State) -> None:
        """See :meth:`Engine.write`."""
        for name, value in self._memory[self._reads].items():
            value.update_inplace(state[name])

    def clear(self, slot: int | None = None) -> None:
        """See :meth:`Engine.clear`. One slot goes over the host, which takes as long as a copy of the memory."""
        if slot is None:
            self.write(self._zeros)
            return
        self.read(self._kept)
        for array in self._kept.values():
            array[slot] = 0.0
        self.write(self._kept)

    def _put_back(self, slots: Moving) -> None:
        """Give these slots what was kept before the step. Over the host: ONNX Runtime copies no part of a value."""
        self.read(self._after)
        for name, array in self._after.items():
            array[slots] = self._kept[name][slots]
        self.write(self._after)


def _run_options(graph: str) -> Any:
    options = ort.RunOptions()
    options.add_run_config_entry("gpu_graph_id", graph)
    return options


def open_onnx_cuda(bundle: Bundle, index: int, slots: int) -> OnnxDeviceEngine:
    """An engine on a GPU.

    Raises:
        EngineError: no such GPU, or its libraries are missing.
    """
    session, captured = open_cuda_session(bundle, index, slots)
    name = f"ONNX Runtime on cuda:{index}{'' if captured else ' (no CUDA graph)'}"
    return OnnxDeviceEngine(bundle, session, name, slots, "cuda", index)
