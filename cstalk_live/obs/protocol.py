"""obs-websocket 5, RPC version 1: the messages this program needs, as pure functions.

JSON objects ``{"op": number, "d": data}``, as OBS Studio has spoken them since version 28
(https://github.com/obsproject/obs-websocket, docs/generated/protocol.md).
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from cstalk_live.errors import CSTalkError, OutputError, PacketError
from cstalk_live.output.target import Target, parse_target

OBS_PORT = 4455
RPC_VERSION = 1
SUBPROTOCOL = "obswebsocket.json"

LEAST_OFFSET_MS = -950
MOST_OFFSET_MS = 20_000
"""What OBS takes as the sync offset of a source."""

AUTHENTICATION_FAILED = 4009
"""Close code of the server for a wrong or a missing password."""

RESOURCE_NOT_FOUND = 600
"""Request status: no such source."""

INPUT_EVENTS = 1 << 3
"""Event subscription: sources come, go and are renamed."""


class Op(IntEnum):
    """Kinds of messages."""

    HELLO = 0
    IDENTIFY = 1
    IDENTIFIED = 2
    EVENT = 5
    REQUEST = 6
    RESPONSE = 7


class ObsError(CSTalkError):
    """OBS cannot be reached, or does not do what it was asked."""


class ObsRefusedError(ObsError):
    """OBS does not let us in; trying again with the same password is no use."""


class NoSuchSourceError(ObsError):
    """OBS has no source of that name."""


@dataclass(frozen=True, slots=True)
class ObsAddress:
    """Where OBS listens."""

    target: Target
    secure: bool = False
    """TLS, for a server behind a proxy: OBS itself speaks plain WebSocket."""

    def __str__(self) -> str:
        return f"{'wss' if self.secure else 'ws'}://{self.target}"


def parse_obs_address(text: str) -> ObsAddress:
    """Read ``ws://HOST:PORT`` or what ``output.target`` reads; the port is 4455 where none is given.

    Raises:
        OutputError: it is no such address; says what to write instead.
    """
    written = text.strip()
    scheme, separator, rest = written.partition("://")
    if not separator:
        return ObsAddress(parse_target(written, OBS_PORT))
    if scheme.lower() not in ("ws", "wss"):
        raise OutputError(f"OBS address '{written}' begins with {scheme}://", f"write ws://127.0.0.1:{OBS_PORT}")
    return ObsAddress(parse_target(rest.rstrip("/"), OBS_PORT), scheme.lower() == "wss")


def authentication(password: str, salt: str, challenge: str) -> str:
    """The answer to the server's challenge: the password is hashed with the salt, and that with the challenge
    (SHA-256, base64).
    """
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest())
    return base64.b64encode(hashlib.sha256(secret + challenge.encode()).digest()).decode()


def identify(hello: dict[str, Any], password: str | None) -> str:
    """The message that answers the server's greeting.

    Raises:
        ObsRefusedError: it asks for a password and we have none, or speaks another version.
    """
    if int(hello.get("rpcVersion", 0)) < RPC_VERSION:
        raise ObsRefusedError("OBS speaks another version of obs-websocket", "update OBS to version 28 or later")
    data: dict[str, Any] = {"rpcVersion": RPC_VERSION, "eventSubscriptions": INPUT_EVENTS}
    asked = hello.get("authentication")
    if asked is not None:
        if not password:
            raise ObsRefusedError("OBS asks for a password", PASSWORD_FIX)
        data["authentication"] = authentication(password, str(asked["salt"]), str(asked["challenge"]))
    return _message(Op.IDENTIFY, data)


PASSWORD_FIX = "put the one of OBS > Tools > WebSocket Server Settings into CSTALK_OBS_PASSWORD or output.obs.password"


def request(kind: str, number: int, data: dict[str, Any] | None = None) -> str:
    """A request; the response carries the same number."""
    return _message(Op.REQUEST, {"requestType": kind, "requestId": str(number), "requestData": data or {}})


def parse(text: str) -> tuple[int, dict[str, Any]]:
    """A message of the server: its kind (of ``Op`` where we know it) and its data.

    Raises:
        PacketError: it is not what the protocol says.
    """
    try:
        message = json.loads(text)
        kind, data = message["op"], message["d"]
    except (ValueError, KeyError, TypeError):
        kind, data = None, None
    if not isinstance(kind, int) or not isinstance(data, dict):
        raise PacketError(f"not a message of obs-websocket 5: {text[:60]!r}", "is that OBS at this address?")
    return kind, data


def offset_ms(latency_us: int) -> int:
    """A delay as OBS takes it."""
    return max(LEAST_OFFSET_MS, min(MOST_OFFSET_MS, round(latency_us / 1000.0)))


def _message(kind: Op, data: dict[str, Any]) -> str:
    return json.dumps({"op": int(kind), "d": data}, separators=(",", ":"))
