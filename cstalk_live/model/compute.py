"""Which engine computes the network, by the words of the settings."""

from __future__ import annotations

from typing import Literal

from cstalk_live.compute_device import is_device
from cstalk_live.errors import CSTalkError, EngineError, UsageError

from .bundle import Bundle
from .engine import Engine, warm_up
from .fallback import GuardedEngine, Say
from .onnx_cpu import OnnxEngine
from .runner import StreamRunner

Kind = Literal["onnx", "torch"]

UNTRIED = "not yet run on a GPU"
"""Said of the CUDA engines wherever they are offered, until they have run on one."""


def open_engine(bundle: Bundle, kind: Kind = "onnx", device: str = "cpu", slots: int = 1, *, say: Say) -> Engine:
    """A warmed-up engine. On a GPU it falls back to the CPU when the GPU fails, see :class:`GuardedEngine`.

    Args:
        kind: ONNX Runtime or PyTorch.
        device: ``cpu``, ``cuda`` (the first), ``cuda:N``, or ``auto``: the first GPU if one can be used.
        slots: streams that step together.
        say: told in one line what ``auto`` chose and why, and of a failure later.

    Raises:
        UsageError: no such device name.
        EngineError: the engine or the GPU that was named cannot be used.
        BundleError: the bundle takes one stream at a time, or holds no weights that the engine can use.
    """
    if not is_device(device):
        raise UsageError(f"there is no device '{device}'", "choose auto, cpu, cuda or cuda:N")
    if device != "cpu":
        index = int(device.partition(":")[2] or 0)
        try:
            primary = _on_gpu(bundle, kind, index, slots)
            warm_up(primary)
        except Exception as error:
            reason = _reason(error, index)
            if device != "auto":
                raise reason from error
            say(f"computing on the CPU: {reason}")
        else:
            say(f"computing with {primary.name} ({UNTRIED} by its makers; the CPU takes over if it fails)")
            standby = OnnxEngine(bundle, slots)
            warm_up(standby)
            return GuardedEngine(primary, standby, say)
    engine = _on_cpu(bundle, kind, slots)
    warm_up(engine)
    return engine


def open_runner(bundle: Bundle, kind: Kind = "onnx", device: str = "cpu", *, say: Say) -> StreamRunner:
    """A warmed-up runner of one stream; see :func:`open_engine`."""
    return StreamRunner(open_engine(bundle, kind, device, say=say))


def _on_gpu(bundle: Bundle, kind: Kind, index: int, slots: int) -> Engine:
    if kind == "torch":
        return _torch(bundle, f"cuda:{index}", slots)
    from .onnx_cuda import open_onnx_cuda

    return open_onnx_cuda(bundle, index, slots)


def _on_cpu(bundle: Bundle, kind: Kind, slots: int) -> Engine:
    return _torch(bundle, "cpu", slots) if kind == "torch" else OnnxEngine(bundle, slots)


def _torch(bundle: Bundle, device: str, slots: int) -> Engine:
    """PyTorch is loaded here and nowhere else at run time."""
    try:
        from .torch_engine import TorchEngine
    except ModuleNotFoundError as error:
        raise EngineError(
            f"the torch engine needs the package '{error.name}'",
            "pip install torch==2.13.0 && pip install 'cstalk-live[torch]'",
        ) from None
    return TorchEngine(bundle, device, slots)


def _reason(error: Exception, index: int) -> CSTalkError:
    """The failure as one line."""
    if isinstance(error, CSTalkError):
        return error
    lines = str(error).strip().splitlines()
    said = lines[0][:160] if lines else type(error).__name__
    return EngineError(f"cuda:{index} cannot be used ({said})", "use --compute cpu")
