"""The page's status message: how the run fares, five times a second."""

from __future__ import annotations

from collections import deque
from typing import Any

from cstalk_live.live_run import LiveRun
from cstalk_live.metrics import Histogram
from cstalk_live.output.base import OutputStatus
from cstalk_live.output.receiver import SILENT, UNKNOWN

STAGES = {
    "capture": "device",
    "features": "features",
    "step": "network",
    "motion": "motion",
    "queue": "pacing",
    "send": "send",
}
"""Stages of :meth:`Metrics.stages` as the page calls them. The look-ahead, and the half frame from the middle of a
frame's sound to its end, come between."""

HALF_FRAME_MS = 1000.0 / 120.0

_SECOND_US = 1_000_000
_TROUBLED_US = 3_000_000


class StatusFacts:
    """Asks the parts of one run; used by one thread.

    Args:
        run: the face.
        now_us: its clock.
    """

    def __init__(self, run: LiveRun, now_us: int) -> None:
        self._run = run
        self._sent: deque[tuple[int, int]] = deque([(now_us, 0)])
        """Moments and frames sent by then, of the last second."""
        self._latency: list[dict[str, Any]] = []
        self._window_us = now_us
        self._before = self._copies()
        self._errors = dict.fromkeys(run.reins.switches, 0)
        self._troubled_us: dict[str, int] = {}

    def message(self, now_us: int, pages: int) -> dict[str, Any]:
        """The state at ``now_us``."""
        run = self._run
        metrics = run.daemon.metrics
        return {
            "type": "status",
            "time_us": now_us,
            "fps": round(self._rate(now_us, metrics.frames_sent), 1),
            "frames": metrics.frames_sent,
            "drops": run.daemon.drops,
            "gaps": metrics.gaps,
            "reconnects": metrics.reconnects,
            "source": self._source(),
            "latency": self._stages(now_us),
            "outputs": [self._output(path, now_us) for path in run.reins.switches],
            "record": self.record(),
            "clients": pages,
        }

    def record(self) -> dict[str, Any]:
        """The take under way."""
        takes = self._run.takes
        recorder = takes.recorder
        name = recorder.folder.name if recorder is not None else ""
        return {"on": recorder is not None, "name": name, "seconds": round(takes.seconds, 2)}

    def _rate(self, now_us: int, sent: int) -> float:
        self._sent.append((now_us, sent))
        while len(self._sent) > 2 and self._sent[1][0] <= now_us - _SECOND_US:
            self._sent.popleft()
        first_us, first = self._sent[0]
        return (sent - first) * 1e6 / max(1, now_us - first_us)

    def _source(self) -> dict[str, str]:
        source = self._run.daemon.source
        state: str = source.state
        if state in ("live", "silent") and self._run.control.direction.muted:
            state = "muted"
        return {"state": state, "name": source.name, "message": source.message}

    def _copies(self) -> dict[str, Histogram]:
        metrics = self._run.daemon.metrics
        return {name: times.copy() for name, times in {**metrics.stages(), "total": metrics.latency_us}.items()}

    def _stages(self, now_us: int) -> list[dict[str, Any]]:
        """Of the last whole second; the same until the next is over."""
        if self._latency and now_us - self._window_us < _SECOND_US:
            return self._latency
        now = self._copies()
        found = {name: now[name].since(self._before[name]).quantiles_us(0.5, 0.95) for name in now}
        self._before, self._window_us = now, now_us
        lookahead_ms = self._run.daemon.metrics.lookahead_us / 1000.0
        stages = [_stage(STAGES["capture"], *found["capture"]), _fixed("half a frame", HALF_FRAME_MS)]
        stages += [_stage(STAGES[name], *found[name]) for name in ("features", "step", "motion")]
        stages += [_fixed("look-ahead", lookahead_ms)]
        stages += [_stage(STAGES[name], *found[name]) for name in ("queue", "send")]
        self._latency = [*stages, _stage("total", *found["total"])]
        return self._latency

    def _output(self, path: str, now_us: int) -> dict[str, Any]:
        switch = self._run.reins.switches[path]
        status = switch.status()
        if status.errors > self._errors[path]:
            self._troubled_us[path] = now_us
        self._errors[path] = status.errors
        troubled = now_us - self._troubled_us.get(path, -_TROUBLED_US) < _TROUBLED_US
        state, heard_ms = _receiver(status)
        if not switch.on:
            state = "off"
        elif troubled:
            state = "error"
        return {
            "path": path,
            "kind": path.split(".")[1],
            "name": status.name,
            "target": status.target,
            "state": state,
            "heard_ms": heard_ms,
            "sent": status.sent,
            "errors": status.errors,
            "message": (status.last_error or "") if troubled else "",
        }


def _receiver(status: OutputStatus) -> tuple[str, float | None]:
    """What is known of the receiver, and the age of its last sign of life in milliseconds."""
    report = status.receiver
    if report is None or report["state"] == UNKNOWN:
        return "sending", None
    return ("stale" if report["state"] == SILENT else "heard"), report["age_s"] * 1000.0


def _stage(name: str, p50_us: int, p95_us: int) -> dict[str, Any]:
    return {"stage": name, "p50_ms": round(p50_us / 1000.0, 2), "p95_ms": round(p95_us / 1000.0, 2)}


def _fixed(name: str, value_ms: float) -> dict[str, Any]:
    return {"stage": name, "p50_ms": round(value_ms, 2), "p95_ms": round(value_ms, 2)}
