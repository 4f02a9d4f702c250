"""Several microphones in one program: one that is lost must not keep taking the others down."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.assembly import microphone as opener
from cstalk_live.audio import microphone as module
from cstalk_live.audio.devices import rescans
from cstalk_live.audio.microphone import RESCAN_US, MicrophoneSource, may_rescan
from cstalk_live.config.keys import AudioConfig, LiveConfig
from cstalk_live.errors import DeviceError


@pytest.fixture
def looked(sound_system, monkeypatch):
    """How often the machine's devices were looked up anew; PortAudio then closes every stream."""
    times = []
    sound_system._terminate = lambda: times.append([stream.closed for stream in sound_system.streams])
    sound_system._initialize = lambda: None
    monkeypatch.setattr(module, "_rescanned_us", -RESCAN_US)
    monkeypatch.setattr(module, "_running", set())
    return times


def open_by(sound_system, name):
    return opener(LiveConfig(audio=AudioConfig(device=name)), sound_system.clock)


def test_a_microphone_by_itself_has_the_devices_looked_up_at_every_attempt(sound_system, looked):
    attempt = open_by(sound_system, "nano")
    attempt().close()
    for _ in range(3):
        attempt().close()
    assert len(looked) == 3


def test_a_lost_one_disturbs_another_once_in_half_a_minute_and_closes_its_stream_first(sound_system, looked):
    nano, webcam = open_by(sound_system, "nano"), open_by(sound_system, "webcam")
    lost, other = nano(), webcam()
    lost.close()

    def attempt():
        sound_system.clock.advance_us(1_000_000)
        sound_system.open_error = "Device unavailable"
        with pytest.raises(DeviceError):
            nano()
        sound_system.open_error = ""

    attempt()
    assert looked == [[True, True]], "no stream was open when PortAudio ended"
    with pytest.raises(DeviceError, match="was closed to look for other devices"):
        other.read(0.0)
    other = webcam()
    looked.clear()
    for _ in range(20):
        attempt()
    assert looked == []
    sound_system.streams[-1].deliver(np.full(480, 0.5))
    assert other.read(0.0).samples[0] == np.float32(0.5)
    for _ in range(10):
        attempt()
    assert len(looked) == 1
    other.close()


def test_closing_twice_and_after_a_look_is_nothing(sound_system, looked):
    source = MicrophoneSource("nano", clock=sound_system.clock)
    latency = source.latency_us
    source.close()
    source.close()
    assert not rescans
    assert source.latency_us == latency
    assert may_rescan(sound_system.clock)
    assert may_rescan(sound_system.clock), "nobody is disturbed"
