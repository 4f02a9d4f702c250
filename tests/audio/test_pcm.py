"""Raw PCM through pipes and other streams."""

import io
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from cstalk_live.audio.pcm import StdinSource
from cstalk_live.audio.source import EndOfSound
from cstalk_live.clock import FakeClock
from cstalk_live.errors import AudioError, UsageError


def read_all(source):
    blocks = []
    with source:
        while True:
            try:
                block = source.read(5.0)
            except EndOfSound:
                return blocks
            if block is not None:
                blocks.append(block)


def sound_of(blocks):
    ends = np.cumsum([len(b.samples) for b in blocks])
    assert [b.first_sample for b in blocks] == [0, *ends[:-1]]
    return np.concatenate([b.samples for b in blocks])


def test_s16le():
    values = np.array([0, 16384, -32768, 32767], "<i2")
    blocks = read_all(StdinSource(48_000, stream=io.BytesIO(values.tobytes() * 1000)))
    assert np.array_equal(sound_of(blocks)[:4], np.array([0, 0.5, -1, 32767 / 32768], np.float32))
    assert len(sound_of(blocks)) == 4000


def test_f32le_stereo_is_mixed_down():
    stereo = np.random.default_rng(0).normal(0, 0.2, (5000, 2)).astype("<f4")
    source = StdinSource(44_100, "f32le", 2, stream=io.BytesIO(stereo.tobytes()))
    assert np.allclose(sound_of(read_all(source)), stereo.mean(axis=1), atol=1e-7)


class Drip(io.RawIOBase):
    """A pipe that hands over odd numbers of bytes."""

    def __init__(self, data, sizes):
        self.data, self.sizes = data, list(sizes)

    def readable(self):
        return True

    def read(self, size=-1):
        size = min(size, self.sizes.pop(0) if self.sizes else size)
        part, self.data = self.data[:size], self.data[size:]
        return part


def test_samples_split_between_reads_are_joined():
    values = np.arange(-3000, 3000, dtype="<i2")
    stream = Drip(values.tobytes(), [1, 1, 3, 5, 7, 2, 1, 100, 333])
    assert np.array_equal(sound_of(read_all(StdinSource(16_000, stream=stream))) * 32768, values)


def test_partial_sample_at_the_end_is_reported():
    source = StdinSource(16_000, channels=2, stream=io.BytesIO(b"\1\0\2\0" * 100 + b"\1\0\2"))
    assert len(sound_of(read_all(source))) == 100
    assert source.notes == ["standard input ended in the middle of a sample: 3 bytes were left over"]


def test_nan_is_refused_with_its_position():
    values = np.zeros((3000, 2), "<f4")
    values[2345, 1] = np.nan
    with pytest.raises(AudioError, match="sample 2345 is nan - check that the format is really f32le"):
        read_all(StdinSource(48_000, "f32le", 2, stream=io.BytesIO(values.tobytes())))


def test_other_data_read_as_float_is_refused():
    noise = np.random.default_rng(0).integers(-30_000, 30_000, 9_000, dtype="<i2")
    with pytest.raises(AudioError, match="really f32le"):
        read_all(StdinSource(48_000, "f32le", stream=io.BytesIO(noise.tobytes())))


@pytest.mark.parametrize(
    ("head", "what"), [(b"RIFF", "a WAV file"), (b"fLaC", "a FLAC file"), (b"OggS", "an Ogg file")]
)
def test_sound_file_in_the_pipe_is_recognised(head, what):
    with pytest.raises(AudioError, match=f"standard input is {what}, not raw PCM"):
        read_all(StdinSource(48_000, stream=io.BytesIO(head + bytes(5000))))


def test_empty_input_is_an_error():
    with pytest.raises(AudioError, match="standard input is empty"):
        read_all(StdinSource(48_000, stream=io.BytesIO(b"")))


def test_bad_settings():
    with pytest.raises(UsageError, match="unknown PCM format 'u8'"):
        StdinSource(48_000, "u8", stream=io.BytesIO())
    with pytest.raises(UsageError, match="0 channels"):
        StdinSource(48_000, channels=0, stream=io.BytesIO())
    with pytest.raises(AudioError, match="sample rate of 0 Hz"):
        StdinSource(0, stream=io.BytesIO())


def test_no_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(AudioError, match="no standard input"):
        StdinSource(48_000)


def test_timeout_on_a_quiet_pipe_then_sound_then_end():
    reader, writer = os.pipe()
    with open(reader, "rb", buffering=0) as stream:
        source = StdinSource(16_000, stream=stream)
        start = time.monotonic()
        assert source.read(0.05) is None
        assert source.read(0.0) is None
        assert time.monotonic() - start < 2
        os.write(writer, bytes(640))
        first = source.read(5.0)
        assert first.arrival_us > 0
        assert len(first.samples) == 160
        os.close(writer)
        assert len(source.read(5.0).samples) == 160
        with pytest.raises(EndOfSound):
            source.read(5.0)


def test_times_follow_the_count_when_not_live():
    source = StdinSource(16_000, stream=io.BytesIO(bytes(3200)), live=False, clock=FakeClock(70))
    assert [block.arrival_us for block in read_all(source)] == [70 + 10_000 * n for n in range(1, 11)]


def test_fast_pipe_waits_for_the_reader():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return bytes(size)

    stream = Endless()
    with StdinSource(48_000, stream=stream) as source:
        stop = time.monotonic() + 5
        while stream.given < 64 * 960 and time.monotonic() < stop:
            time.sleep(0.01)
        time.sleep(0.05)
        assert stream.given <= 66 * 960
        thread = source._thread
    thread.join(5)
    assert not thread.is_alive()


def test_program_ends_while_waiting_on_standard_input():
    """A thread inside buffered standard input would abort the interpreter at exit."""
    code = "from cstalk_live.audio import StdinSource; s = StdinSource(48000); print(s.read(0.2)); s.close()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout.read().strip() == b"None"
        assert process.wait(20) == 0
    finally:
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()
    assert threading.active_count() < 50
