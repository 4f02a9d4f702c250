"""``/cstalk/frame``: one pose of the face, one OSC message, one datagram.

Arguments, in this order (tag, meaning):

====  ==================  ==========================================================================
tag   argument            meaning
====  ==================  ==========================================================================
i     session             32 random bits, new at every start of the sender
i     sequence            counts the frames of this output: 0, 1, ... 2**32 - 1, 0, ...
i     schema hash         32-bit FNV-1a of the value names (``rig.schema``), the same as in ``/cstalk/hello``
i     flags               ``records.FrameFlag``: 1 speech, 2 gap, 4 reset, 8 neutral, 16 held
h     frame index         frames of 1/60 s since the stream started, >= 0
h     capture time        sender's monotonic microseconds at the middle of the frame's sound
h     send time           the same clock when this packet was built
i     look-ahead          frames of later sound that the network has heard for this pose, >= 0
f...  values              260 (layout raw) or 185 (layout board) finite numbers
====  ==================  ==========================================================================

The four 32-bit words are unsigned and travel as the bits of OSC's signed ``i``. Sizes: raw 1,372 bytes, board
996.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cstalk_live.errors import OutputError, PacketError
from cstalk_live.output.finite import FiniteGuard
from cstalk_live.output.layout import BOARD_LAYOUT, RAW_LAYOUT, Layout
from cstalk_live.output.osc_reader import OscReader
from cstalk_live.output.oscwire import MAX_DATAGRAM, message_head
from cstalk_live.records import FloatArray, Frame, FrameFlag

FRAME_ADDRESS = "/cstalk/frame"

_HEAD_TAGS = "iiiihhhi"
_WRITE = struct.Struct(">IIIIqqqi")
_U32 = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True, eq=False)
class FramePacket:
    """What a ``/cstalk/frame`` message says."""

    session: int
    """0..2**32 - 1."""
    sequence: int
    """0..2**32 - 1."""
    layout: Layout
    """The known layout whose hash and size the packet has."""
    flags: FrameFlag
    frame_index: int
    capture_us: int
    send_us: int
    lookahead_frames: int
    values: FloatArray
    """float32 [layout.size], finite, read-only."""


class FramePacketEncoder:
    """Builds ``/cstalk/frame`` messages in one buffer made at the start.

    Args:
        layout: which values to send.
        session: the sender's session id, 0..2**32 - 1.

    Raises:
        OutputError: the layout's values do not fit in one datagram.
    """

    def __init__(self, layout: Layout, session: int) -> None:
        head = message_head(FRAME_ADDRESS, _HEAD_TAGS + "f" * layout.size)
        self._arguments_at = len(head)
        values_at = self._arguments_at + _WRITE.size
        self.size = values_at + 4 * layout.size
        if self.size > MAX_DATAGRAM:
            raise OutputError(f"layout '{layout.name}' makes packets of {self.size} bytes, above {MAX_DATAGRAM}")
        self._buffer = bytearray(self.size)
        self._buffer[: len(head)] = head
        self._view = memoryview(self._buffer)
        self._values = np.frombuffer(self._buffer, dtype=">f4", count=layout.size, offset=values_at)
        self._layout = layout
        self._guard = FiniteGuard(layout.size)
        self._session = session & _U32

    @property
    def non_finite(self) -> int:
        """Frames so far in which a NaN or infinity was sent as 0."""
        return self._guard.frames

    def encode(self, frame: Frame, sequence: int, send_us: int, lookahead: int) -> memoryview:
        """The packet of ``frame``; valid until the next call.

        Args:
            frame: the pose.
            sequence: any integer; its low 32 bits are sent.
            send_us: now, on the clock of ``frame.capture_us``.
            lookahead: frames, 0..2**31 - 1.

        Returns:
            a view of ``size`` bytes of the encoder's own buffer.
        """
        _WRITE.pack_into(
            self._buffer,
            self._arguments_at,
            self._session,
            sequence & _U32,
            self._layout.schema_hash,
            int(frame.flags),
            frame.index,
            frame.capture_us,
            send_us,
            lookahead,
        )
        self._values[:] = self._guard(self._layout.values(frame))
        return self._view


def decode_frame(data: bytes, layouts: Iterable[Layout] = (RAW_LAYOUT, BOARD_LAYOUT)) -> FramePacket:
    """Read a ``/cstalk/frame`` datagram.

    Args:
        data: the datagram.
        layouts: the layouts the receiver knows.

    Raises:
        PacketError: anything is not as the table of this module says: truncated, too long, other types, an
            unknown schema hash or its wrong number of values, a negative index or look-ahead, NaN or infinite
            values.
    """
    reader = OscReader(data)
    tags = reader.head(FRAME_ADDRESS)
    count = len(tags) - len(_HEAD_TAGS)
    if count < 1 or tags != _HEAD_TAGS + "f" * count:
        raise PacketError(f"{FRAME_ADDRESS}: type tags are not {_HEAD_TAGS} and floats")
    session, sequence, found, flags, index, capture_us, send_us, lookahead = reader.unpack(_WRITE)
    layout = next((known for known in layouts if known.schema_hash == found), None)
    if layout is None:
        raise PacketError(
            f"{FRAME_ADDRESS}: schema hash 0x{found:08x} is unknown",
            "sender and receiver must be of the same version",
        )
    if count != layout.size:
        raise PacketError(f"{FRAME_ADDRESS}: {count} values where layout '{layout.name}' has {layout.size}")
    if index < 0 or lookahead < 0:
        raise PacketError(f"{FRAME_ADDRESS}: frame index {index}, look-ahead {lookahead}: neither can be negative")
    values = np.frombuffer(reader.rest(4 * count), dtype=">f4").astype(np.float32)
    if not np.isfinite(values).all():
        raise PacketError(f"{FRAME_ADDRESS}: frame {index} holds values that are not finite")
    values.flags.writeable = False
    return FramePacket(
        session=session,
        sequence=sequence,
        layout=layout,
        flags=FrameFlag(flags),
        frame_index=index,
        capture_us=capture_us,
        send_us=send_us,
        lookahead_frames=lookahead,
        values=values,
    )
