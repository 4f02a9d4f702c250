"""A stand-in for sounddevice whose microphone does what a test tells it."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from cstalk_live.clock import FakeClock


class FakePortAudioError(Exception):
    pass


class FakeStatus:
    def __init__(self, input_overflow=False):
        self.input_overflow = input_overflow


class FakeStream:
    latency = 0.021

    def __init__(self, system, **settings):
        self.system, self.settings = system, settings
        self.closed = self.started = False
        system.streams.append(self)

    def start(self):
        if self.system.start_error:
            raise FakePortAudioError(self.system.start_error)
        self.started = True

    def abort(self, ignore_errors=True):
        self.started = False

    def close(self, ignore_errors=True):
        self.closed = True

    def deliver(self, samples, overflow=False):
        """Call back with float32 [n], in a buffer that is spoilt afterwards, as PortAudio's is."""
        buffer = np.array(samples, np.float32).reshape(-1, 1)
        self.settings["callback"](buffer, len(buffer), None, FakeStatus(overflow))
        buffer[:] = 99

    def finish(self):
        self.settings["finished_callback"]()


class FakeSoundSystem(types.ModuleType):
    """Looks like the module sounddevice as far as this program uses it."""

    PortAudioError = FakePortAudioError

    def __init__(self):
        super().__init__("sounddevice")
        self.clock = FakeClock()
        self.streams = []
        self.rates = {48_000, 44_100}
        self.open_error = self.start_error = ""
        self.default = types.SimpleNamespace(device=(1, 2))
        self.host_apis = [
            {"name": "MME", "default_input_device": 1},
            {"name": "Windows WASAPI", "default_input_device": 4},
        ]
        self.devices = [
            self.make("Speakers", 0, 0),
            self.make("Yeti Stereo Microphone", 0, 2),
            self.make("Webcam", 0, 1),
            self.make("Headset", 0, 1),
            self.make("Yeti Stereo Microphone", 1, 2),
            self.make("Yeti Nano", 1, 1),
        ]

    @staticmethod
    def make(name, host_api, channels):
        return {
            "name": name,
            "hostapi": host_api,
            "max_input_channels": channels,
            "default_samplerate": 44_100.0,
        }

    def query_devices(self):
        return self.devices

    def query_hostapis(self):
        return self.host_apis

    def check_input_settings(self, device, channels, dtype, samplerate):
        if samplerate not in self.rates:
            raise FakePortAudioError("Invalid sample rate")

    def InputStream(self, **settings):  # noqa: N802 - sounddevice's name
        if self.open_error:
            raise FakePortAudioError(self.open_error)
        return FakeStream(self, **settings)


@pytest.fixture
def sound_system(monkeypatch):
    system = FakeSoundSystem()
    monkeypatch.setitem(sys.modules, "sounddevice", system)
    return system
