"""C++ and Python read the same packets, and refuse the same ones."""

from __future__ import annotations

import csv
import runpy
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cstalk_live.errors import PacketError
from cstalk_live.output import decode_frame, decode_hello, decode_livelink_face, decode_schema
from cstalk_live.output.command_packet import decode_command, is_signed
from cstalk_live.output.emotion_packet import decode_emotion
from cstalk_live.output.heartbeat_packet import decode_heartbeat

GOLDEN = Path(__file__).parents[1] / "golden"
PACKETS = runpy.run_path(str(GOLDEN / "make.py"))["packets"]()


def decode_allowed(packet: bytes, key: str = "") -> None:
    """A command that is signed with the key or, without one, not signed."""
    command = decode_command(packet)
    if is_signed(packet, command, key) if key else not command.signature:
        return
    raise PacketError("not allowed")


DECODERS: dict[str, Callable[[bytes], object]] = {
    "frame": decode_frame,
    "hello": decode_hello,
    "schema": decode_schema,
    "livelink": decode_livelink_face,
    "heartbeat": decode_heartbeat,
    "emotion": decode_emotion,
    "command": decode_allowed,
    "command-signed": lambda packet: decode_allowed(packet, "golden key"),
}


LETTERS = {"heartbeat": "H", "command": "C", "command-signed": "K", "emotion": "E"}
"""For the decoders whose first letter is another's."""


def answers(program, packets, *options):
    """A line per (decoder, bytes): the number of the result, 0 for accepted, then what it says."""
    data = b"".join(
        LETTERS.get(decoder, decoder[0]).encode() + struct.pack("<I", len(packet)) + packet
        for decoder, packet in packets
    )
    return [line.split(" ") for line in program.run("decode", *options, data=data).splitlines()]


def python_takes(decoder, packet):
    try:
        DECODERS[decoder](packet)
    except PacketError:
        return False
    return True


def test_the_manifest_is_followed(core_check):
    with (GOLDEN / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    packets = [(row["decoder"], (GOLDEN / row["file"]).read_bytes()) for row in rows]
    found = answers(core_check("asan"), packets, "--quiet")
    wrong = [
        row["file"] for row, words in zip(rows, found, strict=True) if (words[0] == "0") != (row["expected"] == "ok")
    ]
    assert len(rows) > 50
    assert not wrong


def test_accepted_packets_say_the_same(core_check):
    good = [golden for golden in PACKETS if golden.valid and golden.decoder in ("frame", "hello", "schema")]
    found = answers(core_check("asan"), [(golden.decoder, golden.data) for golden in good])
    for golden, words in zip(good, found, strict=True):
        if golden.decoder == "frame":
            packet = decode_frame(golden.data)
            numbers = [packet.session, packet.sequence, int(packet.flags), packet.frame_index]
            numbers += [packet.capture_us, packet.send_us, packet.lookahead_frames]
            assert words[1] == packet.layout.name
            assert [int(word) for word in words[2:9]] == numbers
            np.testing.assert_array_equal(np.array(words[9:], dtype=np.float32), packet.values)
        elif golden.decoder == "schema":
            chunk = decode_schema(golden.data)
            assert [int(word) for word in words[1:5]] == [chunk.schema_hash, chunk.index, chunk.count, chunk.first]
            assert tuple(words[5:]) == chunk.names
        else:
            hello = decode_hello(golden.data)
            head = (hello.session, hello.schema_hash, hello.layout, hello.value_count, hello.rate_numerator)
            tail = (hello.rate_denominator, hello.lookahead_frames, hello.send_us)
            text = " ".join(map(str, (*head, *tail))) + f" {hello.subject}|{hello.version}"
            assert " ".join(words[1:]) == text


def test_the_return_channel_is_written_as_python_writes_it(core_check):
    golden = [golden for golden in PACKETS if golden.decoder in LETTERS]
    found = answers(core_check("asan"), [(one.decoder, one.data) for one in golden])
    assert len(golden) == 4
    assert [words[1] for words in found] == [one.data.hex() for one in golden]


def test_damaged_packets_are_judged_alike(core_check):
    random = np.random.default_rng(11)
    sound = [golden for golden in PACKETS if golden.decoder in DECODERS]
    hostile = (
        b"\x7f\xff\xff\xff",
        b"\x80\0\0\0",
        b"\xff\xff\xff\xff",
        b"\x7f\xc0\0\0",
        b"\0\0\0\0",
        b",fff",
        b"\xc3\xa9\0\0",
    )
    packets = []
    for _ in range(6000):
        golden = sound[random.integers(len(sound))]
        data = bytearray(golden.data)
        for _ in range(random.integers(1, 4)):
            kind, at = random.integers(5), int(random.integers(max(1, len(data))))
            word = at // 4 * 4
            if kind == 0 and data:
                data[at] = random.integers(256)
            elif kind == 1 and len(data) >= 4:
                data[word : word + 4] = hostile[random.integers(len(hostile))]
            elif kind == 2:
                del data[word : word + 4]
            elif kind == 3:
                data[word:word] = hostile[random.integers(len(hostile))]
            elif kind == 4 and data:
                # Among the first words lie addresses, counts and lengths.
                data[at % min(len(data), 64)] ^= 1 << int(random.integers(8))
        packets.append((golden.decoder, bytes(data)))
    found = answers(core_check("asan"), packets, "--quiet")
    takes = [python_takes(decoder, packet) for decoder, packet in packets]
    differ = [
        (decoder, words[0], packet.hex())
        for (decoder, packet), words, taken in zip(packets, found, takes, strict=True)
        if (words[0] == "0") != taken
    ]
    assert not differ, differ[:3]
    assert 200 < sum(takes) < 5800, "both kinds of answer must be tried"
