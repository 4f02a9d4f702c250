"""The way in: any source becomes 24 kHz blocks with absolute indices and capture times.

Adds the resampler's wait and nothing else (0.6 ms from a 48 kHz device; see
:mod:`cstalk_live.audio.resample`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from cstalk_live.audio.resample import Resampler
from cstalk_live.audio.source import EndOfSound, Source
from cstalk_live.audio.timebase import ExactTimebase, LockedTimebase, Timebase
from cstalk_live.errors import AudioError
from cstalk_live.records import SAMPLE_RATE, FloatArray, SourceBlock

LONGEST_HOLE_S = 10
"""A source that skips more than this has lost its place."""


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A stretch of the 24 kHz signal; blocks follow each other without holes."""

    samples: FloatArray
    """float32 [n], mono, nominally -1..1."""
    first_sample: int
    """Index of ``samples[0]`` in the 24 kHz stream."""
    gap: bool = False
    """All of it stands for sound that was lost."""


class Intake:
    """Joins a source, gap filling, the resampler and the time base. One thread.

    Args:
        source: read, but not closed.
        first_sample: 24 kHz index to begin with, so that a stream can go on after its device was reopened.
        device_latency_us: age of a sample on arrival as the device reports it; subtracted from capture times.

    Raises:
        AudioError: the source's rate is outside 8,000..384,000 Hz.
    """

    def __init__(self, source: Source, *, first_sample: int = 0, device_latency_us: int = 0) -> None:
        self.source = source
        self.resampler = Resampler(source.sample_rate)
        self.timebase: Timebase = (LockedTimebase if source.live else ExactTimebase)(source.sample_rate)
        self.gap_samples = 0
        """24 kHz samples of silence so far that stand for lost sound."""
        self._first_sample = first_sample
        self._device_latency_us = device_latency_us
        self._gaps: deque[tuple[int, int]] = deque()
        self._ended = False

    @property
    def delay_us(self) -> int:
        """Microseconds that the intake holds sound back."""
        return self.resampler.delay_us

    @property
    def next_sample(self) -> int:
        """24 kHz index of the sample that will be delivered next."""
        return self._first_sample + self.resampler.samples_out

    def capture_us(self, sample: int) -> int:
        """Monotonic microseconds at which the 24 kHz sample with that index was captured.

        Follows the latest estimate, so the answer for one index may move by a fraction of a millisecond, and
        by more just after the start or a stall.
        """
        return self.timebase.time_us(sample - self._first_sample, SAMPLE_RATE) - self._device_latency_us

    def pull(self, timeout_s: float) -> list[SoundBlock]:
        """What is known next: usually one block, none if nothing came within ``timeout_s``, more around a
        gap.

        Raises:
            EndOfSound: everything, the resampler's tail included, has been delivered.
            AudioError: the sound is damaged or jumps.
            DeviceError: the device was lost.
        """
        if self._ended:
            raise EndOfSound
        try:
            block = self.source.read(timeout_s)
        except EndOfSound:
            self._ended = True
            tail = self._cut(self.resampler.flush())
            if not tail:
                raise
            return tail
        if block is None:
            return []
        hole = self._fill_hole(block)
        end = block.first_sample + len(block.samples)
        if block.gap:
            self._mark_gap(block.first_sample, end)
        else:
            self.timebase.update(end, block.arrival_us)
        return hole + self._cut(self.resampler.push(block.samples))

    def _fill_hole(self, block: SourceBlock) -> list[SoundBlock]:
        """Silence for samples that the source passed over without saying so."""
        expected = self.resampler.samples_in
        skipped = block.first_sample - expected
        if skipped == 0:
            return []
        if not 0 < skipped <= LONGEST_HOLE_S * self.source.sample_rate:
            raise AudioError(
                f"{self.source.name}: sound jumped from sample {expected} to {block.first_sample}",
                "restart the source",
            )
        self._mark_gap(expected, block.first_sample)
        return self._cut(self.resampler.push(np.zeros(skipped, np.float32)))

    def _mark_gap(self, first: int, stop: int) -> None:
        """Remember a gap, given in source samples, in 24 kHz samples."""
        phases, step = self.resampler.phases, self.resampler.step
        begin, end = -(-first * phases // step), -(-stop * phases // step)
        if end > begin:
            self._gaps.append((begin, end))
            self.gap_samples += end - begin

    def _cut(self, samples: FloatArray) -> list[SoundBlock]:
        """The resampler's latest output, divided where gaps begin and end."""
        at = self.resampler.samples_out - len(samples)
        stop = self.resampler.samples_out
        blocks: list[SoundBlock] = []
        while at < stop:
            while self._gaps and self._gaps[0][1] <= at:
                self._gaps.popleft()
            begin, end = self._gaps[0] if self._gaps else (stop, stop)
            gap = begin <= at
            upto = min(stop, end if gap else begin)
            part = samples[len(samples) - (stop - at) : len(samples) - (stop - upto)]
            blocks.append(SoundBlock(part, self._first_sample + at, gap))
            at = upto
        return blocks
