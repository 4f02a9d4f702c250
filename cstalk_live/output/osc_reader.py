"""Strict reading of OSC messages: bytes either are what the protocol says or raise :class:`PacketError`."""

from __future__ import annotations

import struct

from cstalk_live.errors import PacketError
from cstalk_live.output.oscwire import MAX_DATAGRAM, pad4

_FLOAT = struct.Struct(">f")
_SIZE = struct.Struct(">I")


class OscReader:
    """A place in a datagram that moves forward over one argument after the other.

    Args:
        data: the whole datagram, one message; at most 1,472 bytes.

    Raises:
        PacketError: ``data`` is longer than a datagram or not a multiple of four bytes long.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_DATAGRAM:
            raise PacketError(f"packet of {len(data)} bytes: more than the {MAX_DATAGRAM} of one datagram")
        if not data or len(data) % 4:
            raise PacketError(f"packet of {len(data)} bytes: not a whole number of 4-byte words")
        self._data = bytes(data)
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self._at

    def head(self, address: str) -> str:
        """Read address and type tags.

        Returns:
            the type tags without their comma.

        Raises:
            PacketError: another address, or no type tags.
        """
        found = self.text()
        if found != address:
            raise PacketError(f"message for '{found[:60]}' where '{address}' belongs")
        tags = self.text()
        if not tags.startswith(","):
            raise PacketError(f"{address}: type tags do not begin with a comma")
        return tags[1:]

    def text(self) -> str:
        """Read one string.

        Raises:
            PacketError: no end, padding that is not zero, or not UTF-8.
        """
        end = self._data.find(b"\x00", self._at)
        if end < 0:
            raise PacketError(f"string at byte {self._at} has no end")
        # Both the start and the length of the data are multiples of four, so the padding lies inside.
        stop = (end + 4) & ~3
        if any(self._data[end:stop]):
            raise PacketError(f"string at byte {self._at} is padded with something else than zeros")
        try:
            text = self._data[self._at : end].decode("utf-8")
        except UnicodeDecodeError:
            raise PacketError(f"string at byte {self._at} is not UTF-8") from None
        self._at = stop
        return text

    @property
    def at(self) -> int:
        """Bytes read so far."""
        return self._at

    def number(self) -> float:
        """Read one float32, which may be NaN or infinite.

        Raises:
            PacketError: the packet ends before it.
        """
        (value,) = self.unpack(_FLOAT)
        return float(value)

    def blob(self) -> bytes:
        """Read one blob: its size, its bytes and their padding.

        Raises:
            PacketError: the packet ends before it, or the padding is not zero.
        """
        (size,) = self.unpack(_SIZE)
        stop = self._at + pad4(size)
        if stop > len(self._data):
            raise PacketError(f"blob at byte {self._at} of {size} bytes does not end within the packet")
        taken, padding = self._data[self._at : self._at + size], self._data[self._at + size : stop]
        if any(padding):
            raise PacketError(f"blob at byte {self._at} is padded with something else than zeros")
        self._at = stop
        return taken

    def unpack(self, layout: struct.Struct) -> tuple[int, ...]:
        """Read the numbers of ``layout``.

        Raises:
            PacketError: the packet ends before them.
        """
        if self.left < layout.size:
            raise PacketError(f"packet ends at byte {len(self._data)}: {layout.size - self.left} bytes are missing")
        values = layout.unpack_from(self._data, self._at)
        self._at += layout.size
        return values

    def rest(self, size: int) -> bytes:
        """Read the last ``size`` bytes.

        Raises:
            PacketError: there are more or fewer.
        """
        if self.left != size:
            raise PacketError(f"{self.left} bytes of values where the type tags announce {size}")
        taken = self._data[self._at :]
        self._at = len(self._data)
        return taken

    def end(self) -> None:
        """Assert that all is read.

        Raises:
            PacketError: bytes are left.
        """
        self.rest(0)
