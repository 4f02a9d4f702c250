"""Which sample of the voice is to be heard now: the capture clock against the clock of the output device.

A sample captured at t is to be heard at t + delay. Both cards count samples by crystals of their own, so both
counts are led to the machine's clock by a delay-locked loop (``timebase``); the ratio of the loops' rates is
the ratio at which the voice is read, and what is left of the difference is closed slowly enough not to be
heard. Differences too large for that are jumped over, and whoever plays cross-fades.
"""

from __future__ import annotations

from dataclasses import dataclass

from cstalk_live.audio.timebase import LockedTimebase, Timebase

CLOSING_US = 2_000_000
"""Time constant with which a difference is closed."""

LARGEST_BEND = 1e-3
"""Bound on the change of pitch while it is: 1.7 cents, a third of what ears tell apart."""

JUMP_US = 5_000
"""A larger difference is jumped over: at the bend above it would last longer than 5 s."""

PAUSE_US = 20_000
"""Blocks that are all heard this much later than counted tell of a device that has paused: servers fill their
buffer before they wake the output."""

PAUSE_BLOCKS = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the voice for one block of the output: sample i lies at ``whole + fraction + i * ratio``."""

    whole: int
    """Source samples."""
    fraction: float
    """0..1."""
    ratio: float
    """Source samples per output sample."""

    def after(self, count: int) -> Passage:
        """The passage that follows ``count`` output samples later."""
        ahead = self.fraction + count * self.ratio
        return Passage(self.whole + int(ahead // 1.0), ahead % 1.0, self.ratio)


@dataclass(frozen=True, slots=True)
class _Mark:
    """What the listening side last knew; replaced as a whole, because another thread reads it."""

    sample: int
    time_us: int
    """When ``sample`` was captured."""
    rate: float
    """Source samples per second of the machine's clock."""


class Playhead:
    """The position in one stream of the voice. ``heard`` belongs to the capturing thread, ``plan`` to the
    playing one.

    Args:
        timebase: of the source; this playhead feeds it.
        rate: Hz of the source.
        device_latency_us: age of a sample on arrival; subtracted from capture times.
    """

    def __init__(self, timebase: Timebase, rate: int, *, device_latency_us: int = 0) -> None:
        self._timebase = timebase
        self._rate_in = self._rate_out = rate
        self._device_latency_us = device_latency_us
        self._mark: _Mark | None = None
        self._next: Passage | None = None
        self.error_us = 0.0
        """How late the voice was when the last block was planned, in microseconds; negative is early."""

    def play_at(self, rate: int) -> None:
        """The output device takes ``rate`` samples a second. Only while nobody plans."""
        self._rate_out = rate
        self._next = None

    def heard(self, end_sample: int, arrival_us: int) -> None:
        """Sound before ``end_sample`` had arrived by ``arrival_us``."""
        self._timebase.update(end_sample, arrival_us)
        rate = self._rate_in * (1.0 + self._timebase.drift_ppm * 1e-6)
        self._mark = _Mark(end_sample, self._timebase.time_us(end_sample) - self._device_latency_us, rate)

    def plan(
        self, count: int, time_us: float, output_drift_ppm: float, delay_us: int
    ) -> tuple[Passage, Passage | None]:
        """What to play in the next block.

        Args:
            count: its output samples.
            time_us: when its first one is heard.
            output_drift_ppm: how much faster than nominal the output device runs.
            delay_us: from the capture of a sample to its being heard.

        Returns:
            The passage, and the one that would have continued the block before if the head has jumped.

        Raises:
            ValueError: nothing has been heard yet.
        """
        mark = self._mark
        if mark is None:
            raise ValueError("no sound has been heard yet")
        ahead = (time_us - delay_us - mark.time_us) * mark.rate / 1e6
        rate = mark.rate / (self._rate_out * (1.0 + output_drift_ppm * 1e-6))
        left: Passage | None = None
        if self._next is not None:
            behind = mark.sample - self._next.whole + (ahead - self._next.fraction)
            self.error_us = behind * 1e6 / mark.rate
            if abs(self.error_us) <= JUMP_US:
                bend = max(-LARGEST_BEND, min(LARGEST_BEND, self.error_us / CLOSING_US))
                passage = Passage(self._next.whole, self._next.fraction, rate * (1.0 + bend))
                self._next = passage.after(count)
                return passage, None
            left = Passage(self._next.whole, self._next.fraction, rate)
        self.error_us = 0.0
        passage = Passage(mark.sample + int(ahead // 1.0), ahead % 1.0, rate)
        self._next = passage.after(count)
        return passage, left

    @property
    def started(self) -> bool:
        """Whether anything has been heard."""
        return self._mark is not None


class OutputClock:
    """When the samples of the output device are heard; one thread.

    The times that devices tell are led through the same loop as arrivals are: a callback that comes late, or
    that waits for its turn, makes them too large and never too small.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._timebase = LockedTimebase(rate)
        self._sample = 0
        self._pausing = 0

    @property
    def drift_ppm(self) -> float:
        """How much faster than nominal the device runs."""
        return self._timebase.drift_ppm

    def block(self, count: int, time_us: int) -> int:
        """Account for a block of ``count`` samples that the device says it will begin at ``time_us``; the
        smoothed time at which it will.
        """
        late = self._sample > 0 and time_us - self._timebase.time_us(self._sample) > PAUSE_US
        self._pausing = self._pausing + 1 if late else 0
        if self._pausing >= PAUSE_BLOCKS:
            self.broken()
        self._timebase.update(self._sample, time_us)
        begin_us = self._timebase.time_us(self._sample)
        self._sample += count
        return begin_us

    def broken(self) -> None:
        """The device has run dry: what it plays next comes later than counted."""
        self._timebase.reset()
        self._pausing = 0
