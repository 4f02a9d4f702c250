"""Do phone labels lie where the sound is? Measured on the sound alone, for synthetic and for aligned speech.

Vowels are loud and sibilants are high: the loudness of a clip is correlated with where its labels say vowels are,
and its share of power above 4 kHz with where they say S, Z, SH, ZH, CH and JH are, at shifts of -80 to +80 ms. The
shift of best correlation is the timing error; positive means that the sound comes after its label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FloatArray

from .corpus import CORPUS_RATE, Phone

STEP = 80
"""Samples: 5 ms."""

WINDOW = 320
SHIFTS = range(-16, 17)

VOWELS = frozenset({"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"})
SIBILANTS = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
STOPS = frozenset({"P", "B", "T", "D", "K", "G"})


@dataclass(frozen=True, slots=True)
class Timing:
    """How well labels and sound agree, over all clips given."""

    vowel_lag_ms: float
    vowel_r: float
    sibilant_lag_ms: float
    sibilant_r: float
    silence_db: float
    """Median over clips: power of SIL against vowels."""
    closure_db: float
    """Median over stops between other phones: their quietest 20 ms against the clip's vowels."""


def _levels(samples: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Level in dB, floored 60 dB below the loudest, and share of power above 4 kHz; every 5 ms, windows of 20 ms."""
    count = 1 + max(0, len(samples) - WINDOW) // STEP
    index = np.arange(count)[:, None] * STEP + np.arange(WINDOW)
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)[index] * np.hanning(WINDOW), axis=1)) ** 2
    power = spectrum.sum(axis=1)
    high = spectrum[:, WINDOW // 4 :].sum(axis=1)
    floor = power.max() * 1e-6 + 1e-12
    return 10.0 * np.log10(power + floor), high / (power + floor)


def _marked(phones: Sequence[Phone], names: frozenset[str], count: int) -> NDArray[np.float64]:
    """1 where the window's centre lies in one of the ``names``."""
    centre = (np.arange(count) * STEP + WINDOW // 2) / CORPUS_RATE
    mark = np.zeros(count)
    for start, end, phone in phones:
        if phone in names:
            mark[(centre >= start) & (centre < end)] = 1.0
    return mark


def _r(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else np.nan


def _best(signals: list[NDArray[np.float64]], marks: list[NDArray[np.float64]]) -> tuple[float, float]:
    edge = -SHIFTS.start
    curve = [
        np.nanmean(
            [_r(s[edge + k : len(s) - edge + k], m[edge : len(m) - edge]) for s, m in zip(signals, marks, strict=True)]
        )
        for k in SHIFTS
    ]
    best = int(np.argmax(curve))
    return 1e3 * SHIFTS[best] * STEP / CORPUS_RATE, float(curve[best])


def measure_timing(clips: Sequence[tuple[FloatArray, Sequence[Phone]]]) -> Timing:
    """Compare sound and labels.

    Args:
        clips: samples at 16 kHz with their phones; some of them must hold vowels, sibilants and silence.
    """
    loud, high, vowels, sibilants, silence, closures = [], [], [], [], [], []
    for samples, phones in clips:
        level, share = _levels(samples)
        vowel = _marked(phones, VOWELS, len(level))
        sibilant = _marked(phones, SIBILANTS, len(level))
        speech = 1.0 - _marked(phones, frozenset({"SIL"}), len(level))
        loud.append(level)
        vowels.append(vowel)
        if sibilant.any():
            high.append(share * (speech if speech.any() else 1.0))
            sibilants.append(sibilant)
        if not vowel.any():
            continue
        usual = float(np.median(level[vowel > 0]))
        if (speech == 0).any():
            silence.append(float(np.median(level[speech == 0])) - usual)
        for (_, _, before), (start, end, phone), (_, _, after) in zip(phones, phones[1:], phones[2:], strict=False):
            if phone in STOPS and "SIL" not in {before, after}:
                inside = level[round(start * CORPUS_RATE / STEP) : max(1, round(end * CORPUS_RATE / STEP) - 1)]
                if len(inside):
                    closures.append(float(inside.min()) - usual)
    vowel_lag, vowel_r = _best(loud, vowels)
    sibilant_lag, sibilant_r = _best(high, sibilants) if high else (np.nan, np.nan)
    return Timing(
        vowel_lag,
        vowel_r,
        sibilant_lag,
        sibilant_r,
        float(np.median(silence)) if silence else np.nan,
        float(np.median(closures)) if closures else np.nan,
    )
