"""What the run says, for the terminal and for the pages."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from cstalk_live.daemon import Watcher
from cstalk_live.status import Severity

KEPT = 200
"""Lines that a page is shown when it connects."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    number: int
    """Rises by 1."""
    time_ms: int
    """Unix time."""
    level: Severity
    text: str

    def message(self) -> dict[str, Any]:
        """As the page reads it."""
        return {"n": self.number, "time_ms": self.time_ms, "level": self.level, "text": self.text}


class Told:
    """A watcher that passes everything on to another and keeps the newest lines; from any thread."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self.interval_s = watcher.interval_s
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._number = 0
        self.report: dict[str, Any] = {}
        """The newest status."""

    def status(self, report: dict[str, Any]) -> None:
        """Pass it on."""
        self.report = report
        self._watcher.status(report)

    def say(self, message: str, severity: Severity = "info") -> None:
        """Pass it on and keep it."""
        with self._lock:
            self._number += 1
            self._lines.append(Line(self._number, time.time_ns() // 1_000_000, severity, message))
        self._watcher.say(message, severity)

    def lines(self, after: int = 0) -> list[Line]:
        """The newest lines with a number above ``after``."""
        with self._lock:
            return [line for line in self._lines if line.number > after]
