"""Makes the Unreal plugin's tables of names, ranges and board pieces from the program's own.

``python tests/unreal/make_schema.py`` writes ``SchemaTables.cpp``; ``schema_tables()`` gives its text, the same every
time, so that a test can tell when the committed file is stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cstalk_live.output.layout import BOARD_LAYOUT, RAW_LAYOUT
from cstalk_live.rig.board import BOARD_INDEX, BOARD_MAX, BOARD_MIN, BOARD_NAMES, BOARD_NEUTRAL
from cstalk_live.rig.raw import EXTRA_NAMES, PROPERTY_NAMES, PROPERTY_NEUTRAL, RAW_INDEX, RAW_SIZE
from cstalk_live.rig.table_files import read_table

TABLES = (
    Path(__file__).parents[2]
    / "unreal_plugin"
    / "CSTalkLive"
    / "Source"
    / "CSTalkCore"
    / "Private"
    / "SchemaTables.cpp"
)

_EXTRA_RANGES = {"degree": (-180.0, 180.0, False), "cm": (-1000.0, 1000.0, False), "number": (0.0, 255.0, True)}
"""Low, high and whether it is a switch, by unit. Beyond them lies no head; RigLogic must not get such a number."""

_HEAD = """\
// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// Made by tests/unreal/make_schema.py from the program's tables: do not edit.
#include "SchemaTables.h"

#include "cstalk/Schema.h"

namespace cstalk {

namespace {
"""


def _number(value: float) -> str:
    """``value`` as the shortest C++ literal that gives the same float32."""
    text = np.format_float_positional(np.float32(value), unique=True, trim="0")
    return f"{text}f"


def _names(variable: str, names: Iterable[str]) -> str:
    rows = "".join(f'    "{name}",\n' for name in names)
    return f"\nconstexpr const char* {variable}[] = {{\n{rows}}};\n"


def _ranges(variable: str, rows: Iterable[tuple[float, float, float, bool]]) -> str:
    text = "".join(
        f"    {{{_number(low)}, {_number(high)}, {_number(neutral)}, {str(step).lower()}}},\n"
        for low, high, neutral, step in rows
    )
    return f"\nconstexpr ControlRange {variable}[] = {{\n{text}}};\n"


def _raw_ranges() -> list[tuple[float, float, float, bool]]:
    unit = {row["name"]: row["unit"] for row in read_table("extras.csv")}
    rows = [(0.0, 1.0, float(PROPERTY_NEUTRAL[k]), False) for k in range(RAW_SIZE)]
    for k, name in enumerate(EXTRA_NAMES, RAW_SIZE):
        low, high, step = _EXTRA_RANGES[unit[name]]
        rows.append((low, high, float(PROPERTY_NEUTRAL[k]), step))
    return rows


def _board_ranges() -> list[tuple[float, float, float, bool]]:
    return [(float(BOARD_MIN[k]), float(BOARD_MAX[k]), float(BOARD_NEUTRAL[k]), False) for k in range(len(BOARD_NAMES))]


def _pieces() -> str:
    rows = []
    for row in read_table("board_to_raw.csv"):
        low, high, at_low, at_high = (
            float(row[column]) for column in ("board_from", "board_to", "raw_at_from", "raw_at_to")
        )
        slope = (at_high - at_low) / (high - low)
        numbers = ", ".join(_number(value) for value in (low, high, slope, at_low - slope * low))
        rows.append(f"    {{{RAW_INDEX[row['raw']]}, {BOARD_INDEX[row['board']]}, {numbers}}},\n")
    return f"\nconstexpr BoardPiece kBoardPieceRows[] = {{\n{''.join(rows)}}};\n"


def _eyes() -> str:
    pairs = [
        f"{{{BOARD_INDEX[f'CTRL_{side}_eye.{axis}']}, {BOARD_INDEX[f'CTRL_C_eye.{axis}']}}}"
        for axis in ("tx", "ty")
        for side in ("L", "R")
    ]
    return f"\nconstexpr EyePair kEyePairRows[] = {{{', '.join(pairs)}}};\n"


def schema_tables() -> str:
    """The text of ``SchemaTables.cpp``."""
    parts = [
        _HEAD,
        _names("kPropertyNames", PROPERTY_NAMES),
        _ranges("kPropertyRanges", _raw_ranges()),
        _names("kBoardNames", BOARD_NAMES),
        _ranges("kBoardRanges", _board_ranges()),
        _pieces(),
        _eyes(),
        "\nstatic_assert(sizeof kPropertyNames / sizeof *kPropertyNames == kPropertyCount);\n",
        "static_assert(sizeof kPropertyRanges / sizeof *kPropertyRanges == kPropertyCount);\n",
        "static_assert(sizeof kBoardNames / sizeof *kBoardNames == kBoardCount);\n",
        "static_assert(sizeof kBoardRanges / sizeof *kBoardRanges == kBoardCount);\n",
    ]
    for variable, layout, prefix in (("kRawSchema", RAW_LAYOUT, "Property"), ("kBoardSchema", BOARD_LAYOUT, "Board")):
        parts.append(
            f'\nconstexpr Schema {variable} = {{"{layout.name}", 0x{layout.schema_hash:08X}u, {layout.size}, '
            f"k{prefix}Names, k{prefix}Ranges}};\n"
        )
    parts.append("\n}  // namespace\n\nconst Schema& RawSchema() noexcept { return kRawSchema; }\n")
    parts.append("\nconst Schema& BoardSchema() noexcept { return kBoardSchema; }\n")
    for kind, row in (("BoardPiece", "kBoardPieceRows"), ("EyePair", "kEyePairRows")):
        parts.append(f"\n{kind}s {kind}Table() noexcept {{ return {{{row}, sizeof {row} / sizeof *{row}}}; }}\n")
    parts.append("\n}  // namespace cstalk\n")
    return "".join(parts)


if __name__ == "__main__":
    TABLES.write_text(schema_tables(), encoding="utf-8", newline="\n")
