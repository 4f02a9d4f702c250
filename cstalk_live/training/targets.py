"""What the project has set itself, for models that look 67 ms ahead."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .sheet import Sheet, number
from .validation_clips import MAIN, NAMES, STRANGERS, UNFILMED_FOLDER

DELAY = 4
"""Frames of look-ahead for which the goals are set."""

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One goal: a number found in a report, and the side of a limit on which it must lie."""

    what: str
    speakers: str
    limit: float
    at_least: bool
    found: Callable[[Report], float]
    form: str = ".2f"

    def reached(self, value: float) -> bool:
        """Whether a number is good enough."""
        return value >= self.limit if self.at_least else value <= self.limit


def _filmed(speakers: str, key: str) -> Callable[[Report], float]:
    return lambda report: float(report["scores"][str(DELAY)][speakers][key])


def _size(speakers: str, key: str) -> Callable[[Report], float]:
    return lambda report: abs(_filmed(speakers, key)(report))


def calmer(report: Report, delay: str, speakers: str) -> float:
    """How many times calmer than ridge the lips are in silence."""
    ours, ridge = (float(report[kind][delay][speakers]["stillness"]) for kind in ("scores", "ridge"))
    return ridge / ours if ours > 0 else math.inf


def _calmer(speakers: str) -> Callable[[Report], float]:
    return lambda report: calmer(report, str(DELAY), speakers)


def share_of_main(report: Report, delay: str, key: str) -> float:
    """A measure of label following on voices without a picture, as a share of the main speaker's."""
    rows = report["labels"][delay]
    main, others = float(rows[MAIN][key]), float(rows[UNFILMED_FOLDER][key])
    return others / main if main else math.nan


def _share(key: str) -> Callable[[Report], float]:
    return lambda report: share_of_main(report, str(DELAY), key)


def _both(what: str, limit: float, at_least: bool, make: Any, form: str = ".2f") -> list[Target]:
    return [Target(what, speakers, limit, at_least, make(speakers), form) for speakers in (STRANGERS, MAIN)]


TARGETS = (
    Target("lip gap r", STRANGERS, 0.78, True, _filmed(STRANGERS, "lip_aperture.r"), ".3f"),
    Target("jaw r", STRANGERS, 0.73, True, _filmed(STRANGERS, "jawOpen.r"), ".3f"),
    Target("lip gap r", MAIN, 0.92, True, _filmed(MAIN, "lip_aperture.r"), ".3f"),
    *_both("|lag|, ms", 20.0, False, lambda s: _size(s, "lag_ms"), ".1f"),
    *_both("closure recall (B P M)", 0.90, True, lambda s: _filmed(s, "closure.recall_given_ref")),
    *_both("closure precision", 0.80, True, lambda s: _filmed(s, "closure.precision_ref")),
    *_both("times calmer than ridge in silence", 5.0, True, _calmer, ".1f"),
    Target("closures on B P M, share of the main speaker's", UNFILMED_FOLDER, 0.90, True, _share("recall")),
    Target(
        "openings on low vowels, share of the main speaker's", UNFILMED_FOLDER, 0.90, True, _share("opening recall")
    ),
)


def target_sheet(report: Report) -> Sheet | None:
    """The goals and what was found; None if the report has no numbers at this look-ahead."""
    rows = []
    for target in TARGETS:
        try:
            value = target.found(report)
        except KeyError:
            continue
        verdict = "not measured" if math.isnan(value) else "yes" if target.reached(value) else "no"
        goal = f"{'≥' if target.at_least else '≤'} {target.limit:g}"
        who = NAMES.get(target.speakers, target.speakers)
        rows.append((target.what, who, goal, number(value, target.form), verdict))
    if not rows:
        return None
    return Sheet(
        "Goals at 67 ms of look-ahead", "", ("measure", "speakers", "goal", "found", "reached"), tuple(rows), 2
    )
