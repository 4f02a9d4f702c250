"""Phones of a clip as segments with times, loudness and length: what coarticulation works on.

A diphthong is two segments, its start and its glide, so that each half has a target of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from cstalk_live.records import FPS, FloatArray

from .corpus import Phone
from .phones import DIPHTHONGS, FEATURES, PHONE_ROWS

UNITS = tuple(sorted([*PHONE_ROWS, *(f"{d}{half}" for d in DIPHTHONGS for half in (1, 2))]))
"""Phones without diphthongs, the two halves of each diphthong (``AY1``, ``AY2``), and ``SIL``."""

LONGEST_ONSET = 0.12
"""Seconds. The aligner lets a sentence's first stop fill the silence before it: only its end counts."""

SYLLABLE_FRAMES = 19
"""Frames of 1/60 s around a moment whose loudest is the loudness of its syllable. The loudness of the segment alone
says more about the sound than about the effort: with it, speakers left out of the fit are followed at gap r 0.762 and
chin 0.649, with none at 0.766 and 0.659, with the syllable's at 0.768 and 0.663. Pitch instead gave 0.760 and 0.655,
so pitch is not used."""

_STOPS = {"B", "P", "M", "T", "D", "K", "G", "CH", "JH"}


def unit_rows() -> FloatArray:
    """float32 [units, 20]: articulatory features of every unit; halves of diphthongs have those of the vowel they
    begin or end with."""
    rows = [
        PHONE_ROWS[unit] if unit in PHONE_ROWS else PHONE_ROWS[DIPHTHONGS[unit[:-1]][int(unit[-1]) - 1]]
        for unit in UNITS
    ]
    return np.stack(rows)


ROWS = unit_rows()
assert ROWS.shape == (len(UNITS), len(FEATURES))


@dataclass(frozen=True, slots=True)
class Segments:
    """One clip's segments, in the order they are spoken; times in seconds of the sound as it is played."""

    unit: NDArray[np.int64]
    """[S], index into :data:`UNITS`."""
    start: FloatArray
    end: FloatArray
    loudness: FloatArray
    """[S], 0..1.2: of the syllable it belongs to, see :data:`SYLLABLE_FRAMES`."""

    def __len__(self) -> int:
        return len(self.unit)


def segments(phones: Sequence[Phone], loudness: FloatArray, speed: float = 1.0) -> Segments:
    """Cut a clip into segments.

    Args:
        phones: start, end in seconds of the recording.
        loudness: [n], 0..1.2 at 60 frames a second of the sound as it is played.
        speed: the sound is played this many times as fast.
    """
    parts: list[tuple[float, float, int]] = []
    for start, end, phone in phones:
        s, e = start / speed, end / speed
        if phone in DIPHTHONGS:
            middle = (s + e) / 2
            parts += [(s, middle, UNITS.index(f"{phone}1")), (middle, e, UNITS.index(f"{phone}2"))]
        else:
            if phone in _STOPS and e - s > LONGEST_ONSET:
                parts.append((s, e - LONGEST_ONSET, UNITS.index("SIL")))
                s = e - LONGEST_ONSET
            parts.append((s, e, UNITS.index(phone)))
    if not parts:
        parts.append((0.0, len(loudness) / FPS, UNITS.index("SIL")))
    syllable = maximum_filter1d(loudness, SYLLABLE_FRAMES) if len(loudness) else loudness
    loud = []
    for s, e, _ in parts:
        first = min(max(int(s * FPS), 0), max(len(loudness) - 1, 0))
        inside = syllable[first : max(first + 1, round(e * FPS))]
        loud.append(float(np.median(inside)) if len(inside) else 0.0)
    return Segments(
        np.array([u for _, _, u in parts], np.int64),
        np.array([s for s, _, _ in parts], np.float32),
        np.array([e for _, e, _ in parts], np.float32),
        np.array(loud, np.float32),
    )
