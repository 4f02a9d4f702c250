"""The real way from PortAudio, through a PulseAudio null sink."""

import time

import numpy as np
import pytest
import soundfile

from cstalk_live.audio import Intake, MicrophoneSource, list_devices

pytestmark = pytest.mark.virtualmic

SPACING = 24_000
"""48 kHz samples between impulses."""


@pytest.fixture(scope="module")
def impulses(tmp_path_factory):
    sound = np.zeros(48_000 * 3, np.float32)
    sound[SPACING // 2 :: SPACING] = 0.5
    path = tmp_path_factory.mktemp("sound") / "impulses.wav"
    soundfile.write(path, sound, 48_000)
    return path


def test_impulses_arrive_with_exact_spacing(virtual_microphone, impulses):
    heard = []
    with MicrophoneSource(virtual_microphone.device) as source:
        assert source.sample_rate == 48_000
        intake = Intake(source)
        assert intake.pull(3.0), "the microphone delivered nothing"
        player = virtual_microphone.play(impulses)
        stop = time.monotonic() + 4.5
        while time.monotonic() < stop:
            heard.extend(intake.pull(0.1))
        assert player.wait(10) == 0
        print(f"drift {intake.timebase.drift_ppm:.0f} ppm, lost {source.lost_samples}, late {source.overflows}")
        assert source.lost_samples == 0
        now_us, last_us = time.monotonic_ns() // 1000, intake.capture_us(intake.next_sample)
        assert abs(now_us - last_us) < 200_000

    edges = [block.first_sample + len(block.samples) for block in heard]
    assert edges[:-1] == [block.first_sample for block in heard[1:]]
    sound = np.concatenate([block.samples for block in heard])
    loud = np.flatnonzero(sound > 0.1)
    at = loud[np.diff(loud, prepend=-100) > 50]  # an impulse between two 24 kHz samples shows in both
    assert len(at) == 6
    assert np.all(np.diff(at) == SPACING // 2)


def test_device_is_listed_as_input(virtual_microphone):
    device = next(device for device in list_devices() if device.name == virtual_microphone.device)
    assert device.channels >= 1
