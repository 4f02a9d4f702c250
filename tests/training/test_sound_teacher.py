"""The teacher that hears: its features in time, its fit, what it labels, and what the student says back."""

import importlib
import json
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.errors import CorpusError, UsageError  # noqa: E402
from cstalk_live.training.batches import Batch, Mixer  # noqa: E402
from cstalk_live.training.corpus import read_corpus  # noqa: E402
from cstalk_live.training.echo import Echo, echo_loss  # noqa: E402
from cstalk_live.training.emotions import emotion_offsets  # noqa: E402
from cstalk_live.training.lessons import Item  # noqa: E402
from cstalk_live.training.mouth_code import CODE, GAP  # noqa: E402
from cstalk_live.training.recogniser_features import WIDTH, Projection, RecogniserFeatures, at_frames  # noqa: E402
from cstalk_live.training.settings import read_recipe  # noqa: E402
from cstalk_live.training.sound_teacher import HeardLesson, fit_sound_teacher, hear  # noqa: E402
from cstalk_live.training.teachers import fit_teachers  # noqa: E402
from cstalk_live.training.teachers_file import load_teachers, save_teachers  # noqa: E402
from cstalk_live.training.teaching import teach  # noqa: E402
from cstalk_live.training.train import train  # noqa: E402

HEARING = "\nsound_teacher: {members: 2, epochs: 2, components: 5, weight: 0.5}\n"


@pytest.fixture
def recogniser():
    pytest.importorskip("hama", reason="hama is not installed (pip install hama==1.3.13)")


def test_features_lie_at_the_centres_of_their_frames() -> None:
    layer = np.repeat(np.arange(50, dtype=np.float32)[:, None] * 0.02, 3, axis=1)  # each row says its own time
    straight, fast = at_frames(layer, 58), at_frames(layer, 40, speed=1.25)
    assert np.allclose(straight[:, 0], (np.arange(58) + 0.5) / 60, atol=1e-6)
    assert np.allclose(fast[:, 0], (np.arange(40) + 0.5) / 60 * 1.25, atol=1e-6)
    assert at_frames(layer, 70)[-1, 0] == pytest.approx(0.98), "the last row is held"


def test_the_projection_keeps_what_varies() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(800, 4)).astype(np.float32)
    seen = hidden @ rng.normal(size=(4, WIDTH)).astype(np.float32) + 3.0
    projection = Projection.fitted(seen, 4)
    said = projection(seen)
    assert said.shape == (800, 4)
    assert said.var(axis=0).mean() == pytest.approx(1.0, rel=1e-3)
    back, *_ = np.linalg.lstsq(said, seen - seen.mean(axis=0), rcond=None)
    assert np.allclose(said @ back, seen - seen.mean(axis=0), atol=1e-2), "four components hold it all"


def lessons(count: int) -> list[HeardLesson]:
    """Four hidden tracks make the features; the first of them is the mouth."""
    rng = np.random.default_rng(1)
    axes = rng.normal(size=(4, WIDTH)).astype(np.float32)
    out = []
    for _ in range(count):
        hidden = np.sin(rng.uniform(0, 6, 4) + np.arange(60)[:, None] * rng.uniform(0.1, 0.3, 4)).astype(np.float32)
        code = np.repeat(0.5 + 0.4 * hidden[:, :1], len(CODE), axis=1)
        out.append(HeardLesson((hidden @ axes).astype(np.float32), code, 1.0))
    return out


def test_the_teacher_learns_and_repeats_itself() -> None:
    given, told = lessons(64), []
    one = fit_sound_teacher(given, 2, 12, 3, lambda at, loss: told.append((at, loss)))
    again = fit_sound_teacher(given, 2, 12, 3, lambda _at, _loss: None)
    assert [at for at, _ in told] == list(range(1, 25)), "both members are counted"
    assert told[11][1] < 0.6 * told[0][1]
    code = hear(one, given[0].features)
    assert code.shape == (60, len(CODE))
    assert np.array_equal(code, hear(again, given[0].features))
    assert np.corrcoef(code[:, GAP], given[0].code[:, GAP])[0, 1] > 0.8
    assert 0.0 <= code.min() <= code.max() <= 1.3


def batch_of(mixer: Mixer) -> Batch:
    torch.manual_seed(0)
    return mixer.draw(np.random.default_rng(0))


def test_what_was_heard_comes_as_late_as_the_pose() -> None:
    frames = 80
    clock = np.arange(frames, dtype=np.float16)
    board = np.zeros((frames, 185), np.float16)
    board[:, 0] = clock / 256
    heard = np.stack((clock, np.ones(frames, np.float16)), axis=1)
    item = Item("a", "s", True, np.full((frames, 160), -9, np.float16), board, heard)
    mixer = Mixer([item], (1.0, 0.0, 0.0), 0.0 * emotion_offsets(), (0, 4), (0.0, 1.0), 12, 128)
    batch = batch_of(mixer)
    assert not batch.known[:, :4].any()
    spoken = batch.heard_known > 0
    assert torch.all(spoken <= (batch.known > 0))
    assert torch.equal(batch.heard[..., 0][spoken], (256 * batch.target[..., 0])[spoken]), "one frame, one delay"
    paused = (batch.known > 0) & ~spoken
    assert paused.any(), "some row holds a pause"
    assert not batch.heard[paused].any()


