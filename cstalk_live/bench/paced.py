"""What a frame costs at the pace of a run, and whether the first second of speech is alive."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np

from cstalk_live.assembly import make_session
from cstalk_live.baking import bake_file
from cstalk_live.bench.rows import Row, Section
from cstalk_live.bench.sound import sample_path, sample_sound
from cstalk_live.clock import SystemClock
from cstalk_live.config.keys import LiveConfig
from cstalk_live.denormals import flush_denormals
from cstalk_live.housekeeping import QuietMemory
from cstalk_live.metrics import Histogram, Metrics
from cstalk_live.priority import Priority, raise_priority
from cstalk_live.records import FPS, HOP, SAMPLE_RATE, FloatArray
from cstalk_live.rig import BOARD_INDEX
from cstalk_live.session import Session

_JAW = BOARD_INDEX["CTRL_C_jaw.ty"]


def measure_steps(config: LiveConfig, seconds: float) -> Section:
    """Stages of a frame, one frame every 1/60 s, on a thread as in a run."""
    session = make_session(config).session
    metrics, whole = Metrics(), Histogram()
    priority: list[Priority] = []

    def work() -> None:
        flush_denormals()
        priority.append(raise_priority())
        _pace(session, metrics, whole, round(seconds * FPS))

    memory = QuietMemory(SystemClock())
    memory.begin()
    thread = threading.Thread(target=work, name="paced")
    thread.start()
    thread.join()
    memory.end()
    step = metrics.step_us.quantiles_us(0.5, 0.95, 0.99)
    frame = whole.quantiles_us(0.5, 0.99)
    rows = [
        Row("step of the network, p50", step[0] / 1000, "ms", 3.0),
        Row("step of the network, p99", step[2] / 1000, "ms", 8.0),
        Row("whole frame, p50", frame[0] / 1000, "ms", note="features, network, motion, rig"),
        Row("whole frame, p99", frame[1] / 1000, "ms"),
    ]
    stages = metrics.stages()
    rows += [Row(f"{name}, p50", stages[name].quantile_us(0.5) / 1000, "ms") for name in ("features", "motion")]
    return Section("step, paced at 60 Hz", rows, [f"thread: {priority[0].what}; {round(seconds * FPS)} frames"])


def _pace(session: Session, metrics: Metrics, whole: Histogram, frames: int) -> None:
    clock, sound = SystemClock(), sample_sound()
    session.time_stages(clock.now_us, metrics)
    session.start()
    begin_us = clock.now_us()
    for index in range(frames):
        clock.sleep_us(begin_us + index * 1_000_000 // FPS - clock.now_us())
        at = index * HOP % len(sound)
        start_us = clock.now_us()
        session.push(sound[at : at + HOP])
        whole.add(clock.now_us() - start_us)


def measure_bake(config: LiveConfig, folder: Path, times: int = 3) -> Section:
    """Seconds of sound per second of one core's time; the processor's time, so that other programs do not count."""
    session = make_session(config).session
    seconds = len(sample_sound()) / SAMPLE_RATE
    best = float("inf")
    for _ in range(times):
        begin = time.thread_time()
        bake_file(sample_path(), folder / "bench.csv", "raw", session, lambda *_: None)
        best = min(best, time.thread_time() - begin)
    rows = [Row("bake, times real time", seconds / best, "x", 10.0, least=True, note="to CSV of 260 columns")]
    return Section("bake", rows, details={"sound_s": seconds, "best_s": best})


def measure_first_second(config: LiveConfig) -> Section:
    """The jaw in the first second of a stream that begins in the middle of speech, against the same second later."""
    session = make_session(config).session
    sound = sample_sound()
    loud = np.abs(sound).reshape(-1, HOP).max(axis=1) > 0.05
    voice = sound[int(np.argmax(loud)) * HOP :][: 2 * SAMPLE_RATE]
    early = _jaw(session, voice)[:FPS]
    quiet = np.random.default_rng(0).normal(0.0, 3e-4, 3 * SAMPLE_RATE).astype(np.float32)
    late = _jaw(session, np.concatenate((quiet, voice)))[3 * FPS : 4 * FPS]
    share = float(np.ptp(early)) / max(1e-9, float(np.ptp(late)))
    together = float(np.corrcoef(early, late)[0, 1])
    rows = [
        Row("opening of the jaw in the first second", 100.0 * share, "%", 80.0, least=True, note="of that 3 s later"),
        Row("its correlation with that 3 s later", together, "", 0.8, least=True),
    ]
    return Section("first second of speech", rows)


def _jaw(session: Session, sound: FloatArray) -> FloatArray:
    session.start()
    return np.array([frame.board[_JAW] for frame in session.push(sound) + session.flush()], np.float32)
