"""The wav2vec2 front end: streamed as in one go, causal, aligned; and what is refused before any training starts.

The checkpoint is a tiny random one, made here.
"""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")
pytest.importorskip("transformers", reason="transformers is not installed (pip install 'cstalk-live[train]')")

from cstalk_live.errors import BundleError, ConfigError, CorpusError, CSTalkError, UsageError  # noqa: E402
from cstalk_live.model import load_bundle  # noqa: E402
from cstalk_live.training import train as training  # noqa: E402
from cstalk_live.training.corpus import blendshape_names, read_corpus  # noqa: E402
from cstalk_live.training.export import export  # noqa: E402
from cstalk_live.training.loss_log import read_log  # noqa: E402
from cstalk_live.training.run import Run  # noqa: E402
from cstalk_live.training.settings import read_recipe  # noqa: E402
from cstalk_live.training.train import train  # noqa: E402
from cstalk_live.training.wav2vec2 import Sliding, SlidingEncoder, StreamingWav2Vec2  # noqa: E402
from cstalk_live.training.wav2vec2_bundle import OfflineFace  # noqa: E402
from cstalk_live.training.wav2vec2_load import load_encoder  # noqa: E402

SLIDING = Sliding(window=8000, block=3)


def tiny(folder, seed=0):
    """A wav2vec2 of 20,000 weights with the published strides."""
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    torch.manual_seed(seed)
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    Wav2Vec2Model(config).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("ear") / "tiny")


@pytest.fixture(scope="module")
def encoder(checkpoint) -> SlidingEncoder:
    return load_encoder(checkpoint, SLIDING)


def noise(seconds: float, seed=3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, int(24_000 * seconds)).astype(np.float32)


@pytest.mark.parametrize("block", [1, 2, 3, 5])
def test_pieces_give_what_the_whole_gives(encoder, block) -> None:
    other = SlidingEncoder(encoder.model, Sliding(8000, block), True)
    sound, rng = noise(2.013), np.random.default_rng(block)
    whole = StreamingWav2Vec2(other).push(sound)
    assert whole.shape == (len(sound) // 400, 16)
    stream, parts, at = StreamingWav2Vec2(other), [], 0
    while at < len(sound):
        size = int(rng.integers(0, 3000))
        parts.append(stream.push(sound[at : at + size]))
        at += size
        assert sum(map(len, parts)) == min(at, len(sound)) // 400, "a column for every frame, no later"
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=2e-5)
    with torch.no_grad():
        together = other(torch.from_numpy(sound[: len(whole) * 400].reshape(1, -1, 400)).expand(2, -1, -1))
    np.testing.assert_allclose(together[1].numpy(), whole, atol=2e-5)
    assert whole.std() > 0.01, "columns say something"


def test_a_column_hears_nothing_after_its_frame(encoder) -> None:
    stream, sound = StreamingWav2Vec2(encoder), noise(1.0)
    before = stream.push(sound)
    for frame in (20, 31, 42):
        changed = sound.copy()
        changed[(frame + 1) * 400 :] = noise(1.0, seed=9)[(frame + 1) * 400 :]
        stream.reset()
        after = stream.push(changed)
        np.testing.assert_allclose(after[: frame + 1], before[: frame + 1], atol=2e-5)
        assert np.abs(after[frame + 4 :] - before[frame + 4 :]).max() > 1e-3


class Clock(torch.nn.Module):
    """Answers with the mean of each receptive field: of a ramp in time, its middle."""

    config = SimpleNamespace(hidden_size=1, conv_kernel=(10, 3, 3, 3, 3, 2, 2), conv_stride=(5, 2, 2, 2, 2, 2, 2))

    def __init__(self) -> None:
        super().__init__()
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, windows):
        return SimpleNamespace(last_hidden_state=windows.unfold(1, 400, 320).mean(dim=2, keepdim=True))


def test_a_column_is_of_the_middle_of_its_frame() -> None:
    stream = StreamingWav2Vec2(SlidingEncoder(Clock(), SLIDING, normalise=False))
    seconds = np.arange(48_000) / 24_000
    columns = stream.push(seconds.astype(np.float32))[:, 0]
    frame = np.arange(len(columns)) - (SLIDING.block - 1)
    late = columns - (frame + 0.5) / 60
    settled = late[40:]
    assert np.abs(settled[frame[40:] % 3 == 0]).max() < 0.0005, "between two outputs"
    assert settled.max() < 0.0005
    assert settled.min() > -0.025, "the window's last output stands in for a frame at its end"


def with_ear(recipe, checkpoint, more="", steps=6):
    text = recipe.read_text(encoding="utf-8").replace("steps: 120", f"steps: {steps}").replace("every: 30", "every: 2")
    ear = f"wav2vec2: {{checkpoint: {checkpoint.as_posix()}, window: 0.3{more}}}"
    recipe.write_text(f"{text}audio_encoder: wav2vec2\n{ear}\n", encoding="utf-8")
    return recipe


def losses(folder) -> list[float]:
    return [entry["loss"] for entry in read_log(folder)]


