"""Poses and listeners for the output tests."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from cstalk_live.records import Frame, FrameFlag

US_PER_FRAME = 1_000_000 / 60


@pytest.fixture
def make_frame() -> Callable[..., Frame]:
    """A frame with values that differ per index and channel."""

    def make(index: int = 0, capture_us: int | None = None, flags: FrameFlag = FrameFlag.NONE) -> Frame:
        board = np.sin(0.1 * index + np.arange(185)).astype(np.float32)
        properties = np.abs(np.sin(0.07 * index + np.arange(260))).astype(np.float32)
        when = round(2_000_000 + index * US_PER_FRAME) if capture_us is None else capture_us
        return Frame(index, when, board, properties, flags)

    return make


class Listener:
    """A UDP socket on a free local port."""

    def __init__(self, family: socket.AddressFamily = socket.AF_INET, host: str = "127.0.0.1") -> None:
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind((host, 0))
        self._socket.settimeout(5.0)
        self.port: int = self._socket.getsockname()[1]

    def receive(self, count: int = 1) -> list[bytes]:
        return [self._socket.recv(65_536) for _ in range(count)]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Something that listens on 127.0.0.1."""
    listening = Listener()
    yield listening
    listening.close()
