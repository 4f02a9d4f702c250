"""A table that can be shown in a terminal, in Markdown and in HTML."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from rich.table import Table

MISSING = "–"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Text in rows; the first ``heads`` columns name the row."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heads: int = 1

    def terminal(self) -> Table:
        """For rich."""
        table = Table(title=self.title, caption=self.note or None, caption_justify="left")
        for i, column in enumerate(self.columns):
            table.add_column(column, justify="left" if i < self.heads else "right")
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        """A heading, the table, the note."""

        def line(cells: tuple[str, ...]) -> str:
            return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

        rule = tuple("---" if i < self.heads else "---:" for i in range(len(self.columns)))
        body = [line(self.columns), line(rule), *(line(row) for row in self.rows)]
        return "\n".join([f"### {self.title}", "", *body, *(["", self.note] if self.note else [])]) + "\n"

    def html(self) -> str:
        """A table with a caption and headers for rows and columns; it scrolls by itself where the page is narrow."""
        head = "".join(
            f'<th scope="col"{" class=name" if i < self.heads else ""}>{escape(column)}</th>'
            for i, column in enumerate(self.columns)
        )
        body = []
        for row in self.rows:
            cells = [
                f'<th scope="row">{escape(cell)}</th>' if i < self.heads else f"<td>{escape(cell)}</td>"
                for i, cell in enumerate(row)
            ]
            body.append(f"<tr>{''.join(cells)}</tr>")
        note = f'<p class="note">{escape(self.note)}</p>' if self.note else ""
        return (
            f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(self.title)}">'
            f"<table><caption>{escape(self.title)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(body)}</tbody></table></div>{note}\n"
        )


def number(value: float | None, form: str = ".2f") -> str:
    """A number as a cell; a dash where nothing was measured."""
    return MISSING if value is None or not math.isfinite(value) else format(value, form)


def percent(value: float | None) -> str:
    """A share 0..1 as a cell."""
    return MISSING if value is None or not math.isfinite(value) else f"{value:.0%}"
