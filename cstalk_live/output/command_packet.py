"""``/cstalk/command``: what the receiver's user asks of the sender.

Arguments, in this order (tag, meaning):

====  ==========  ==================================================================================
tag   argument    meaning
====  ==========  ==================================================================================
i     session     whom it is meant for, as in ``/cstalk/frame``
i     protocol    version of these messages: 1
h     stamp       UTC microseconds since 1970 of whoever commands
s     verb        ``emotion``, ``intensity``, ``mute`` or ``neutral``
s     name        emotion: its name, 1..64 bytes of UTF-8; else empty
f     value       emotion: weight 0..1; intensity: 0..2; mute: 0 or 1; neutral: 0
f     fade        seconds, 0..60
b     signature   empty, or 32 bytes: HMAC-SHA256 (RFC 2104) under the shared key in UTF-8 of all bytes of the
                  datagram before this blob's size
====  ==========  ==================================================================================
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import StrEnum

from cstalk_live.errors import PacketError
from cstalk_live.output.osc_fields import MAX_NAME_BYTES, PROTOCOL_VERSION, check_version, read_number, read_text
from cstalk_live.output.osc_reader import OscReader
from cstalk_live.output.oscwire import osc_blob, osc_message

COMMAND_ADDRESS = "/cstalk/command"

MAX_INTENSITY = 2.0
MAX_FADE_S = 60.0

_TAGS = "iihssffb"
_WHO = struct.Struct(">IIq")
_SIGNATURE_BYTES = 32
_SIZE_BYTES = 4


class Verb(StrEnum):
    """What can be asked for."""

    EMOTION = "emotion"
    INTENSITY = "intensity"
    MUTE = "mute"
    NEUTRAL = "neutral"


_MOST = {Verb.EMOTION: 1.0, Verb.INTENSITY: MAX_INTENSITY, Verb.MUTE: 1.0, Verb.NEUTRAL: 0.0}
"""The largest value of each; the smallest is 0."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a ``/cstalk/command`` message asks for; units and ranges as in the module's table."""

    session: int
    stamp_us: int
    verb: Verb
    name: str
    value: float
    fade_s: float
    signature: bytes = b""


def encode_command(command: Command, key: str = "") -> bytes:
    """The message of ``command``, signed unless ``key`` is empty; its own signature counts nothing."""
    arguments = (
        command.session,
        PROTOCOL_VERSION,
        command.stamp_us,
        command.verb.value,
        command.name,
        command.value,
        command.fade_s,
        b"",
    )
    body = osc_message(COMMAND_ADDRESS, _TAGS, arguments)[:-_SIZE_BYTES]
    return body + osc_blob(_seal(body, key) if key else b"")


def decode_command(data: bytes) -> Command:
    """Read a ``/cstalk/command`` datagram. Who sent it is not checked here: see :func:`is_signed`.

    Raises:
        PacketError: it is not exactly as the module's table says, or of another protocol version.
    """
    reader = OscReader(data)
    if reader.head(COMMAND_ADDRESS) != _TAGS:
        raise PacketError(f"{COMMAND_ADDRESS}: type tags are not {_TAGS}")
    session, protocol, stamp_us = reader.unpack(_WHO)
    check_version(COMMAND_ADDRESS, protocol)
    word = reader.text()
    if word not in tuple(Verb):
        raise PacketError(f"{COMMAND_ADDRESS}: verb '{word[:60]}' is unknown")
    verb = Verb(word)
    named = verb == Verb.EMOTION
    name = read_text(reader, COMMAND_ADDRESS, f"name of {verb}", MAX_NAME_BYTES if named else 0, least=int(named))
    value = read_number(reader, COMMAND_ADDRESS, f"value of {verb}", _MOST[verb])
    if verb == Verb.MUTE and value not in (0.0, 1.0):
        raise PacketError(f"{COMMAND_ADDRESS}: mute {value:g} is neither 0 nor 1")
    fade_s = read_number(reader, COMMAND_ADDRESS, "fade", MAX_FADE_S)
    signature = reader.blob()
    reader.end()
    if len(signature) not in (0, _SIGNATURE_BYTES):
        raise PacketError(f"{COMMAND_ADDRESS}: signature of {len(signature)} bytes where {_SIGNATURE_BYTES} belong")
    return Command(session, stamp_us, verb, name, value, fade_s, signature)


def is_signed(data: bytes, command: Command, key: str) -> bool:
    """Whether whoever made the datagram ``data``, which says ``command``, knows ``key``."""
    body = data[: len(data) - len(command.signature) - _SIZE_BYTES]
    return hmac.compare_digest(command.signature, _seal(body, key))


def _seal(body: bytes, key: str) -> bytes:
    return hmac.digest(key.encode("utf-8"), body, hashlib.sha256)
