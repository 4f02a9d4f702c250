"""Labels for recordings: what the recogniser's output means, when it is not trusted, and the whole command."""

import csv
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.errors import CorpusError, UsageError
from cstalk_live.training import align as aligning
from cstalk_live.training.align import align, read_sound, read_texts, speaker_of
from cstalk_live.training.corpus import find_corpus, read_corpus
from cstalk_live.training.corpus_check import check_corpus
from cstalk_live.training.flite_voices import FliteEngine
from cstalk_live.training.forced_alignment import (
    Aligner,
    NoPathError,
    boundary_differences,
    speech_span,
    tiled,
)
from cstalk_live.training.ipa import to_arpabet
from cstalk_live.training.recognised import Heard, PhoneRecogniser, doubt, read_peaks
from cstalk_live.training.sentences import make_sentences


def test_symbols_become_arpabet() -> None:
    assert to_arpabet("d͡ʒ") == ("JH",)
    assert to_arpabet("ˈɔː") == ("AO",)
    assert to_arpabet("ɪɹ") == ("IH", "R")
    assert to_arpabet("ʔ") == ()
    assert to_arpabet("k͈") is None


def test_frames_become_words_with_times() -> None:
    b, w = "<blank>", "<wb>"
    frames = [b, "ð", "ð", b, "ə", w, w, b, "b", "ɔɪ", b, "b", b, "t͈", w]
    heard = read_peaks(frames, 1.5)
    assert [[p for p, _ in word] for word in heard.words] == [["DH", "AH"], ["B", "OY", "B"]]
    assert [round(t, 3) for _, t in heard.phones] == [0.2, 0.45, 0.85, 0.95, 1.15]
    assert (heard.odd, heard.symbols) == (1, 6)
    assert read_peaks([], 0.0).words == ()


SPOKEN = [
    (0.0, 0.5, "SIL"),
    (0.5, 0.6, "B"),
    (0.6, 0.75, "AA"),
    (0.75, 0.85, "S"),
    (0.85, 1.0, "IY"),
    (1.0, 2.0, "SIL"),
]


def speech(noise: float = 1e-4) -> np.ndarray:
    samples = noise * np.random.default_rng(0).standard_normal(32_000)
    t = np.arange(32_000) / 16_000
    for start, end, phone in SPOKEN:
        if phone != "SIL":
            inside = (t >= start) & (t < end)
            samples[inside] += 0.3 * np.sin(2 * np.pi * 200 * t[inside])
    return samples.astype(np.float32)


def heard_as(rows, odd: int = 0) -> Heard:
    word = tuple((p, (s + e) / 2) for s, e, p in rows if p != "SIL")
    return Heard((word,), odd, len(word) + odd)


def test_good_labels_are_not_doubted() -> None:
    assert doubt(heard_as(SPOKEN), SPOKEN, speech()) == ""


@pytest.mark.parametrize(
    ("reason", "heard", "rows", "samples"),
    [
        ("odd symbols", heard_as(SPOKEN, odd=1), SPOKEN, speech()),
        ("other phones", heard_as(SPOKEN[1:3]), SPOKEN, speech()),
        ("phones far", heard_as([(s + 0.3, e + 0.3, p) for s, e, p in SPOKEN]), SPOKEN, speech()),
        ("long phone", heard_as([(0, 0.7, "AA"), (0.7, 0.8, "S")]), [(0, 0.7, "AA"), (0.7, 0.8, "S")], speech()),
        ("speech rate", heard_as([(0, 0.5, "AA"), (0.5, 1, "S")]), [(0, 0.5, "AA"), (0.5, 1, "S")], speech()),
        ("loud silence", heard_as(SPOKEN), SPOKEN, speech(noise=0.2)),
    ],
)
def test_doubtful_labels_are_left_out(reason, heard, rows, samples) -> None:
    assert doubt(heard, rows, samples).startswith(reason)


