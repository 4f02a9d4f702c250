"""A damaged corpus is refused in one line before training starts."""

import shutil

import numpy as np
import pytest
import soundfile as sf

from cstalk_live.errors import CorpusError
from cstalk_live.training.corpus import find_corpus, read_corpus


@pytest.fixture
def copy(corpus, tmp_path):
    return shutil.copytree(corpus, tmp_path / "data")


def test_clips_come_with_sound_phones_and_face(corpus) -> None:
    clips = list(read_corpus(corpus, ("grid_s1", "grid_more", "grid_speakers", "librispeech")))
    assert len(clips) == 11
    assert {c.speaker for c in clips if c.face is None} == {"10", "11", "12"}
    assert [c.split for c in clips if c.name in {"a0", "a4", "m1", "g0"}] == ["train", "val", "val", "val"]
    for clip in clips:
        assert clip.phones[-1][1] == pytest.approx(3.0, abs=0.03)
        assert len(clip.audio()) == 47_648


def spoil(copy, what):
    audio = copy / "grid_s1" / "audio" / "a0.flac"
    if what == "missing audio":
        audio.unlink()
    elif what == "missing table":
        (copy / "grid_s1" / "phones.tsv").unlink()
    elif what == "NaN motion":
        with np.load(copy / "grid_s1" / "measures.npz") as z:
            tracks = dict(z)
        tracks["lip_aperture"][7] = np.nan
        np.savez(copy / "grid_s1" / "measures.npz", **tracks)
    elif what == "short motion":
        with np.load(copy / "grid_s1" / "measures.npz") as z:
            tracks = dict(z)
        np.savez(copy / "grid_s1" / "measures.npz", **{**tracks, "chin_drop": tracks["chin_drop"][:-1]})


@pytest.mark.parametrize(
    ("what", "word"),
    [
        ("missing audio", "a0"),
        ("missing table", "phones"),
        ("NaN motion", "lip_aperture"),
        ("short motion", "chin_drop"),
    ],
)
def test_damage_is_named(copy, what, word) -> None:
    spoil(copy, what)
    with pytest.raises(CorpusError, match=word) as caught:
        list(read_corpus(copy, ("grid_s1",)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", ["text", "rate", "stereo"])
def test_unusable_audio_is_named(copy, damage) -> None:
    path = copy / "grid_s1" / "audio" / "a0.flac"
    if damage == "text":
        path.write_bytes(b"hello")
    else:
        sf.write(path, np.zeros((4800, 2) if damage == "stereo" else 4800), 16_000 if damage == "stereo" else 8_000)
    clip = next(c for c in read_corpus(copy, ("grid_s1",)) if c.name == "a0")
    with pytest.raises(CorpusError, match=r"a0\.flac"):
        clip.audio()


def test_no_corpus_names_the_places_it_looked(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CSTALK_DATA", str(tmp_path / "elsewhere"))
    with pytest.raises(CorpusError, match="elsewhere"):
        find_corpus(str(tmp_path / "here"), tmp_path / "project")
