"""Where known words or phones lie in a recording: forced alignment with PocketSphinx's English model.

PocketSphinx 5 (D. Huggins-Daines et al., "PocketSphinx: a free, real-time continuous speech recognition system for
hand-held devices", ICASSP 2006) aligns words first and then the phones of the pronunciations it chose, in steps of
10 ms.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from cstalk_live.errors import CorpusError, UsageError
from cstalk_live.records import FloatArray

from .corpus import CORPUS_RATE, Phone
from .phones import PHONES
from .utterance import merged

INSTALL = "pip install 'pocketsphinx>=5.1'"

FRAME = 0.01
"""Seconds of PocketSphinx's frames."""

BEFORE, AFTER = 0.10, 0.15
"""Seconds of silence left before the first and after the last loud moment: with more, the aligner strays into it."""

QUIET_DB = 35.0
"""Speech begins and ends where the level is this far below the clip's loudest."""

BRITISH = {
    "z": "Z EH D", "been": "B IY N", "schedule": "SH EH JH UH L", "bath": "B AA TH", "path": "P AA TH",
    "at": "AH T", "four": "F AO", "are": "AA", "a": "AH",
}  # fmt: skip
"""Further ways to say a word than the American dictionary knows."""


class NoPathError(CorpusError):
    """The aligner finds no way to hear these words in this sound."""


def speech_span(samples: FloatArray) -> tuple[int, int]:
    """First and end sample of the speech with a little silence on either side."""
    block = CORPUS_RATE // 100
    count = len(samples) // block
    power = np.square(samples[: count * block].reshape(count, block)).mean(axis=1)
    if not count or power.max() <= 0:
        return 0, len(samples)
    loud = np.flatnonzero(power > power.max() * 10 ** (-QUIET_DB / 10))
    start = max(0, int(loud[0]) * block - round(BEFORE * CORPUS_RATE))
    return start, min(len(samples), (int(loud[-1]) + 1) * block + round(AFTER * CORPUS_RATE))


def tiled(spoken: Sequence[Phone], start: float, length: float) -> tuple[Phone, ...]:
    """Alignment of a part of a clip made to tile the whole clip with ``SIL`` around it.

    Args:
        spoken: phones in seconds from ``start``.
        length: of the clip in seconds.
    """
    rows: list[Phone] = []
    at = 0.0
    for s, e, phone in [*spoken, (length - start, length - start, "SIL")]:
        begin, end = max(at, s + start), min(length, e + start)
        if begin > at:
            rows.append((at, begin, "SIL"))
        if end > begin:
            rows.append((begin, end, phone))
        at = max(at, end)
    if at < length:
        rows.append((at, length, "SIL"))
    return tuple(merged(rows))


class Aligner:
    """Aligns one clip after another.

    Raises:
        UsageError: PocketSphinx is not installed.
    """

    def __init__(self) -> None:
        try:
            module: Any = importlib.import_module("pocketsphinx")
        except ModuleNotFoundError:
            raise UsageError("alignment needs the package 'pocketsphinx'", INSTALL) from None
        self._decoder = module.Decoder(lm=None, loglevel="FATAL", bestpath=False)
        self._added: set[str] = set()
        for word, phones in BRITISH.items():
            self._decoder.add_word(f"{word}(9)", phones, True)

    def unknown(self, words: Sequence[str]) -> list[str]:
        """Those of the words that are in no dictionary."""
        return [word for word in words if self._decoder.lookup_word(word) is None]

    def pronounce(self, name: str, phones: Sequence[str]) -> None:
        """Teach it a word; a name that it has keeps its phones."""
        if name not in self._added:
            self._added.add(name)
            self._decoder.add_word(name, " ".join(phones), True)

    def align(self, samples: FloatArray, words: Sequence[str]) -> tuple[Phone, ...]:
        """Phones of the words, tiling the clip.

        Args:
            samples: float32 [n], 16 kHz mono.
            words: in lower case, all known.

        Raises:
            NoPathError: the words cannot be heard in the sound.
        """
        start, end = speech_span(samples)
        sound = np.round(np.clip(samples[start:end], -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
        decoder = self._decoder
        try:
            decoder.set_align_text(" ".join(words))
            self._decode(sound)
            if decoder.hyp() is None:
                raise NoPathError(f"the aligner does not hear {' '.join(words)!r}", "check the transcript")
            decoder.set_alignment()
            self._decode(sound)
            found = [
                (phone.start * FRAME, (phone.start + phone.duration) * FRAME, str(phone.name))
                for word in decoder.get_alignment()
                for phone in word
            ]
        except (RuntimeError, ValueError) as error:
            raise NoPathError(
                f"the aligner does not hear {' '.join(words)!r}: {error}", "check the transcript"
            ) from error
        spoken = [(s, e, name if name in PHONES else "SIL") for s, e, name in found]
        return tiled(spoken, start / CORPUS_RATE, len(samples) / CORPUS_RATE)

    def _decode(self, sound: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(sound, full_utt=True)
        self._decoder.end_utt()


def boundary_differences(one: Sequence[Phone], two: Sequence[Phone]) -> list[float]:
    """Seconds by which the starts of the phones of ``two`` lie after those of ``one``; silences count as nothing.

    Empty if the two are not the same phones.
    """
    first = [row for row in one if row[2] != "SIL"]
    second = [row for row in two if row[2] != "SIL"]
    if [row[2] for row in first] != [row[2] for row in second]:
        return []
    return [b[0] - a[0] for a, b in zip(first, second, strict=True)]
