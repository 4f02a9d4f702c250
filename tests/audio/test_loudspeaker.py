"""The output device against a fake PortAudio: what it is asked for, when it is lost, and what it may not do."""

from __future__ import annotations

import types

import numpy as np
import pytest

from cstalk_live.audio.delayed_voice import DelayedVoice
from cstalk_live.audio.devices import find_output, list_devices, list_outputs, rescan_devices, rescans
from cstalk_live.audio.loudspeaker import SILENT_US, Loudspeaker
from cstalk_live.errors import DeviceError
from cstalk_live.monitoring import Monitor
from cstalk_live.records import SourceBlock


class FakeOutputStream:
    latency = 0.04

    def __init__(self, system, **settings):
        self.system, self.settings = system, settings
        self.running = self.closed = False
        system.outputs.append(self)

    def start(self):
        self.running = True

    def stop(self, ignore_errors=True):
        self.running = False

    abort = stop

    def close(self, ignore_errors=True):
        self.closed = True

    def ask(self, count=480, lead_s=0.04, underflow=False, current=100.0):
        """Ask for a block as PortAudio does; float32 [count, channels]."""
        out = np.full((count, self.settings["channels"]), 9.0, np.float32)
        times = types.SimpleNamespace(currentTime=current, outputBufferDacTime=current + lead_s)
        self.settings["callback"](out, count, times, types.SimpleNamespace(output_underflow=underflow))
        return out


@pytest.fixture
def outputs(sound_system):
    """The fake system with two outputs: stereo loudspeakers and a mono headset of 44.1 kHz."""
    system = sound_system
    system.outputs, system.refused, system.output_error = [], set(), ""
    for device in system.devices:
        device["max_output_channels"] = {"Speakers": 6, "Headset": 1}.get(device["name"], 0)
    for api, default in zip(system.host_apis, (0, 3), strict=True):
        api["default_output_device"] = default
    system.default.device = (1, 0)

    def check(device, channels, dtype, samplerate):
        if (device, samplerate) in system.refused:
            raise system.PortAudioError("Invalid sample rate")

    def open_stream(**settings):
        if system.output_error:
            raise system.PortAudioError(system.output_error)
        return FakeOutputStream(system, **settings)

    system.check_output_settings, system.OutputStream = check, open_stream
    system._terminate = lambda: [setattr(stream, "closed", True) for stream in system.outputs]
    system._initialize = lambda: None
    yield system
    assert not rescans


def speaker_of(system, voice=None, device="speakers"):
    return Loudspeaker(device, voice or DelayedVoice(100_000), 0.03, system.clock)


class Microphone:
    name, sample_rate, live, block = "m", 48_000, True, 480


def test_outputs_are_listed_apart_from_inputs(outputs):
    assert [device.name for device in list_outputs()] == ["Speakers", "Headset"]
    assert [device.is_default for device in list_outputs()] == [True, False]
    assert "Speakers" not in [device.name for device in list_devices()]
    assert find_output().name == "Speakers"
    assert find_output("HEAD").name == "Headset"


@pytest.mark.parametrize(
    ("which", "line"),
    [("yeti", "no sound output matches 'yeti' - available: 0 'Speakers'"), (4, "no sound output has the index 4")],
)
def test_wrong_names_list_what_there_is(outputs, which, line):
    with pytest.raises(DeviceError, match=line):
        speaker_of(outputs, device=which)
    with pytest.raises(DeviceError, match="no sound output - connect loudspeakers"):
        find_output(None, [])


def test_the_device_is_asked_for_10_ms_blocks_on_two_channels(outputs):
    with speaker_of(outputs) as speaker:
        settings = outputs.outputs[0].settings
        assert (speaker.sample_rate, settings["blocksize"], settings["channels"]) == (48_000, 480, 2)
        assert (settings["device"], settings["latency"], settings["dtype"]) == (0, 0.03, "float32")
        assert not outputs.outputs[0].ask().any()


def test_a_device_of_another_rate_gets_its_own(outputs):
    outputs.refused = {(3, 48_000)}
    with speaker_of(outputs, device="headset") as speaker:
        settings = outputs.outputs[0].settings
        assert (speaker.sample_rate, settings["blocksize"], settings["channels"]) == (44_100, 441, 1)


