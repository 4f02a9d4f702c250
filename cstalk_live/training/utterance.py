"""Speech with the times of its phones, and the voices that produce it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Protocol

import numpy as np
from scipy.signal import resample_poly

from cstalk_live.records import FloatArray

from .corpus import CORPUS_RATE, Phone

MARGIN = 0.25
"""Least silence in seconds before and after the speech."""

PEAK = 0.5
"""Of full scale: where the loudest sample of an utterance is put."""

LONGEST = 20.0
"""Seconds: a longer utterance is a sign of a text that is no sentence."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken sentence."""

    samples: FloatArray
    """float32 [n], 16 kHz mono."""
    phones: tuple[Phone, ...]
    """Tile the samples from first to last."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / CORPUS_RATE


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of an engine."""

    engine: str
    name: str
    sex: str
    """``F``, ``M`` or ``-``."""
    split: str
    """``train`` or ``val``: a voice is in one of them only."""

    @property
    def label(self) -> str:
        """How the command line and the corpus call it."""
        return f"{self.engine}:{self.name}"


class Engine(Protocol):
    """A speech synthesiser that knows when each phone sounds."""

    def voices(self) -> list[Voice]:
        """All its voices."""
        ...

    def speak(self, text: str, voice: Voice) -> Utterance:
        """Say a sentence.

        Raises:
            CorpusError: it cannot; the message says why.
        """
        ...


def merged(phones: Sequence[Phone]) -> list[Phone]:
    """Neighbouring silences joined and empty phones dropped."""
    out: list[Phone] = []
    for start, end, phone in phones:
        if end - start < 1e-6:
            continue
        if out and phone == "SIL" == out[-1][2]:
            out[-1] = (out[-1][0], end, "SIL")
        else:
            out.append((start, end, phone))
    return out


def starting_earlier(phones: Sequence[Phone], lateness: Callable[[str, str], float]) -> list[Phone]:
    """Move boundaries that an engine is known to report late, by at most half of the phone before.

    Args:
        lateness: seconds for the boundary between two phones.
    """
    out: list[Phone] = []
    for start, end, phone in phones:
        if out:
            before, _, name = out[-1]
            start = max(start - lateness(name, phone), (before + start) / 2)
            out[-1] = (before, start, name)
        out.append((start, end, phone))
    return out


def finish(samples: FloatArray, rate: int, phones: Sequence[Phone]) -> Utterance:
    """Bring an engine's output to the corpus's form: 16 kHz, one level, silence before and after.

    Args:
        samples: float [n] at ``rate``.
        phones: tile the samples.
    """
    common = gcd(rate, CORPUS_RATE)
    sound = np.asarray(resample_poly(samples.astype(np.float64), CORPUS_RATE // common, rate // common))
    sound *= PEAK / max(float(np.abs(sound).max()), 1e-6)
    rows = merged(phones)
    before = _margin(rows[0], MARGIN)
    after = _margin(rows[-1], MARGIN)
    lead, tail = round(before * CORPUS_RATE), round(after * CORPUS_RATE)
    length = (lead + len(sound) + tail) / CORPUS_RATE
    shift = lead / CORPUS_RATE
    rows = [(0.0, shift, "SIL"), *((s + shift, e + shift, p) for s, e, p in rows)]
    rows.append((rows[-1][1], length, "SIL"))
    start, _end, last = rows[-1]
    rows[-1] = (start, length, last)
    return Utterance(np.pad(sound, (lead, tail)).astype(np.float32), tuple(merged(rows)))


def _margin(row: Phone, wanted: float) -> float:
    return max(0.0, wanted - (row[1] - row[0])) if row[2] == "SIL" else wanted