def test_a_frozen_encoder_trains_resumes_and_runs_offline(recipe, corpus, checkpoint, tmp_path, monkeypatch) -> None:
    with_ear(recipe, checkpoint)
    with monkeypatch.context() as patch:
        patch.setattr(Run, "export", lambda *_: None)  # takes seconds, and the command writes the same
        train(recipe, steps=3)
        folder = train(recipe).parent
    assert len(losses(folder)) == 6
    bundle = export(folder / "last.pt", tmp_path / "tiny.onnx")

    with pytest.raises(BundleError, match="hears through wav2vec2") as caught:
        load_bundle(bundle)
    assert "\n" not in str(caught.value)
    face = OfflineFace(bundle, checkpoint)
    sound = noise(0.51)
    board = face.board(sound)
    assert board.shape == (30, 185)
    assert np.isfinite(board).all()
    assert np.array_equal(face.board(sound), board), "nothing is kept from clip to clip"
    assert np.abs(face.board(-noise(0.51, seed=5)) - board).max() > 1e-4
    clips = [c for c in read_corpus(corpus, ("grid_s1",)) if c.split == "val"]
    scores = face.score(clips, blendshape_names(corpus))
    assert -1.0 <= scores["lip_aperture.r"] <= 1.0
    logged = read_log(folder)[-1]["validation"]["main"]
    # Two things differ: the averaged silence after the clip, and arithmetic.
    assert scores["jawOpen.rmse"] == pytest.approx(logged["jawOpen.rmse"], abs=0.01)

    with pytest.raises(BundleError, match="another encoder") as caught:
        OfflineFace(bundle, tiny(tmp_path / "other", seed=1))
    assert "\n" not in str(caught.value)
    with pytest.raises(BundleError, match="wav2vec2"):
        OfflineFace(load_bundle().path, checkpoint)
    with pytest.raises(UsageError, match="look-ahead of 3"):
        face.board(sound, delay=3)

    text = recipe.read_text(encoding="utf-8").replace("audio_encoder: wav2vec2", "audio_encoder: logmel")
    recipe.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match="another audio_encoder"):
        train(recipe)


def test_tuned_layers_learn_and_resume_exactly(recipe, checkpoint, tmp_path, monkeypatch) -> None:
    with_ear(recipe, checkpoint, more=", tune_layers: 1, tune_rate: 1.0", steps=4)
    bundle = train(recipe)
    straight = losses(bundle.parent)
    moved = bundle.parent.rename(tmp_path / "straight")
    with monkeypatch.context() as patch:
        patch.setattr(Run, "export", lambda *_: None)
        train(recipe, steps=2)
        assert losses(train(recipe).parent) == straight

    bundle = moved / bundle.name
    face = OfflineFace(bundle, moved / "encoder")
    assert face.board(noise(0.2)).shape == (12, 185)
    with pytest.raises(BundleError, match="another encoder"):
        OfflineFace(bundle, checkpoint)
    with pytest.raises(BundleError, match="tuned its wav2vec2"):
        export(moved / "last.pt", tmp_path / "out.onnx")
    first, tuned = (load_encoder(folder, SLIDING).model.state_dict() for folder in (checkpoint, moved / "encoder"))
    changed = {name for name in first if not torch.equal(first[name], tuned[name])}
    assert changed
    assert all(name.startswith("encoder.layers.1.") for name in changed), "only the top layer learned"


def no_training(*_):
    raise AssertionError("the checkpoint is looked at before anything else")


@pytest.mark.parametrize(
    ("spoil", "more", "word"),
    [
        ("missing", "", "cannot read"),
        ("other", "", "kind 'hubert'"),
        ("damaged", "", "describes no model"),
        ("empty", "", "ear: "),
        ("cut", "", "ear: "),
        ("incomplete", "", "lacks 1 weights"),
        ("", ", tune_layers: 3", "has 2 layers"),
        ("", ", block: 12, window: 0.2", "does not hold a block"),
        ("no transformers", "", "needs the package 'transformers'"),
    ],
)
def test_what_is_no_encoder_is_one_line_before_training(recipe, tmp_path, monkeypatch, spoil, more, word) -> None:
    folder = tiny(tmp_path / "ear")
    config, weights = folder / "config.json", folder / "model.safetensors"
    if spoil == "missing":
        folder = tmp_path / "nowhere"
    elif spoil == "other":
        config.write_text(config.read_text(encoding="utf-8").replace('"wav2vec2"', '"hubert"'), encoding="utf-8")
    elif spoil == "damaged":
        config.write_text("{", encoding="utf-8")
    elif spoil == "empty":
        weights.unlink()
    elif spoil == "cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif spoil == "incomplete":
        from safetensors.torch import load_file, save_file

        state = load_file(weights)
        del state["encoder.layers.0.attention.q_proj.weight"]
        save_file(state, weights, metadata={"format": "pt"})
    elif spoil == "no transformers":
        monkeypatch.setitem(sys.modules, "transformers", None)
    with_ear(recipe, folder, more)
    if "window: 0.2" in more:
        recipe.write_text(recipe.read_text(encoding="utf-8").replace("window: 0.3, ", ""), encoding="utf-8")
    monkeypatch.setattr(training, "prepare", no_training)
    with pytest.raises(CSTalkError, match=word) as caught:
        train(recipe)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_recipe_that_names_no_checkpoint_is_one_line(tmp_path) -> None:
    path = tmp_path / "ear.yaml"
    path.write_text("audio_encoder: wav2vec2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"wav2vec2\.checkpoint names no folder"):
        read_recipe(path)
