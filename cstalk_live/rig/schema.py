"""A 32-bit fingerprint of a list of names, so that two programs can tell that they mean the same columns.

It is FNV-1a (Fowler, Noll and Vo; draft-eastlake-fnv), 32 bits: start with 2166136261; for every byte,
exclusive-or it into the value, then multiply by 16777619 modulo 2**32. The bytes are each name in UTF-8
followed by one line feed, in order, the last name included.
"""

from __future__ import annotations

from collections.abc import Iterable

from cstalk_live.rig.board import BOARD_NAMES
from cstalk_live.rig.raw import PROPERTY_NAMES

_OFFSET_BASIS = 2_166_136_261
_PRIME = 16_777_619


def schema_hash(names: Iterable[str]) -> int:
    """FNV-1a of the names, each ended by a line feed; 0..2**32 - 1."""
    value = _OFFSET_BASIS
    for name in names:
        for byte in f"{name}\n".encode():
            value = ((value ^ byte) * _PRIME) & 0xFFFF_FFFF
    return value


RAW_SCHEMA_HASH = schema_hash(PROPERTY_NAMES)
"""Of the 260 names of ``rig.raw.PROPERTY_NAMES``."""

BOARD_SCHEMA_HASH = schema_hash(BOARD_NAMES)
"""Of the 185 names of ``rig.board.BOARD_NAMES``."""
