"""How many faces one core holds: N streams in one process, every one a frame every 1/60 s."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from cstalk_live.assembly import make_session
from cstalk_live.bench.rows import Row, Section
from cstalk_live.bench.sound import sample_sound
from cstalk_live.clock import SystemClock
from cstalk_live.config.keys import LiveConfig
from cstalk_live.denormals import flush_denormals
from cstalk_live.metrics import Histogram
from cstalk_live.priority import raise_priority
from cstalk_live.records import FPS, HOP, FloatArray
from cstalk_live.session import Session

COUNTS = (1, 2, 4, 6, 8, 10, 12, 16, 24, 32)
BUDGET_US = 16_000
"""All faces' frames must be done within this at the 99th percentile."""


def measure_streams(config: LiveConfig, seconds: float, counts: Sequence[int] = COUNTS) -> Section:
    """Cost of a face, and the most faces that stay within the budget; goes on until the budget is passed."""
    sound = sample_sound()
    sessions: list[Session] = []
    rows: list[Row] = []
    most, cost, table = 0, 0.0, []
    for count in counts:
        sessions += [make_session(config).session for _ in range(count - len(sessions))]
        p50, p99 = _tick(sessions, sound, round(seconds * FPS))
        table.append({"faces": count, "p50_ms": p50 / 1000, "p99_ms": p99 / 1000})
        rows.append(Row(f"{count} faces, p99 of a tick", p99 / 1000, "ms", note=f"p50 {p50 / 1000:.1f} ms"))
        if p99 > BUDGET_US:
            break
        most, cost = count, p50 / count / 1000
    rows += [
        Row("cost of a face", cost, "ms"),
        Row("most faces tried on one core at p99 <= 16 ms", most, "", 8, least=True),
    ]
    return Section("faces on one core", rows, ["one thread, one session after the other"], {"ticks": table})


def _tick(sessions: Sequence[Session], sound: FloatArray, frames: int) -> tuple[int, int]:
    """p50 and p99 in microseconds of one frame of every session."""
    times = Histogram()

    def work() -> None:
        flush_denormals()
        raise_priority()
        clock = SystemClock()
        for session in sessions:
            session.start()
        begin_us = clock.now_us()
        for index in range(frames):
            clock.sleep_us(begin_us + index * 1_000_000 // FPS - clock.now_us())
            start_us = clock.now_us()
            for number, session in enumerate(sessions):
                at = (index + 97 * number) * HOP % len(sound)  # so that they do not all say the same at once
                session.push(sound[at : at + HOP])
            times.add(clock.now_us() - start_us)

    thread = threading.Thread(target=work, name="faces")
    thread.start()
    thread.join()
    p50, p99 = times.quantiles_us(0.5, 0.99)
    return p50, p99
