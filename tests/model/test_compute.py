"""Which engine is opened, what is said of it, and what happens where there is no GPU: here."""

import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.errors import BundleError, EngineError, UsageError  # noqa: E402
from cstalk_live.model import compute, load_bundle, onnx_cuda, open_engine, open_runner  # noqa: E402
from cstalk_live.model.compute import UNTRIED  # noqa: E402
from cstalk_live.model.fallback import GuardedEngine  # noqa: E402
from cstalk_live.model.onnx_cpu import OnnxEngine  # noqa: E402

from .stream_inputs import inputs  # noqa: E402


@pytest.fixture(scope="module")
def bundle(bundle_path):
    return load_bundle(bundle_path)


@pytest.fixture
def no_gpu(monkeypatch):
    """Also on a machine that has one."""
    monkeypatch.setattr(onnx_cuda.ort, "get_available_providers", lambda: ["CPUExecutionProvider"])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.parametrize(("kind", "name"), [("onnx", "ONNX Runtime on cpu"), ("torch", "PyTorch on cpu")])
def test_the_cpu_needs_no_word(bundle, kind, name) -> None:
    said: list[str] = []
    assert open_engine(bundle, kind, say=said.append).name == name
    assert said == []


@pytest.mark.parametrize("kind", ["onnx", "torch"])
def test_auto_without_a_gpu_says_in_one_line_why_the_cpu_computes(bundle, kind, no_gpu) -> None:
    said: list[str] = []
    runner = open_runner(bundle, kind, "auto", say=said.append)
    assert runner.name.endswith("on cpu")
    assert len(said) == 1
    assert said[0].startswith("computing on the CPU: ")
    assert "CUDA" in said[0]
    assert "\n" not in said[0]


@pytest.mark.parametrize("kind", ["onnx", "torch"])
def test_a_gpu_that_was_asked_for_by_name_is_not_replaced(bundle, kind, no_gpu) -> None:
    with pytest.raises(EngineError, match="cuda:1"):
        open_engine(bundle, kind, "cuda:1", say=print)


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "CUDA", "", "cpu:0"])
def test_other_words_are_refused(bundle, device) -> None:
    with pytest.raises(UsageError, match="choose auto, cpu, cuda or cuda:N"):
        open_engine(bundle, "onnx", device, say=print)


def test_without_pytorch_its_engine_says_what_to_install(bundle, monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "cstalk_live.model.torch_engine", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EngineError, match="needs the package 'torch' - pip install torch"):
        open_engine(bundle, "torch", say=print)


def test_a_gpu_gets_a_guard_and_its_user_a_warning(bundle, monkeypatch) -> None:
    """A fake in the GPU's place: what is around it is real."""
    asked = []

    def fake(given, kind, index, slots):
        asked.append((kind, index, slots))
        engine = OnnxEngine(given, slots)
        engine.name = "fake on cuda:1"
        return engine

    monkeypatch.setattr(compute, "_on_gpu", fake)
    said: list[str] = []
    engine = open_engine(bundle, "onnx", "cuda:1", 3, say=said.append)
    assert asked == [("onnx", 1, 3)]
    assert isinstance(engine, GuardedEngine)
    assert engine.slots == 3
    assert said == [f"computing with fake on cuda:1 ({UNTRIED} by its makers; the CPU takes over if it fails)"]


def test_a_gpu_that_fails_in_its_first_step_is_not_used(bundle, monkeypatch) -> None:
    class Broken(OnnxEngine):
        def run(self, features, emotion, delay, moving=None):
            raise RuntimeError("CUDA failure 999: unknown error\nand a page of source lines")

    monkeypatch.setattr(compute, "_on_gpu", lambda given, kind, index, slots: Broken(given, slots))
    said: list[str] = []
    assert open_engine(bundle, "onnx", "auto", say=said.append).name == "ONNX Runtime on cpu"
    assert "CUDA failure 999: unknown error" in said[0]
    assert "\n" not in said[0]
    with pytest.raises(EngineError, match="CUDA failure 999"):
        open_engine(bundle, "onnx", "cuda", say=print)


