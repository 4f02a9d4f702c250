"""The whole recipe on a small corpus: it learns, it resumes to the same numbers, its bundle runs."""

import json
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.errors import BundleError, ConfigError, CorpusError  # noqa: E402
from cstalk_live.model import OnnxRunner, load_bundle  # noqa: E402
from cstalk_live.training.evaluate import evaluate  # noqa: E402
from cstalk_live.training.export import export  # noqa: E402
from cstalk_live.training.settings import read_recipe  # noqa: E402
from cstalk_live.training.train import train  # noqa: E402


def losses(folder) -> dict[int, float]:
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return {entry["step"]: entry["loss"] for entry in entries}


def test_it_learns_resumes_exactly_and_exports(recipe, corpus, tmp_path) -> None:
    bundle = train(recipe)
    folder = bundle.parent
    straight = losses(folder)
    assert sorted(straight) == list(range(1, 121))
    first, last = (np.mean([straight[step] for step in steps]) for steps in (range(1, 21), range(101, 121)))
    assert last < 0.75 * first

    shutil.rmtree(folder)
    train(recipe, steps=45)
    assert max(losses(folder)) == 45
    train(recipe)
    interrupted = losses(folder)
    assert interrupted == straight, "a resumed run must go the way of an uninterrupted one"

    again = export(folder / "last.pt", tmp_path / "again.onnx")
    one, two = (OnnxRunner(load_bundle(p)) for p in (bundle, again))
    features = np.random.default_rng(0).normal(-9, 3, 160).astype(np.float32)
    assert np.array_equal(one.step(features, np.ones(6, np.float32), 4), two.step(features, np.ones(6, np.float32), 4))

    report = evaluate(bundle, corpus, tmp_path / "out", delays=(0, 4))
    saved = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
    assert saved["scores"]["4"].keys() == report["scores"]["4"].keys()
    assert {"neutral", "happy", "sad", "angry", "surprised"} == set(saved["emotions"])
    for row in saved["scores"]["4"].values():
        assert -1.0 <= row["lip_aperture.r"] <= 1.0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("stepz: 4", "stepz"),
        ("steps: 0", "steps"),
        ("steps: many", "steps"),
        ("delay_weights: [1, 2]", "delay_weights"),
        ("name: ../../etc", "name"),
        ("steps: [", "YAML"),
    ],
)
def test_a_wrong_recipe_is_one_line(tmp_path, text, word) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=word) as caught:
        read_recipe(path)
    assert "\n" not in str(caught.value)
    assert "wrong.yaml" in str(caught.value)


def test_a_missing_recipe_is_one_line(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        read_recipe(tmp_path / "none.yaml")


def test_a_foreign_checkpoint_is_refused(tmp_path) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(CorpusError, match=r"last\.pt"):
        export(path, tmp_path / "out.onnx")
    torch.save({"recipe": "{}", "average": {}, "step": 1}, path)
    with pytest.raises(BundleError, match="does not hold"):
        export(path, tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()
