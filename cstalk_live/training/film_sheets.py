"""Tables of what was measured against the film. Each is made for some look-aheads of a report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .look_ahead import Report, milliseconds
from .sheet import Sheet, number
from .targets import calmer

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

_HEADS = ("look-ahead", "speakers", "method")


def _methods(report: Report, delays: Sequence[str]) -> list[tuple[tuple[str, str, str], Mapping[str, float]]]:
    return [
        ((milliseconds(delay), speakers, method), report[kind][delay][speakers])
        for delay in delays
        for speakers in report["scores"][delay]
        for method, kind in (("ours", "scores"), ("ridge", "ridge"))
    ]


def correlation_sheet(report: Report, delays: Sequence[str]) -> Sheet:
    """r of every track, and the lag."""
    rows = [
        (*heads, *(number(row[f"{track}.r"]) for track in TRACKS), number(row["lag_ms"], "+.0f"))
        for heads, row in _methods(report, delays)
    ]
    note = "Pearson's r, mean over clips; lag of the lip gap's best correlation, positive is late."
    columns = (*_HEADS, *(f"{name} r" for name in TRACKS.values()), "lag ms")
    return Sheet("Correlation with the film", note, columns, tuple(rows), 3)


def error_sheet(report: Report, delays: Sequence[str]) -> Sheet:
    """Root mean square errors."""
    rows = [
        (*heads, *(number(row[f"{track}.rmse"], ".3f") for track in LENGTHS)) for heads, row in _methods(report, delays)
    ]
    note = (
        "Root mean square error over all frames, without fitting any size: lip gap, width and chin in distances of "
        "the outer eye corners, jaw in blendshape units. Faces of other sizes than the main speaker's cost."
    )
    return Sheet("Error against the film", note, (*_HEADS, *(TRACKS[track] for track in LENGTHS)), tuple(rows), 3)


def closure_sheet(report: Report, delays: Sequence[str]) -> Sheet:
    """Recall and precision of closures and contacts."""
    keys = ("closure.recall_given_ref", "closure.precision_ref", "closure_matched.recall_given_ref",
            "closure_matched.precision_ref", "labiodental.recall", "labiodental.precision")  # fmt: skip
    rows = [(*heads, *(number(row.get(key)) for key in keys)) for heads, row in _methods(report, delays)]
    note = (
        "B P M: of the closures that the measured lips make, and of the predicted ones, the share found in the other; "
        "'matched' after mean and spread of the gap are made the film's. F V: of the labelled F and V those on which "
        "the lower lip goes under the teeth (mouth_lipBiteD at half the rule's value or more), and of such "
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


def stillness_sheet(report: Report, delays: Sequence[str]) -> Sheet:
    """Ours, ridge and film side by side, and how many times calmer than ridge we are."""
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


def face_sheet(report: Report, delays: Sequence[str]) -> Sheet:
    """What :func:`.face_measures.whole_face` found."""
    measured = {key for delay in delays for row in report["scores"][delay].values() for key in row}
    keys = [key for key in FACE if key in measured]
    rows = [
        (milliseconds(delay), speakers, *(number(row.get(key), ".3f") for key in keys))
        for delay in delays
        for speakers, row in report["scores"][delay].items()
    ]
    note = "Region distance: root mean square difference between the correlation matrices of face regions, 0 is equal."
    return Sheet("The whole face", note, ("look-ahead", "speakers", *(FACE[k] for k in keys)), tuple(rows), 2)