def test_the_speech_is_found_and_its_labels_tile_the_clip() -> None:
    start, end = speech_span(speech())
    assert start / 16_000 == pytest.approx(0.40, abs=0.011)
    assert end / 16_000 == pytest.approx(1.15, abs=0.011)
    assert speech_span(np.zeros(1_000, np.float32)) == (0, 1_000)
    rows = tiled([(0.0, 0.1, "SIL"), (0.1, 0.3, "AA"), (0.35, 0.4, "S")], 0.4, 2.0)
    assert [p for _, _, p in rows] == ["SIL", "AA", "SIL", "S", "SIL"]
    assert rows[0] == (0.0, 0.5, "SIL")
    assert rows[-1] == (pytest.approx(0.8), 2.0, "SIL")


def test_boundary_differences_need_the_same_phones() -> None:
    moved = [(s + 0.02, e + 0.02, p) for s, e, p in SPOKEN]
    assert boundary_differences(SPOKEN, moved) == pytest.approx([0.02] * 4)
    assert boundary_differences(SPOKEN, SPOKEN[:3]) == []


def test_transcripts_are_read_and_bad_ones_named(tmp_path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("clip\tframes\ttranscript\tspeaker\na\t75\tbin blue\ts7\n", encoding="utf-8")
    told = read_texts(path)["a"]
    assert (told.transcript, told.speaker, told.split) == ("bin blue", "s7", "train")
    for content in (b"clip\twords\na\tbin\n", b"", b"\xff\n", b"clip\ttranscript\n\tx\n"):
        path.write_bytes(content)
        with pytest.raises(CorpusError, match=r"t\.tsv"):
            read_texts(path)


def test_any_sound_becomes_16_khz_mono(tmp_path) -> None:
    path = tmp_path / "x.wav"
    t = np.arange(44_100) / 44_100
    sf.write(path, np.stack((0.5 * np.sin(2 * np.pi * 440 * t), np.zeros(44_100)), axis=1), 44_100)
    samples = read_sound(path)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(16_000, abs=1)
    assert np.abs(samples).max() == pytest.approx(0.25, abs=0.01)
    sf.write(path, np.full(16_000, np.nan), 16_000, subtype="FLOAT")
    with pytest.raises(CorpusError, match=r"x\.wav"):
        read_sound(path)


def test_speakers_come_from_folders_or_names() -> None:
    folder = Path("in")
    assert speaker_of(folder / "anna" / "x.wav", folder) == "anna"
    assert speaker_of(folder / "103-1240-0000.flac", folder) == "103"
    assert speaker_of(folder / "s4_bbaf.wav", folder) == "s4"


class Fixed:
    """An aligner that hears the same in every clip, or nothing."""

    def unknown(self, words):
        return [word for word in words if word == "zyx"]

    def align(self, samples, words):
        if "silent" in words:
            raise NoPathError("not heard")
        return tuple(SPOKEN)


def test_a_folder_of_recordings_becomes_a_corpus(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(aligning, "Aligner", Fixed)
    audio = tmp_path / "in"
    (audio / "anna").mkdir(parents=True)
    for i, name in enumerate(("anna/a.wav", "b.wav", "c.wav", "d.wav")):
        sf.write(audio / name, (1 + i) * 0.1 * speech(), 16_000)
    (audio / "broken.wav").write_bytes(b"hello")
    text = tmp_path / "t.tsv"
    text.write_text("clip\ttranscript\na\tBee see.\nb\tzyx\nc\tsilent\nd\t?\n", encoding="utf-8")
    out = tmp_path / "labelled"
    assert align(audio, out, text) == {
        "-": 1,
        "unknown": 1,
        "no path": 1,
        "no words": 1,
        "unreadable audio": 1,
    }
    told = capsys.readouterr().err
    assert "broken.wav" in told
    assert "1 of 5 clips labelled" in told
    (clip,) = read_corpus(tmp_path, ("labelled",))
    assert (clip.name, clip.speaker) == ("a", "anna")
    assert clip.phones == tuple(SPOKEN)
    assert check_corpus([out], thorough=True).counts() == {}
    with (out / "clips.tsv").open(encoding="utf-8", newline="") as file:
        reasons = {row["clip"]: row["reason"] for row in csv.DictReader(file, delimiter="\t")}
    assert reasons == {"a": "-", "b": "unknown words zyx", "c": "no path", "d": "no words"}


def test_nothing_to_align_is_one_line(tmp_path) -> None:
    with pytest.raises(CorpusError, match="no sound files"):
        align(tmp_path, tmp_path / "out")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        sf.write(tmp_path / folder / "x.wav", speech(), 16_000)
    with pytest.raises(CorpusError, match="x"):
        align(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    ("start", "module", "command"),
    [(Aligner, "pocketsphinx", "pocketsphinx"), (PhoneRecogniser, "hama.asr", "hama==1.3.13")],
)
def test_a_missing_package_is_one_line_with_the_command(monkeypatch, start, module, command) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=f"pip install .*{command}"):
        start()


def test_synthetic_speech_is_aligned_where_it_was_made(tmp_path) -> None:
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed (pip install pocketsphinx)")
    try:
        flite = FliteEngine()
    except CorpusError as error:
        pytest.skip(str(error))
    aligner = Aligner()
    voice = flite.voices()[0]
    differences = []
    for text in make_sentences(10):
        made = flite.speak(text, voice)
        words = text.lower().replace(",", "").replace(".", "").split()
        if not aligner.unknown(words):
            differences += boundary_differences(made.phones, aligner.align(made.samples, words))
    if not differences:
        pytest.fail("no sentence was said and heard with the same phones")
    assert np.median(np.abs(differences)) <= 0.021
    assert aligner.unknown(["blue", "zyxwv"]) == ["zyxwv"]


@pytest.mark.corpus
def test_the_corpus_is_aligned_as_its_own_labels_say(tmp_path) -> None:
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed (pip install pocketsphinx)")
    try:
        root = find_corpus(None, Path(__file__).resolve().parents[2])
    except CorpusError as error:
        pytest.skip(str(error))
    clips = list(read_corpus(root, ("grid_s1",)))[::150]
    (tmp_path / "in").mkdir()
    for clip in clips:
        shutil.copyfile(clip.audio_path, tmp_path / "in" / clip.audio_path.name)
    align(tmp_path / "in", tmp_path / "out", root / "grid_s1" / "clips.tsv")
    labelled = {clip.name: clip.phones for clip in read_corpus(tmp_path, ("out",))}
    differences = [d for clip in clips for d in boundary_differences(clip.phones, labelled[clip.name])]
    assert len(differences) > 20
    assert np.median(np.abs(differences)) <= 0.011


@pytest.mark.corpus
def test_speech_without_a_transcript_is_labelled(tmp_path) -> None:
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed (pip install pocketsphinx)")
    pytest.importorskip("hama", reason="hama is not installed (pip install hama==1.3.13)")
    try:
        root = find_corpus(None, Path(__file__).resolve().parents[2])
    except CorpusError as error:
        pytest.skip(str(error))
    clips = [clip for clip in read_corpus(root, ("librispeech",)) if len(clip.audio()) < 6 * 16_000][:4]
    (tmp_path / "in").mkdir()
    for clip in clips:
        shutil.copyfile(clip.audio_path, tmp_path / "in" / clip.audio_path.name)
    assert align(tmp_path / "in", tmp_path / "out")["-"] >= 2
    for clip in read_corpus(tmp_path, ("out",)):
        known = next(c for c in clips if c.name == clip.name)
        differences = boundary_differences(known.phones, clip.phones)
        assert not differences or np.median(np.abs(differences)) <= 0.011
