"""Bundles with fewer bits: smaller, read like any other, and refused where they would cost lips or closures."""

import json
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is not installed (it comes with the train extra)")
pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.__main__ import _run  # noqa: E402
from cstalk_live.errors import BundleError  # noqa: E402
from cstalk_live.model import OnnxRunner, StreamRunner, default_bundle_path, load_bundle  # noqa: E402
from cstalk_live.model.torch_engine import TorchEngine  # noqa: E402
from cstalk_live.model.weights import WEIGHTS, network_of  # noqa: E402
from cstalk_live.training import precision_check  # noqa: E402
from cstalk_live.training.export import write_bundle  # noqa: E402
from cstalk_live.training.precision import to_float16, to_int8  # noqa: E402
from cstalk_live.training.precision_check import check_precision, kept, on_speech  # noqa: E402

from .stream_inputs import inputs  # noqa: E402


def reduced(source: Path, out: Path, precision: str) -> Path:
    """A bundle in fewer bits, unchecked."""
    from dataclasses import replace

    model = onnx.load(source)
    told = {entry.key: entry.value for entry in model.metadata_props}
    spec = replace(load_bundle(source).meta, precision=precision)
    changed = {"float16": to_float16, "int8": to_int8}[precision](model)
    write_bundle(changed, spec, {key: told[key] for key in ("training", WEIGHTS)}, out)
    return out


@pytest.fixture(scope="module")
def packaged(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("precisions")
    made = {name: reduced(default_bundle_path(), folder / f"{name}.onnx", name) for name in ("float16", "int8")}
    return {"float32": default_bundle_path(), **made}


def test_the_files_are_smaller(packaged) -> None:
    size = {name: path.stat().st_size for name, path in packaged.items()}
    assert size["float16"] < 0.55 * size["float32"]
    assert size["int8"] < 0.45 * size["float32"]


@pytest.mark.parametrize(("precision", "largest"), [("float16", 0.002), ("int8", 0.05)])
def test_on_speech_the_face_stays_within_the_stated_tolerance(packaged, precision, largest) -> None:
    exact, fewer = (OnnxRunner(load_bundle(packaged[name])) for name in ("float32", precision))
    assert fewer.bundle.meta.precision == precision
    measures = on_speech(exact, fewer, precision_check.demo_features()[:300])
    print([f"{m.name}: {m.value:.5f}" for m in measures])
    assert all(m.holds for m in measures)
    assert 0.0 < measures[0].value <= largest


def test_emotion_and_look_ahead_survive_int8(packaged) -> None:
    exact, fewer = (OnnxRunner(load_bundle(packaged[name])) for name in ("float32", "int8"))
    features = precision_check.demo_features()[60:180]
    for column, delay in ((1, 0), (2, 12), (4, 4)):
        emotion = np.zeros(6, np.float32)
        emotion[[column, 5]] = 1.0
        runs = []
        for runner in (exact, fewer):
            runner.reset()
            runs.append(runner.steps(features, emotion, delay))
        assert np.abs(runs[0] - runs[1]).max() < 0.05


def test_float16_weights_are_the_rounded_ones_in_every_engine(packaged) -> None:
    bundle = load_bundle(packaged["float16"])
    exact, rounded = network_of(load_bundle()).state_dict(), network_of(bundle).state_dict()
    for name, tensor in exact.items():
        wanted = tensor.half().float() if tensor.numel() >= 256 else tensor
        assert np.array_equal(rounded[name], wanted), name
    features, emotion = inputs(30)
    onnx_poses, torch_poses = (
        StreamRunner(engine).steps(features, emotion, 4) for engine in (OnnxRunner(bundle).engine, TorchEngine(bundle))
    )
    assert np.abs(onnx_poses - torch_poses).max() <= 1e-5


def test_int8_has_no_weights_for_pytorch(packaged) -> None:
    with pytest.raises(BundleError, match="holds int8 weights - use the float32 bundle"):
        TorchEngine(load_bundle(packaged["int8"]))


def test_what_costs_too_much_is_refused_and_says_why(bundle_path, tmp_path, capsys, monkeypatch) -> None:
    """Another network in place of a rounded one."""
    monkeypatch.setattr(precision_check, "find_data", no_corpus)
    monkeypatch.setattr(precision_check, "demo_features", lambda: inputs(60)[0])
    model = onnx.load(bundle_path)
    for tensor in model.graph.initializer:
        if tensor.name == "net.to_controls.bias":
            tensor.CopyFrom(onnx.numpy_helper.from_array(np.full(185, 0.9, np.float32), tensor.name))
    onnx.save(model, tmp_path / "worse.onnx")
    with pytest.raises(BundleError, match=r"costs too much: controls, largest difference 0\.\d+ \(allowed 0.05\)"):
        check_precision(bundle_path, tmp_path / "worse.onnx")
    out = capsys.readouterr().out
    assert "no corpus" in out
    assert "lip gap, RMS difference" in out


def no_corpus(_data):
    from cstalk_live.errors import CorpusError

    raise CorpusError("there is none")


def test_closures_are_compared_as_moments() -> None:
    open_, shut = 0.1, 0.0
    one = np.array([open_] * 20 + [shut] * 6 + [open_] * 20 + [shut] * 6 + [open_] * 20)
    half = np.array([open_] * 20 + [shut] * 6 + [open_] * 46)[:72]
    assert kept(one, one) == 1.0
    assert kept(one, np.roll(one, 2)) == 1.0, "within a picture of 40 ms"
    assert kept(one, half) == 0.5
    assert kept(half, one) == 1.0
    assert kept(np.full(10, open_), one[:10]) == 1.0


def test_the_command_writes_a_bundle_of_fewer_bits_from_a_bundle(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(precision_check, "find_data", no_corpus)
    monkeypatch.setattr("cstalk_live.training.export._export_float32", lambda source, out: out.write_bytes(
        source.read_bytes()
    ))  # fmt: skip
    speech = precision_check.demo_features()[:240]
    monkeypatch.setattr(precision_check, "demo_features", lambda: speech)
    monkeypatch.setattr(precision_check, "_TIMED_TURNS", 3)
    out = tmp_path / "new" / "small.onnx"
    assert _run(["export", str(default_bundle_path()), "-o", str(out), "--precision", "int8"]) == 0
    said = capsys.readouterr().out
    assert "int8 against float32" in said
    assert "closures kept" in said
    made = load_bundle(out)
    assert made.meta.precision == "int8"
    assert made.training == load_bundle().training
    assert _run(["export", str(default_bundle_path()), "-o", str(out), "--check"]) == 0
    assert "int8 against float32" in capsys.readouterr().out


def test_a_bundle_that_tells_not_where_its_weights_are(bundle_path, tmp_path) -> None:
    """Version 0.1 did not: names and the order of the layers' arithmetic give them away."""
    model = onnx.load(default_bundle_path())
    place = next(entry for entry in model.metadata_props if entry.key == WEIGHTS)
    assert set(json.loads(place.value)) == set(network_of(load_bundle()).state_dict())
    model.metadata_props.remove(place)
    onnx.save(model, tmp_path / "old.onnx")
    expected = network_of(load_bundle()).state_dict()
    for name, tensor in network_of(load_bundle(tmp_path / "old.onnx")).state_dict().items():
        assert np.array_equal(tensor, expected[name]), name
