"""Tables of emotions: whether they can be read off the face, and what they move."""

from __future__ import annotations

from collections.abc import Sequence

from .look_ahead import Report, milliseconds, shown_delay
from .sheet import Sheet, number, percent


def legibility_sheet(report: Report, delays: Sequence[str]) -> Sheet:
    """Accuracy of the emotion reader."""
    rows = []
    for who, found in [(milliseconds(d), report["legibility"][d]) for d in delays] + [
        ("teacher", report["teacher_legibility"])
    ]:
        for intensity, looks in found["accuracy"].items():
            rows.append((who, f"{float(intensity):.0%}", *(percent(value) for value in looks.values())))
    looks = report["teacher_legibility"]["accuracy"]["1.0"]
    chance = 1 / len(report["teacher_legibility"]["emotions"])
    note = (
        "Seconds of held-out speech whose emotion a softmax regression reads rightly, by what it may look at; it is "
        f"trained on the teacher's motion, emotions put on tracked faces by rule. Guessing reaches {chance:.0%}. The "
        "teacher's row is that motion itself on the held-out clips."
    )
    return Sheet("Legibility of emotions", note, ("look-ahead", "intensity", *looks), tuple(rows), 2)


def emotion_sheet(report: Report) -> Sheet:
    """Each emotion against neutral."""
    rows = [(name, *(number(value) for value in row.values())) for name, row in report["emotions"].items()]
    columns = ("emotion", *next(iter(report["emotions"].values())))
    ahead = milliseconds(shown_delay(report))
    note = (
        f"Largest mean change of a control against neutral speech, by region, at {ahead}; and the closures on B P M "
        "that the measured lips make, kept under the emotion."
    )
    return Sheet("What each emotion moves", note, columns, tuple(rows))
