"""The golden packets: the bytes never change by accident; broken ones are refused for the right reason."""

from __future__ import annotations

import csv
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylivelinkface import PyLiveLinkFace
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from cstalk_live.errors import PacketError
from cstalk_live.output import (
    RAW_LAYOUT,
    decode_frame,
    decode_hello,
    decode_livelink_face,
    decode_schema,
)
from cstalk_live.output.command_packet import decode_command
from cstalk_live.output.emotion_packet import decode_emotion
from cstalk_live.output.heartbeat_packet import decode_heartbeat
from cstalk_live.output.schema_packet import SchemaCollector

FOLDER = Path(__file__).parents[1] / "golden"
MAKE: dict[str, Any] = runpy.run_path(str(FOLDER / "make.py"))
PACKETS = {golden.name: golden for golden in MAKE["packets"]()}

DECODERS: dict[str, Callable[[bytes], object]] = {
    "frame": decode_frame,
    "hello": decode_hello,
    "schema": decode_schema,
    "livelink": decode_livelink_face,
    "heartbeat": decode_heartbeat,
    "command": decode_command,
    "command-signed": decode_command,
    "emotion": decode_emotion,
}

REASONS = {
    "empty": "0 bytes",
    "garbage": "no end|not UTF-8|padded|belongs",
    "garbage_livelink": "device id of",
    "truncated_frame_4": "no end",
    "truncated_frame_13": "4-byte words",
    "truncated_frame_16": "no end",
    "truncated_frame_288": "44 bytes are missing",
    "truncated_frame_328": "4 bytes are missing",
    "truncated_frame_332": "0 bytes of values where .* 1040",
    "truncated_frame_1371": "4-byte words",
    "truncated_hello": "4 bytes are missing",
    "truncated_schema": "no end",
    "truncated_livelink": "311 bytes where 312",
    "frame_wrong_hash": "0xdeadbeef is unknown",
    "frame_hash_of_board": "260 values where layout 'board' has 185",
    "frame_nan": "not finite",
    "frame_infinite": "not finite",
    "frame_negative_index": "frame index -1",
    "frame_negative_lookahead": "look-ahead -1",
    "frame_trailing_bytes": "1044 bytes of values",
    "frame_too_long": "1520 bytes: more than",
    "frame_double_tag": "type tags are not",
    "frame_no_comma": "comma",
    "frame_dirty_padding": "padded",
    "frame_other_address": "'/cstale/frame'",
    "hello_protocol_2": "protocol version 2",
    "hello_not_utf8": "not UTF-8",
    "schema_index_beyond_count": "chunk 255 of 7",
    "livelink_version_5": "not a Live Link Face packet of version 6",
    "livelink_52_values": "52 values where 61",
    "livelink_denominator_0": "frame rate 60/0",
    "livelink_id_too_long": "device id of 2147483647",
    "livelink_nan": "not finite",
}


def test_files_are_what_the_script_makes() -> None:
    assert {path.name for path in FOLDER.glob("*.bin")} == set(PACKETS)
    for name, golden in PACKETS.items():
        assert (FOLDER / name).read_bytes() == golden.data, f"{name} changed: a protocol change, or run make.py"
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["file"]: (row["decoder"], row["expected"], int(row["bytes"])) for row in csv.DictReader(file)}
    assert listed == {
        golden.name: (golden.decoder, "ok" if golden.valid else "error", len(golden.data))
        for golden in PACKETS.values()
    }


def test_readme_names_every_file() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    missing = [
        name for name in PACKETS if name not in text and not name.startswith(("schema_chunk", "controls_bundle"))
    ]
    assert not missing


@pytest.mark.parametrize("stem", sorted(REASONS))
def test_broken_packets_are_refused_for_their_reason(stem: str) -> None:
    golden = PACKETS[f"{stem}.bin"]
    with pytest.raises(PacketError, match=REASONS[stem]) as caught:
        DECODERS[golden.decoder](golden.data)
    assert "\n" not in str(caught.value)


def test_every_broken_packet_has_a_reason() -> None:
    assert {golden.name for golden in PACKETS.values() if not golden.valid} == {f"{stem}.bin" for stem in REASONS}


@pytest.mark.parametrize(
    "name",
    [g.name for g in PACKETS.values() if g.valid and g.decoder in DECODERS and "chunk" not in g.name]
    + ["schema_chunk0.bin", "schema_chunk6.bin"],
)
def test_every_truncation_is_refused(name: str) -> None:
    golden = PACKETS[name]
    decode = DECODERS[golden.decoder]
    decode(golden.data)
    for length in range(len(golden.data)):
        with pytest.raises(PacketError):
            decode(golden.data[:length])


