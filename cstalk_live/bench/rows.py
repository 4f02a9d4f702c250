"""A measurement as a row of the table, and the machine it was made on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cstalk_live import __version__


@dataclass(frozen=True, slots=True)
class Row:
    """One number."""

    what: str
    value: float
    unit: str
    goal: float | None = None
    """What is to be reached; None where the number is for information."""
    least: bool = False
    """The goal is a lower bound instead of an upper one."""
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.least else self.value <= self.goal

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "value": round(self.value, 4), "reached": self.reached}


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one question."""

    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    """What a reader must know to judge them, such as what was missing."""
    details: dict[str, Any] = field(default_factory=dict)
    """Everything else, for JSON."""


def machine() -> dict[str, Any]:
    """Name, processor, system and versions; the load tells how quiet the machine was."""
    import numpy
    import onnxruntime

    facts: dict[str, Any] = {
        "name": platform.node(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "numpy": numpy.__version__,
        "cstalk_live": __version__,
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }
    if hasattr(os, "getloadavg"):
        facts["load_average"] = round(os.getloadavg()[0], 2)
    return facts


def machine_line(facts: dict[str, Any]) -> str:
    """The machine in one line."""
    load = f", load {facts['load_average']}" if "load_average" in facts else ""
    return f"{facts['name']}: {facts['processor']}, {facts['cores']} cores{load}; {facts['system']}; {facts['date']}"


def _processor() -> str:
    """Linux alone hides the processor's name in a file."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
