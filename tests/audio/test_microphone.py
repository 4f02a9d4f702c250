"""The microphone against a fake PortAudio: order, loss, stalls, broken devices."""

import numpy as np
import pytest

from cstalk_live.audio.microphone import FIRST_CALLBACK_US, SILENT_US, MicrophoneSource
from cstalk_live.errors import AudioError, DeviceError

BLOCK = 480


@pytest.fixture
def microphone(sound_system):
    with MicrophoneSource("nano", clock=sound_system.clock) as source:
        yield source
    assert sound_system.streams[-1].closed


@pytest.fixture
def stream(microphone, sound_system):
    return sound_system.streams[-1]


def drain(source):
    blocks = []
    while (block := source.read(0.0)) is not None:
        blocks.append(block)
    return blocks


def speak(system, blocks, first=0, delivered=lambda n: True):
    """``blocks`` blocks, 10 ms apart, each full of its own number."""
    for n in range(first, first + blocks):
        system.clock.advance_us(10_000)
        if delivered(n):
            system.streams[-1].deliver(np.full(BLOCK, n / 10_000))


def test_opens_at_48_khz_with_10_ms_blocks(microphone, stream):
    assert (microphone.sample_rate, microphone.block, microphone.live) == (48_000, 480, True)
    assert stream.settings["samplerate"] == 48_000
    assert stream.settings["blocksize"] == 480
    assert stream.settings["device"] == 5
    assert (stream.settings["channels"], stream.settings["dtype"], stream.settings["latency"]) == (
        1,
        "float32",
        0.02,
    )
    assert microphone.latency_us == 21_000
    assert "Yeti Nano" in microphone.name


@pytest.mark.parametrize(("offered", "chosen"), [({96_000, 44_100}, 96_000), ({44_100}, 44_100), ({16_000}, 16_000)])
def test_takes_the_next_best_rate(sound_system, offered, chosen):
    sound_system.rates = offered
    with MicrophoneSource(clock=sound_system.clock) as source:
        assert (source.sample_rate, source.block) == (chosen, chosen // 100)


def test_refused_rate_lists_the_offered_ones(sound_system):
    with pytest.raises(DeviceError, match="does not offer 96000 Hz - it offers 48000, 44100"):
        MicrophoneSource(sample_rate=96_000)
    with pytest.raises(AudioError, match="sample rate of 0 Hz"):
        MicrophoneSource(sample_rate=0)
    sound_system.rates = set()
    with pytest.raises(DeviceError, match="no usable sample rate"):
        MicrophoneSource()


@pytest.mark.parametrize("attribute", ["open_error", "start_error"])
def test_busy_device_is_one_clear_line(sound_system, attribute):
    setattr(sound_system, attribute, "Device unavailable [PaErrorCode -9985]")
    with pytest.raises(DeviceError, match=r"'Yeti Nano'.*Device unavailable.*close other programs"):
        MicrophoneSource("nano")
    assert all(stream.closed for stream in sound_system.streams)


def test_blocks_come_in_order_with_their_times(microphone, sound_system):
    start = sound_system.clock.now_us()
    speak(sound_system, 300)
    blocks = drain(microphone)
    assert len(blocks) == 200  # the ring holds 2 s and refuses more
    assert [block.first_sample for block in blocks] == [n * BLOCK for n in range(200)]
    assert [block.arrival_us for block in blocks] == [start + (n + 1) * 10_000 for n in range(200)]
    assert all(np.all(block.samples == np.float32(n / 10_000)) for n, block in enumerate(blocks))


def test_what_the_full_ring_refused_becomes_silence_in_its_place(microphone, sound_system):
    speak(sound_system, 250)
    drain(microphone)
    speak(sound_system, 10, first=250)
    gap, *blocks = drain(microphone)
    assert gap.gap
    assert (gap.first_sample, len(gap.samples)) == (200 * BLOCK, 50 * BLOCK)
    assert not gap.samples.any()
    assert [block.first_sample for block in blocks] == [n * BLOCK for n in range(250, 260)]
    assert microphone.lost_samples == 50 * BLOCK


def test_read_waits_for_the_next_block(microphone, sound_system):
    speak(sound_system, 1)
    drain(microphone)
    before = sound_system.clock.now_us()
    assert microphone.read(0.05) is None
    assert sound_system.clock.now_us() - before == pytest.approx(50_000, abs=1)


def test_burst_after_a_stall_loses_nothing(microphone, sound_system, stream):
    speak(sound_system, 50)
    drain(microphone)
    sound_system.clock.advance_us(400_000)
    assert microphone.read(0.0) is None
    for n in range(50, 90):
        stream.deliver(np.full(BLOCK, n / 10_000))
    speak(sound_system, 100, first=90)
    blocks = drain(microphone)
    assert not any(block.gap for block in blocks)
    assert microphone.lost_samples == 0
    assert [round(float(block.samples[0]) * 10_000) for block in blocks] == list(range(50, 190))


def test_lost_blocks_are_replaced_by_as_much_silence(microphone, sound_system):
    blocks = []
    for first in range(0, 200, 10):
        speak(sound_system, 10, first, delivered=lambda n: not 80 <= n < 95)
        blocks += drain(microphone)
    gaps = [block for block in blocks if block.gap]
    assert sum(len(gap.samples) for gap in gaps) == 15 * BLOCK == microphone.lost_samples
    edges = [block.first_sample + len(block.samples) for block in blocks]
    assert edges[:-1] == [block.first_sample for block in blocks[1:]]
    assert edges[-1] == 200 * BLOCK


def test_stopped_stream_is_lost_at_once_but_not_its_last_sound(microphone, sound_system, stream):
    speak(sound_system, 3)
    stream.finish()
    assert len([microphone.read(0.0) for _ in range(3)]) == 3
    with pytest.raises(DeviceError, match="'Yeti Nano' was lost - check its cable"):
        microphone.read(0.0)


def test_silent_device_is_lost_after_half_a_second(microphone, sound_system):
    speak(sound_system, 3)
    drain(microphone)
    before = sound_system.clock.now_us()
    with pytest.raises(DeviceError, match="was lost: no sound for"):
        microphone.read(5.0)
    assert SILENT_US <= sound_system.clock.now_us() - before <= SILENT_US + 20_000


def test_first_callback_has_three_seconds(microphone, sound_system):
    assert microphone.read(2.9) is None
    before = sound_system.clock.now_us()
    with pytest.raises(DeviceError, match="delivers no sound - check that it is not muted"):
        microphone.read(5.0)
    assert sound_system.clock.now_us() - before <= FIRST_CALLBACK_US - 2_850_000


def test_broken_samples_become_silence(microphone, sound_system, stream):
    stream.deliver(np.array([0.1, np.nan, np.inf, -0.1]), overflow=True)
    block = microphone.read(0.0)
    assert np.array_equal(block.samples, np.array([0.1, 0, 0, -0.1], np.float32))
    assert (microphone.bad_samples, microphone.overflows) == (2, 1)


def test_machine_that_slept_is_not_a_gap(microphone, sound_system):
    blocks = []
    for first in range(0, 200, 10):
        if first == 100:
            sound_system.clock.advance_us(3_600_000_000)
        speak(sound_system, 10, first)
        blocks += drain(microphone)
    assert not any(block.gap for block in blocks)
    assert microphone.clock_jumps == 1
