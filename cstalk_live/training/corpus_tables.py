"""A corpus report as tables on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from .corpus_faults import KINDS, Report


def print_report(report: Report) -> None:
    """How much each folder holds, and how often each kind of fault occurs."""
    console = Console()
    folders = Table("folder", "clips", "filmed", "speakers", "minutes")
    for name, size in report.folders.items():
        folders.add_row(name, str(size.clips), str(size.filmed), str(size.speakers), f"{size.seconds / 60:.1f}")
    console.print(folders)
    counts = report.counts()
    if not counts:
        console.print("no faults")
        return
    faults = Table("fault", "count", "training")
    for kind, count in counts.items():
        faults.add_row(kind, str(count), "refused" if KINDS[kind].refuse else "goes on")
    console.print(faults)
