"""The tables of an evaluation, made from its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from .emotion_sheets import emotion_sheet, legibility_sheet
from .film_sheets import closure_sheet, correlation_sheet, error_sheet, face_sheet, stillness_sheet
from .label_sheet import label_sheet
from .look_ahead import Report, shown_delay
from .sheet import Sheet
from .targets import target_sheet


def sheets(report: Report, delays: Sequence[str]) -> list[Sheet]:
    """All tables for these look-aheads; those without rows are left out."""
    found = [
        correlation_sheet(report, delays),
        error_sheet(report, delays),
        closure_sheet(report, delays),
        stillness_sheet(report, delays),
        face_sheet(report, delays),
        label_sheet(report, delays),
        legibility_sheet(report, delays),
    ]
    return [sheet for sheet in found if sheet.rows]


def every_sheet(report: Report) -> list[Sheet]:
    """The goals, the tables at the shown look-ahead and what each emotion does."""
    goals = target_sheet(report)
    return [*([goals] if goals else []), *sheets(report, [shown_delay(report)]), emotion_sheet(report)]
