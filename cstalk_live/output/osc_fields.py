"""Arguments as this protocol's messages use them: its version, texts of limited size, finite numbers in a range."""

from __future__ import annotations

import math

from cstalk_live.errors import PacketError
from cstalk_live.output.osc_reader import OscReader

PROTOCOL_VERSION = 1
"""Of all ``/cstalk`` messages that state one."""

MAX_NAME_BYTES = 64
"""UTF-8 bytes of an emotion's name, of a version of a program."""

MAX_SUBJECT_BYTES = 256
"""UTF-8 bytes of a face's name."""


def check_version(address: str, version: int) -> None:
    """Raises: PacketError: the message is of another protocol version than ours."""
    if version != PROTOCOL_VERSION:
        raise PacketError(
            f"{address}: protocol version {version} where {PROTOCOL_VERSION} is known", "update the older program"
        )


def read_text(reader: OscReader, address: str, what: str, most: int, *, least: int = 1) -> str:
    """The next string, of ``least`` to ``most`` bytes in UTF-8.

    Raises:
        PacketError: it is none, or of another size.
    """
    text = reader.text()
    if not least <= len(text.encode("utf-8")) <= most:
        raise PacketError(f"{address}: {what} must have {least} to {most} bytes")
    return text


def read_number(reader: OscReader, address: str, what: str, most: float = math.inf) -> float:
    """The next float32, finite, 0 to ``most``.

    Raises:
        PacketError: it is missing, not finite or out of range.
    """
    value = reader.number()
    if not math.isfinite(value):
        raise PacketError(f"{address}: {what} is not finite")
    if not 0.0 <= value <= most:
        raise PacketError(f"{address}: {what} {value:g} is out of range")
    return value
