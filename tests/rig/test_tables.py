"""The package tables are those the facts give."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cstalk_live.errors import UsageError
from cstalk_live.rig import tables

FACTS = Path(os.environ.get("CSTALK_FACTS") or Path(__file__).parents[2].parent / "shared" / "facts")
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason=f"no rig facts at {FACTS} (set CSTALK_FACTS)")


@needs_facts
def test_package_tables_match_the_facts() -> None:
    assert tables.stale_tables(FACTS) == []
    assert tables.main(["--facts", str(FACTS), "--check"]) == 0


@needs_facts
def test_a_changed_table_is_found(tmp_path: Path) -> None:
    tables.write_tables(FACTS, tmp_path)
    assert tables.stale_tables(FACTS, tmp_path) == []
    board = tmp_path / "board.csv"
    board.write_text(board.read_text(encoding="utf-8").replace("CTRL_C_jaw.ty", "CTRL_C_jaw.tz"), encoding="utf-8")
    (tmp_path / "raw.csv").unlink()
    assert tables.stale_tables(FACTS, tmp_path) == ["board.csv", "raw.csv"]


def test_missing_facts_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="cannot read the rig facts"):
        tables.build_tables(tmp_path)
    assert tables.main(["--facts", str(tmp_path), "--check"]) == 2
    assert "metahuman_gui_controls.csv" in capsys.readouterr().err
