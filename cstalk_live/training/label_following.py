"""How well a lip gap follows phone labels: the same measures for voices with a picture and without.

Three numbers: the share of labelled B, P and M on which the lips shut, the share of labelled AE, AA, AY and AW on which
they open wide, and the correlation between the gap at the middle of each phone and what the main speaker's lips do on
that phone (the median over the training film). The film itself gives the fourth row of the table: what these numbers
are for real lips, under labels of the same kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cstalk_live.records import FPS

from .closures import Closures, intervals_of, near
from .corpus import Clip, Phone
from .track_measures import PICTURE_FPS, Track, centres, correlation, mean_of, ratio

LOW_VOWELS = frozenset({"AE", "AA", "AY", "AW"})

OPEN = 0.09
"""Lip gap in eye distances above which a mouth is open wide (the main speaker's passes it on 97 % of low vowels and
on 36-45 % of B and P, whose neighbours within one picture frame are counted too)."""


def phone_gaps(clips: Sequence[Clip]) -> dict[str, float]:
    """Median lip gap at the middle of each phone over filmed clips, eye distances; phones heard five times or more."""
    heard: dict[str, list[float]] = {}
    for clip in clips:
        assert clip.face is not None
        t = centres(len(clip.face.aperture), PICTURE_FPS)
        for start, end, phone in clip.phones:
            heard.setdefault(phone, []).append(float(np.interp((start + end) / 2, t, clip.face.aperture)))
    return {phone: float(np.median(gaps)) for phone, gaps in heard.items() if len(gaps) >= 5}


@dataclass(slots=True)
class LabelScores:
    """Collects clips of one set."""

    expected: Mapping[str, float]
    """Lip gap by phone, from :func:`phone_gaps`."""
    closures: Closures = field(default_factory=Closures)
    vowels: int = 0
    opened: int = 0
    follows: list[float] = field(default_factory=list)

    def add(self, gap: Track, phones: Sequence[Phone], fps: float = FPS) -> None:
        """One clip: lip gap [n] in eye distances at ``fps`` frames a second."""
        t = centres(len(gap), fps)
        self.closures.count(gap, phones, None, predicted_fps=fps)
        for start, end in intervals_of(phones, LOW_VOWELS):
            inside = near(t, start, end)
            self.vowels += 1
            self.opened += bool(inside.any() and gap[inside].max() > OPEN)
        known = [((s + e) / 2, self.expected[p]) for s, e, p in phones if p in self.expected]
        if known:
            at, wanted = np.array(known).T
            self.follows.append(correlation(np.interp(at, t, gap), wanted))

    def result(self) -> dict[str, float]:
        """Recall and precision of closures, recall of openings, mean correlation with the labels, and the counts."""
        ratios = self.closures.ratios()
        return {
            "clips": float(len(self.follows)),
            "bilabials": float(self.closures.intervals),
            "recall": ratios["recall"],
            "precision": ratios["precision"],
            "low vowels": float(self.vowels),
            "opening recall": ratio(self.opened, self.vowels),
            "follows labels r": mean_of(self.follows),
        }
