"""The comparison as a Markdown file, as JSON, and as a table in the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

COLUMNS = {
    "lip_aperture.r": ("lip gap r", "{:.2f}"),
    "lip_width.r": ("width r", "{:.2f}"),
    "chin_drop.r": ("chin r", "{:.2f}"),
    "jawOpen.r": ("jaw r", "{:.2f}"),
    "mouthPucker.r": ("pucker r", "{:.2f}"),
    "lip_aperture.rmse": ("lip gap error", "{:.3f}"),
    "lag_ms": ("lag ms", "{:+.0f}"),
    "closure.recall_given_ref": ("closure recall", "{:.2f}"),
    "closure.precision_ref": ("precision", "{:.2f}"),
    "stillness": ("silence", "{:.3f}"),
    "correlation_distance": ("corr. distance", "{:.3f}"),
    "lve_mm": ("LVE mm", "{:.2f}"),
    "eve_mm": ("EVE mm", "{:.2f}"),
    "fdd": ("FDD mm", "{:+.2f}"),
}
"""Scores in the tables, where any method has them; scores.json holds more."""

NARROW = (
    "lip_aperture.r",
    "jawOpen.r",
    "lag_ms",
    "closure.recall_given_ref",
    "closure.precision_ref",
    "stillness",
    "correlation_distance",
    "lve_mm",
)
"""Scores in the terminal, which is seldom wider than 100 characters."""

GROUPS = {"strangers": "people never heard in training", "main": "held-out clips of the main training speaker"}

BUDGET = ("method", "parameters", "ms per frame", "steps", "motion-only steps", "seconds", "seed")


def shown(value: float | None, form: str) -> str:
    """A number, or a dash where there is none (a constant correlates with nothing)."""
    return "–" if value is None or not math.isfinite(value) else form.format(value)


def plain(value: Any) -> Any:
    """The same with every NaN and infinity as None, for JSON."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def columns(report: dict[str, Any], group: str, wanted: Iterable[str] = COLUMNS) -> list[str]:
    """The scores of a group that the report has."""
    found = {key for entry in report["methods"] for key in entry["scores"].get(group, {})}
    return [key for key in wanted if key in found]


def score_row(entry: dict[str, Any], group: str, keys: Iterable[str]) -> list[str]:
    """A method's cells."""
    scores = entry["scores"].get(group, {})
    return [entry["title"], *(shown(scores.get(key), COLUMNS[key][1]) for key in keys)]


def budget_row(entry: dict[str, Any]) -> list[str]:
    """What a method cost."""
    speed = entry["ms_per_frame"]
    return [
        entry["title"],
        f"{entry['parameters']:,}",
        "no" if speed is None else f"{speed:.2f}",
        shown(entry["steps"] or None, "{:d}"),
        shown(entry["motion_steps"] or None, "{:d}"),
        shown(entry["seconds"] or None, "{:.0f}"),
        shown(entry["seed"], "{:d}"),
    ]


def terminal_tables(report: dict[str, Any]) -> list[Table]:
    """One table per group of speakers."""
    tables = []
    for group, text in GROUPS.items():
        if report["clips"].get(group):
            keys = columns(report, group, NARROW)
            table = _terminal([COLUMNS[key][0] for key in keys], _title(report, group, text))
            for entry in report["methods"]:
                table.add_row(*score_row(entry, group, keys))
            tables.append(table)
    costs = _terminal(BUDGET[1:], "budget")
    for entry in report["methods"]:
        costs.add_row(*budget_row(entry))
    return [*tables, costs]


def _terminal(columns: Sequence[str], title: str) -> Table:
    table = Table(title=title)
    table.add_column("method", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def markdown(report: dict[str, Any]) -> str:
    """The whole comparison, ready for a README."""
    lines: list[str] = []
    for group, text in GROUPS.items():
        if report["clips"].get(group):
            lines += [f"**{_title(report, group, text).capitalize()}**", ""]
            keys = columns(report, group)
            rows = [score_row(entry, group, keys) for entry in report["methods"]]
            lines += _table(["method", *(COLUMNS[key][0] for key in keys)], rows)
    lines += ["**Budget**", "", *_table(list(BUDGET), [budget_row(entry) for entry in report["methods"]])]
    notes = (
        f"Every method hears {report['look_ahead_ms']} ms beyond the frame; ours is trained for that look-ahead alone "
        f"here. Every trained network takes {report['steps']} optimiser steps of {report['rows']} rows of "
        f"{report['frames']} frames, the same batches in the same order (seed {report['seed']}); one seed, so small "
        "differences mean nothing. Scores are those of `cstalk-live evaluate` (r: mean over clips; closures: B P M "
        "that the measured lips make; silence: movement in it, eye distances per second; corr. distance: of the "
        "region-by-region correlations from the real ones). "
        "ms per frame: CPU time of one frame of a stream, networks in PyTorch on one thread, the shipped model in ONNX "
        "Runtime."
    )
    lines += [
        notes,
        "",
        *(f"- *{entry['title']}*: {entry['about']}" for entry in report["methods"]),
    ]
    return "\n".join(lines) + "\n"


def _title(report: dict[str, Any], group: str, text: str) -> str:
    return f"{text} ({report['clips'][group]} clips)"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    body = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
    return [*body, ""]
