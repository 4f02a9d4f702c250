"""Hours of a run: memory, drift of values and of numbers, the time of a step. Accelerated, or in real time.

The sound is the bundled sample, again and again, with a pause of digital silence after it: what tiny numbers could slow
down happens there. After every round the network has heard the same, so its poses must be the same too; what drifts
would show. Blinks and glances, which never repeat, are off for that.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.assembly import make_session
from cstalk_live.bench.rows import Row, Section
from cstalk_live.bench.sound import LoopSource, sample_sound
from cstalk_live.clock import Clock, FakeClock, SystemClock
from cstalk_live.config.keys import LiveConfig, MotionConfig
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.errors import UsageError
from cstalk_live.output.base import OutputStatus
from cstalk_live.output.frame_packet import FramePacketEncoder
from cstalk_live.output.layout import RAW_LAYOUT
from cstalk_live.records import FPS, HOP, SAMPLE_RATE, FloatArray, Frame, FrameFlag
from cstalk_live.status import Severity

_PAUSE_S = 2
_SETTLE_S = 20
"""Until the network has forgotten the beginning (four layers of 2 s), and caches and pools are what they will be."""

_WINDOW = 2 * SAMPLE_RATE
_HOUR_S = 3600.0
_DELAY_US = 95_000


class _Judge:
    """An output that compares every round of the sound with an early one.

    Args:
        period: frames of a round.
        resident: gives the resident bytes.
    """

    name = "soak"

    def __init__(self, period: int, clock: Clock, resident: Callable[[], int]) -> None:
        self._period = period
        self._clock = clock
        self._resident = resident
        self._settled = settling_rounds(period)
        self._reference = np.zeros((period, RAW_LAYOUT.size), np.float32)
        self._encoder = FramePacketEncoder(RAW_LAYOUT, 0)
        self._last = -1
        self._begin_us = clock.now_us()
        self._tiny = float(np.finfo(np.float32).tiny)
        self.frames = 0
        self.missing = 0
        self.differences: list[float] = []
        """Of each later round, the largest from the reference."""
        self.subnormal = 0
        self.memory: list[tuple[float, float, float]] = []
        """Seconds of the run, resident MB, MB that Python knows of; after every round."""

    def send(self, frame: Frame) -> None:
        if frame.flags & (FrameFlag.NEUTRAL | FrameFlag.HELD):
            return
        self._encoder.encode(frame, frame.index, self._clock.now_us(), 4)
        self.missing += max(0, frame.index - self._last - 1) if self._last >= 0 else 0
        self._last = frame.index
        round_number, place = divmod(frame.index, self._period)
        values = frame.properties
        if round_number == self._settled:
            self._reference[place] = values
        elif round_number > self._settled:
            apart = float(np.abs(values - self._reference[place]).max())
            if len(self.differences) < round_number - self._settled:
                self.differences.append(apart)
            self.differences[-1] = max(self.differences[-1], apart)
        self.subnormal += int(np.count_nonzero((values != 0.0) & (np.abs(values) < self._tiny)))
        self.frames += 1
        if place == self._period - 1 and round_number >= self._settled:
            seconds = (self._clock.now_us() - self._begin_us) / 1e6
            gc.collect()
            self.memory.append((seconds, self._resident() / 1e6, tracemalloc.get_traced_memory()[0] / 1e6))

    def second(self, now_us: int) -> None:
        """Nothing to send."""

    @property
    def last_difference(self) -> float:
        """Of the last round that is whole."""
        rounds = self.differences[:-1] or self.differences
        return rounds[-1] if rounds else float("nan")

    def status(self) -> OutputStatus:
        return OutputStatus(self.name, "memory", self.frames, 0, None, 0)

    def new_error(self) -> str | None:
        return None

    def close(self) -> None:
        """Nothing to free."""


class _Silent:
    """A watcher that keeps the last report of the step's time in each quarter of the run."""

    interval_s = 10.0

    def __init__(self) -> None:
        self.steps_ms: list[float] = []
        self.said: list[str] = []

    def status(self, report: dict[str, Any]) -> None:
        self.steps_ms.append(float(report["stages"]["step"]["p99"]))

    def say(self, message: str, severity: Severity = "info") -> None:
        self.said.append(f"{severity}: {message}")


