"""Outputs end to end: what arrives at a real socket is what the decoders and python-osc read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pylivelinkface import PyLiveLinkFace
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer

from cstalk_live import __version__
from cstalk_live.clock import FakeClock
from cstalk_live.errors import OutputError
from cstalk_live.output import (
    ARKIT_LAYOUT,
    BOARD_LAYOUT,
    RAW_LAYOUT,
    LiveLinkFaceOutput,
    OscControlsOutput,
    OscFrameOutput,
    Output,
    SchemaCollector,
    TakeInfo,
    TakeRecorder,
    Target,
    TimeOfDay,
    decode_frame,
    decode_hello,
    decode_livelink_face,
    decode_schema,
)
from cstalk_live.records import Frame


@pytest.fixture
def target(listener: Any) -> Target:
    return Target("127.0.0.1", listener.port)


def test_every_output_is_an_output(target: Target, tmp_path: Path, make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock()
    outputs: list[Output] = [
        OscFrameOutput(target, RAW_LAYOUT, clock=clock),
        OscFrameOutput(target, BOARD_LAYOUT, clock=clock),
        OscControlsOutput(target, ARKIT_LAYOUT),
        LiveLinkFaceOutput(target, time_of_day=TimeOfDay(0)),
        TakeRecorder(tmp_path, TakeInfo(), time_of_day=TimeOfDay(0)),
    ]
    for output in outputs:
        for index in range(3):
            output.send(make_frame(index))
        output.second(clock.now_us())
        output.close()
        output.close()
        status = output.status()
        assert (status.sent, status.errors, status.last_error) == (3, 0, None)
        assert status.bytes > 0
        assert output.new_error() is None
    assert len({output.name for output in outputs}) == len(outputs)


@pytest.mark.parametrize("layout", [RAW_LAYOUT, BOARD_LAYOUT], ids=lambda layout: layout.name)
def test_frames_arrive_with_their_times_and_numbers(
    layout: Any, target: Target, listener: Any, make_frame: Callable[..., Frame]
) -> None:
    clock = FakeClock(2_500_000)
    output = OscFrameOutput(target, layout, clock=clock, lookahead_frames=4)
    output._sequence = 2**32 - 2
    for index in range(4):
        clock.advance_us(16_667)
        output.send(make_frame(index))
    packets = [decode_frame(data) for data in listener.receive(4)]
    assert [packet.sequence for packet in packets] == [2**32 - 2, 2**32 - 1, 0, 1]
    assert [packet.send_us for packet in packets] == [2_500_000 + 16_667 * n for n in (1, 2, 3, 4)]
    assert {packet.session for packet in packets} == {output.session}
    for packet in packets:
        assert packet.layout is layout
        frame = make_frame(packet.frame_index)
        assert packet.capture_us == frame.capture_us
        np.testing.assert_array_equal(packet.values, layout.values(frame))
    output.close()


def test_hello_and_all_names_within_ten_seconds(target: Target, listener: Any) -> None:
    output = OscFrameOutput(target, RAW_LAYOUT, clock=FakeClock(), subject="Ana", lookahead_frames=2, session=77)
    collector = SchemaCollector(RAW_LAYOUT.schema_hash)
    for second in range(10):
        output.second(1_000_000 * second)
        hello_data, schema_data = listener.receive(2)
        hello = decode_hello(hello_data)
        assert (hello.session, hello.layout, hello.value_count, hello.subject) == (77, "raw", 260, "Ana")
        assert (hello.rate_numerator, hello.rate_denominator, hello.lookahead_frames) == (60, 1, 2)
        assert (hello.version, hello.send_us, hello.schema_hash) == (
            __version__,
            1_000_000 * second,
            RAW_LAYOUT.schema_hash,
        )
        names = collector.add(decode_schema(schema_data))
    assert names == RAW_LAYOUT.names
    output.close()


def test_sessions_differ(target: Target) -> None:
    outputs = [OscFrameOutput(target, clock=FakeClock()) for _ in range(4)]
    assert len({output.session for output in outputs}) == 4
    for output in outputs:
        output.close()


def test_an_independent_osc_server_hears_every_control(make_frame: Callable[..., Frame]) -> None:
    heard: dict[str, float] = {}
    done = threading.Event()
    dispatcher = Dispatcher()

    def control(address: str, value: float) -> None:
        heard[address] = value
        if len(heard) == 185:
            done.set()

    dispatcher.map("/face/*", control)
    with BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        output = OscControlsOutput(Target("127.0.0.1", server.server_address[1]), BOARD_LAYOUT, template="/face/{name}")
        output.send(make_frame(5))
        assert done.wait(10.0), f"{len(heard)} of 185 arrived"
        server.shutdown()
        thread.join()
    expected = dict(zip((f"/face/{name}" for name in BOARD_LAYOUT.names), make_frame(5).board.tolist(), strict=True))
    assert heard == expected
    output.close()


def test_live_link_face_arrives(target: Target, listener: Any, make_frame: Callable[..., Frame]) -> None:
    first = LiveLinkFaceOutput(target, time_of_day=TimeOfDay(0), subject="Ana")
    again = LiveLinkFaceOutput(target, time_of_day=TimeOfDay(0), subject="Ana")
    other = LiveLinkFaceOutput(target, time_of_day=TimeOfDay(0), subject="Bo")
    for output in (first, again, other):
        output.send(make_frame(1))
    packets = listener.receive(3)
    ids = [decode_livelink_face(data).device_id for data in packets]
    assert ids[0] == ids[1] != ids[2]
    assert {len(identity) for identity in ids} == {36}
    found, face = PyLiveLinkFace.decode(packets[0])
    assert found
    assert face.name == "Ana"
    np.testing.assert_array_equal(np.array(face._blend_shapes, np.float32), ARKIT_LAYOUT.values(make_frame(1)))
    for output in (first, again, other):
        output.close()


def test_repaired_values_are_told_once(target: Target, make_frame: Callable[..., Frame]) -> None:
    output = OscFrameOutput(target, clock=FakeClock())
    frame = make_frame(0)
    frame.properties[0] = np.nan
    output.send(frame)
    output.send(frame)
    assert output.status().errors == 2
    assert "not finite" in (output.new_error() or "")
    assert output.new_error() is None
    assert "not finite" in (output.status().last_error or "")
    output.close()


def test_the_frame_message_has_two_layouts(target: Target) -> None:
    with pytest.raises(OutputError, match="'arkit' has no frame message"):
        OscFrameOutput(target, ARKIT_LAYOUT, clock=FakeClock())
