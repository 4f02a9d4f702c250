"""Speech without a transcript: the phones that a recogniser hears, and whether they can be trusted.

The recogniser is ``hama`` 1.3.13 (PyPI), a small network with a connectionist temporal classifier over phones of many
languages; its times are those of its peaks, so PocketSphinx finds the boundaries.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cstalk_live.errors import UsageError
from cstalk_live.records import FloatArray

from .corpus import CORPUS_RATE, Phone
from .ipa import to_arpabet
from .timing import VOWELS

INSTALL = "pip install hama==1.3.13"

ODD_SHARE = 0.03
FAR_SHARE = 0.05
FAR = 0.12
LONGEST_PHONE = 0.6
RATES = (6.0, 20.0)
LOUD_SILENCE = 0.05
LOUD_SILENCE_DB = 12.0
"""The limits beyond which an utterance is left out; see :func:`doubt`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the recogniser heard."""

    words: tuple[tuple[tuple[str, float], ...], ...]
    """Words of (ARPAbet phone, middle of its peak in seconds)."""
    odd: int
    """Symbols that English does not have."""
    symbols: int

    @property
    def phones(self) -> list[tuple[str, float]]:
        return [phone for word in self.words for phone in word]


def read_peaks(frames: Sequence[str], seconds: float, blank: str = "<blank>", boundary: str = "<wb>") -> Heard:
    """Words from the recogniser's symbol per frame: repeats are one symbol, blanks part them.

    Args:
        frames: symbols that fill ``seconds`` evenly.
    """
    words: list[list[tuple[str, float]]] = [[]]
    odd = symbols = 0
    step = seconds / max(1, len(frames))
    at = 0
    while at < len(frames):
        symbol, first = frames[at], at
        while at < len(frames) and frames[at] == symbol:
            at += 1
        if symbol == boundary:
            words.append([])
        elif symbol != blank:
            symbols += 1
            names = to_arpabet(symbol)
            odd += names is None
            for i, name in enumerate(names or ()):
                words[-1].append((name, (first + (i + 0.5) * (at - first) / len(names or ())) * step))
    return Heard(tuple(tuple(word) for word in words if word), odd, symbols)


class PhoneRecogniser:
    """Hears phones.

    Raises:
        UsageError: hama is not installed.
    """

    def __init__(self) -> None:
        try:
            module: Any = importlib.import_module("hama.asr")
        except ModuleNotFoundError:
            raise UsageError("speech without a transcript needs the package 'hama' 1.3.13", INSTALL) from None
        self._model = module.ASRModel(providers=["CPUExecutionProvider"])

    def hear(self, samples: FloatArray) -> Heard:
        """Phones of float32 [n] at 16 kHz."""
        result = self._model(samples, CORPUS_RATE)
        names = self._model.decoder_tokens
        return read_peaks([names[token] for token in result.frame_token_ids], len(samples) / CORPUS_RATE)


def doubt(heard: Heard, aligned: Sequence[Phone], samples: FloatArray) -> str:
    """Why an utterance should be left out, empty if there is no reason. The first of:

    * more than 3 % of the symbols are odd for English;
    * more than 5 % of the phones lie more than 120 ms from where the recogniser heard them;
    * a phone is longer than 0.6 s, or speech has not 6 to 20 phones a second;
    * a silence of over 50 ms is less than 12 dB below the vowels: speech was missed, or there is noise.
    """
    if heard.odd > ODD_SHARE * heard.symbols:
        return "odd symbols"
    spoken = [row for row in aligned if row[2] != "SIL"]
    peaks = heard.phones
    if not spoken or [name for name, _ in peaks] != [name for _, _, name in spoken]:
        return "other phones"
    far = sum(
        max(start - peak, peak - end, 0.0) > FAR for (_, peak), (start, end, _) in zip(peaks, spoken, strict=True)
    )
    if far > FAR_SHARE * len(spoken):
        return "phones far from where they were heard"
    if max(end - start for start, end, _ in spoken) > LONGEST_PHONE:
        return "long phone"
    rate = len(spoken) / sum(end - start for start, end, _ in spoken)
    if not RATES[0] <= rate <= RATES[1]:
        return "speech rate"
    vowels = _level([(s, e) for s, e, p in spoken if p in VOWELS], samples)
    silences = [(s, e) for s, e, p in aligned if p == "SIL" and e - s > LOUD_SILENCE]
    if any(_level([span], samples) > vowels - LOUD_SILENCE_DB for span in silences):
        return "loud silence"
    return ""


def _level(spans: Sequence[tuple[float, float]], samples: FloatArray) -> float:
    """Power in dB over the spans."""
    parts = [samples[round(s * CORPUS_RATE) : round(e * CORPUS_RATE)] for s, e in spans]
    joined = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return 10.0 * float(np.log10(np.square(joined.astype(np.float64)).mean() + 1e-12)) if len(joined) else -120.0
