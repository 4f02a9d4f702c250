"""A runner refuses every bundle that is not whole, not ours or not for this program."""

import json
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is not installed (it comes with the train extra)")
pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.errors import BundleError  # noqa: E402
from cstalk_live.model import OnnxRunner, default_bundle_path, load_bundle  # noqa: E402


def rewritten(source: Path, out: Path, change) -> Path:
    """A copy of a bundle whose spec (a dict) went through ``change``."""
    model = onnx.load(source)
    for entry in model.metadata_props:
        if entry.key == "spec":
            spec = json.loads(entry.value)
            change(spec)
            entry.value = json.dumps(spec)
    onnx.save(model, out)
    return out


def refused(path: Path, *words: str) -> None:
    with pytest.raises(BundleError) as caught:
        load_bundle(path)
    message = str(caught.value)
    assert "\n" not in message
    for word in (str(path), *words):
        assert word in message


def test_missing_file(tmp_path) -> None:
    refused(tmp_path / "none.onnx", "no model")


def test_folder(tmp_path) -> None:
    with pytest.raises(BundleError):
        load_bundle(tmp_path)


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.99])
def test_truncated_file(bundle_path, tmp_path, keep) -> None:
    content = bundle_path.read_bytes()
    path = tmp_path / "cut.onnx"
    path.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    refused(path)


def test_not_a_model(tmp_path) -> None:
    path = tmp_path / "voice.onnx"
    path.write_bytes(b"RIFF not a model at all" * 50)
    refused(path, "not a readable model")


def test_somebody_elses_model(bundle_path, tmp_path) -> None:
    model = onnx.load(bundle_path)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "other.onnx")
    refused(tmp_path / "other.onnx", "not a cstalk-live bundle")


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("sample_rate", 16000, "sample rate is 16000, expected 24000"),
        ("feature_layout", "mfcc", "features"),
        ("controls_hash", 1, "control hash"),
        ("delays", [], "delays"),
    ],
)
def test_other_conventions(bundle_path, tmp_path, key, value, word) -> None:
    refused(rewritten(bundle_path, tmp_path / "b.onnx", lambda spec: spec.update({key: value})), word)


def test_renamed_control(bundle_path, tmp_path) -> None:
    def change(spec) -> None:
        spec["controls"][0] = "CTRL_X"

    refused(rewritten(bundle_path, tmp_path / "b.onnx", change), "control names differ")


def test_sizes_that_the_graph_does_not_have(bundle_path, tmp_path) -> None:
    def change(spec) -> None:
        spec["size"]["window"] = 999

    refused(rewritten(bundle_path, tmp_path / "b.onnx", change), "is promised")


def test_damaged_metadata(bundle_path, tmp_path) -> None:
    def change(spec) -> None:
        del spec["size"]["width"]
        spec["size"]["wide"] = 3

    refused(rewritten(bundle_path, tmp_path / "b.onnx", change), "damaged metadata")


def test_a_delay_it_was_not_trained_for(bundle_path) -> None:
    runner = OnnxRunner(load_bundle(bundle_path))
    with pytest.raises(BundleError, match="delay 3 is not one of"):
        runner.step(np.zeros(160, np.float32), np.zeros(6, np.float32), 3)


def test_the_packaged_bundle_is_whole_small_and_credited() -> None:
    bundle = load_bundle()
    assert bundle.path == default_bundle_path()
    assert bundle.path.stat().st_size <= 20_000_000
    assert bundle.meta.delays == (0, 1, 2, 4, 6, 9, 12)
    assert {"neutral", "happy", "sad", "angry", "surprised"} <= set(bundle.meta.emotions)
    assert any("GRID" in line and "CC BY 4.0" in line for line in bundle.training["data"])
    assert any("LibriSpeech" in line and "CC BY 4.0" in line for line in bundle.training["data"])
