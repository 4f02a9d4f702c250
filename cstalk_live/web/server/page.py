"""One connected page: what waits to be sent to it. A slow one loses frames, never holds up anybody."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any

from aiohttp import WSCloseCode, web

MOST_WAITING = 400
"""Text messages that may wait for a page. One that does not take them is closed; it connects again and starts anew."""

WRITE_BUFFER = 8 * 1024
"""Bytes that may wait in the program for a page's socket: seven frames, a ninth of a second."""


class Page:
    """Used on the server's thread alone.

    Args:
        name: of the connection, told to the page.
        socket: opened already.
    """

    def __init__(self, name: str, socket: web.WebSocketResponse) -> None:
        self.name = name
        self.socket = socket
        self.wants_frames = False
        self.wants_before = False
        self.wants_log = True
        self.revision = -1
        """Newest change of the settings that it knows of."""
        self.last_line = 0
        """Newest line of the log that it was sent."""
        self.sent_frames = 0
        self._texts: deque[str] = deque()
        self._frame: bytes | None = None
        self._status: str | None = None
        self._wake = asyncio.Event()
        self._overrun = False

    def tell(self, text: str) -> None:
        """Queue a message."""
        if len(self._texts) >= MOST_WAITING:
            self._overrun = True
        else:
            self._texts.append(text)
        self._wake.set()

    def show(self, frame: bytes) -> None:
        """Replace the frame that waits, if one does."""
        self._frame = frame
        self._wake.set()

    def tell_status(self, text: str) -> None:
        """Replace the status that waits, if one does."""
        self._status = text
        self._wake.set()

    async def send_all(self) -> None:
        """Send what there is, for as long as the page is there."""
        with suppress(ConnectionError, RuntimeError):  # it has left
            while not self.socket.closed:
                await self._wake.wait()
                self._wake.clear()
                if self._overrun:
                    await self.socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"too slow")
                    return
                await self._send_waiting()

    async def _send_waiting(self) -> None:
        while self._texts:
            await self.socket.send_str(self._texts.popleft())
        if self._status is not None:
            status, self._status = self._status, None
            await self.socket.send_str(status)
        if self._frame is not None:
            frame, self._frame = self._frame, None
            self.sent_frames += 1
            await self.socket.send_bytes(frame)

    def want(self, message: dict[str, Any]) -> None:
        """Follow the page's ``want``."""
        self.wants_frames = message.get("frames") is True
        self.wants_before = message.get("before") is True
        self.wants_log = message.get("log") is not False
        if not self.wants_frames:
            self._frame = None
