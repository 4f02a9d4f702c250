"""The whole recipe on a small corpus: it learns, it resumes to the same numbers, its bundle runs."""

import json
import shutil
from pathlib import Path

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
    found = saved["correlations"]["main speaker"]
    assert 0.0 <= found["distance"] <= 2.0
    assert len(found["real"]) == len(found["model"]) == len(found["regions"]) == 14
    assert (tmp_path / "out" / "correlations.png").read_bytes()[:4] == b"\x89PNG"
    for row in saved["scores"]["4"].values():
        assert -1.0 <= row["lip_aperture.r"] <= 1.0


FULL = """
correlation: {weight: 0.3, pairs: 1.0, steps: 12, fit_windows: 32, windows: 24, width: 16, layers: 1, heads: 2}
autoencoder: {steps: 10, freeze: 4}
"""


def test_the_full_recipe_resumes_exactly(recipe, tmp_path) -> None:
    recipe.write_text(
        recipe.read_text(encoding="utf-8").replace("steps: 120", "steps: 10").replace("every: 30", "every: 3") + FULL,
        encoding="utf-8",
    )
    bundle = train(recipe)
    straight, weights = losses(bundle.parent), bundle.read_bytes()
    assert sorted(straight) == list(range(1, 11))
    judged = torch.load(bundle.parent / "last.pt", weights_only=True)["correlation"]

    shutil.rmtree(bundle.parent)
    train(recipe, steps=2)  # within the frozen steps
    begun = torch.load(bundle.parent / "last.pt", weights_only=True)
    train(recipe, steps=7)
    thawed = torch.load(bundle.parent / "last.pt", weights_only=True)
    train(recipe)
    assert losses(bundle.parent) == straight, "a resumed run must go the way of an uninterrupted one"
    assert bundle.read_bytes() == weights
    for name, value in torch.load(bundle.parent / "last.pt", weights_only=True)["correlation"].items():
        assert torch.equal(value, judged[name]), f"{name}: the judge never changes"
    decoder = [name for name in begun["net"] if name.split(".")[0] in {"from_latent", "decoder", "to_controls"}]
    assert decoder
    assert all(torch.equal(begun["net"][name], begun["average"][name]) for name in decoder), "frozen"
    assert not any(torch.equal(begun["net"][name], thawed["net"][name]) for name in decoder), "set free"


def test_a_checkpoint_without_the_module_is_refused(recipe) -> None:
    text = recipe.read_text(encoding="utf-8").replace("steps: 120", "steps: 2")
    recipe.write_text(text, encoding="utf-8")
    folder = train(recipe).parent
    saved = torch.load(folder / "last.pt", weights_only=True)
    assert "correlation" not in saved, "the default recipe has no correlation module"
    recipe.write_text(text + FULL, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"last\.pt holds no correlation module"):
        train(recipe)


def test_the_default_recipe_is_the_whole_of_it() -> None:
    base = read_recipe(Path(__file__).parents[2] / "configs" / "train" / "base.yaml")
    assert base.correlation.weight > 0.0
    assert base.correlation.pairs > 0.0
    assert base.autoencoder.steps > base.autoencoder.freeze > 0
    assert base.sound_teacher.members > 1
    assert 0.0 < base.sound_teacher.share < 1.0
    assert base.audio_encoder == "logmel"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("stepz: 4", "stepz"),
        ("steps: 0", "steps"),
        ("steps: many", "steps"),
        ("delay_weights: [1, 2]", "delay_weights"),
        ("name: ../../etc", "name"),
        ("steps: [", "YAML"),
        ("correlation: {weight: -1}", "correlation.weight"),
        ("correlation: {wait: 1}", "correlation.wait"),
        ("correlation: {width: 10, heads: 4}", "correlation.width"),
        ("{frames: 40, correlation: {weight: 1}}", "too short"),
        ("autoencoder: {steps: many}", "autoencoder.steps"),
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
