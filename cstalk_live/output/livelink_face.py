"""The datagrams of the Live Link Face phone app in its ARKit mode, packet version 6 (UDP 11111).

Unreal's stock Apple ARKit source reads them, so a MetaHuman moves with no plugin of ours. Big-endian
throughout, with N and M bytes of text:

========  ==========================  =====================================================================
offset    field                       value
========  ==========================  =====================================================================
0         u8 packet version           6
1         i32 N                       bytes of the device id
5         N bytes device id           UTF-8, not ended; receivers tell senders apart by it
5+N       i32 M                       bytes of the subject's name
9+N       M bytes subject             UTF-8; becomes the Live Link subject
9+N+M     i32 frame                   frames since midnight at the rate below
13+N+M    f32 subframe                0 <= x < 1
17+N+M    i32 rate numerator          >= 1
21+N+M    i32 rate denominator        >= 1
25+N+M    u8 count                    61
26+N+M    61 x f32 values             order of ``rig.arkit.ARKIT_NAMES``; shapes 0..1, angles in radians
========  ==========================  =====================================================================

Length 270 + N + M. The engine drops a packet of another version, count or length.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from cstalk_live.errors import OutputError, PacketError
from cstalk_live.output.arkit import arkit_values
from cstalk_live.output.finite import FiniteGuard
from cstalk_live.output.hello_packet import check_subject
from cstalk_live.output.oscwire import MAX_DATAGRAM
from cstalk_live.output.timecode import FrameRate, TimeOfDay
from cstalk_live.records import FPS, FloatArray, Frame
from cstalk_live.rig.arkit import ARKIT_SIZE

PACKET_VERSION = 6
LIVELINK_PORT = 11111
MAX_ID_BYTES = 256

_LENGTH = struct.Struct(">i")
_TIME = struct.Struct(">ifiiB")


@dataclass(frozen=True, slots=True, eq=False)
class LiveLinkFacePacket:
    """What a Live Link Face datagram says."""

    device_id: str
    subject: str
    frame: int
    """Frames since midnight, >= 0."""
    subframe: float
    """0 <= x < 1."""
    rate: FrameRate
    values: FloatArray
    """float32 [61], finite, read-only."""


class LiveLinkFaceEncoder:
    """Builds Live Link Face datagrams in one buffer made at the start.

    Args:
        subject: name of the face, 1..256 bytes of UTF-8.
        device_id: any text of 1..256 bytes; phones use a UUID of 36 characters.
        time_of_day: turns capture times into the frame number.
        rate: frames a second that the frame number counts.

    Raises:
        OutputError: a name is empty, too long or not plain text.
    """

    def __init__(
        self,
        subject: str,
        device_id: str,
        time_of_day: TimeOfDay,
        rate: FrameRate = FrameRate(FPS, 1),  # noqa: B008
    ) -> None:
        name, sender = check_subject(subject).encode("utf-8"), device_id.encode("utf-8")
        if not 1 <= len(sender) <= MAX_ID_BYTES:
            raise OutputError(f"the device id has {len(sender)} bytes", f"use 1 to {MAX_ID_BYTES}")
        head = b"".join((bytes([PACKET_VERSION]), _LENGTH.pack(len(sender)), sender, _LENGTH.pack(len(name)), name))
        self._time_at = len(head)
        values_at = len(head) + _TIME.size
        self.size = values_at + 4 * ARKIT_SIZE
        self._buffer = bytearray(self.size)
        self._buffer[: len(head)] = head
        self._view = memoryview(self._buffer)
        self._values = np.frombuffer(self._buffer, dtype=">f4", count=ARKIT_SIZE, offset=values_at)
        self._time_of_day = time_of_day
        self._rate = rate
        self._guard = FiniteGuard(ARKIT_SIZE)

    @property
    def non_finite(self) -> int:
        """Frames so far in which a NaN or infinity was sent as 0."""
        return self._guard.frames

    def encode(self, frame: Frame) -> memoryview:
        """The packet of ``frame``; valid until the next call."""
        return self.encode_values(arkit_values(frame), self._time_of_day.day_us(frame.capture_us))

    def encode_values(self, values: FloatArray, day_us: int) -> memoryview:
        """The packet of 61 ``values`` at ``day_us`` microseconds of the day; valid until the next call."""
        number, subframe = self._rate.frame_of_day(day_us)
        _TIME.pack_into(
            self._buffer,
            self._time_at,
            number,
            subframe,
            self._rate.numerator,
            self._rate.denominator,
            ARKIT_SIZE,
        )
        self._values[:] = self._guard(values)
        return self._view


def decode_livelink_face(data: bytes) -> LiveLinkFacePacket:
    """Read a Live Link Face datagram of version 6.

    Raises:
        PacketError: it is not exactly as the module's table says.
    """
    data = bytes(data)
    if len(data) > MAX_DATAGRAM:
        raise PacketError(f"Live Link Face packet of {len(data)} bytes: more than one datagram")
    if not data or data[0] != PACKET_VERSION:
        raise PacketError(f"not a Live Link Face packet of version {PACKET_VERSION}")
    device_id, at = _text(data, 1, "device id")
    subject, at = _text(data, at, "subject")
    if len(data) != at + _TIME.size + 4 * ARKIT_SIZE:
        raise PacketError(f"Live Link Face packet of {len(data)} bytes where {at + _TIME.size + 4 * ARKIT_SIZE} belong")
    frame, subframe, numerator, denominator, count = _TIME.unpack_from(data, at)
    if count != ARKIT_SIZE:
        raise PacketError(f"Live Link Face packet of {count} values where {ARKIT_SIZE} belong")
    if frame < 0 or not 0.0 <= subframe < 1.0:
        raise PacketError(f"Live Link Face packet: frame {frame}, subframe {subframe}: out of range")
    try:
        rate = FrameRate(numerator, denominator)
    except OutputError as error:
        raise PacketError(f"Live Link Face packet: {error.what}") from None
    values = np.frombuffer(data, dtype=">f4", offset=at + _TIME.size).astype(np.float32)
    if not np.isfinite(values).all():
        raise PacketError("Live Link Face packet: values that are not finite")
    values.flags.writeable = False
    return LiveLinkFacePacket(device_id, subject, frame, subframe, rate, values)


def _text(data: bytes, at: int, what: str) -> tuple[str, int]:
    """The text whose 32-bit length lies at ``at``, and where it ends."""
    if len(data) < at + _LENGTH.size:
        raise PacketError(f"Live Link Face packet ends before its {what}")
    (length,) = _LENGTH.unpack_from(data, at)
    start = at + _LENGTH.size
    if not 1 <= length <= len(data) - start:
        raise PacketError(f"Live Link Face packet: {what} of {length} bytes")
    try:
        return data[start : start + length].decode("utf-8"), start + length
    except UnicodeDecodeError:
        raise PacketError(f"Live Link Face packet: {what} is not UTF-8") from None
