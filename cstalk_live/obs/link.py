"""A connection to OBS: asks, and hears the answers, over aiohttp's WebSocket.

aiohttp and not a library made for OBS (obsws-python, simpleobsws): the protocol's part that is needed here is a
page, and the control room brings aiohttp anyway. It is imported on first use: few runs talk to OBS.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from cstalk_live.errors import PacketError
from cstalk_live.obs.protocol import (
    AUTHENTICATION_FAILED,
    PASSWORD_FIX,
    RESOURCE_NOT_FOUND,
    SUBPROTOCOL,
    NoSuchSourceError,
    ObsAddress,
    ObsError,
    ObsRefusedError,
    Op,
    identify,
    parse,
    request,
)

CONNECT_S = 5.0
ANSWER_S = 5.0
"""OBS answers within a frame, unless it is changing its scene collection."""

HEARTBEAT_S = 10.0
"""A connection that does not answer a ping for half of this is given up."""

Heard = Callable[[str, dict[str, Any]], None]
"""An event of OBS: its type and its data."""


class ObsLink:
    """An identified connection; made by :func:`connected`."""

    def __init__(self, socket: Any, version: str, heard: Heard) -> None:
        self.version = version
        """Of OBS Studio, as far as it says."""
        self._socket = socket
        self._heard = heard
        self._number = 0

    async def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """Send a request; the data of its answer.

        Raises:
            NoSuchSourceError: OBS knows no such source.
            ObsError: OBS refuses, does not answer, or is gone.
        """
        self._number += 1
        await _send(self._socket, request(kind, self._number, data))
        while True:
            op, answer = await _answer(self._socket)
            if op == Op.EVENT:
                self._pass_on(answer)
            elif op == Op.RESPONSE and answer.get("requestId") == str(self._number):
                break
        status = answer.get("requestStatus", {})
        if not status.get("result"):
            reason = str(status.get("comment") or f"code {status.get('code')}")
            error = NoSuchSourceError if status.get("code") == RESOURCE_NOT_FOUND else ObsError
            raise error(f"OBS refuses {kind}: {reason}", "look at the source in OBS")
        found: dict[str, Any] = answer.get("responseData") or {}
        return found

    async def listen(self, seconds: float) -> None:
        """Pass events on for that long.

        Raises:
            ObsError: the connection was closed.
        """
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                op, data = await _receive(self._socket, left)
            except TimeoutError:
                return
            if op == Op.EVENT:
                self._pass_on(data)

    def _pass_on(self, data: dict[str, Any]) -> None:
        self._heard(str(data.get("eventType", "")), data.get("eventData") or {})


@asynccontextmanager
async def connected(address: ObsAddress, password: str | None, heard: Heard) -> AsyncIterator[ObsLink]:
    """A connection to OBS, closed at the end of the block.

    Raises:
        ObsRefusedError: the password is wrong or missing.
        ObsError: nothing that speaks obs-websocket 5 answers there, or no longer does.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            socket = await asyncio.wait_for(
                session.ws_connect(
                    str(address), protocols=(SUBPROTOCOL,), heartbeat=HEARTBEAT_S, max_msg_size=16_000_000
                ),
                CONNECT_S,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise ObsError(f"{address} answers, but is not OBS: {error.message}", _WHERE) from None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "no answer"
            raise ObsError(f"OBS does not answer at {address}: {reason}", _WHERE) from None
        async with socket:
            yield ObsLink(socket, await _introduce(socket, address, password), heard)


_WHERE = "start OBS and switch on Tools > WebSocket Server Settings > Enable WebSocket server"


async def _introduce(socket: Any, address: ObsAddress, password: str | None) -> str:
    try:
        op, hello = await _answer(socket)
        if op != Op.HELLO:
            raise PacketError(f"{address} does not greet as OBS does", _WHERE)
        await _send(socket, identify(hello, password))
        op, _ = await _answer(socket)
        if op != Op.IDENTIFIED:
            raise PacketError(f"{address} does not answer as OBS does", _WHERE)
    except PacketError as error:
        raise ObsError(error.what, error.fix) from None
    return str(hello.get("obsStudioVersion") or hello.get("obsWebSocketVersion") or "")


async def _send(socket: Any, text: str) -> None:
    try:
        await socket.send_str(text)
    except OSError as error:
        raise ObsError(f"the connection to OBS broke: {error}", _WHERE) from None


async def _answer(socket: Any) -> tuple[int, dict[str, Any]]:
    try:
        return await _receive(socket, ANSWER_S)
    except TimeoutError:
        raise ObsError(f"OBS says nothing for {ANSWER_S:.0f} s", "is it busy, or is something else there?") from None


async def _receive(socket: Any, seconds: float) -> tuple[int, dict[str, Any]]:
    """The next message; TimeoutError after ``seconds``."""
    import aiohttp

    async with asyncio.timeout(seconds):
        message = await socket.receive()
    if message.type == aiohttp.WSMsgType.TEXT:
        return parse(message.data)
    if socket.close_code == AUTHENTICATION_FAILED:
        raise ObsRefusedError("OBS does not take the password", PASSWORD_FIX)
    raise ObsError("OBS closed the connection", "is it still running?")
