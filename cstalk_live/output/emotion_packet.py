"""``/cstalk/emotion``: what the face is told to feel, at every change and once a second.

Arguments, in this order (tag, meaning):

====  ==========  ==================================================================================
tag   argument    meaning
====  ==========  ==================================================================================
i     session     as in ``/cstalk/frame``
i     protocol    version of these messages: 1
f     intensity   0..2
i     flags       1: the face is muted; others count nothing
s, f  emotion     name (1..64 bytes of UTF-8) and weight (0..1) of one emotion of the target mix; 0 to 16 times
====  ==========  ==================================================================================
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from cstalk_live.errors import PacketError
from cstalk_live.output.command_packet import MAX_INTENSITY
from cstalk_live.output.osc_fields import MAX_NAME_BYTES, PROTOCOL_VERSION, check_version, read_number, read_text
from cstalk_live.output.osc_reader import OscReader
from cstalk_live.output.oscwire import osc_message

EMOTION_ADDRESS = "/cstalk/emotion"

MAX_EMOTIONS = 16

_TAGS = "iifi"
_PAIR = "sf"
_WHO = struct.Struct(">II")
_FLAGS = struct.Struct(">I")
_MUTED = 1


@dataclass(frozen=True, slots=True)
class Emotion:
    """What a ``/cstalk/emotion`` message says; ranges as in the module's table."""

    session: int
    intensity: float
    muted: bool
    mix: tuple[tuple[str, float], ...]


def encode_emotion(emotion: Emotion) -> bytes:
    """The message of ``emotion``. Of more than 16 emotions the strongest are told; names that are too long are not."""
    fitting = [(name, weight) for name, weight in emotion.mix if 1 <= len(name.encode("utf-8")) <= MAX_NAME_BYTES]
    told = sorted(fitting, key=lambda pair: -pair[1])[:MAX_EMOTIONS] if len(fitting) > MAX_EMOTIONS else fitting
    flags = _MUTED if emotion.muted else 0
    pairs = [item for pair in told for item in pair]
    return osc_message(
        EMOTION_ADDRESS,
        _TAGS + _PAIR * len(told),
        (emotion.session, PROTOCOL_VERSION, emotion.intensity, flags, *pairs),
    )


def decode_emotion(data: bytes) -> Emotion:
    """Read a ``/cstalk/emotion`` datagram.

    Raises:
        PacketError: it is not exactly as the module's table says, or of another protocol version.
    """
    reader = OscReader(data)
    tags = reader.head(EMOTION_ADDRESS)
    count = (len(tags) - len(_TAGS)) // len(_PAIR)
    if tags != _TAGS + _PAIR * count:
        raise PacketError(f"{EMOTION_ADDRESS}: type tags are not {_TAGS} and {_PAIR} for each emotion")
    if count > MAX_EMOTIONS:
        raise PacketError(f"{EMOTION_ADDRESS}: {count} emotions, more than {MAX_EMOTIONS}")
    session, protocol = reader.unpack(_WHO)
    check_version(EMOTION_ADDRESS, protocol)
    intensity = read_number(reader, EMOTION_ADDRESS, "intensity", MAX_INTENSITY)
    (flags,) = reader.unpack(_FLAGS)
    mix = tuple(
        (
            read_text(reader, EMOTION_ADDRESS, "name of an emotion", MAX_NAME_BYTES),
            read_number(reader, EMOTION_ADDRESS, "weight", 1.0),
        )
        for _ in range(count)
    )
    reader.end()
    return Emotion(session, intensity, bool(flags & _MUTED), mix)
