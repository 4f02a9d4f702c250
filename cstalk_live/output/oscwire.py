"""OSC 1.0 bytes from values: the few rules of the format, as pure functions.

Open Sound Control 1.0 (Wright, CNMAT, 2002): everything is big-endian and a multiple of four bytes long. A
string is its bytes, one zero, and zeros up to the next multiple of four. A message is address, type tags (a
string that begins with a comma) and arguments. A bundle is the string ``#bundle``, a 64-bit NTP time and
elements, each after its 32-bit size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

MAX_DATAGRAM = 1472
"""Bytes of UDP payload in one Ethernet frame: 1500 less 20 of the IPv4 and 8 of the UDP header."""

MAX_ELEMENT_GROUP = 1400
"""Bytes that messages cut into several datagrams keep to: leaves room for IPv6 and tunnel headers."""

IMMEDIATELY = 1
"""The time tag that means: as soon as it arrives."""

BUNDLE_HEAD = b"#bundle\x00" + struct.pack(">Q", IMMEDIATELY)

_RESERVED = frozenset(" #*,/?[]{}")
"""Characters that OSC 1.0 does not allow in the name of a method; ``/`` separates them."""


def pad4(length: int) -> int:
    """The next multiple of four at or after ``length``."""
    return (length + 3) & ~3


def osc_string(text: str) -> bytes:
    """``text`` in UTF-8, ended and padded with zeros to a multiple of four bytes.

    Raises:
        ValueError: ``text`` holds a zero character, which would end it early.
    """
    data = text.encode("utf-8")
    if b"\x00" in data:
        raise ValueError("an OSC string cannot hold a zero character")
    return data.ljust(pad4(len(data) + 1), b"\x00")


def osc_int(value: int) -> bytes:
    """The low 32 bits of ``value``: OSC has signed integers only, so unsigned ones travel as their bits."""
    return struct.pack(">I", value & 0xFFFF_FFFF)


def osc_long(value: int) -> bytes:
    """``value`` as the 64-bit signed integer of type tag ``h``."""
    return struct.pack(">q", value)


def osc_float(value: float) -> bytes:
    """``value`` as a 32-bit IEEE 754 number."""
    return struct.pack(">f", value)


def osc_blob(data: bytes) -> bytes:
    """``data`` after its size, padded with zeros to a multiple of four bytes."""
    return osc_int(len(data)) + data.ljust(pad4(len(data)), b"\x00")


def message_head(address: str, tags: str) -> bytes:
    """Address and type tags: what comes before a message's arguments."""
    return osc_string(address) + osc_string(f",{tags}")


def osc_message(address: str, tags: str, arguments: Sequence[int | float | str | bytes]) -> bytes:
    """A whole message.

    Args:
        address: such as ``/cstalk/hello``.
        tags: one of ``i h f s b`` for each argument.
        arguments: ``i`` takes -2**31..2**32 - 1 (its low 32 bits are sent), ``h`` 64-bit signed, ``f`` a
            number, ``s`` text, ``b`` bytes.

    Raises:
        ValueError: the tags do not match the arguments.
    """
    parts = [message_head(address, tags)]
    for tag, argument in zip(tags, arguments, strict=True):
        if tag == "s" and isinstance(argument, str):
            parts.append(osc_string(argument))
        elif tag == "i" and isinstance(argument, int):
            parts.append(osc_int(argument))
        elif tag == "h" and isinstance(argument, int):
            parts.append(osc_long(argument))
        elif tag == "f" and isinstance(argument, int | float):
            parts.append(osc_float(argument))
        elif tag == "b" and isinstance(argument, bytes):
            parts.append(osc_blob(argument))
        else:
            raise ValueError(f"type tag '{tag}' does not fit {argument!r}")
    return b"".join(parts)


def osc_bundle(elements: Iterable[bytes]) -> bytes:
    """The messages ``elements`` in one bundle that takes effect immediately."""
    return BUNDLE_HEAD + b"".join(osc_int(len(element)) + element for element in elements)


def illegal_characters(address: str) -> str:
    """The characters of ``address`` that OSC 1.0 forbids in an address, each once; empty if it is sound."""
    return "".join(dict.fromkeys(c for c in address if c != "/" and (c in _RESERVED or not "!" <= c <= "~")))