def test_the_echo_counts_only_what_was_heard() -> None:
    torch.manual_seed(0)
    heard = torch.randn(2, 10, 5)
    known = torch.ones(2, 10)
    known[1, 5:] = 0.0
    nothing = torch.zeros(2, 10, 0)
    batch = Batch(nothing, nothing, nothing, nothing, known, heard, known)
    said = heard.clone()
    said[1, 5:] += 100.0
    assert float(echo_loss(said, batch)) == 0.0
    assert float(echo_loss(said + 1.0, batch)) == pytest.approx(1.0, rel=1e-5)
    assert Echo(24, 5)(torch.randn(2, 10, 24)).shape == (2, 10, 5)


def test_without_the_recogniser_it_is_one_line(monkeypatch, recipe) -> None:
    found = importlib.import_module

    def absent(name, *rest):
        if name.partition(".")[0] == "hama":
            raise ModuleNotFoundError("No module named 'hama'", name="hama")
        return found(name, *rest)

    monkeypatch.setattr(importlib, "import_module", absent)
    recipe.write_text(recipe.read_text(encoding="utf-8") + HEARING, encoding="utf-8")
    with pytest.raises(UsageError, match=r"hama.*\n?.*pip install hama==1\.3\.13"):
        train(recipe, steps=1)


def test_the_recogniser_hears_the_same_twice(recogniser, corpus) -> None:
    clip = next(iter(read_corpus(corpus, ("librispeech",))))
    ears = RecogniserFeatures()
    first = ears.of(clip, 178)
    assert first.shape == (178, WIDTH)
    assert first.std() > 0
    assert np.array_equal(first, RecogniserFeatures().of(clip, 178))
    assert np.allclose(ears.of(clip, 89, speed=2.0)[10], at_frames(ears._layer(clip.audio()), 89, 2.0)[10])


def test_teachers_are_kept_and_refitted_when_they_do_not_match(recogniser, recipe, tmp_path) -> None:
    recipe.write_text(recipe.read_text(encoding="utf-8") + HEARING, encoding="utf-8")
    folder = teach(recipe)
    assert {p.name for p in folder.iterdir()} == {"teachers.pt", "teachers.md", "phones.csv"}
    table = (folder / "teachers.md").read_text(encoding="utf-8")
    assert all(f"| {who} | all strangers, 2 clips |" in table for who in ("phones", "sound", "both"))
    wanted = read_recipe(recipe)
    saved = torch.load(folder / "teachers.pt", weights_only=True)
    found = load_teachers(folder / "teachers.pt", wanted, saved["mark"])
    assert found is not None
    assert found.ear is not None
    assert load_teachers(folder / "teachers.pt", wanted, "other") is None
    save_teachers(tmp_path / "copy.pt", found, saved["mark"])
    copy = torch.load(tmp_path / "copy.pt", weights_only=True)
    assert all(torch.equal(copy["sound"][name], value) for name, value in saved["sound"].items())
    (folder / "teachers.pt").write_bytes(b"nothing")
    with pytest.raises(CorpusError, match=r"teachers\.pt"):
        train(recipe, steps=1)


def test_a_student_of_the_sound_teacher_resumes_exactly(recogniser, recipe) -> None:
    text = recipe.read_text(encoding="utf-8").replace("steps: 120", "steps: 6").replace("every: 30", "every: 2")
    recipe.write_text(text + HEARING, encoding="utf-8")
    bundle = train(recipe)
    lines = (bundle.parent / "log.jsonl").read_text(encoding="utf-8").splitlines()
    straight, weights = [json.loads(line)["loss"] for line in lines], bundle.read_bytes()
    assert all(json.loads(line)["echo"] > 0 for line in lines)
    shutil.rmtree(bundle.parent)
    train(recipe, steps=2)
    train(recipe)
    lines = (bundle.parent / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["loss"] for line in lines] == straight
    assert bundle.read_bytes() == weights
    recipe.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match="sound teacher"):
        train(recipe)


def test_the_label_is_a_mean_that_keeps_the_rules(recogniser, recipe, corpus) -> None:
    from cstalk_live.training.corpus import blendshape_names
    from cstalk_live.training.lessons import clip_features, scales, teacher_lessons
    from cstalk_live.training.phones import closure_track

    recipe.write_text(recipe.read_text(encoding="utf-8") + HEARING, encoding="utf-8")
    clips, names = list(read_corpus(corpus, ("grid_s1", "librispeech"))), blendshape_names(corpus)
    train_clips = [c for c in clips if c.split == "train"]
    filmed = [c for c in train_clips if c.face is not None]
    fitted = fit_teachers(
        read_recipe(recipe), train_clips, teacher_lessons(filmed, names, scales(clips, names)), lambda *_told: None
    )
    clip = next(c for c in train_clips if c.face is None)
    features = clip_features(clip)
    label = fitted.label(clip, features)
    shut = closure_track(clip.phones, len(features)) >= 1.0
    assert shut.any()
    assert not label[shut, GAP].any(), "lips shut on B and M whatever the teachers say"
    assert fitted.heard(clip, 50).shape == (50, 5)
