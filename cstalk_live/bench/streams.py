"""How many faces one core holds: ``run --face`` with N faces of a sound file, in real time, on one core."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from cstalk_live.assembly import bundle_of
from cstalk_live.bench.program import Receiver, command, watch_usage
from cstalk_live.bench.rows import Row, Section
from cstalk_live.bench.sound import sample_sound
from cstalk_live.clock import SystemClock
from cstalk_live.config.keys import LiveConfig
from cstalk_live.errors import EngineError, UsageError
from cstalk_live.metrics import Histogram
from cstalk_live.model.batch_runner import BatchRunner
from cstalk_live.model.compute import open_engine
from cstalk_live.records import FPS, HOP, SAMPLE_RATE

COUNTS = (1, 2, 4, 8, 12, 16, 24, 32)
BUDGET_MS = 16.0
"""A frame's features, network and motion, with its wait for the other faces, at the 99th percentile."""

BATCHES = (1, 8, 64)


def measure_streams(
    config: LiveConfig, seconds: float, extra: Sequence[str] = (), counts: Sequence[int] = COUNTS
) -> Section:
    """Cost of a face, and the most faces that stay within the budget; goes on until the budget is passed.

    Args:
        seconds: of sound for each number of faces.
        extra: further arguments of ``run``.

    Raises:
        UsageError: psutil is not installed, or the program fails.
    """
    rows: list[Row] = []
    details: list[dict[str, Any]] = []
    most, cost, pinned = 0, 0.0, False
    for count in counts:
        found = _play(count, seconds, extra)
        details.append(found)
        pinned = found["pinned"]
        note = f"p50 {found['p50_ms']:.1f} ms, {found['core_percent']:.0f} % of a core, {found['lost']} frames not sent"
        rows.append(Row(f"{count} faces, p99 of a frame's making", found["p99_ms"], "ms", note=note))
        if found["p99_ms"] > BUDGET_MS or found["lost"] > count:
            break
        most, cost = count, found["core_percent"] / count
    rows += [
        Row("cost of a face, share of a core", cost, "%"),
        Row(f"most faces tried at p99 <= {BUDGET_MS:g} ms", most, "", 8, least=True),
        *_batches(config, seconds),
    ]
    where = "held to one core" if pinned else "this system holds no program to a core: all cores used"
    return Section("faces in one program", rows, [f"sound files in real time, {where}"], {"faces": details})


def _play(count: int, seconds: float, extra: Sequence[str]) -> dict[str, Any]:
    """One run with so many faces."""
    try:
        import psutil
    except ImportError:
        raise UsageError("measuring the whole program needs psutil", "pip install 'cstalk-live[bench]'") from None
    with tempfile.TemporaryDirectory(prefix="cstalk-bench-") as folder, Receiver() as receiver:
        sound = np.resize(sample_sound(), round(seconds * SAMPLE_RATE))
        faces: list[str] = []
        for number in range(count):  # so that they do not all say the same at once
            file = Path(folder, f"face{number}.wav")
            soundfile.write(file, np.roll(sound, 97 * HOP * number), SAMPLE_RATE)
            faces += ["--face", f"face{number}={file}"]
        with Path(folder, "reports").open("w+b") as output, Path(folder, "said").open("w+b") as said:
            program = subprocess.Popen(
                command(["run", *faces, "--osc", f"127.0.0.1:{receiver.port}", "--json", *extra]),
                stdout=output,
                stderr=said,
            )
            watched = psutil.Process(program.pid)
            pinned = _hold_to_one_core(watched)
            usage = watch_usage(program, watched, lambda: bool(receiver.packets), psutil.Error)
            output.seek(0)
            said.seek(0)
            reports = [json.loads(line) for line in output.read().decode("utf-8").splitlines()]
            told = said.read().decode("utf-8", "replace").strip()
    if program.returncode != 0:
        raise UsageError(f"the program failed: {told[-300:]}", "see 'doctor'")
    summaries = [report for report in reports if report["type"] == "summary"]
    stages = [summary["stages"] for summary in summaries]

    def made(quantile: str) -> float:
        """The slowest face's; the sum of quantiles is at least the quantile of the sum."""
        return max(sum(float(stage[name][quantile]) for name in ("features", "step", "motion")) for stage in stages)

    return {
        "faces": count,
        "p50_ms": made("p50"),
        "p99_ms": made("p99"),
        "lost": sum(summary["drops"] for summary in summaries),
        "core_percent": usage.share,
        "resident_mb": usage.resident_mb,
        "pinned": pinned,
    }


def _hold_to_one_core(program: Any) -> bool:
    """Threads that a program starts later stay where it is. The last core: systems keep busy with the first."""
    try:
        program.cpu_affinity([max(program.cpu_affinity())])
    except (AttributeError, OSError):  # macOS has no such thing
        return False
    return True


def _batches(config: LiveConfig, seconds: float) -> list[Row]:
    """The network alone, for machines whose GPU holds more faces than Python can serve."""
    rows = []
    for slots in BATCHES:
        try:
            engine = open_engine(bundle_of(config), config.engine.runtime, config.engine.device, slots, say=_quiet)
        except EngineError as error:
            raise UsageError(str(error), error.fix) from None
        batch, times, clock = BatchRunner(engine), Histogram(), SystemClock()
        meta = batch.bundle.meta
        noise = np.random.default_rng(slots).normal(size=(slots, meta.features)).astype(np.float32)
        mood = np.zeros((slots, len(meta.emotions) + 1), np.float32)
        begin_us = clock.now_us()
        for index in range(round(min(seconds, 5.0) * FPS)):
            clock.sleep_us(begin_us + index * 1_000_000 // FPS - clock.now_us())
            start_us = clock.now_us()
            batch.step(noise, mood, [meta.delays[0]] * slots)
            times.add(clock.now_us() - start_us)
        p50, p99 = times.quantiles_us(0.5, 0.99)
        rows.append(Row(f"network alone, batch of {slots}, p99", p99 / 1000, "ms", note=f"p50 {p50 / 1000:.2f} ms"))
    return rows


def _quiet(_: str) -> None:
    """The table says what computes."""