def measure_soak(config: LiveConfig, minutes: float, real_time: bool) -> Section:
    """Run for so many minutes of sound.

    Args:
        minutes: of sound.
        real_time: on the machine's clock and threads; else on a clock of our own, as fast as the processor goes.

    Raises:
        UsageError: psutil is not installed, or there are too few minutes to tell anything.
    """
    try:
        import psutil
    except ImportError:
        raise UsageError("the soak test needs psutil", "pip install 'cstalk-live[bench]'") from None
    sound = soak_sound()
    period = len(sound) // HOP
    least = (settling_rounds(period) + 3) * period / FPS / 60
    if minutes < least:
        raise UsageError(f"--minutes {minutes:g} is too short to see growth", f"give {least:.1f} or more")
    still = MotionConfig(gate=config.motion.gate, blinks=False, gaze=False, smoothing=config.motion.smoothing)
    session = make_session(config.model_copy(update={"motion": still})).session
    clock: Clock = SystemClock() if real_time else FakeClock()
    judge = _Judge(period, clock, lambda: psutil.Process().memory_info().rss)
    watcher = _Silent()
    samples = round(minutes * 60 * SAMPLE_RATE)
    settings = RunSettings(_DELAY_US, live=True, threads=real_time, priority=real_time)
    daemon = Daemon(lambda: LoopSource(sound, clock, samples), session, [judge], watcher, clock, settings)
    begin = time.perf_counter()
    tracemalloc.start(1)
    try:
        summary = daemon.run()
    finally:
        tracemalloc.stop()
    return _section(judge, watcher, summary, minutes, time.perf_counter() - begin, real_time)


def settling_rounds(period: int) -> int:
    """Rounds of so many frames before the one that later ones are compared with."""
    return -(-_SETTLE_S * FPS // period)


def soak_sound() -> FloatArray:
    """The sample and a pause: a whole number of blocks, and of the gate's windows of 2 s."""
    sound = np.concatenate((sample_sound(), np.zeros(_PAUSE_S * SAMPLE_RATE, np.float32)))
    whole = len(sound) // _WINDOW * _WINDOW
    return sound[:whole]


def _section(
    judge: _Judge, watcher: _Silent, summary: dict[str, Any], minutes: float, took_s: float, real_time: bool
) -> Section:
    seconds, resident, traced = np.array(judge.memory).T
    quarter = max(1, len(watcher.steps_ms) // 4)
    rows = [
        Row("growth of resident memory", _per_hour(seconds, resident), "MB/h", 1.0),
        Row("growth of what Python holds", _per_hour(seconds, traced), "MB/h", 1.0),
        Row(
            "difference of the last whole round from an early one",
            judge.last_difference,
            "",
            1e-3,
            note="of 260 values",
        ),
        Row("frames missing", float(judge.missing), "", 0.0),
        Row("tiny numbers in the values", float(judge.subnormal), "", 0.0),
        Row("held and skipped frames", float(summary["held"] + summary["skipped"]), "", 0.0 if not real_time else None),
    ]
    if real_time and watcher.steps_ms:
        rows += [
            Row("step p99, first quarter", float(np.median(watcher.steps_ms[:quarter])), "ms"),
            Row("step p99, last quarter", float(np.median(watcher.steps_ms[-quarter:])), "ms", 8.0),
        ]
    how = "in real time" if real_time else f"in {took_s / 60:.1f} min on a clock of our own"
    notes = [f"{minutes:g} min of sound {how}, {judge.frames} frames; tracemalloc is on, so steps are slower"]
    notes += [f"said: {text}" for text in watcher.said]
    return Section(
        "soak",
        rows,
        notes,
        {
            "memory": judge.memory,
            "differences": judge.differences,
            "steps_p99_ms": watcher.steps_ms,
            "summary": summary,
        },
    )


def _per_hour(seconds: NDArray[np.float64], megabytes: NDArray[np.float64]) -> float:
    """Theil-Sen slope in MB per hour of sound: single jumps of the allocator do not count as growth."""
    slopes = [
        (megabytes[b] - megabytes[a]) / (seconds[b] - seconds[a])
        for a in range(len(seconds))
        for b in range(a + 1, len(seconds))
    ]
    return float(np.median(slopes)) * _HOUR_S if slopes else float("nan")
