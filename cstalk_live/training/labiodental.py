"""Contact of the lower lip with the upper teeth on F and V.

A lip gap tells nothing of them: on the main speaker's film it is 0.02 to 0.12 eye distances at the middle of F and V,
as it is at the middle of most phones. What the rig shows is the lower lip drawn under the teeth, ``mouth_lipBiteD``.
Contact is that control, left and right averaged, at half of what the phone rule puts on F and V or more. No camera saw
it, so the reference is the phone labels and not the film.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray

from .closures import intervals_of, near, spoken, stretches, touches
from .corpus import Phone
from .face_to_rig import pair
from .phones import hidden_controls
from .track_measures import Track, centres, ratio

LABIODENTALS = frozenset({"F", "V"})

BITE = pair("mouth_lipBiteD.ty")

FULL = float(hidden_controls([(0.0, 1.0, "F")], FPS)[FPS // 2, BITE].mean())
"""The control at a held F, by the phone rule."""

CONTACT = FULL / 2
"""The control from which lip and teeth count as touching: the rule passes it at the edges of a phone."""


def lip_bite(board: FloatArray) -> Track:
    """How far the lower lip is under the teeth: board [n, 185] -> [n], control units 0..1."""
    return np.asarray(board[:, BITE].mean(axis=1), np.float64)


@dataclass(slots=True)
class Contacts:
    """Counts of labiodental contacts, summed over clips."""

    intervals: int = 0
    hit: int = 0
    stretches: int = 0
    on_phone: int = 0

    def count(self, board: FloatArray, phones: Sequence[Phone]) -> None:
        """Add one clip: board [n, 185], 60 frames a second."""
        t = centres(len(board), FPS)
        touching = lip_bite(board) >= CONTACT
        wanted = intervals_of(phones, LABIODENTALS)
        for start, end in wanted:
            self.intervals += 1
            self.hit += bool(touching[near(t, start, end)].any())
        for first, last in stretches(touching & spoken(t, phones)):
            self.stretches += 1
            self.on_phone += touches(wanted, t[first], t[last])

    def ratios(self) -> dict[str, float]:
        """Recall: labelled F and V with contact. Precision: contacts in speech that touch one, within a frame."""
        return {"recall": ratio(self.hit, self.intervals), "precision": ratio(self.on_phone, self.stretches)}
