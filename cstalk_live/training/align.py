"""Phone labels for recordings: ``cstalk-live corpus align``.

With a transcript, PocketSphinx finds where its phones lie. Without one, a recogniser says which phones there are and
PocketSphinx where; utterances whose labels cannot be trusted stay in the folder without phones, with the reason.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import numpy as np
import soundfile as sf
from rich.console import Console
from rich.progress import track
from scipy.signal import resample_poly

from cstalk_live.errors import CorpusError
from cstalk_live.records import FloatArray

from .corpus import CORPUS_RATE, Phone
from .corpus_write import CorpusWriter
from .forced_alignment import Aligner, NoPathError
from .recognised import PhoneRecogniser, doubt
from .sentences import words_of
from .utterance import Utterance

SUFFIXES = (".flac", ".wav", ".ogg", ".aiff", ".aif", ".mp3")


@dataclass(frozen=True, slots=True)
class Told:
    """What the text file says of a clip."""

    transcript: str
    speaker: str
    split: str


def read_texts(path: Path) -> dict[str, Told]:
    """Transcripts: tab separated with the columns ``clip`` and ``transcript``, and maybe ``speaker`` and ``split``.

    A corpus's own ``clips.tsv`` is such a file.

    Raises:
        CorpusError: the file cannot be read or lacks a column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"cannot read {path}: {error}", "give a UTF-8 table") from error
    texts = {}
    for line, row in enumerate(rows, start=2):
        if not row.get("clip") or row.get("transcript") is None:
            raise CorpusError(f"{path}, line {line} has no clip or no transcript", "head the columns: clip, transcript")
        texts[row["clip"]] = Told(row["transcript"], row.get("speaker") or "", row.get("split") or "train")
    if not texts:
        raise CorpusError(f"{path} holds no transcript", "write a header line and one line per clip")
    return texts


def read_sound(path: Path) -> FloatArray:
    """float32 [n], 16 kHz mono, of any sound file.

    Raises:
        CorpusError: it cannot be read, is empty, or holds NaN.
    """
    try:
        samples, rate = sf.read(str(path), dtype="float32", always_2d=True)
    except (sf.LibsndfileError, OSError) as error:
        raise CorpusError(f"cannot read {path}: {error}", "remove or restore the file") from error
    mono = samples.mean(axis=1).astype(np.float64)
    if len(mono) < rate // 10 or not np.isfinite(mono).all():
        raise CorpusError(f"{path} is shorter than 0.1 s or holds NaN", "remove or restore the file")
    common = gcd(int(rate), CORPUS_RATE)
    if rate != CORPUS_RATE:
        mono = np.asarray(resample_poly(mono, CORPUS_RATE // common, int(rate) // common))
    return np.asarray(np.clip(mono, -1.0, 1.0), np.float32)


def speaker_of(path: Path, folder: Path) -> str:
    """The sub-folder that holds the file, else its name up to the first ``-`` or ``_``."""
    inner = path.relative_to(folder).parent
    return inner.parts[0] if inner.parts else path.stem.replace("_", "-").partition("-")[0]


class Labeller:
    """Labels clip after clip; PocketSphinx and, when a clip has no transcript, the recogniser are started once."""

    def __init__(self, texts: dict[str, Told]) -> None:
        self.texts = texts
        self._aligner = Aligner()
        self._recogniser: PhoneRecogniser | None = None

    def label(self, name: str, samples: FloatArray) -> tuple[tuple[Phone, ...], str]:
        """Phones that tile the clip and ``-``, or no phones and the reason."""
        try:
            if name in self.texts:
                return self._transcribed(words_of(self.texts[name].transcript), samples)
            return self._heard(samples)
        except NoPathError:
            return (), "no path"

    def _transcribed(self, words: list[str], samples: FloatArray) -> tuple[tuple[Phone, ...], str]:
        unknown = self._aligner.unknown(words)
        if not words or unknown:
            return (), f"unknown words {' '.join(unknown)}".strip() if words else "no words"
        return self._aligner.align(samples, words), "-"

    def _heard(self, samples: FloatArray) -> tuple[tuple[Phone, ...], str]:
        if self._recogniser is None:
            self._recogniser = PhoneRecogniser()
        heard = self._recogniser.hear(samples)
        if not heard.words:
            return (), "no speech"
        names = []
        for word in heard.words:
            phones = [phone for phone, _ in word]
            names.append("heard-" + "-".join(phones).lower())
            self._aligner.pronounce(names[-1], phones)
        aligned = self._aligner.align(samples, names)
        reason = doubt(heard, aligned, samples)
        return ((), reason) if reason else (aligned, "-")


def align(audio: Path, out: Path, text: Path | None = None) -> dict[str, int]:
    """Label every sound file in a folder and its sub-folders.

    Args:
        text: see :func:`read_texts`; a clip that it does not name is labelled without a transcript.

    Returns:
        How many clips were labelled (``-``), and how many were left out for each reason.

    Raises:
        CorpusError: there is no sound, a name occurs twice, or ``out`` is not empty.
        UsageError: an aligner is not installed.
    """
    console = Console(stderr=True)
    files = sorted(p for p in audio.rglob("*") if p.suffix.lower() in SUFFIXES) if audio.is_dir() else []
    if not files:
        raise CorpusError(f"no sound files in {audio}", f"name a folder with {', '.join(SUFFIXES)}")
    twice = [name for name, count in Counter(p.stem for p in files).items() if count > 1]
    if twice:
        raise CorpusError(f"{len(twice)} names occur twice in {audio}, the first is {twice[0]}", "rename the files")
    labeller = Labeller(read_texts(text) if text else {})
    writer = CorpusWriter(out)
    reasons: Counter[str] = Counter()
    seconds, before = 0.0, time.process_time()
    for path in track(files, "aligning", console=console):
        try:
            samples = read_sound(path)
        except CorpusError as error:
            console.print(f"left out: {error}", highlight=False, markup=False, soft_wrap=True)
            reasons["unreadable audio"] += 1
            continue
        phones, reason = labeller.label(path.stem, samples)
        told = labeller.texts.get(path.stem, Told("-", "", "train"))
        writer.add(
            path.stem,
            told.speaker or speaker_of(path, audio),
            Utterance(samples, phones),
            split=told.split,
            reason=reason,
            transcript=told.transcript,
        )
        reasons[reason.partition(" words ")[0] if reason.startswith("unknown words") else reason] += 1
        seconds += len(samples) / CORPUS_RATE
    writer.close()
    spent = max(time.process_time() - before, 1e-6)
    console.print(
        f"{reasons['-']} of {len(files)} clips labelled, {seconds / spent:.0f} s of sound per processor second; "
        f"wrote {out}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    for reason, count in reasons.most_common():
        if reason != "-":
            console.print(f"left out: {count} x {reason}", highlight=False, markup=False)
    return dict(reasons)
