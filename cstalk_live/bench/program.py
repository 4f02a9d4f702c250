"""The whole program as a process of its own: start, processor, memory and evenness, seen from outside."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from cstalk_live.bench.rows import Row, Section
from cstalk_live.bench.sound import sample_sound
from cstalk_live.errors import PacketError, UsageError
from cstalk_live.output.frame_packet import FramePacket, decode_frame
from cstalk_live.records import FPS, SAMPLE_RATE

_FRAME = b"/cstalk/frame\0"


@dataclass(slots=True)
class Receiver:
    """A socket that notes when every frame came; times are those of ``time.perf_counter_ns``, in microseconds."""

    port: int = 0
    packets: list[tuple[int, FramePacket]] = field(default_factory=list)
    _socket: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, name="receiver", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2.0)
        self._socket.close()

    def _listen(self) -> None:
        from cstalk_live.priority import raise_priority

        raise_priority()
        while not self._stop.is_set():
            try:
                data = self._socket.recv(65_536)
            except TimeoutError:
                continue
            now_us = time.perf_counter_ns() // 1000
            if data.startswith(_FRAME):
                try:
                    self.packets.append((now_us, decode_frame(data)))
                except PacketError:
                    continue


def command(arguments: Sequence[str]) -> list[str]:
    """This program, in this Python."""
    return [sys.executable, "-m", "cstalk_live", *arguments]


def measure_program(seconds: float, extra: Sequence[str] = ()) -> Section:
    """``run --input FILE`` in real time: cold start, share of a core, memory, evenness of sending.

    Args:
        seconds: of sound.
        extra: further arguments of ``run``.

    Raises:
        UsageError: psutil is not installed.
    """
    try:
        import psutil
    except ImportError:
        raise UsageError("measuring the whole program needs psutil", "pip install 'cstalk-live[bench]'") from None
    import soundfile

    with tempfile.TemporaryDirectory(prefix="cstalk-bench-") as folder, Receiver() as receiver:
        sound = sample_sound()
        file = Path(folder, "sound.wav")
        soundfile.write(file, np.resize(sound, round(seconds * SAMPLE_RATE)), SAMPLE_RATE)
        begin_us = time.perf_counter_ns() // 1000
        program = subprocess.Popen(
            command(["run", "--input", str(file), "--osc", f"127.0.0.1:{receiver.port}", "--json", *extra]),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        usage = watch_usage(program, psutil.Process(program.pid), lambda: bool(receiver.packets), psutil.Error)
        output, errors = program.communicate(timeout=60)
        if program.returncode != 0:
            raise UsageError(f"the program failed: {errors.decode('utf-8', 'replace').strip()}", "see 'doctor'")
        time.sleep(0.2)
    packets = receiver.packets
    summary: dict[str, Any] = json.loads(output.decode("utf-8").splitlines()[-1])
    arrivals = np.array([when for when, _ in packets], np.int64)
    late = np.abs(np.diff(arrivals) - 1e6 / FPS) / 1000.0
    rows = [
        Row("cold start to first frame", (int(arrivals[0]) - begin_us) / 1e6, "s", 2.0, note="process start to packet"),
        Row("processor, share of one core", usage.share, "%", 25.0),
        Row("resident memory", usage.resident_mb, "MB", 300.0, note="largest"),
        Row("send interval error, p99", float(summary["interval_error_p99_ms"]), "ms", 4.0, note="the sender's own"),
        Row("interval error at the receiver, p99", float(np.quantile(late, 0.99)), "ms"),
        Row("frames lost", float(summary["frames"] - len(packets)), "", 0.0),
    ]
    return Section("whole program", rows, [f"{seconds:g} s of sound from a file, in real time"], {"summary": summary})


@dataclass(slots=True)
class Usage:
    share: float = 0.0
    """Percent of one core, after the start."""
    resident_mb: float = 0.0


def watch_usage(
    program: subprocess.Popen[bytes], watched: Any, begun: Callable[[], bool], gone: type[Exception]
) -> Usage:
    """A look at the process every quarter of a second, from a second after its first frame until it ends."""
    usage = Usage()
    settled: tuple[float, float] | None = None
    first: float | None = None
    while program.poll() is None:
        time.sleep(0.25)
        if first is None:
            first = time.perf_counter() if begun() else None
            continue
        if time.perf_counter() - first < 1.0:
            continue
        try:
            times = watched.cpu_times()
            usage.resident_mb = max(usage.resident_mb, watched.memory_info().rss / 1e6)
        except gone:
            break
        now = (time.perf_counter(), times.user + times.system)
        settled = settled or now
        if now[0] > settled[0]:
            usage.share = 100.0 * (now[1] - settled[1]) / (now[0] - settled[0])
    return usage
