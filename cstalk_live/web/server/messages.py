"""JSON between page and program: what the program says, and reading what a page says. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cstalk_live.errors import UsageError
from cstalk_live.records import FPS
from cstalk_live.rig import RAW_SCHEMA_HASH
from cstalk_live.steering import Change, Steered, Steering

PROTOCOL = 1

LONGEST_MESSAGE = 64 * 1024
"""Bytes of a page's message; the longest real one, a whole emotion mix, has a few hundred."""

MOST_VALUES = 200

REGION_LABELS = {
    "brow": "Brows",
    "eye": "Eyes",
    "nose_cheek": "Nose, cheeks",
    "mouth": "Mouth",
    "jaw": "Jaw, teeth",
    "tongue": "Tongue",
    "neck_ear": "Neck, ears",
}


def encode(message: dict[str, Any]) -> str:
    """JSON text; no number in it is NaN or infinite.

    Raises:
        ValueError: one is.
    """
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hello(
    client: str, version: str, session: int, emotions: Sequence[str], lookahead_ms: Sequence[float], file: str | None
) -> dict[str, Any]:
    """First message after connecting."""
    return {
        "type": "hello",
        "protocol": PROTOCOL,
        "client": client,
        "version": version,
        "session": session,
        "schema_hash": RAW_SCHEMA_HASH,
        "rate": FPS,
        "emotions": list(emotions),
        "lookahead_ms": [round(ms, 3) for ms in lookahead_ms],
        "regions": [{"name": name, "label": label} for name, label in REGION_LABELS.items()],
        "config_file": file,
    }


def state(now: Steered, steering: Steering) -> dict[str, Any]:
    """All settings."""
    return {
        "type": "state",
        "revision": now.revision,
        "unsaved": now.unsaved,
        "values": now.values,
        "defaults": steering.defaults,
    }


def patch(change: Change) -> dict[str, Any]:
    """Settings that changed."""
    return {
        "type": "patch",
        "revision": change.revision,
        "unsaved": change.unsaved,
        "source": change.source,
        "client": change.client,
        "id": change.cause,
        "values": change.values,
    }


def reply(cause: int, ok: bool, message: str = "", data: dict[str, Any] | None = None) -> dict[str, Any]:
    """Answer to a set that was refused or to a command."""
    answer: dict[str, Any] = {"type": "reply", "id": cause, "ok": ok, "message": message}
    return answer if data is None else {**answer, "data": data}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page says."""

    kind: str
    """``set``, ``command`` or ``want``."""
    cause: int
    """The page's number for it; 0 for ``want``."""
    body: dict[str, Any]


def read(text: str) -> Asked:
    """A page's message.

    Raises:
        UsageError: it is none; whoever sends such is not our page.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("a page's message is no JSON") from None
    if not isinstance(message, dict) or message.get("type") not in ("set", "command", "want"):
        raise UsageError("a page's message is of no known type")
    kind, cause = message["type"], message.get("id")
    if kind == "want":
        return Asked(kind, 0, message)
    if not isinstance(cause, int) or isinstance(cause, bool) or abs(cause) > 2**53:
        raise UsageError("a page's message has no number")
    values = message.get("values")
    if kind == "set" and not (isinstance(values, dict) and 0 < len(values) <= MOST_VALUES):
        raise UsageError("a page's message sets nothing")
    if kind == "command" and not (isinstance(message.get("name"), str) and isinstance(message.get("args", {}), dict)):
        raise UsageError("a page's message names no command")
    return Asked(kind, cause, message)