@pytest.mark.parametrize("lead_s", [0.04, -1.0, 0.0, 50.0])
def test_the_voice_is_heard_the_delay_after_capture_whatever_the_device_tells(outputs, lead_s):
    """Devices that tell no sensible time are taken at the latency that they had when they were opened: 40 ms."""
    voice = DelayedVoice(100_000)
    with speaker_of(outputs, voice):
        voice.begin(Microphone())
        heard = []
        for n in range(100):
            outputs.clock.advance_us(10_000)
            samples = np.zeros(480, np.float32)
            samples[0] = 0.9 if n == 50 else 0.0
            voice.hear(SourceBlock(samples, n * 480, outputs.clock.now_us()))
            if n == 50:
                captured_us = outputs.clock.now_us() - 10_000
            out = outputs.outputs[0].ask(lead_s=lead_s)
            assert np.array_equal(out[:, 0], out[:, 1])
            heard += [outputs.clock.now_us() + 40_000 + i / 0.048 for i in np.flatnonzero(out[:, 0] > 0.4)]
    assert heard[0] - captured_us == pytest.approx(100_000, abs=100)


def test_a_device_that_is_busy_is_one_clear_line(outputs):
    outputs.output_error = "Device unavailable [PaErrorCode -9985]"
    with pytest.raises(DeviceError, match=r"cannot open sound output 'Speakers': Device unavailable.*--monitor"):
        speaker_of(outputs)


def test_a_stopped_and_a_silent_device_are_lost(outputs):
    speaker = speaker_of(outputs)
    assert speaker.problem is None
    outputs.clock.advance_us(SILENT_US + 1)
    assert speaker.problem == "sound output 'Speakers' takes no sound"
    outputs.outputs[0].ask()
    assert speaker.problem is None
    outputs.outputs[0].settings["finished_callback"]()
    assert speaker.problem == "sound output 'Speakers' was lost"
    speaker.close()


def test_looking_devices_up_anew_closes_the_stream_first(outputs):
    speaker = speaker_of(outputs)
    order = []
    outputs._terminate = lambda: order.append(outputs.outputs[0].closed)
    rescan_devices()
    assert order == [True]
    assert speaker.rescanned
    speaker.close()


@pytest.fixture
def monitor(outputs):
    said = []
    monitor = Monitor(
        "speakers",
        latency_s=0.03,
        extra_us=5_000,
        delay_us=90_000,
        clock=outputs.clock,
        say=lambda line, _: said.append(line),
    )
    monitor.said = said
    yield monitor
    monitor.close()


def test_a_monitor_follows_the_latency_and_opens_again(outputs, monitor):
    monitor.turn(90_000)
    assert monitor.voice.delay_us == 95_000
    monitor.turn(60_000)
    assert monitor.status()["delay_ms"] == 65.0
    assert monitor.status()["target"] == "'Speakers' +65 ms"
    outputs.outputs[0].settings["finished_callback"]()
    outputs.output_error = "gone"
    for _ in range(40):
        monitor.turn(60_000)
        outputs.clock.advance_us(50_000)
    assert len(monitor.said) == 1
    assert "voice not heard: sound output 'Speakers' was lost - check its cable" in monitor.said[0]
    outputs.output_error = ""
    for _ in range(100):
        monitor.turn(60_000)
        outputs.clock.advance_us(50_000)
        if len(outputs.outputs) > 1:
            outputs.outputs[-1].ask()
    assert monitor.said[1:] == ["voice is back on sound output 'Speakers'"]
    assert len(outputs.outputs) == 2


def test_a_monitor_opens_again_at_once_after_a_look_for_a_lost_microphone(outputs, monitor):
    monitor.turn(90_000)
    rescan_devices()
    monitor.turn(90_000)
    monitor.turn(90_000)
    assert len(outputs.outputs) == 2
    assert monitor.said == []


def test_a_device_slower_than_the_face_is_told_once(outputs, monitor):
    monitor.turn(20_000)
    monitor.voice.begin(Microphone())
    for n in range(800):
        outputs.clock.advance_us(10_000)
        monitor.voice.hear(SourceBlock(np.zeros(480, np.float32), n * 480, outputs.clock.now_us()))
        outputs.outputs[0].ask()
        if n % 5 == 0:
            monitor.turn(20_000)
    assert len(monitor.said) == 1
    assert "ms behind the face" in monitor.said[0]
    assert monitor.status()["late_ms"] > 20
    assert monitor.status()["underruns"] == 0


def test_a_device_that_runs_dry_is_counted(outputs, monitor):
    monitor.turn(90_000)
    outputs.outputs[0].ask(underflow=True)  # before anything was played it means nothing
    outputs.outputs[0].ask()
    outputs.outputs[0].ask(underflow=True)
    assert monitor.status()["device_underruns"] == 1
    assert monitor.status()["errors"] == 1


def test_getting_ready_waits_for_a_device_that_plays_but_not_for_ever(outputs, monitor):
    before = outputs.clock.now_us()
    monitor.get_ready()
    assert 1_900_000 < outputs.clock.now_us() - before < 2_100_000
