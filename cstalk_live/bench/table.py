"""The sections as one table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from cstalk_live.bench.rows import Row, Section


def print_table(title: str, sections: Sequence[Section], console: Console) -> None:
    """One table, a rule between sections, and the notes below it."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("measured")
    table.add_column("value", justify="right")
    table.add_column("goal", justify="right")
    table.add_column("")
    table.add_column("note", style="dim")
    for section in sections:
        table.add_section()
        table.add_row(f"[bold]{section.title}[/bold]")
        for row in section.rows:
            table.add_row(row.what, _number(row.value, row.unit), _goal(row), _verdict(row), row.note)
    console.print(table)
    for section in sections:
        for note in section.notes:
            console.print(f"{section.title}: {note}", highlight=False, markup=False)


def _number(value: float, unit: str) -> str:
    if value != value:
        return "-"
    digits = 0 if abs(value) >= 1000 or (unit == "" and value == int(value)) else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".strip()


def _goal(row: Row) -> str:
    return "" if row.goal is None else f"{'>=' if row.least else '<='} {row.goal:g} {row.unit}".strip()


def _verdict(row: Row) -> str:
    return {None: "", True: "[green]ok[/green]", False: "[red]no[/red]"}[row.reached]
