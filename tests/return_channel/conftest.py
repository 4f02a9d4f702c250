"""A stand-in of the Unreal plugin: a program that receives frames, says how it fares and commands."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from cstalk_live.errors import PacketError
from cstalk_live.output import decode_frame, decode_hello
from cstalk_live.output.command_packet import Command, Verb, encode_command
from cstalk_live.output.emotion_packet import decode_emotion
from cstalk_live.output.heartbeat_packet import Heartbeat, HeartbeatFlag, encode_heartbeat

HEALTHY = Heartbeat(
    session=0,
    flags=HeartbeatFlag.PUBLISHED | HeartbeatFlag.BOUND,
    faces=1,
    received_fps=60.0,
    applied_fps=59.0,
    engine_fps=72.0,
    pose_delay_ms=47.5,
    lateness_p99_ms=2.0,
    missing=7,
    echoed_send_us=0,
    held_us=0,
    subject="Ana",
    engine="5.6.1",
    plugin="0.1.0",
)


class Plugin:
    """Listens on a free port of 127.0.0.1, on a thread of its own.

    Args:
        beat: what it says; session and times are filled in. None: it never says anything.
        every_s: from one heartbeat to the next.
    """

    def __init__(self, beat: Heartbeat | None = HEALTHY, every_s: float = 0.2) -> None:
        self.beat, self.every_s = beat, every_s
        self.lost_each_beat = 0
        self.frames = 0
        self.session: int | None = None
        self.emotions: list = []
        self.broken: list[bytes] = []
        self.stamp_us = time.time_ns() // 1000
        self._source: tuple[str, int] | None = None
        self._send_us = self._arrival_ns = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.02)
        self.port: int = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, name="stand-in", daemon=True)
        self._thread.start()

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _live(self) -> None:
        next_s = time.monotonic() + self.every_s
        while not self._stop.is_set():
            try:
                data, source = self._socket.recvfrom(65_536)
                self._hear(data, source)
            except TimeoutError:
                pass
            if time.monotonic() >= next_s:
                next_s = time.monotonic() + self.every_s
                if self._source is not None and self.beat is not None:
                    self._beat()

    def _hear(self, data: bytes, source: tuple[str, int]) -> None:
        address = data.partition(b"\0")[0]
        try:
            if address == b"/cstalk/frame":
                frame = decode_frame(data)
                self.frames += 1
                self.session, self._source = frame.session, source
                self._send_us, self._arrival_ns = frame.send_us, time.perf_counter_ns()
            elif address == b"/cstalk/emotion":
                self.emotions.append(decode_emotion(data))
            elif address == b"/cstalk/hello":
                decode_hello(data)
        except PacketError:
            self.broken.append(data)

    def _beat(self) -> None:
        assert self.beat is not None
        self.beat = replace(self.beat, missing=self.beat.missing + self.lost_each_beat)
        self.send(
            encode_heartbeat(
                replace(
                    self.beat,
                    session=self.session,
                    echoed_send_us=self._send_us,
                    held_us=(time.perf_counter_ns() - self._arrival_ns) // 1000,
                )
            )
        )

    def send(self, data: bytes) -> None:
        """To where the frames come from."""
        assert self._source is not None
        self._socket.sendto(data, self._source)

    def command(self, verb: Verb, name: str = "", value: float = 0.0, fade_s: float = 0.0, key: str = "") -> bytes:
        """Ask for it; what was sent."""
        assert self.session is not None
        self.stamp_us += 1
        data = encode_command(Command(self.session, self.stamp_us, verb, name, value, fade_s), key)
        self.send(data)
        return data

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()


class StandIns:
    """For tests that cannot import one another."""

    healthy = HEALTHY

    @staticmethod
    @contextmanager
    def plugin(beat: Heartbeat | None = HEALTHY, every_s: float = 0.2) -> Iterator[Plugin]:
        plugin = Plugin(beat, every_s)
        try:
            yield plugin
        finally:
            plugin.close()

    @staticmethod
    def until(condition, seconds: float = 10.0) -> None:
        """Wait for it."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it never happened"
            time.sleep(0.01)


@pytest.fixture(scope="session")
def stand_ins() -> type[StandIns]:
    return StandIns
