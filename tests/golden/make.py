"""Makes the golden packets, the same bytes every time: ``python tests/golden/make.py``.

README.md says what is in them. ``packets()`` gives every file's name, the decoder it is for, whether that
decoder must accept it, and its bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cstalk_live.output.frame_packet import FramePacketEncoder
from cstalk_live.output.hello_packet import Hello, encode_hello
from cstalk_live.output.layout import BOARD_LAYOUT, RAW_LAYOUT
from cstalk_live.output.livelink_face import LiveLinkFaceEncoder
from cstalk_live.output.osc_controls import ControlsEncoder
from cstalk_live.output.oscwire import message_head, osc_int, osc_message
from cstalk_live.output.schema_packet import encode_schema
from cstalk_live.output.timecode import FrameRate, TimeOfDay
from cstalk_live.records import Frame, FrameFlag

FOLDER = Path(__file__).parent

SESSION = 0xC57A_1C0D
SEQUENCE = 0xFFFF_FFFE
INDEX = 123_456_789_012
CAPTURE_US = 9_876_543_210_123
SEND_US = CAPTURE_US + 41_500
LOOKAHEAD = 4
FLAGS = FrameFlag.SPEECH | FrameFlag.GAP
DEVICE_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
COMMAND_US = 1_798_000_000_000_000  # 2026-12-23 04:26:40 UTC
KEY = "golden key"
DAY_US = 47_584_531_000  # 13:13:04.531
DAY_US_UTF8 = 86_399_999_999

_VALUES_AT = 16 + 272 + 44
"""Of frame_raw.bin: address, type tags, eight numbers."""


@dataclass(frozen=True)
class Golden:
    """One file."""

    name: str
    decoder: str
    valid: bool
    data: bytes


def raw_values() -> np.ndarray:
    """float32 [260]: ((7 i + 3) mod 101) / 100."""
    return (((7 * np.arange(260) + 3) % 101) / 100.0).astype(np.float32)


def board_values() -> np.ndarray:
    """float32 [185]: ((13 i) mod 201 - 100) / 100."""
    return (((13 * np.arange(185)) % 201 - 100) / 100.0).astype(np.float32)


def arkit_values() -> np.ndarray:
    """float32 [61]: ((5 i + 1) mod 97) / 96."""
    return (((5 * np.arange(61) + 1) % 97) / 96.0).astype(np.float32)


def frame() -> Frame:
    """The pose in all frame packets."""
    return Frame(INDEX, CAPTURE_US, board_values(), raw_values(), FLAGS)


def hello() -> Hello:
    """The content of hello.bin."""
    return Hello(SESSION, RAW_LAYOUT.schema_hash, "raw", 260, 60, 1, LOOKAHEAD, "Ana María", "0.1.0", SEND_US)


def heartbeat() -> bytes:
    """What the plugin says once a second."""
    numbers = (SESSION, 1, 3, 2, 60.0, 59.5, 119.25, 96.5, 3.25, 0xFFFF_FFFF, SEND_US, 8_200)
    return osc_message("/cstalk/heartbeat", "iiiifffffihhsss", (*numbers, "Ana María", "5.6.1", "0.1.0"))


def command(key: str = "") -> bytes:
    """What the plugin asks for: happy, 0.75, within half a second; signed unless ``key`` is empty."""
    arguments = osc_message("", "iihssff", (SESSION, 1, COMMAND_US, "emotion", "happy", 0.75, 0.5))
    body = message_head("/cstalk/command", "iihssffb") + arguments[len(message_head("", "iihssff")) :]
    seal = hmac.digest(key.encode(), body, hashlib.sha256) if key else b""
    return body + osc_int(len(seal)) + seal


def emotion() -> bytes:
    """What the program says of its emotion: muted, half happy, a quarter surprised."""
    mix = ("happy", 0.5, "surprised", 0.25)
    return osc_message("/cstalk/emotion", "iifi" + "sf" * 2, (SESSION, 1, 1.5, 1, *mix))


def packets() -> list[Golden]:
    """Every golden file, valid ones first."""
    raw = bytes(FramePacketEncoder(RAW_LAYOUT, SESSION).encode(frame(), SEQUENCE, SEND_US, LOOKAHEAD))
    board = bytes(FramePacketEncoder(BOARD_LAYOUT, SESSION).encode(frame(), SEQUENCE, SEND_US, LOOKAHEAD))
    greeting = encode_hello(hello())
    schema = encode_schema(RAW_LAYOUT.schema_hash, RAW_LAYOUT.names)
    bundles = [bytes(bundle) for bundle in ControlsEncoder(RAW_LAYOUT).encode(frame())]
    clock = TimeOfDay(0)
    livelink = bytes(LiveLinkFaceEncoder("CSTalk", DEVICE_ID, clock).encode_values(arkit_values(), DAY_US))
    film = LiveLinkFaceEncoder("Ana María", "Gerät 1", clock, FrameRate(24_000, 1001))
    utf8 = bytes(film.encode_values(arkit_values(), DAY_US_UTF8))
    good = [
        Golden("frame_raw.bin", "frame", True, raw),
        Golden("frame_board.bin", "frame", True, board),
        Golden("hello.bin", "hello", True, greeting),
        *(Golden(f"schema_chunk{i}.bin", "schema", True, chunk) for i, chunk in enumerate(schema)),
        *(Golden(f"controls_bundle{i}.bin", "bundle", True, bundle) for i, bundle in enumerate(bundles)),
        Golden("livelink_face_v6.bin", "livelink", True, livelink),
        Golden("livelink_face_v6_utf8.bin", "livelink", True, utf8),
        Golden("heartbeat.bin", "heartbeat", True, heartbeat()),
        Golden("command.bin", "command", True, command()),
        Golden("command_signed.bin", "command-signed", True, command(KEY)),
        Golden("emotion.bin", "emotion", True, emotion()),
    ]
    return good + _broken(raw, board, greeting, schema[0], livelink)


def _broken(raw: bytes, board: bytes, greeting: bytes, schema: bytes, livelink: bytes) -> list[Golden]:
    def bad(name: str, decoder: str, data: bytes) -> Golden:
        return Golden(f"{name}.bin", decoder, False, data)

    def patch(data: bytes, at: int, new: bytes) -> bytes:
        return data[:at] + new + data[at + len(new) :]

    long_tags = osc_message("/cstalk/frame", "iiiihhhi" + "f" * 290, (0,) * 8 + (0.0,) * 290)
    livelink_tail = len(livelink) - 4 * 61
    return [
        bad("empty", "frame", b""),
        bad("garbage", "frame", _noise(512)),
        bad("garbage_livelink", "livelink", b"\x06" + _noise(311)),
        *(bad(f"truncated_frame_{n}", "frame", raw[:n]) for n in (4, 13, 16, 288, 328, 332, 1371)),
        bad("truncated_hello", "hello", greeting[:-4]),
        bad("truncated_schema", "schema", schema[:-4]),
        bad("truncated_livelink", "livelink", livelink[:-1]),
        bad("frame_wrong_hash", "frame", patch(raw, 296, b"\xde\xad\xbe\xef")),
        bad("frame_hash_of_board", "frame", patch(raw, 296, struct.pack(">I", BOARD_LAYOUT.schema_hash))),
        bad("frame_nan", "frame", patch(raw, _VALUES_AT + 4 * 17, b"\x7f\xc0\x00\x00")),
        bad("frame_infinite", "frame", patch(raw, _VALUES_AT + 4 * 259, b"\xff\x80\x00\x00")),
        bad("frame_negative_index", "frame", patch(raw, 304, b"\xff" * 8)),
        bad("frame_negative_lookahead", "frame", patch(raw, 328, b"\xff" * 4)),
        bad("frame_trailing_bytes", "frame", raw + bytes(4)),
        bad("frame_too_long", "frame", long_tags),
        bad("frame_double_tag", "frame", patch(raw, 17 + 8, b"d")),
        bad("frame_no_comma", "frame", patch(raw, 16, b"i")),
        bad("frame_dirty_padding", "frame", patch(raw, 14, b"x")),
        bad("frame_other_address", "frame", patch(board, 1, b"cstale")),
        bad("hello_protocol_2", "hello", patch(greeting, 16 + 16 + 4, struct.pack(">I", 2))),
        bad("hello_not_utf8", "hello", greeting.replace("María".encode(), b"Mar\xffxa")),
        bad(
            "schema_index_beyond_count",
            "schema",
            patch(schema, len(schema) - _schema_arguments(schema) + 4, b"\0\0\0\xff"),
        ),
        bad("livelink_version_5", "livelink", b"\x05" + livelink[1:]),
        bad("livelink_52_values", "livelink", patch(livelink, livelink_tail - 1, b"\x34")),
        bad("livelink_denominator_0", "livelink", patch(livelink, livelink_tail - 5, bytes(4))),
        bad("livelink_id_too_long", "livelink", patch(livelink, 1, b"\x7f\xff\xff\xff")),
        bad("livelink_nan", "livelink", patch(livelink, livelink_tail, b"\x7f\xc0\x00\x00")),
    ]


def _schema_arguments(schema: bytes) -> int:
    """Bytes of a schema packet after its type tags."""
    tags_end = schema.index(b"\0", 16)
    return len(schema) - ((tags_end + 4) & ~3)


def _noise(size: int) -> bytes:
    """Bytes of the generator x <- 1664525 x + 1013904223 mod 2**32 from 1, the top byte of each x."""
    out, x = bytearray(), 1
    for _ in range(size):
        x = (1_664_525 * x + 1_013_904_223) % 2**32
        out.append(x >> 24)
    return bytes(out)


def main() -> None:
    """Write all files and ``manifest.csv``."""
    for old in FOLDER.glob("*.bin"):
        old.unlink()
    lines = ["file,decoder,expected,bytes"]
    for golden in packets():
        (FOLDER / golden.name).write_bytes(golden.data)
        lines.append(f"{golden.name},{golden.decoder},{'ok' if golden.valid else 'error'},{len(golden.data)}")
    (FOLDER / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
