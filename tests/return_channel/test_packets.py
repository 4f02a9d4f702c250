"""The three messages of the return channel: what is written is read, and nothing else is."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage

from cstalk_live.errors import PacketError
from cstalk_live.output.command_packet import Command, Verb, decode_command, encode_command, is_signed
from cstalk_live.output.emotion_packet import Emotion, decode_emotion, encode_emotion
from cstalk_live.output.heartbeat_packet import Heartbeat, HeartbeatFlag, decode_heartbeat, encode_heartbeat

GOLDEN = Path(__file__).parents[1] / "golden"
KEY = "golden key"

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=16)
WORDS = st.integers(0, 2**32 - 1)
LONGS = st.integers(-(2**63), 2**63 - 1)


def floats(most: float) -> st.SearchStrategy[float]:
    return st.floats(0.0, most, width=32)


RATES = floats(float(np.finfo(np.float32).max))

HEARTBEATS = st.builds(
    Heartbeat,
    session=WORDS,
    flags=st.sampled_from([HeartbeatFlag(bits) for bits in range(4)]),
    faces=st.integers(0, 2**31 - 1),
    received_fps=RATES,
    applied_fps=RATES,
    engine_fps=RATES,
    pose_delay_ms=RATES,
    lateness_p99_ms=RATES,
    missing=WORDS,
    echoed_send_us=LONGS,
    held_us=st.integers(0, 2**63 - 1),
    subject=NAMES,
    engine=NAMES,
    plugin=NAMES,
)

COMMANDS = st.one_of(
    st.builds(Command, WORDS, LONGS, st.just(Verb.EMOTION), NAMES, floats(1.0), floats(60.0)),
    st.builds(Command, WORDS, LONGS, st.just(Verb.INTENSITY), st.just(""), floats(2.0), floats(60.0)),
    st.builds(Command, WORDS, LONGS, st.just(Verb.MUTE), st.just(""), st.sampled_from([0.0, 1.0]), floats(60.0)),
    st.builds(Command, WORDS, LONGS, st.just(Verb.NEUTRAL), st.just(""), st.just(0.0), floats(60.0)),
)

EMOTIONS = st.builds(
    Emotion,
    session=WORDS,
    intensity=floats(2.0),
    muted=st.booleans(),
    mix=st.lists(st.tuples(NAMES, floats(1.0)), max_size=16).map(tuple),
)


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.bin").read_bytes()


def test_the_golden_heartbeat_says_what_the_readme_says():
    beat = decode_heartbeat(golden("heartbeat"))
    assert beat == Heartbeat(
        session=0xC57A1C0D,
        flags=HeartbeatFlag.PUBLISHED | HeartbeatFlag.BOUND,
        faces=2,
        received_fps=60.0,
        applied_fps=59.5,
        engine_fps=119.25,
        pose_delay_ms=96.5,
        lateness_p99_ms=3.25,
        missing=4_294_967_295,
        echoed_send_us=9_876_543_251_623,
        held_us=8_200,
        subject="Ana María",
        engine="5.6.1",
        plugin="0.1.0",
    )
    assert encode_heartbeat(beat) == golden("heartbeat")
    assert OscMessage(golden("heartbeat")).params[-3:] == ["Ana María", "5.6.1", "0.1.0"]


def test_the_golden_commands_say_what_the_readme_says():
    command = decode_command(golden("command"))
    assert command == Command(0xC57A1C0D, 1_798_000_000_000_000, Verb.EMOTION, "happy", 0.75, 0.5)
    signed = decode_command(golden("command_signed"))
    assert len(signed.signature) == 32
    assert encode_command(command) == golden("command")
    assert encode_command(command, KEY) == encode_command(signed, KEY) == golden("command_signed")


def test_the_golden_emotion_says_what_the_readme_says():
    emotion = decode_emotion(golden("emotion"))
    assert emotion == Emotion(0xC57A1C0D, 1.5, True, (("happy", 0.5), ("surprised", 0.25)))
    assert encode_emotion(emotion) == golden("emotion")


def test_a_signature_is_of_every_byte_before_it():
    data = golden("command_signed")
    assert is_signed(data, decode_command(data), KEY)
    assert not is_signed(data, decode_command(data), "golden kez")
    unsigned = golden("command")
    assert not is_signed(unsigned, decode_command(unsigned), KEY)
    changed = 0
    for at in range(len(data) - 36):
        other = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            command = decode_command(other)
        except PacketError:
            continue
        changed += 1
        assert not is_signed(other, command, KEY), f"byte {at} is not covered"
    assert changed >= 15, "session and stamp alone are 12 bytes that may be anything"


@given(HEARTBEATS)
def test_heartbeats_come_back(beat):
    assert decode_heartbeat(encode_heartbeat(beat)) == beat


@given(COMMANDS, st.text(min_size=1, max_size=20).filter(lambda text: text.isascii()))
def test_commands_come_back_signed_and_not(command, key):
    assert decode_command(encode_command(command)) == command
    data = encode_command(command, key)
    signed = decode_command(data)
    assert is_signed(data, signed, key)
    assert not is_signed(data, signed, key + "x")


@given(EMOTIONS)
def test_emotions_come_back(emotion):
    assert decode_emotion(encode_emotion(emotion)) == emotion


def test_more_emotions_than_fit_are_told_by_strength():
    mix = (*((f"e{number}", number / 20) for number in range(20)), ("x" * 65, 1.0))
    told = decode_emotion(encode_emotion(Emotion(1, 1.0, False, mix))).mix
    assert [name for name, _ in told] == [f"e{number}" for number in range(19, 3, -1)]


def beat_with(**other) -> bytes:
    return encode_heartbeat(Heartbeat(**{**{n: getattr(BEAT, n) for n in BEAT.__dataclass_fields__}, **other}))


BEAT = decode_heartbeat(golden("heartbeat"))
ORDER = decode_command(golden("command"))
MOOD = decode_emotion(golden("emotion"))


def order_with(verb=Verb.EMOTION, name="happy", value=0.75, fade_s=0.5) -> bytes:
    return encode_command(Command(1, 2, verb, name, value, fade_s))


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) == 1
    return data.replace(old, new)


VERSION = struct.pack(">II", 0xC57A1C0D, 1)
OTHER_VERSION = struct.pack(">II", 0xC57A1C0D, 2)


@pytest.mark.parametrize(
    ("decode", "data", "reason"),
    [
        (decode_heartbeat, patched(golden("heartbeat"), VERSION, OTHER_VERSION), "protocol version 2"),
        (decode_heartbeat, golden("heartbeat") + bytes(4), "4 bytes of values where .* 0"),
        (decode_heartbeat, golden("command"), "'/cstalk/heartbeat' belongs"),
        (decode_heartbeat, patched(golden("heartbeat"), b",iiiifffff", b",iiiiffffi"), "type tags are not"),
        (decode_heartbeat, beat_with(faces=-1), "-1 faces"),
        (decode_heartbeat, beat_with(held_us=-1), "held for -1"),
        (decode_heartbeat, beat_with(received_fps=math.nan), "frames received is not finite"),
        (decode_heartbeat, beat_with(applied_fps=math.inf), "frames applied is not finite"),
        (decode_heartbeat, beat_with(engine_fps=-1.0), "engine frames -1 is out of range"),
        (decode_heartbeat, beat_with(pose_delay_ms=-0.5), "pose delay -0.5 is out of range"),
        (decode_heartbeat, beat_with(lateness_p99_ms=-math.inf), "lateness is not finite"),
        (decode_heartbeat, beat_with(subject=""), "subject must have 1 to 256 bytes"),
        (decode_heartbeat, beat_with(subject="é" * 129), "subject must have 1 to 256 bytes"),
        (decode_heartbeat, beat_with(engine="5" * 65), "engine version must have 1 to 64 bytes"),
        (decode_heartbeat, beat_with(plugin=""), "plugin version must have 1 to 64 bytes"),
        (decode_heartbeat, patched(golden("heartbeat"), b"5.6.1\0", b"5.6.\xff\0"), "not UTF-8"),
        (decode_command, patched(golden("command"), VERSION, OTHER_VERSION), "protocol version 2"),
        (decode_command, golden("command") + bytes(4), "4 bytes of values where .* 0"),
        (decode_command, patched(golden("command"), b",iihssffb", b",iihssfff"), "type tags are not"),
        (decode_command, patched(golden("command"), b"emotion\0", b"elation\0"), "verb 'elation' is unknown"),
        (decode_command, order_with(name=""), "name of emotion must have 1 to 64 bytes"),
        (decode_command, order_with(name="x" * 65), "name of emotion must have 1 to 64 bytes"),
        (decode_command, order_with(Verb.MUTE, "happy", 1.0), "name of mute must have 0 to 0 bytes"),
        (decode_command, order_with(value=1.25), "value of emotion 1.25 is out of range"),
        (decode_command, order_with(value=-0.25), "value of emotion -0.25 is out of range"),
        (decode_command, order_with(value=math.nan), "value of emotion is not finite"),
        (decode_command, order_with(Verb.INTENSITY, "", 2.5), "value of intensity 2.5 is out of range"),
        (decode_command, order_with(Verb.MUTE, "", 0.5), "mute 0.5 is neither 0 nor 1"),
        (decode_command, order_with(Verb.NEUTRAL, "", 1.0), "value of neutral 1 is out of range"),
        (decode_command, order_with(fade_s=60.5), "fade 60.5 is out of range"),
        (decode_command, order_with(fade_s=math.inf), "fade is not finite"),
        (decode_command, golden("command")[:-4] + struct.pack(">I", 4) + b"abcd", "signature of 4 bytes where 32"),
        (decode_command, golden("command")[:-4] + struct.pack(">I", 3) + b"abcd", "padded with something else"),
        (decode_command, golden("command")[:-4] + b"\xff\xff\xff\xff", "does not end within the packet"),
        (decode_command, golden("command_signed")[:-4], "does not end within the packet"),
        (decode_emotion, patched(golden("emotion"), VERSION, OTHER_VERSION), "protocol version 2"),
        (decode_emotion, golden("emotion") + bytes(4), "4 bytes of values where .* 0"),
        (decode_emotion, patched(golden("emotion"), b",iifisfsf", b",iifisffs"), "type tags are not"),
        (decode_emotion, encode_emotion(Emotion(1, 2.5, False, ())), "intensity 2.5 is out of range"),
        (decode_emotion, encode_emotion(Emotion(1, math.nan, False, ())), "intensity is not finite"),
        (decode_emotion, encode_emotion(Emotion(1, 1.0, False, (("happy", 1.5),))), "weight 1.5 is out of range"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_in_one_line(decode, data, reason):
    with pytest.raises(PacketError, match=reason) as caught:
        decode(data)
    assert "\n" not in str(caught.value)


def test_seventeen_emotions_are_too_many():
    head = b"/cstalk/emotion\0"
    tags = (",iifi" + "sf" * 17).encode()
    tags = tags.ljust((len(tags) + 4) & ~3, b"\0")
    body = struct.pack(">IIfI", 1, 1, 1.0, 0) + (b"joy\0" + struct.pack(">f", 0.5)) * 17
    with pytest.raises(PacketError, match="17 emotions"):
        decode_emotion(head + tags + body)


def test_flags_of_the_future_are_ignored():
    data = patched(golden("heartbeat"), VERSION + struct.pack(">I", 3), VERSION + struct.pack(">I", 0x80000001))
    assert decode_heartbeat(data).flags == HeartbeatFlag.PUBLISHED
    muted = patched(golden("emotion"), struct.pack(">fI", 1.5, 1), struct.pack(">fI", 1.5, 0xFFFFFFFE))
    assert not decode_emotion(muted).muted


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_damage_never_raises_anything_else_nor_gives_values_out_of_range(data):
    name, decode = data.draw(
        st.sampled_from(
            [("heartbeat", decode_heartbeat), ("command_signed", decode_command), ("emotion", decode_emotion)]
        )
    )
    packet = bytearray(golden(name))
    for _ in range(data.draw(st.integers(1, 6))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = decode(bytes(packet))
    except PacketError:
        return
    if isinstance(found, Command):
        assert 0.0 <= found.value <= 2.0
        assert 0.0 <= found.fade_s <= 60.0
    elif isinstance(found, Emotion):
        assert 0.0 <= found.intensity <= 2.0
        assert all(0.0 <= weight <= 1.0 for _, weight in found.mix)
    else:
        assert all(map(math.isfinite, (found.received_fps, found.applied_fps, found.engine_fps)))
