"""``/cstalk/heartbeat``: once a second, from the receiver back to the sender: what became of the frames.

Sent from the port that the receiver listens on to the address and port that the frames came from. Arguments, in this
order (tag, meaning):

====  ====================  ========================================================================
tag   argument              meaning
====  ====================  ========================================================================
i     session               of the frames that this answers, as in ``/cstalk/frame``
i     protocol              version of these messages: 1
i     flags                 1: a Live Link subject is published, 2: a face is bound; others count nothing
i     faces                 bound faces, >= 0
f     received              frames accepted per second, >= 0
f     applied               different frames per second that reached at least one face, >= 0
f     engine                frames per second of the renderer, >= 0
f     pose delay            milliseconds from the sound to the face, as far as the receiver knows; 0 without a face
f     lateness p99          milliseconds of arrival after the even stamp, 99th percentile, >= 0
i     missing               frames lost on the way since the receiver began to listen, unsigned
h     echoed send time      send time of the newest frame: microseconds of the sender's clock
h     held for              microseconds between that frame's arrival and this message, >= 0
s     subject               name of the Live Link subject, 1..256 bytes of UTF-8
s     engine version        1..64 bytes, such as ``5.6.1``
s     plugin version        1..64 bytes
====  ====================  ========================================================================
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntFlag

from cstalk_live.errors import PacketError
from cstalk_live.output.osc_fields import (
    MAX_NAME_BYTES,
    MAX_SUBJECT_BYTES,
    PROTOCOL_VERSION,
    check_version,
    read_number,
    read_text,
)
from cstalk_live.output.osc_reader import OscReader
from cstalk_live.output.oscwire import osc_message

HEARTBEAT_ADDRESS = "/cstalk/heartbeat"

_TAGS = "iiiifffffihhsss"
_HEAD = struct.Struct(">IIIi")
_COUNTS = struct.Struct(">Iqq")


class HeartbeatFlag(IntFlag):
    """What the receiver has got; bits that are not named here count nothing."""

    PUBLISHED = 1
    """A Live Link subject is published."""
    BOUND = 2
    """A face is bound to it."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a ``/cstalk/heartbeat`` message says; units and ranges as in the module's table."""

    session: int
    flags: HeartbeatFlag
    faces: int
    received_fps: float
    applied_fps: float
    engine_fps: float
    pose_delay_ms: float
    lateness_p99_ms: float
    missing: int
    echoed_send_us: int
    held_us: int
    subject: str
    engine: str
    plugin: str


def encode_heartbeat(beat: Heartbeat) -> bytes:
    """The message of ``beat``."""
    return osc_message(
        HEARTBEAT_ADDRESS,
        _TAGS,
        (
            beat.session,
            PROTOCOL_VERSION,
            int(beat.flags),
            beat.faces,
            beat.received_fps,
            beat.applied_fps,
            beat.engine_fps,
            beat.pose_delay_ms,
            beat.lateness_p99_ms,
            beat.missing,
            beat.echoed_send_us,
            beat.held_us,
            beat.subject,
            beat.engine,
            beat.plugin,
        ),
    )


def decode_heartbeat(data: bytes) -> Heartbeat:
    """Read a ``/cstalk/heartbeat`` datagram.

    Raises:
        PacketError: it is not exactly as the module's table says, or of another protocol version.
    """
    reader = OscReader(data)
    if reader.head(HEARTBEAT_ADDRESS) != _TAGS:
        raise PacketError(f"{HEARTBEAT_ADDRESS}: type tags are not {_TAGS}")
    session, protocol, flags, faces = reader.unpack(_HEAD)
    check_version(HEARTBEAT_ADDRESS, protocol)
    if faces < 0:
        raise PacketError(f"{HEARTBEAT_ADDRESS}: {faces} faces")
    received, applied, engine_fps, delay, lateness = (
        read_number(reader, HEARTBEAT_ADDRESS, what)
        for what in ("frames received", "frames applied", "engine frames", "pose delay", "lateness")
    )
    missing, echoed_us, held_us = reader.unpack(_COUNTS)
    if held_us < 0:
        raise PacketError(f"{HEARTBEAT_ADDRESS}: held for {held_us} us")
    subject = read_text(reader, HEARTBEAT_ADDRESS, "subject", MAX_SUBJECT_BYTES)
    engine = read_text(reader, HEARTBEAT_ADDRESS, "engine version", MAX_NAME_BYTES)
    plugin = read_text(reader, HEARTBEAT_ADDRESS, "plugin version", MAX_NAME_BYTES)
    reader.end()
    known = HeartbeatFlag(flags & (HeartbeatFlag.PUBLISHED | HeartbeatFlag.BOUND))
    rates = (received, applied, engine_fps, delay, lateness)
    return Heartbeat(session, known, faces, *rates, missing, echoed_us, held_us, subject, engine, plugin)
