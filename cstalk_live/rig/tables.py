"""Makes the package's tables from a folder of rig facts.

``python -m cstalk_live.rig.tables --facts DIR`` writes them, ``--check`` only compares. Names, ranges and
numbers are all that is taken over, in Unreal's spelling; their order is the order of every array in this
program.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from cstalk_live.errors import UsageError

DATA_FOLDER = Path(__file__).parent / "data"

_EXTRA_NEUTRAL = {"MHFDSVersion": "1", "DisableFaceOverride": "1"}
"""Values a local Live Link source sends at rest; every other extra rests at 0."""

_EXTRA_UNIT = {"HeadRoll": "degree", "HeadPitch": "degree", "HeadYaw": "degree"}

_KIND = {"exact_inverse": "exact", "product_with_jawOpen": "product", "heuristic": "heuristic"}


def _read(facts: Path, name: str) -> list[dict[str, str]]:
    path = facts / name
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise UsageError(
            f"cannot read the rig facts '{path}': {error.strerror}", "give the folder with --facts"
        ) from error


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _board(facts: Path) -> str:
    rows = []
    for row in _read(facts, "metahuman_gui_controls.csv"):
        # The three aim transforms have no scalar range: they are pinned to 0.
        low, high = row["min"] or "0", row["max"] or "0"
        drives = "1" if row["set"] == "dna_gui" else "0"
        rows.append((row["gui_control"], row["region"], row["side"], low, high, row["default"], drives))
    return _table(("name", "region", "side", "min", "max", "neutral", "drives"), rows)


def _raw(facts: Path) -> str:
    rows = _read(facts, "metahuman_raw_controls.csv")
    picked = [(row["curve_name"], row["region"], row["side"], row["epic_stream_neutral"]) for row in rows]
    return _table(("name", "region", "side", "neutral"), picked)


def _extras(facts: Path) -> str:
    rows = []
    for row in _read(facts, "livelink_subject_properties.csv"):
        name = row["property"]
        unit = "cm" if name.startswith("HeadTranslation") else _EXTRA_UNIT.get(name, "number")
        rows.append((name, unit, _EXTRA_NEUTRAL.get(name, "0")))
    return _table(("name", "unit", "neutral"), rows)


def _board_to_raw(facts: Path) -> str:
    rows = [
        (
            row["raw_control"],
            row["gui_control"],
            row["gui_from"],
            row["gui_to"],
            row["raw_at_from"],
            row["raw_at_to"],
        )
        for row in _read(facts, "gui_to_raw.csv")
    ]
    return _table(("raw", "board", "board_from", "board_to", "raw_at_from", "raw_at_to"), rows)


def _arkit(facts: Path) -> str:
    rows = [(row["ue_name"], row["apple_name"], row["unit"]) for row in _read(facts, "arkit_names.csv")]
    return _table(("ue_name", "apple_name", "unit"), rows)


def _raw_to_arkit(facts: Path) -> str:
    rows = [
        (row["arkit_ue_name"], row["metahuman_curve"], row["weight"], _KIND[row["kind"]])
        for row in _read(facts, "metahuman_to_arkit.csv")
    ]
    return _table(("arkit", "raw", "weight", "kind"), rows)


def _arkit_to_raw(facts: Path) -> str:
    rows = [
        (row["arkit_ue_name"], row["metahuman_curve"], row["clean_weight"])
        for row in _read(facts, "arkit_to_metahuman.csv")
        if row["kind"] == "epic_pose" and float(row["clean_weight"]) != 0.0
    ]
    return _table(("arkit", "raw", "weight"), rows)


def build_tables(facts: Path) -> dict[str, str]:
    """Text of every package table, by file name, from the facts folder.

    Raises:
        UsageError: a fact table cannot be read.
    """
    return {
        "board.csv": _board(facts),
        "raw.csv": _raw(facts),
        "extras.csv": _extras(facts),
        "board_to_raw.csv": _board_to_raw(facts),
        "arkit.csv": _arkit(facts),
        "raw_to_arkit.csv": _raw_to_arkit(facts),
        "arkit_to_raw.csv": _arkit_to_raw(facts),
    }


def stale_tables(facts: Path, folder: Path = DATA_FOLDER) -> list[str]:
    """Names of the package tables that differ from what the facts give (line ends do not count)."""
    stale = []
    for name, text in build_tables(facts).items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8").splitlines() != text.splitlines():
            stale.append(name)
    return stale


def write_tables(facts: Path, folder: Path = DATA_FOLDER) -> None:
    """Write every package table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in build_tables(facts).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: 0 when the tables are (now) those of the facts, 1 when ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m cstalk_live.rig.tables", description=__doc__)
    parser.add_argument("--facts", type=Path, required=True, help="folder of the rig facts")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            write_tables(options.facts)
            return 0
        stale = stale_tables(options.facts)
    except UsageError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for name in stale:
        print(f"differs from the facts: {name}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
