"""What a run says about itself: one line for people, one JSON object a second for machines.

The JSON goes to standard output, the line and the log to standard error, so a pipe carries data alone.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TextIO, TypeAlias

from cstalk_live.decibels import SILENCE_DB
from cstalk_live.metrics import Histogram, Metrics
from cstalk_live.output.receiver import receiver_words

Severity: TypeAlias = Literal["info", "warning", "error"]

_SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
_METER_FLOOR_DB = -60.0
_METER_CELLS = 10
_NOTABLE_DRIFT_PPM = 150.0
"""Sound cards are within 100 ppm; what is more is worth a look."""


class StatusReport:
    """Turns the metrics into snapshots; rates and quantiles are those of the time since the last snapshot."""

    def __init__(self, metrics: Metrics, start_us: int) -> None:
        self._metrics = metrics
        self._start_us = start_us
        self._last_us = start_us
        self._last_sent = 0
        self._last_latency = metrics.latency_us.copy()
        self._last_stages = {name: stage.copy() for name, stage in metrics.stages().items()}

    def snapshot(self, now_us: int, outputs: Mapping[str, Mapping[str, Any]], source: str) -> dict[str, Any]:
        """The state since the previous call: rates in 1/s, times in milliseconds, levels in dBFS."""
        metrics = self._metrics
        elapsed_us = max(1, now_us - self._last_us)
        window = metrics.latency_us.since(self._last_latency)
        report = {
            "type": "status",
            "time_s": _seconds(now_us - self._start_us),
            "fps": round((metrics.frames_sent - self._last_sent) * 1e6 / elapsed_us, 1),
            **_counts(metrics),
            **_latency(window),
            "stages": _stages({name: now.since(self._last_stages[name]) for name, now in metrics.stages().items()}),
            "lookahead_ms": _ms(metrics.lookahead_us),
            "level_db": round(metrics.level_db, 1),
            "drift_ppm": round(metrics.drift_ppm, 1),
            "microphone": dict(metrics.microphone),
            "source": source,
            "outputs": dict(outputs),
        }
        metrics.level_db = SILENCE_DB
        self._last_us, self._last_sent = now_us, metrics.frames_sent
        self._last_latency = metrics.latency_us.copy()
        self._last_stages = {name: stage.copy() for name, stage in metrics.stages().items()}
        return report

    def summary(self, now_us: int, outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The whole run in one object."""
        metrics = self._metrics
        elapsed_us = max(1, now_us - self._start_us)
        interval = metrics.interval_us.quantiles_us(0.01, 0.5, 0.99)
        step = metrics.step_us.quantiles_us(0.5, 0.99)
        return {
            "type": "summary",
            "time_s": _seconds(elapsed_us),
            "fps": round(metrics.frames_sent * 1e6 / elapsed_us, 2),
            **_counts(metrics),
            **_latency(metrics.latency_us),
            "latency_max_ms": _ms(metrics.latency_us.max_us),
            "interval_p1_ms": _ms(interval[0]),
            "interval_p50_ms": _ms(interval[1]),
            "interval_p99_ms": _ms(interval[2]),
            "step_p50_ms": _ms(step[0]),
            "step_p99_ms": _ms(step[1]),
            "stages": _stages(metrics.stages()),
            "lookahead_ms": _ms(metrics.lookahead_us),
            "drift_ppm": round(metrics.drift_ppm, 1),
            "microphone": dict(metrics.microphone),
            "outputs": dict(outputs),
        }


def _counts(metrics: Metrics) -> dict[str, int]:
    return {
        "frames": metrics.frames_sent,
        "neutral": metrics.neutral_frames,
        "held": metrics.held_frames,
        "skipped": metrics.skipped,
        "caught_up": metrics.caught_up,
        "drops": metrics.drops,
        "gaps": metrics.gaps,
        "clipped": metrics.clipped_samples,
        "reconnects": metrics.reconnects,
    }


def _latency(latency: Histogram) -> dict[str, float]:
    p50, p95, p99 = latency.quantiles_us(0.5, 0.95, 0.99)
    return {"latency_p50_ms": _ms(p50), "latency_p95_ms": _ms(p95), "latency_p99_ms": _ms(p99)}


def _stages(stages: Mapping[str, Histogram]) -> dict[str, dict[str, float]]:
    """p50, p95 and p99 of every stage in milliseconds."""
    names = ("p50", "p95", "p99")
    return {
        stage: dict(zip(names, map(_ms, times.quantiles_us(0.5, 0.95, 0.99)), strict=True))
        for stage, times in stages.items()
    }


