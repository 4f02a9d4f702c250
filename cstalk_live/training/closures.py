"""Lip closures: on which B, P and M the lips shut, and how many of the shut moments belong to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FPS

from .corpus import Phone
from .track_measures import PICTURE_FPS, Track, centres, ratio

BILABIALS = frozenset({"B", "P", "M"})

CLOSED = 0.025
"""Lip gap in eye distances below which lips count as shut (holds for 94-99 % of the measured B, P and M)."""

TOLERANCE_S = 0.04
"""One frame of the 25 fps picture, the precision with which a closure's time is known."""


def spoken(t: Track, phones: Sequence[Phone]) -> NDArray[np.bool_]:
    """Times that lie in speech: farther than 60 ms from any silence."""
    inside = np.ones(len(t), bool)
    for start, end, phone in phones:
        if phone == "SIL":
            inside &= (t < start - 0.06) | (t > end + 0.06)
    return inside


def stretches(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last frame of every run of True."""
    edges = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def touches(intervals: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    """Whether a moment from ``start`` to ``end`` lies within a frame of one of the intervals."""
    return any(s - TOLERANCE_S <= end and e + TOLERANCE_S >= start for s, e in intervals)


def intervals_of(phones: Sequence[Phone], wanted: frozenset[str]) -> list[tuple[float, float]]:
    """Start and end of every phone that is wanted."""
    return [(start, end) for start, end, phone in phones if phone in wanted]


def near(t: Track, start: float, end: float) -> NDArray[np.bool_]:
    """Times within an interval, a frame more on either side."""
    return (t >= start - TOLERANCE_S) & (t <= end + TOLERANCE_S)


def _shut(t: Track, gap: Track, start: float, end: float) -> bool:
    inside = near(t, start, end)
    return bool(inside.any() and gap[inside].min() < CLOSED)


@dataclass(slots=True)
class Closures:
    """Counts of lip closures, summed over clips."""

    intervals: int = 0
    hit: int = 0
    reference_intervals: int = 0
    reference_hit: int = 0
    stretches: int = 0
    stretches_on_phone: int = 0
    stretches_on_reference: int = 0

    def count(
        self,
        predicted: Track,
        phones: Sequence[Phone],
        reference: Track | None,
        fps: float = PICTURE_FPS,
        predicted_fps: float = FPS,
    ) -> None:
        """Add one clip: lip gaps in eye distances, the measured one at ``fps`` frames a second."""
        t = centres(len(predicted), predicted_fps)
        t_ref = centres(len(reference), fps) if reference is not None else None
        bilabials = intervals_of(phones, BILABIALS)
        for start, end in bilabials:
            hit = _shut(t, predicted, start, end)
            self.intervals += 1
            self.hit += hit
            if t_ref is not None and reference is not None and _shut(t_ref, reference, start, end):
                self.reference_intervals += 1
                self.reference_hit += hit
        for first, last in stretches((predicted < CLOSED) & spoken(t, phones)):
            self.stretches += 1
            self.stretches_on_phone += touches(bilabials, t[first], t[last])
            if t_ref is not None and reference is not None:
                self.stretches_on_reference += _shut(t_ref, reference, t[first], t[last])

    def ratios(self) -> dict[str, float]:
        """Recall and precision; ``*_ref`` count only closures that the measured lips make."""
        return {
            "recall": ratio(self.hit, self.intervals),
            "recall_given_ref": ratio(self.reference_hit, self.reference_intervals),
            "precision": ratio(self.stretches_on_phone, self.stretches),
            "precision_ref": ratio(self.stretches_on_reference, self.stretches),
        }
