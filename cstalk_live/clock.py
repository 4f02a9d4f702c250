"""The one clock of a running program, so that tests can replace it.

All times are monotonic microseconds as Python ints; nothing here knows the time of day.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Monotonic time and a sleep that belongs to it."""

    def now_us(self) -> int:
        """Monotonic microseconds."""
        ...

    def sleep_us(self, duration_us: int) -> None:
        """Let ``duration_us`` microseconds of this clock pass (none if negative)."""
        ...


class SystemClock:
    """The machine's monotonic clock.

    The performance counter, not ``time.monotonic``: before Python 3.13 the latter ticks in 15.6 ms steps on Windows.
    """

    def now_us(self) -> int:
        return time.perf_counter_ns() // 1000

    def sleep_us(self, duration_us: int) -> None:
        if duration_us > 0:
            time.sleep(duration_us / 1e6)


class FakeClock:
    """A clock that advances only when slept on or told to; safe to share between threads."""

    def __init__(self, start_us: int = 1_000_000) -> None:
        self._now_us = start_us
        self._lock = threading.Lock()

    def now_us(self) -> int:
        with self._lock:
            return self._now_us

    def sleep_us(self, duration_us: int) -> None:
        self.advance_us(max(0, duration_us))

    def advance_us(self, duration_us: int) -> None:
        """Move time forward by ``duration_us`` microseconds."""
        with self._lock:
            self._now_us += duration_us
