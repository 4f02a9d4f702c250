"""From any source to aligned 24 kHz blocks with capture times."""

import numpy as np
import pytest
import soundfile

from cstalk_live.audio.file import FileSource
from cstalk_live.audio.intake import Intake
from cstalk_live.audio.resample import Resampler
from cstalk_live.audio.source import Closing, EndOfSound
from cstalk_live.clock import FakeClock
from cstalk_live.errors import AudioError, DeviceError
from cstalk_live.records import SourceBlock


class Script(Closing):
    """A source that delivers what it was given; exceptions in the list are raised."""

    name = "script"

    def __init__(self, blocks, sample_rate=48_000, live=True):
        self.blocks, self.sample_rate, self.live = list(blocks), sample_rate, live

    def read(self, timeout_s):
        if not self.blocks:
            raise EndOfSound
        item = self.blocks.pop(0)
        if isinstance(item, Exception):
            raise item
        return item

    def close(self):
        pass


def pull_all(intake):
    blocks = []
    while True:
        try:
            blocks += intake.pull(1.0)
        except EndOfSound:
            return blocks


def sound_of(blocks):
    ends = [block.first_sample + len(block.samples) for block in blocks]
    assert ends[:-1] == [block.first_sample for block in blocks[1:]]
    assert all(len(block.samples) for block in blocks)
    return np.concatenate([block.samples for block in blocks])


def blocks_of(samples, sizes, rate=48_000, live_from=1_000_000):
    ends = np.cumsum(sizes)
    return [
        SourceBlock(samples[end - size : end], int(end - size), live_from + int(end) * 1_000_000 // rate)
        for end, size in zip(ends, sizes, strict=True)
    ]


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000, 96_000])
def test_file_comes_out_whole_and_exactly_timed(tmp_path, rate):
    voice = np.random.default_rng(4).normal(0, 0.1, rate + 123).astype(np.float32)
    soundfile.write(tmp_path / "voice.wav", voice, rate, subtype="FLOAT")
    with FileSource(tmp_path / "voice.wav", FakeClock(9_000_000), paced=False) as source:
        intake = Intake(source)
        blocks = pull_all(intake)
        reference = Resampler(rate)
        expected = np.concatenate((reference.push(voice), reference.flush()))
        assert np.array_equal(sound_of(blocks), expected)
        assert blocks[0].first_sample == 0
        assert intake.next_sample == len(expected) == -(-len(voice) * 24_000 // rate)
        assert [intake.capture_us(n) for n in (0, 24, 24_000, 10**9)] == [
            9_000_000 + us for us in (0, 1_000, 1_000_000, 41_666_666_667)
        ]
        assert intake.delay_us <= 2_000
        assert not any(block.gap for block in blocks)


def test_end_is_said_again():
    intake = Intake(Script([]))
    for _ in range(2):
        with pytest.raises(EndOfSound):
            intake.pull(0.0)


def test_nothing_and_device_loss_pass_through():
    intake = Intake(Script([None, DeviceError("gone")]))
    assert intake.pull(0.0) == []
    with pytest.raises(DeviceError):
        intake.pull(0.0)


def test_gap_is_marked_to_the_sample():
    samples = np.random.default_rng(0).normal(0, 0.1, 4_800).astype(np.float32)
    silence = np.zeros(1_001, np.float32)
    intake = Intake(
        Script(
            [
                SourceBlock(samples[:481], 0, 10_000),
                SourceBlock(silence, 481, 30_000, gap=True),
                SourceBlock(samples[:480], 1_482, 40_000),
                SourceBlock(samples[:480], 1_962, 50_000),
            ]
        ),
        first_sample=1_000,
    )
    blocks = pull_all(intake)
    assert len(sound_of(blocks)) == 1_221
    gaps = [block for block in blocks if block.gap]
    assert gaps[0].first_sample == 1_000 + 241  # source sample 481 = 24 kHz sample 240.5
    assert gaps[-1].first_sample + len(gaps[-1].samples) == 1_000 + 741
    assert intake.gap_samples == 500 == sum(len(gap.samples) for gap in gaps)


def test_silent_skip_of_a_source_is_filled_and_marked():
    samples = np.full(480, 0.5, np.float32)
    intake = Intake(Script([SourceBlock(samples, 0, 10_000), SourceBlock(samples, 960, 30_000)]))
    blocks = pull_all(intake)
    assert len(sound_of(blocks)) == 720
    assert next(block.first_sample for block in blocks if block.gap) == 240
    assert intake.gap_samples == 240
    assert not sound_of(blocks)[270:450].any()


@pytest.mark.parametrize("first", [479, 480 + 48_000 * 11])
def test_source_that_lost_its_place_is_an_error(first):
    samples = np.zeros(480, np.float32)
    intake = Intake(Script([SourceBlock(samples, 0, 10_000), SourceBlock(samples, first, 20_000)]))
    intake.pull(0.0)
    with pytest.raises(AudioError, match="script: sound jumped from sample 480 to"):
        intake.pull(0.0)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_capture_times_of_a_jittery_device(rate):
    """Arrivals with 3 ms of jitter and a card 150 ppm fast: capture times are smooth and right to 0.5 ms."""
    rng = np.random.default_rng(2)
    size, count, ppm = rate // 100, 1_500, 150
    true = 1_000_000 + np.arange(1, count + 1) * 10_000 / (1 + ppm * 1e-6)
    arrivals = np.maximum.accumulate(true + rng.uniform(0, 3_000, count)).astype(int)
    silence = np.zeros(size, np.float32)
    source = Script([SourceBlock(silence, n * size, int(at)) for n, at in enumerate(arrivals)], rate)
    intake = Intake(source, device_latency_us=20_000)
    times = []
    for _ in range(count):
        firsts = [block.first_sample for block in intake.pull(0.0)]
        times += [(first, intake.capture_us(first)) for first in firsts]
    first, us = np.array(times[300:]).T
    error = us + 20_000 - (1_000_000 + first / 24_000 * 1e6 / (1 + ppm * 1e-6))
    assert np.abs(error).max() < 700
    assert np.all(np.diff(us) > 0)
    assert intake.timebase.drift_ppm == pytest.approx(ppm, abs=60)


def test_block_sizes_do_not_matter():
    samples = np.random.default_rng(1).normal(0, 0.1, 48_000).astype(np.float32)
    whole = sound_of(pull_all(Intake(Script(blocks_of(samples, [48_000])))))
    odd = sound_of(pull_all(Intake(Script(blocks_of(samples, [1, 2, 479, 480, 17, 1_021, 46_000])))))
    assert np.array_equal(whole, odd)
