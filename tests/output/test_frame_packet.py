"""Frame, hello and schema messages: decoding undoes encoding, and python-osc agrees on every byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pythonosc.osc_message_builder import OscMessageBuilder

from cstalk_live.errors import OutputError
from cstalk_live.output import (
    BOARD_LAYOUT,
    RAW_LAYOUT,
    FramePacketEncoder,
    Hello,
    Layout,
    SchemaCollector,
    decode_frame,
    decode_hello,
    decode_schema,
    encode_hello,
    encode_schema,
    layout_named,
)
from cstalk_live.output.hello_packet import check_subject
from cstalk_live.records import Frame, FrameFlag
from cstalk_live.rig.schema import schema_hash

u32 = st.integers(0, 2**32 - 1)
i64 = st.integers(-(2**63), 2**63 - 1)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x00"), min_size=1, max_size=40)


def _signed(word: int) -> int:
    return word - 2**32 if word >= 2**31 else word


@pytest.mark.parametrize("layout", [RAW_LAYOUT, BOARD_LAYOUT], ids=lambda layout: layout.name)
@given(
    data=st.data(),
    session=u32,
    sequence=st.integers(0, 2**40),
    flags=u32,
    index=st.integers(0, 2**63 - 1),
    capture=i64,
    send=i64,
    lookahead=st.integers(0, 2**31 - 1),
)
@settings(max_examples=60, deadline=None)
def test_frames_come_back_whole_and_are_those_of_python_osc(
    layout: Layout,
    data: st.DataObject,
    session: int,
    sequence: int,
    flags: int,
    index: int,
    capture: int,
    send: int,
    lookahead: int,
) -> None:
    finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
    values = data.draw(arrays(np.float32, layout.size, elements=finite, fill=finite))
    board = values if layout is BOARD_LAYOUT else np.zeros(185, np.float32)
    properties = values if layout is RAW_LAYOUT else np.zeros(260, np.float32)
    frame = Frame(index, capture, board, properties, FrameFlag(flags))
    packet = bytes(FramePacketEncoder(layout, session).encode(frame, sequence, send, lookahead))

    builder = OscMessageBuilder("/cstalk/frame")
    for word in (session, sequence & 0xFFFFFFFF, layout.schema_hash, flags):
        builder.add_arg(_signed(word), "i")
    for number in (index, capture, send):
        builder.add_arg(number, "h")
    builder.add_arg(lookahead, "i")
    for value in values.tolist():
        builder.add_arg(value, "f")
    assert packet == builder.build().dgram
    assert len(packet) <= 1472

    back = decode_frame(packet)
    assert (back.session, back.sequence, int(back.flags)) == (session, sequence & 0xFFFFFFFF, flags)
    assert (back.frame_index, back.capture_us, back.send_us) == (index, capture, send)
    assert (back.lookahead_frames, back.layout) == (lookahead, layout)
    assert back.values.tobytes() == values.tobytes()


def test_encoding_reuses_its_buffer_and_leaves_nothing_behind(make_frame: Callable[..., Frame]) -> None:
    encoder = FramePacketEncoder(RAW_LAYOUT, 1)
    first = encoder.encode(make_frame(1), 1, 0, 0)
    before = bytes(first)
    second = encoder.encode(make_frame(2), 2, 0, 0)
    assert second.obj is first.obj
    assert bytes(encoder.encode(make_frame(1), 1, 0, 0)) == before


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_never_leave(make_frame: Callable[..., Frame], poison: float) -> None:
    encoder = FramePacketEncoder(RAW_LAYOUT, 1)
    frame = make_frame(3)
    clean = frame.properties.copy()
    frame.properties[[5, 259]] = poison
    packet = decode_frame(bytes(encoder.encode(frame, 0, 0, 0)))
    clean[[5, 259]] = 0.0
    np.testing.assert_array_equal(packet.values, clean)
    assert encoder.non_finite == 1
    assert decode_frame(bytes(encoder.encode(make_frame(4), 1, 0, 0))).values[5] == make_frame(4).properties[5]
    assert encoder.non_finite == 1


def test_a_layout_beyond_one_datagram_is_refused() -> None:
    wide = tuple(f"n{i}" for i in range(400))
    layout = Layout("wide", wide, schema_hash(wide), lambda frame: frame.board)
    with pytest.raises(OutputError, match="above 1472"):
        FramePacketEncoder(layout, 0)


def test_layout_names() -> None:
    assert layout_named("board") is BOARD_LAYOUT
    with pytest.raises(OutputError, match=r"unknown layout 'row' - use one of raw, board, arkit"):
        layout_named("row")


hellos = st.builds(
    Hello,
    u32,
    u32,
    names,
    st.integers(1, 65_535),
    st.integers(1, 2**31 - 1),
    st.integers(1, 2**31 - 1),
    st.integers(0, 2**31 - 1),
    names,
    names.filter(lambda text: len(text.encode()) <= 64),
    i64,
).filter(lambda hello: len(hello.layout.encode()) <= 64)


@given(hellos)
def test_hellos_come_back_whole_and_are_those_of_python_osc(hello: Hello) -> None:
    packet = encode_hello(hello)
    assert decode_hello(packet) == hello
    builder = OscMessageBuilder("/cstalk/hello")
    for tag, value in zip(
        "iiisiiiissh",
        (
            _signed(hello.session),
            1,
            _signed(hello.schema_hash),
            hello.layout,
            hello.value_count,
            hello.rate_numerator,
            hello.rate_denominator,
            hello.lookahead_frames,
            hello.subject,
            hello.version,
            hello.send_us,
        ),
        strict=True,
    ):
        builder.add_arg(value, tag)
    assert packet == builder.build().dgram


def test_the_longest_hello_fits_in_a_datagram() -> None:
    hello = Hello(0, 0, "l" * 64, 1, 60, 1, 0, "s" * 256, "v" * 64, 0)
    assert len(encode_hello(hello)) <= 1472
    assert decode_hello(encode_hello(hello)) == hello


@given(st.lists(names, min_size=1, max_size=300), u32)
@settings(deadline=None, max_examples=50)
def test_any_list_of_names_comes_back_from_its_chunks(listed: list[str], fingerprint: int) -> None:
    chunks = encode_schema(fingerprint, listed)
    assert max(map(len, chunks)) <= 1400
    collector = SchemaCollector(fingerprint)
    collected = [collector.add(decode_schema(chunk)) for chunk in chunks]
    assert collected[:-1] == [None] * (len(chunks) - 1)
    assert collected[-1] == tuple(listed)


def test_chunks_of_another_schema_are_left_aside() -> None:
    collector = SchemaCollector(7)
    (chunk,) = encode_schema(8, ["a"])
    assert collector.add(decode_schema(chunk)) is None
    (chunk,) = encode_schema(7, ["a", "b"])
    assert collector.add(decode_schema(chunk)) == ("a", "b")


@pytest.mark.parametrize("bad", [[], [""], ["x" * 1400], ["y" * 1300] * 256])
def test_names_that_cannot_be_sent_are_refused(bad: list[str]) -> None:
    with pytest.raises(OutputError):
        encode_schema(1, bad)


@pytest.mark.parametrize(
    ("subject", "why"),
    [("", "empty"), ("  ", "empty"), ("x" * 257, "257 bytes"), ("é" * 200, "400"), ("a\nb", "shown")],
)
def test_subjects_that_cannot_be_sent_are_refused(subject: str, why: str) -> None:
    with pytest.raises(OutputError, match=why):
        check_subject(subject)


def test_negative_times_are_times(make_frame: Callable[..., Frame]) -> None:
    frame = replace(make_frame(0), capture_us=-5)
    assert decode_frame(bytes(FramePacketEncoder(RAW_LAYOUT, 1).encode(frame, 0, -1, 0))).capture_us == -5