def status_line(report: Mapping[str, Any]) -> str:
    """One line for a terminal, from a snapshot; plain ASCII but for the meter."""
    parts = [
        f"{report['time_s']:7.1f} s",
        f"{report['fps']:5.1f} fps",
        f"latency {report['latency_p50_ms']:.0f}/{report['latency_p95_ms']:.0f} ms",
        f"step {report['stages']['step']['p50']:.1f}/{report['stages']['step']['p99']:.1f} ms",
        f"{_meter(report['level_db'])} {report['level_db']:4.0f} dB",
        f"drops {report['drops']}",
        f"gaps {report['gaps']}",
    ]
    parts += [f"{name} {report[name]}" for name in ("held", "skipped") if report[name]]
    if report["clipped"]:
        parts.append(f"clipped {report['clipped']}")
    parts += [f"{name.replace('_', ' ')} {count}" for name, count in report["microphone"].items() if count]
    if abs(report["drift_ppm"]) >= _NOTABLE_DRIFT_PPM:
        parts.append(f"drift {report['drift_ppm']:+.0f} ppm")
    if report["source"] != "live":
        parts.append(report["source"])
    if report.get("emotion", {}).get("muted"):
        parts.append("muted")
    parts += [_output(name, state) for name, state in report["outputs"].items()]
    return "  ".join(parts)


def _output(name: str, state: Mapping[str, Any]) -> str:
    """``osc raw > 127.0.0.1:9000 (receiver unknown)``: over UDP nobody knows what arrives, unless the receiver says
    so itself; it never says "connected"."""
    told = [f"{state['errors']} errors"] if state["errors"] else []
    if "receiver" in state:
        told.append(receiver_words(state["receiver"]))
    return f"{name} > {state['target']}" + (f" ({', '.join(told)})" if told else "")


def summary_line(report: Mapping[str, Any]) -> str:
    """The run in one sentence."""
    face = f"{report['subject']}: " if "subject" in report else ""
    return (
        f"{face}{report['frames']} frames in {report['time_s']:.1f} s ({report['fps']:.1f} fps), latency p50 "
        f"{report['latency_p50_ms']:.0f} ms, p99 {report['latency_p99_ms']:.0f} ms, "
        f"{report['drops']} dropped, {report['held']} held, {report['gaps']} gaps"
    )


def _meter(level_db: float) -> str:
    filled = round((1.0 - max(level_db, _METER_FLOOR_DB) / _METER_FLOOR_DB) * _METER_CELLS)
    return "[" + "#" * min(_METER_CELLS, filled) + "." * (_METER_CELLS - min(_METER_CELLS, filled)) + "]"


def _ms(value_us: int) -> float:
    return round(value_us / 1000.0, 2)


def _seconds(value_us: int) -> float:
    return round(value_us / 1e6, 3)


class StatusPrinter:
    """Writes snapshots: JSON lines to ``data``, or a line to ``log`` that overwrites itself on a terminal.

    A log that is no terminal gets one line every ten snapshots, so that a service's journal stays readable.
    """

    _PLAIN_EVERY = 10

    def __init__(
        self,
        as_json: bool,
        interval_s: float = 1.0,
        level: Severity = "info",
        data: TextIO | None = None,
        log: TextIO | None = None,
    ) -> None:
        self.interval_s = interval_s
        self._least = _SEVERITIES.index(level)
        self._json = as_json
        self._data = data if data is not None else sys.stdout
        self._log = log if log is not None else sys.stderr
        self._overwrites = self._log.isatty() and os.environ.get("TERM") != "dumb"
        self._count = 0
        self._open_line = False

    @property
    def as_json(self) -> bool:
        """Snapshots are JSON lines."""
        return self._json

    def status(self, report: Mapping[str, Any]) -> None:
        if self._json:
            self._write_json(report)
        else:
            self.line(status_line(report))

    def line(self, text: str) -> None:
        """Show a snapshot in words."""
        if self._least > 0:
            return
        if self._overwrites:
            self._log.write(f"\r{text}\x1b[K")
            self._log.flush()
            self._open_line = True
        elif self._count % self._PLAIN_EVERY == 0:
            print(text, file=self._log, flush=True)
        self._count += 1

    def summary(self, report: Mapping[str, Any]) -> None:
        if self._json:
            self._write_json(report)
        else:
            self.say(summary_line(report))

    def say(self, message: str, severity: Severity = "info") -> None:
        """A message of its own line; does not break the status line."""
        if _SEVERITIES.index(severity) < self._least:
            return
        if self._open_line:
            self._log.write("\n")
            self._open_line = False
        print(message, file=self._log, flush=True)

    def _write_json(self, report: Mapping[str, Any]) -> None:
        self._data.write(json.dumps(report, separators=(",", ":"), allow_nan=False) + "\n")
        self._data.flush()


def names_in_order(names: Sequence[str]) -> list[str]:
    """Names for a report's keys: repeated ones get a number (``osc``, ``osc 2``)."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return unique
