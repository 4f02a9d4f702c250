"""Microphones that misbehave: the face goes on, and each trouble is told once, not 60 times a second."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.audio.source import Closing, EndOfSound
from cstalk_live.clock import FakeClock
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.errors import DeviceError
from cstalk_live.records import SourceBlock
from cstalk_live.source_news import CALM_US, SILENT_US, SourceNews

DELAY_US = 120_000


class Script(Closing):
    """A microphone at any rate, whose blocks of 10 ms come ``burst`` at a time; ``change(source, block)`` may alter
    samples or counters, or raise."""

    live = True
    name = "microphone 'fake'"

    def __init__(self, clock, blocks, rate=24_000, burst=1, change=None):
        self.clock, self.blocks, self.burst = clock, blocks, burst
        self.sample_rate, self.block = rate, rate // 100
        self.change = change
        self.start_us, self.next = clock.now_us(), 0
        self.overflows = self.lost_samples = self.bad_samples = self.clock_jumps = 0

    def read(self, timeout_s):
        if self.next == self.blocks:
            raise EndOfSound
        due_us = self.start_us + (self.next // self.burst + 1) * self.burst * 10_000
        wait_us = due_us - self.clock.now_us()
        if wait_us > 0:
            nap_us = min(wait_us, round(timeout_s * 1e6), 4_000)
            self.clock.sleep_us(nap_us)
            if wait_us > nap_us:
                return None
        samples = (0.3 * np.sin(np.arange(self.block) * 0.05)).astype(np.float32)
        if self.change is not None:
            samples = self.change(self, samples)
        first, self.next = self.next * self.block, self.next + 1
        return SourceBlock(samples, first, due_us)

    def close(self):
        pass


def run(fakes, *makers):
    """A live run over sources opened one after the other; its summary, frames and what it said."""
    clock, left = FakeClock(), list(makers)
    output, watcher = fakes.Recorder(clock), fakes.Watcher()
    settings = RunSettings(DELAY_US, live=True, threads=False)
    daemon = Daemon(lambda: left.pop(0)(clock), fakes.session(), [output], watcher, clock, settings)
    return daemon.run(), output, watcher.said


def rises_by_one(output):
    return (np.diff([frame.index for frame in output.frames]) == 1).all()


@pytest.mark.parametrize("burst", [2, 3, 5])
def test_bursts_cost_nothing_but_their_length(fakes, burst):
    summary, output, said = run(fakes, lambda clock: Script(clock, 600, burst=burst))
    assert said == []
    assert rises_by_one(output)
    assert (summary["skipped"], summary["gaps"]) == (0, 0)
    assert summary["held"] == 0, "the delay covers 50 ms of burst"


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_device_that_comes_back_at_another_rate_goes_on(fakes, rate):
    def vanish(source, samples):
        if source.next == 200:
            raise DeviceError("the fake changed its rate", "nothing to do")
        return samples

    summary, output, said = run(
        fakes, lambda clock: Script(clock, 400, change=vanish), lambda clock: Script(clock, 300, rate=rate)
    )
    assert [text.split(":")[0] for text in said] == ["sound lost", "sound is back"]
    assert summary["reconnects"] == 1
    assert rises_by_one(output)
    assert float(output.frames[-20].board[fakes.jaw]) > 0.1, "the voice moves the face again"


def test_samples_that_are_no_numbers_are_told_once(fakes):
    def broken(source, samples):
        source.bad_samples += 7
        return samples

    summary, output, said = run(fakes, lambda clock: Script(clock, 1000, change=broken))
    assert len(said) == 1
    assert said[0].startswith("microphone 'fake': sends samples that are no numbers")
    assert summary["microphone"]["bad_samples"] == 7000
    assert np.isfinite([frame.board for frame in output.frames]).all()


def test_digital_silence_is_told_once_and_so_is_its_end(fakes):
    def muted(source, samples):
        return samples if source.next >= 900 else np.zeros_like(samples)

    _, output, said = run(fakes, lambda clock: Script(clock, 1000, change=muted))
    assert [text.partition(": ")[2].split(" - ")[0] for text in said] == [
        "perfectly silent for 5 s",
        "there is sound again",
    ]
    assert rises_by_one(output)


@pytest.mark.parametrize("kind", ["clock_jumps", "lost_samples"])
def test_clock_jumps_and_lost_sound_are_told_once(fakes, kind):
    def trouble(source, samples):
        if source.next % 50 == 0:
            setattr(source, kind, getattr(source, kind) + 1)
        return samples

    summary, _, said = run(fakes, lambda clock: Script(clock, 1000, change=trouble))
    assert len(said) == 1
    assert summary["microphone"][kind] == 20


def test_a_quiet_room_is_not_silence_and_calm_makes_trouble_news_again():
    said = []
    news = SourceNews(said.append)
    news.begin(0)
    noise = np.full(240, 1e-4, np.float32)
    for second in range(20):
        news.hear("mic", noise, second * 1_000_000)
    assert said == []
    news.hear("mic", np.zeros(240, np.float32), 19_000_000 + SILENT_US)
    assert len(said) == 1
    for now_us, count in ((0, 1), (1_000, 2), (CALM_US - 1, 3), (2 * CALM_US, 3), (2 * CALM_US + 1, 4)):
        news.count("mic", {"bad_samples": count}, now_us)
    assert sum("no numbers" in text for text in said) == 2
