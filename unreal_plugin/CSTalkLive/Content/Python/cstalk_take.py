# Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
"""Reads the tables of recorded and baked takes, with Python's own library alone: no engine is needed for it."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from pathlib import Path

FPS = 60
"""Frames a second of every take."""

CURVES_FILE = "curves.csv"

CURVE_PREFIX = "CTRL_expressions_"
CURVES = 251
HEAD = (
    "HeadControlSwitch",
    "HeadRoll",
    "HeadPitch",
    "HeadYaw",
    "HeadTranslationX",
    "HeadTranslationY",
    "HeadTranslationZ",
)
"""Values of the head; the two beyond them are about Live Link and no curves."""

_FRAME_COLUMNS = ("frame",)
_TIME_COLUMNS = ("timecode", "frame", "seconds", "time_s")


class TakeError(Exception):
    """A take cannot be imported: what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Take:
    """A table of curves."""

    name: str
    """Fit for an asset: letters, digits and underscores."""
    frames: tuple[int, ...]
    """Numbers of the frames, rising from 0 or later; what is missing was lost."""
    curves: dict[str, tuple[float, ...]]
    """By name: one value for each frame."""

    def keys(self, name: str) -> tuple[list[float], list[float]]:
        """Times in seconds and values of a curve's keys: one for each frame, or one alone where it never moves."""
        values = self.curves[name]
        if all(value == values[0] for value in values):
            return [0.0], [values[0]]
        return [frame / FPS for frame in self.frames], list(values)


def read_take(path: str | Path, head: bool = False) -> Take:
    """Read a take's folder, its curves.csv, or a table that 'cstalk-live bake' wrote.

    Args:
        path: the folder or the table.
        head: take the head's seven values too.

    Raises:
        TakeError: it is none of these, or a value is missing or no number.
    """
    table = Path(path)
    if table.is_dir():
        table = table / CURVES_FILE
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise TakeError(f"cannot read '{table}': {error}") from None
    if not rows:
        raise TakeError(f"'{table}' is empty")
    header = rows[0]
    frame_column = next((k for k, name in enumerate(header) if name.lower() in _FRAME_COLUMNS), None)
    columns = {
        name: place
        for place, name in enumerate(header)
        if name.startswith(CURVE_PREFIX) or (head and name in HEAD and name.lower() not in _TIME_COLUMNS)
    }
    found = sum(name.startswith(CURVE_PREFIX) for name in columns)
    if frame_column is None or found != CURVES:
        raise TakeError(
            f"'{table}' has {found} of the {CURVES} facial curves; use curves.csv of a take, or 'bake' with layout raw"
        )
    frames, values = _numbers(table, rows, frame_column, columns)
    stem = table.parent.name if table.name == CURVES_FILE else table.stem
    return Take(asset_name(stem), frames, dict(zip(columns, zip(*values, strict=True), strict=True)))


def asset_name(text: str) -> str:
    """The text as a name that Unreal takes for an asset."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    return name or "take"


def _numbers(
    table: Path, rows: list[list[str]], frame_column: int, columns: dict[str, int]
) -> tuple[tuple[int, ...], list[list[float]]]:
    body = rows[1:]
    if body and len(body[-1]) < len(rows[0]):
        body.pop()  # a recording that was killed may end within a line
    if not body:
        raise TakeError(f"'{table}' has no frames")
    frames: list[int] = []
    values: list[list[float]] = []
    for number, row in enumerate(body, 2):
        try:
            frame = int(row[frame_column])
            numbers = [float(row[place]) for place in columns.values()]
        except (ValueError, IndexError):
            raise TakeError(f"'{table}' line {number}: a value is missing or no number") from None
        if not all(map(math.isfinite, numbers)):
            raise TakeError(f"'{table}' line {number}: a value is not finite")
        if frame < 0 or (frames and frame <= frames[-1]):
            raise TakeError(f"'{table}' line {number}: frame {frame} does not follow on the one before")
        frames.append(frame)
        values.append(numbers)
    return tuple(frames), values
