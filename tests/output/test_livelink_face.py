"""Live Link Face packets against the independent decoder pylivelinkface, and on their own where it ends.

The independent decoder has three quirks: the device id must have exactly 36 characters, a name's length must
count characters like bytes, and it builds a time code of its own, which fails for rates it does not know.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylivelinkface import FaceBlendShape, PyLiveLinkFace

from cstalk_live.errors import OutputError
from cstalk_live.output import ARKIT_LAYOUT, FrameRate, LiveLinkFaceEncoder, TimeOfDay, decode_livelink_face
from cstalk_live.records import Frame

UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)


def test_our_order_is_that_of_the_independent_decoder() -> None:
    assert [shape.name for shape in FaceBlendShape] == list(ARKIT_LAYOUT.names)


@given(
    values=st.lists(st.floats(-4, 4, width=32), min_size=61, max_size=61),
    day_us=st.integers(0, 86_400_000_000 - 1),
    fps=st.sampled_from([60, 120]),
    subject=st.text("abcXYZ 0123_-", min_size=1, max_size=30).filter(str.strip),
)
@settings(deadline=None, max_examples=50)
def test_the_independent_decoder_reads_every_field(values: list[float], day_us: int, fps: int, subject: str) -> None:
    encoder = LiveLinkFaceEncoder(subject, UUID, TimeOfDay(0), FrameRate(fps, 1))
    data = bytes(encoder.encode_values(np.array(values, np.float32), day_us))
    assert len(data) == 270 + 36 + len(subject)
    found, face = PyLiveLinkFace.decode(data)
    assert found
    assert (face.name, face.uuid, face.fps) == (subject, f"${UUID}", fps)
    assert (face._version, face._denominator) == (6, 1)
    assert face._frames == day_us * fps // 1_000_000
    assert face._sub_frame == pytest.approx(day_us * fps % 1_000_000 / 1e6, abs=1e-6)
    assert [face.get_blendshape(shape) for shape in FaceBlendShape] == values


@given(
    subject=texts,
    device=texts,
    numerator=st.integers(1, 240_000),
    denominator=st.integers(1, 10_000),
    day_us=st.integers(0, 86_400_000_000 - 1),
)
@settings(deadline=None, max_examples=100)
def test_any_text_and_any_rate_come_back(
    subject: str, device: str, numerator: int, denominator: int, day_us: int
) -> None:
    if numerator > 1000 * denominator:
        with pytest.raises(OutputError, match="at most 1000"):
            FrameRate(numerator, denominator)
        return
    rate = FrameRate(numerator, denominator)
    values = np.linspace(0, 1, 61, dtype=np.float32)
    encoder = LiveLinkFaceEncoder(subject, device, TimeOfDay(0), rate)
    packet = decode_livelink_face(bytes(encoder.encode_values(values, day_us)))
    assert (packet.subject, packet.device_id, packet.rate) == (subject, device, rate)
    whole = (packet.frame + packet.subframe) * denominator / numerator
    assert whole == pytest.approx(day_us / 1e6, abs=1e-6 + denominator / numerator * 1e-6)
    assert 0.0 <= packet.subframe < 1.0
    np.testing.assert_array_equal(packet.values, values)


def test_a_known_packet_byte_by_byte() -> None:
    values = np.zeros(61, np.float32)
    values[17] = 0.5
    data = bytes(LiveLinkFaceEncoder("iPhone", UUID, TimeOfDay(0)).encode_values(values, 1000 * 1_000_000 // 60 + 1))
    head = b"\x06" + struct.pack(">i", 36) + UUID.encode() + struct.pack(">i", 6) + b"iPhone" + struct.pack(">i", 1000)
    assert data.startswith(head)
    assert data[len(head) + 4 : len(head) + 13] == struct.pack(">iiB", 60, 1, 61)
    assert len(data) == 312
    # JawOpen.
    assert data[136:140] == struct.pack(">f", 0.5)


def test_frame_numbers_follow_the_capture_time(make_frame: Callable[..., Frame]) -> None:
    clock_us, day_us = 5_000_000, 3_600_000_000
    encoder = LiveLinkFaceEncoder("CSTalk", UUID, TimeOfDay.when(clock_us, day_us))
    numbers = []
    for index in range(200):
        frame = make_frame(index, capture_us=clock_us + 8_333 + round(index * 1e6 / 60))
        packet = decode_livelink_face(bytes(encoder.encode(frame)))
        numbers.append(packet.frame)
        np.testing.assert_array_equal(packet.values, ARKIT_LAYOUT.values(frame))
    assert numbers == list(range(216_000, 216_200))


def test_midnight_starts_again() -> None:
    encoder = LiveLinkFaceEncoder("CSTalk", UUID, TimeOfDay(0))
    rate = FrameRate(60, 1)
    assert rate.frame_of_day(TimeOfDay(0).day_us(86_400_000_000 - 1))[0] == 86_400 * 60 - 1
    assert rate.frame_of_day(TimeOfDay(0).day_us(86_400_000_000)) == (0, 0.0)
    last = decode_livelink_face(bytes(encoder.encode_values(np.zeros(61, np.float32), 86_400_000_000 - 1)))
    assert last.subframe < 1.0


def test_not_a_number_is_sent_as_zero(make_frame: Callable[..., Frame]) -> None:
    encoder = LiveLinkFaceEncoder("CSTalk", UUID, TimeOfDay(0))
    frame = make_frame(0)
    frame.properties[:] = np.nan
    assert np.isfinite(decode_livelink_face(bytes(encoder.encode(frame))).values).all()
    assert encoder.non_finite == 1


@pytest.mark.parametrize(("subject", "device"), [("", UUID), ("a", ""), ("a", "d" * 257), ("s" * 257, UUID)])
def test_names_out_of_range_are_refused(subject: str, device: str) -> None:
    with pytest.raises(OutputError):
        LiveLinkFaceEncoder(subject, device, TimeOfDay(0))


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 1), (60, 0), (-60, 1), (2**31, 2**30), (60_001, 60)])
def test_rates_out_of_range_are_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(OutputError, match="frame rate"):
        FrameRate(numerator, denominator)
