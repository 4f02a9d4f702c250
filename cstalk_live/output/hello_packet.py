"""``/cstalk/hello``: once a second, who is sending what.

Arguments, in this order (tag, meaning):

====  ==================  ==========================================================================
tag   argument            meaning
====  ==================  ==========================================================================
i     session             as in ``/cstalk/frame``
i     protocol            version of these messages: 1
i     schema hash         as in ``/cstalk/frame``
s     layout              ``raw`` or ``board``
i     value count         values per frame, 1..65535
i     rate numerator      frames per second are numerator / denominator: 60 / 1
i     rate denominator    >= 1
i     look-ahead          frames, >= 0
s     subject             the face's name, 1..256 bytes of UTF-8
s     version             of the sending program, 1..64 bytes
h     send time           sender's monotonic microseconds, the clock of ``/cstalk/frame``
====  ==================  ==========================================================================
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from cstalk_live.errors import OutputError, PacketError
from cstalk_live.output.osc_fields import (
    MAX_NAME_BYTES,
    MAX_SUBJECT_BYTES,
    PROTOCOL_VERSION,
    check_version,
    read_text,
)
from cstalk_live.output.osc_reader import OscReader
from cstalk_live.output.oscwire import osc_message

HELLO_ADDRESS = "/cstalk/hello"

MAX_VALUES = 65_535

_TAGS = "iiisiiiissh"
_WHO = struct.Struct(">III")
_RATE = struct.Struct(">iiii")
_TIME = struct.Struct(">q")


@dataclass(frozen=True, slots=True)
class Hello:
    """What a ``/cstalk/hello`` message says; units and ranges as in the module's table."""

    session: int
    schema_hash: int
    layout: str
    value_count: int
    rate_numerator: int
    rate_denominator: int
    lookahead_frames: int
    subject: str
    version: str
    send_us: int


def check_subject(subject: str) -> str:
    """``subject`` itself if it can travel as the name of a face.

    Raises:
        OutputError: it is empty, too long or holds control characters.
    """
    if not subject.strip():
        raise OutputError("the subject's name is empty", "give it a name such as CSTalk")
    size = len(subject.encode("utf-8", errors="replace"))
    if size > MAX_SUBJECT_BYTES:
        raise OutputError(f"the subject's name has {size} bytes", f"use at most {MAX_SUBJECT_BYTES}")
    if not subject.isprintable():
        raise OutputError(f"the subject's name {subject!r} holds characters that cannot be shown", "use plain text")
    return subject


def encode_hello(hello: Hello) -> bytes:
    """The message of ``hello``."""
    return osc_message(
        HELLO_ADDRESS,
        _TAGS,
        (
            hello.session,
            PROTOCOL_VERSION,
            hello.schema_hash,
            hello.layout,
            hello.value_count,
            hello.rate_numerator,
            hello.rate_denominator,
            hello.lookahead_frames,
            hello.subject,
            hello.version,
            hello.send_us,
        ),
    )


def decode_hello(data: bytes) -> Hello:
    """Read a ``/cstalk/hello`` datagram.

    Raises:
        PacketError: it is not exactly as the module's table says, or of another protocol version.
    """
    reader = OscReader(data)
    if reader.head(HELLO_ADDRESS) != _TAGS:
        raise PacketError(f"{HELLO_ADDRESS}: type tags are not {_TAGS}")
    session, protocol, schema = reader.unpack(_WHO)
    check_version(HELLO_ADDRESS, protocol)
    layout = read_text(reader, HELLO_ADDRESS, "layout", MAX_NAME_BYTES)
    count, numerator, denominator, lookahead = reader.unpack(_RATE)
    subject = read_text(reader, HELLO_ADDRESS, "subject", MAX_SUBJECT_BYTES)
    version = read_text(reader, HELLO_ADDRESS, "version", MAX_NAME_BYTES)
    (send_us,) = reader.unpack(_TIME)
    reader.end()
    if not 1 <= count <= MAX_VALUES or numerator < 1 or denominator < 1 or lookahead < 0:
        rate = f"{numerator}/{denominator}"
        raise PacketError(f"{HELLO_ADDRESS}: out of range: {count} values, {rate} Hz, look-ahead {lookahead}")
    return Hello(session, schema, layout, count, numerator, denominator, lookahead, subject, version, send_us)
