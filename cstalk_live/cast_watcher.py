"""Shows several faces: each line and each JSON object says whose it is."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from cstalk_live.output.receiver import BOUND, receiver_words
from cstalk_live.status import Severity, StatusPrinter


class CastWatcher:
    """Gathers the faces' snapshots, which come from a thread each.

    As JSON every snapshot goes out as it comes. For people there is one line, when all faces that are still running
    have reported.
    """

    def __init__(self, printer: StatusPrinter, subjects: Sequence[str]) -> None:
        self._printer = printer
        self._lock = threading.Lock()
        self._running = list(subjects)
        self._latest: dict[str, dict[str, Any]] = {}

    def of(self, subject: str) -> FaceWatcher:
        """The watcher of one face's daemon."""
        return FaceWatcher(self, subject, self._printer.interval_s)

    def ended(self, subject: str) -> None:
        """Nothing more comes from this face."""
        with self._lock:
            self._running.remove(subject)
            self._latest.pop(subject, None)

    def status(self, subject: str, report: dict[str, Any]) -> None:
        """One face's snapshot."""
        with self._lock:
            if self._printer.as_json:
                self._printer.status({"subject": subject, **report})
                return
            self._latest[subject] = report
            if all(name in self._latest for name in self._running):
                self._printer.line("  |  ".join(_part(name, self._latest[name]) for name in self._running))
                self._latest.clear()

    def say(self, subject: str, message: str, severity: Severity) -> None:
        """One face's message."""
        with self._lock:
            self._printer.say(f"{subject}: {message}", severity)


class FaceWatcher:
    """What one face's daemon shows itself to."""

    def __init__(self, cast: CastWatcher, subject: str, interval_s: float) -> None:
        self.interval_s = interval_s
        self._cast = cast
        self._subject = subject

    def status(self, report: dict[str, Any]) -> None:
        self._cast.status(self._subject, report)

    def say(self, message: str, severity: Severity = "info") -> None:
        self._cast.say(self._subject, message, severity)


def _part(subject: str, report: dict[str, Any]) -> str:
    """``alice 60.0 fps 96/98 ms -22 dB``, and what is wrong."""
    parts = [
        subject,
        f"{report['fps']:.1f} fps",
        f"{report['latency_p50_ms']:.0f}/{report['latency_p95_ms']:.0f} ms",
        f"{report['level_db']:.0f} dB",
    ]
    parts += [f"{name} {report[name]}" for name in ("drops", "held", "skipped", "gaps") if report[name]]
    if report["source"] != "live":
        parts.append(report["source"])
    if report.get("emotion", {}).get("muted"):
        parts.append("muted")
    receivers = [state["receiver"] for state in report.get("outputs", {}).values() if "receiver" in state]
    parts += [receiver_words(receiver) for receiver in receivers if receiver["state"] != BOUND]
    return " ".join(parts)