class FakeSession:
    """onnxruntime's session where CUDA's libraries are found, or not, or the graph cannot be captured."""

    works_captured, works_plain, providers = True, True, (onnx_cuda.PROVIDER, "CPUExecutionProvider")
    opened: list[dict[str, str]] = []  # noqa: RUF012

    def __init__(self, content, options, providers):
        (name, given), cpu = providers
        assert (name, cpu) == (onnx_cuda.PROVIDER, "CPUExecutionProvider")
        self.opened.append(given)
        if not (self.works_captured if given["enable_cuda_graph"] == "1" else self.works_plain):
            raise RuntimeError("not all nodes can be placed on CUDA")

    def get_providers(self):
        return list(self.providers)

    def disable_fallback(self):
        pass


@pytest.mark.parametrize(
    ("captured", "plain", "found", "expected"),
    [
        (True, True, (onnx_cuda.PROVIDER, "CPUExecutionProvider"), True),
        (False, True, (onnx_cuda.PROVIDER, "CPUExecutionProvider"), False),
        (False, False, (onnx_cuda.PROVIDER, "CPUExecutionProvider"), "not all nodes can be placed"),
        (True, True, ("CPUExecutionProvider",), "onnxruntime cannot use cuda:2"),
    ],
)
def test_a_session_on_a_gpu(bundle, monkeypatch, captured, plain, found, expected) -> None:
    attributes = {"works_captured": captured, "works_plain": plain, "providers": found, "opened": []}
    monkeypatch.setattr(onnx_cuda.ort, "InferenceSession", type("Session", (FakeSession,), attributes))
    monkeypatch.setattr(onnx_cuda.ort, "get_available_providers", lambda: [onnx_cuda.PROVIDER])
    monkeypatch.setattr(onnx_cuda.ort, "preload_dlls", lambda: None, raising=False)
    if isinstance(expected, str):
        with pytest.raises(EngineError, match=expected):
            onnx_cuda.open_cuda_session(bundle, 2, 1)
    else:
        assert onnx_cuda.open_cuda_session(bundle, 2, 1)[1] is expected
    for given in attributes["opened"]:
        assert given["device_id"] == "2"
        assert given["use_tf32"] == "0", "TF32 would not agree to 1e-5"


def test_a_bundle_of_fixed_size_steps_one_stream_and_frame_as_before(bundle, tmp_path) -> None:
    """What version 0.1 exported: batch and frames are 1 in the graph."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed (it comes with the train extra)")
    from onnx.tools import update_model_dims

    model = onnx.load(bundle.path)

    def fixed(tensors):
        sizes = {}
        for tensor in tensors:
            dims = tensor.type.tensor_type.shape.dim
            sizes[tensor.name] = [1 if d.dim_param in {"batch", "frames"} else d.dim_value for d in dims]
        return sizes

    update_model_dims.update_inputs_outputs_dims(model, fixed(model.graph.input), fixed(model.graph.output))
    onnx.save(model, tmp_path / "fixed.onnx")
    old = load_bundle(tmp_path / "fixed.onnx")
    assert not old.flexible
    features, emotion = inputs(20)
    ours, theirs = (open_runner(b, say=print).steps(features, emotion, 4) for b in (bundle, old))
    assert np.abs(ours - theirs).max() <= 1e-5
    with pytest.raises(BundleError, match="takes one stream at a time - write it anew"):
        open_engine(old, slots=2, say=print)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["bake", "-o", "OUT", "--compute", "cuda", "IN"], 1, "cannot compute on cuda:0: this onnxruntime has no CUDA"),
        (["run", "--device", "cuda:3", "--input", "IN"], 1, "cannot compute on cuda:3"),
        (["run", "--compute", "gpu", "--input", "IN"], 2, "choose auto, cpu, cuda or cuda:N"),
        (["run", "--device", "cuda4", "--input", "IN"], 2, "--device and --input are both given"),
    ],
)
def test_on_the_command_line(arguments, code, said, no_gpu, tmp_path, capsys) -> None:
    from cstalk_live.__main__ import _run

    sound = Path(compute.__file__).parents[1] / "sample" / "demo.flac"
    places = {"IN": str(sound), "OUT": str(tmp_path / "out.csv")}
    assert _run([places.get(word, word) for word in arguments]) == code
    assert said in capsys.readouterr().err
