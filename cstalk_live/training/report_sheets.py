"""The tables of an evaluation, made from its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cstalk_live.records import FPS

from .sheet import Sheet, number, percent
from .targets import DELAY, calmer, share_of_main, target_sheet
from .validation_clips import MAIN, NAMES, UNFILMED_FOLDER

Report = Mapping[str, Any]

TRACKS = {
    "lip_aperture": "lip gap",
    "lip_width": "width",
    "chin_drop": "chin",
    "jawOpen": "jaw",
    "mouthPucker": "pucker",
}

LENGTHS = tuple(TRACKS)[:4]
"""Those whose units are the film's: rounding on the rig has other units than the tracker's pucker."""

FACE = {"region_distance": "region distance", "lve_mm": "LVE mm", "eve_mm": "EVE mm", "fdd": "FDD"}
"""Columns of the whole face; those that were not measured are left out."""


def milliseconds(delay: str) -> str:
    """A look-ahead in frames as text."""
    return f"{round(int(delay) * 1000 / FPS)} ms"


def shown_delay(report: Report) -> str:
    """The look-ahead of the pictures and of the short tables: 67 ms where it was measured."""
    return str(min(report["scores"], key=lambda delay: abs(int(delay) - DELAY)))


def sheets(report: Report, delays: Sequence[str]) -> list[Sheet]:
    """All tables for these look-aheads; those without rows are left out."""
    found = [
        _correlations(report, delays),
        _errors(report, delays),
        _closures(report, delays),
        _stillness(report, delays),
        _whole_face(report, delays),
        _labels(report, delays),
        _legibility(report, delays),
    ]
    return [sheet for sheet in found if sheet.rows]


def every_sheet(report: Report) -> list[Sheet]:
    """The goals, the tables at the shown look-ahead and what each emotion does."""
    goals = target_sheet(report)
    return [*([goals] if goals else []), *sheets(report, [shown_delay(report)]), _emotions(report)]


def _methods(report: Report, delays: Sequence[str]) -> list[tuple[tuple[str, str, str], Mapping[str, float]]]:
    return [
        ((milliseconds(delay), speakers, method), report[kind][delay][speakers])
        for delay in delays
        for speakers in report["scores"][delay]
        for method, kind in (("ours", "scores"), ("ridge", "ridge"))
    ]


_HEADS = ("look-ahead", "speakers", "method")


def _correlations(report: Report, delays: Sequence[str]) -> Sheet:
    rows = [
        (*heads, *(number(row[f"{track}.r"]) for track in TRACKS), number(row["lag_ms"], "+.0f"))
        for heads, row in _methods(report, delays)
    ]
    note = "Pearson's r, mean over clips; lag of the lip gap's best correlation, positive is late."
    columns = (*_HEADS, *(f"{name} r" for name in TRACKS.values()), "lag ms")
    return Sheet("Correlation with the film", note, columns, tuple(rows), 3)


def _errors(report: Report, delays: Sequence[str]) -> Sheet:
    rows = [
        (*heads, *(number(row[f"{track}.rmse"], ".3f") for track in LENGTHS)) for heads, row in _methods(report, delays)
    ]
    note = (
        "Root mean square error over all frames, without fitting any size: lip gap, width and chin in distances of "
        "the outer eye corners, jaw in blendshape units. Faces of other sizes than the main speaker's cost."
    )
    return Sheet("Error against the film", note, (*_HEADS, *(TRACKS[track] for track in LENGTHS)), tuple(rows), 3)


def _closures(report: Report, delays: Sequence[str]) -> Sheet:
    keys = ("closure.recall_given_ref", "closure.precision_ref", "closure_matched.recall_given_ref",
            "closure_matched.precision_ref", "labiodental.recall", "labiodental.precision")  # fmt: skip
    rows = [(*heads, *(number(row.get(key)) for key in keys)) for heads, row in _methods(report, delays)]
    note = (
        "B P M: of the closures that the measured lips make, and of the predicted ones, the share found in the other; "
        "'matched' after mean and spread of the gap are made the film's. F V: of the labelled F and V those on which "
        "the lower lip goes under the teeth (mouth_lipBiteD at half the rule's value or more, lips apart), and of such "
        "contacts those on an F or V; no camera sees that contact, so the labels are the reference. Ridge has no such "
        "control."
    )
    columns = (
        *_HEADS,
        "B P M recall",
        "precision",
        "matched recall",
        "matched precision",
        "F V recall",
        "F V precision",
    )
    return Sheet("Closures and contacts", note, columns, tuple(rows), 3)


def _stillness(report: Report, delays: Sequence[str]) -> Sheet:
    rows = []
    for delay in delays:
        for speakers, ours in report["scores"][delay].items():
            ridge = report["ridge"][delay][speakers]
            times = calmer(report, delay, speakers)
            rows.append(
                (
                    milliseconds(delay), speakers,
                    *(number(value, ".3f") for value in (ours["stillness"], ridge["stillness"], ours["ref_stillness"])),
                    "still" if math.isinf(times) else number(times, ".1f"),
                    *(number(row["jitter"], ".1f") for row in (ours, ridge)),
                    *(number(value, ".4f") for value in (ours["jitter_25"], ridge["jitter_25"], ours["ref_jitter_25"])),
                )
            )  # fmt: skip
    note = (
        "Stillness: mean speed of the lip gap in silences, eye distances a second, lower is calmer. Jitter: mean "
        "second difference of the lip gap, eye distances per s² at 60 frames a second, and per frame² at the film's "
        "25. The film's own numbers hold the tracker's noise. Ridge moves in straight lines between 25 poses a second."
    )
    still = ("stillness ours", "stillness ridge", "stillness film", "times calmer than ridge")
    shaky = ("jitter ours", "jitter ridge", "jitter at 25: ours", "at 25: ridge", "at 25: film")
    columns = ("look-ahead", "speakers", *still, *shaky)
    return Sheet("Stillness in silence, and jitter", note, columns, tuple(rows), 2)


def _whole_face(report: Report, delays: Sequence[str]) -> Sheet:
    measured = {key for delay in delays for row in report["scores"][delay].values() for key in row}
    keys = [key for key in FACE if key in measured]
    rows = [
        (milliseconds(delay), speakers, *(number(row.get(key), ".3f") for key in keys))
        for delay in delays
        for speakers, row in report["scores"][delay].items()
    ]
    note = "Region distance: root mean square difference between the correlation matrices of face regions, 0 is equal."
    return Sheet("The whole face", note, ("look-ahead", "speakers", *(FACE[k] for k in keys)), tuple(rows), 2)


def _labels(report: Report, delays: Sequence[str]) -> Sheet:
    shares = ("recall", "precision", "opening recall")
    rows = []
    for delay in delays:
        found = report["labels"][delay]
        for name, row in found.items():
            cells = (*(number(row[key]) for key in shares), number(row["follows labels r"]))
            counts = f"{row['bilabials']:.0f} / {row['low vowels']:.0f}"
            rows.append((milliseconds(delay), f"{NAMES.get(name, name)}, {row['clips']:.0f} clips", *cells, counts))
        if {MAIN, UNFILMED_FOLDER} <= found.keys():
            cells = tuple(percent(share_of_main(report, delay, key)) for key in (*shares, "follows labels r"))
            rows.append((milliseconds(delay), "unfilmed as a share of the main speaker", *cells, ""))
    if rows and MAIN in report["labels"][delays[0]]:
        film = report["film_follows_labels"]
        cells = (*(number(film[key]) for key in shares), number(film["follows labels r"]))
        rows.append(("film", f"{MAIN}, measured lips", *cells, f"{film['bilabials']:.0f} / {film['low vowels']:.0f}"))
    note = (
        "Against phone labels alone, the same way for voices with a picture and without. Closures: labelled B P M on "
        "which the gap is below 0.025 eye distances within a picture frame, and closures that touch one. Openings: AE "
        "AA AY AW on which it passes 0.09. Follows labels: correlation of the gap at the middle of each phone with the "
        "main speaker's median gap for that phone in training. LibriSpeech labels were made by a machine."
    )
    columns = (
        "look-ahead",
        "voices",
        "B P M closed",
        "precision",
        "low vowels open",
        "follows labels r",
        "B P M / low vowels",
    )
    return Sheet("Lips against phone labels", note, columns, tuple(rows), 2)


def _legibility(report: Report, delays: Sequence[str]) -> Sheet:
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


def _emotions(report: Report) -> Sheet:
    rows = [(name, *(number(value) for value in row.values())) for name, row in report["emotions"].items()]
    columns = ("emotion", *next(iter(report["emotions"].values())))
    ahead = milliseconds(shown_delay(report))
    note = (
        f"Largest mean change of a control against neutral speech, by region, at {ahead}; and the closures on B P M "
        "that the measured lips make, kept under the emotion."
    )
    return Sheet("What each emotion moves", note, columns, tuple(rows))