@pytest.mark.parametrize("decoder", sorted(DECODERS))
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_mutations_raise_nothing_but_packet_errors(decoder: str, data: st.DataObject) -> None:
    names = [g.name for g in PACKETS.values() if g.decoder == decoder]
    packet = bytearray(PACKETS[data.draw(st.sampled_from(names))].data)
    for _ in range(data.draw(st.integers(1, 8))):
        if packet:
            packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(packet)))
    for candidate in (bytes(packet), bytes(packet[:cut]), bytes(packet) + bytes(4)):
        try:
            DECODERS[decoder](candidate)
        except PacketError as error:
            assert str(error)  # noqa: PT017  (accepting a harmless mutation is fine as well)


@given(st.binary(max_size=1600))
def test_noise_raises_nothing_but_packet_errors(noise: bytes) -> None:
    for decode in DECODERS.values():
        with pytest.raises(PacketError):
            decode(noise)


@pytest.mark.parametrize(("name", "values"), [("frame_raw", "raw_values"), ("frame_board", "board_values")])
def test_frames_say_what_the_readme_says(name: str, values: str) -> None:
    packet = decode_frame(PACKETS[f"{name}.bin"].data)
    assert (packet.session, packet.sequence) == (MAKE["SESSION"], MAKE["SEQUENCE"])
    assert (packet.frame_index, packet.flags, packet.lookahead_frames) == (MAKE["INDEX"], 3, 4)
    assert (packet.capture_us, packet.send_us) == (MAKE["CAPTURE_US"], MAKE["SEND_US"])
    np.testing.assert_array_equal(packet.values, MAKE[values]())

    message = OscMessage(PACKETS[f"{name}.bin"].data)
    params = message.params
    assert message.address == "/cstalk/frame"
    assert [word & 0xFFFFFFFF for word in params[:4]] == [
        packet.session,
        packet.sequence,
        packet.layout.schema_hash,
        3,
    ]
    assert params[4:8] == [packet.frame_index, packet.capture_us, packet.send_us, 4]
    np.testing.assert_array_equal(np.array(params[8:], dtype=np.float32), MAKE[values]())


def test_hello_says_what_the_readme_says() -> None:
    data = PACKETS["hello.bin"].data
    assert decode_hello(data) == MAKE["hello"]()
    params = OscMessage(data).params
    assert params[3:] == ["raw", 260, 60, 1, 4, "Ana María", "0.1.0", MAKE["SEND_US"]]


def test_schema_chunks_give_all_names_in_any_order() -> None:
    chunks = [decode_schema(g.data) for g in PACKETS.values() if g.decoder == "schema" and g.valid]
    collector = SchemaCollector(RAW_LAYOUT.schema_hash)
    for chunk in [chunks[2], *chunks[:0:-1]]:
        assert collector.add(chunk) is None
    assert collector.add(chunks[0]) == RAW_LAYOUT.names
    assert len(chunks) <= 10, "a listener must know all names within ten seconds"


def test_bundles_hold_one_message_per_value() -> None:
    bundles = [g.data for g in PACKETS.values() if g.decoder == "bundle"]
    assert max(map(len, bundles)) <= 1400
    messages = [message for data in bundles for message in OscBundle(data)]
    assert [message.address for message in messages] == [f"/cstalk/{name}" for name in RAW_LAYOUT.names]
    np.testing.assert_array_equal(
        np.array([message.params[0] for message in messages], dtype=np.float32), MAKE["raw_values"]()
    )


def test_live_link_face_is_read_by_an_independent_decoder() -> None:
    data = PACKETS["livelink_face_v6.bin"].data
    packet = decode_livelink_face(data)
    assert (packet.device_id, packet.subject) == (MAKE["DEVICE_ID"], "CSTalk")
    # 13:13:04.531 at 60 frames a second: 47584.531 s x 60 = 2855071.86.
    assert packet.frame == 2_855_071
    assert packet.subframe == pytest.approx(0.86, abs=1e-6)
    found, face = PyLiveLinkFace.decode(data)
    assert found
    assert (face.name, face._version, face._frames, face._denominator) == ("CSTalk", 6, 2_855_071, 1)
    assert face.uuid == f"${MAKE['DEVICE_ID']}"
    np.testing.assert_array_equal(np.array(face._blend_shapes, dtype=np.float32), MAKE["arkit_values"]())


def test_live_link_face_takes_any_text_and_any_rate() -> None:
    packet = decode_livelink_face(PACKETS["livelink_face_v6_utf8.bin"].data)
    assert (packet.device_id, packet.subject) == ("Gerät 1", "Ana María")
    assert (packet.rate.numerator, packet.rate.denominator) == (24_000, 1001)
    # 86399.999999 s x 24000 / 1001 = 2071528.47: the last frame of the day.
    assert packet.frame == 2_071_528
