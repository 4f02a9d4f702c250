"""From sample index to monotonic time.

Blocks of a device arrive with milliseconds of jitter and its crystal differs from the machine's by up to some
hundred ppm. A second-order delay-locked loop smooths both: F. Adriaensen, "Using a DLL to filter time", Linux
Audio Conference 2005. Added to it here is what one-sided jitter asks for: an arrival can be late by any
amount but never early, so the loop is fed with the earliest arrivals, stalls are passed over and arrivals
before their time believed at once.
"""

from __future__ import annotations

import math
from typing import Protocol

SETTLE_US = 2_000_000
"""At first the loop corrects only the phase, with a bandwidth that narrows as evidence grows."""

BANDWIDTH_HZ = 0.1
"""Bandwidth from then on."""

WINDOW_US = 100_000
"""Of all arrivals in this time only the least late one counts: jitter has one sign, and some systems deliver
several blocks at a time."""

OUTLIER_US = 5_000
"""Windows later than this are passed over as a stall."""

LOST_LOCK_US = 1_000_000
"""After outliers only for this long, the loop starts afresh."""

LARGEST_DRIFT = 1e-3
"""Bound on the rate correction; sound cards are five times better."""


class Timebase(Protocol):
    """When the samples of one stream were captured."""

    @property
    def drift_ppm(self) -> float:
        """How much faster than nominal the source runs against the monotonic clock, in parts per million."""
        ...

    def update(self, end_sample: int, arrival_us: int) -> None:
        """Sound before index ``end_sample`` had arrived by ``arrival_us``."""
        ...

    def time_us(self, sample: int, rate: int | None = None) -> int:
        """Monotonic microseconds at which ``sample`` was captured.

        Args:
            sample: index, may lie ahead of the last arrival.
            rate: Hz in which ``sample`` is counted; the stream's own when omitted.
        """
        ...


class ExactTimebase:
    """For files: the first arrival fixes the origin, everything else is integer arithmetic, rounded to
    nearest."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._origin_us: int | None = None

    @property
    def drift_ppm(self) -> float:
        return 0.0

    def update(self, end_sample: int, arrival_us: int) -> None:
        if self._origin_us is None:
            self._origin_us = arrival_us - self._duration_us(end_sample, self.rate)

    def time_us(self, sample: int, rate: int | None = None) -> int:
        return (self._origin_us or 0) + self._duration_us(sample, rate or self.rate)

    @staticmethod
    def _duration_us(samples: int, rate: int) -> int:
        return (2_000_000 * samples + rate) // (2 * rate)


class LockedTimebase:
    """For devices: the delay-locked loop. Numbers inside stay small: they are relative to the latest
    arrival."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._nominal = 1e6 / rate
        self._outlier_since: int | None = None
        self._least_error = math.inf
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next arrival is believed as it is."""
        self._period = self._nominal
        self._started = False
        self._anchor(0, 0)

    @property
    def drift_ppm(self) -> float:
        return (self._nominal / self._period - 1.0) * 1e6

    @property
    def settled(self) -> bool:
        """Whether the rate is being tracked too, about 2 s after the start."""
        return self._started and self._age_us > SETTLE_US

    def time_us(self, sample: int, rate: int | None = None) -> int:
        rate = rate or self.rate
        ahead = (sample * self.rate - self._sample * rate) / rate
        return self._base_us + round(self._fraction + ahead * self._period)

    def update(self, end_sample: int, arrival_us: int) -> None:
        if not self._started:
            self._started = True
            self._anchor(end_sample, arrival_us)
            return
        count = end_sample - self._sample
        if count <= 0:
            return
        predicted = self._fraction + count * self._period
        error = (arrival_us - self._base_us) - predicted
        if error < (-OUTLIER_US if self.settled else 0.0):
            # Later blocks cannot undo this one: the line was too late by at least that much.
            self._age_us += count * self._nominal
            self._outlier_since = None
            self._move(end_sample, predicted + error)
            return
        self._least_error = min(self._least_error, error)
        if count * self._nominal >= WINDOW_US:
            self._correct(end_sample, count, predicted, arrival_us)

    def _correct(self, end_sample: int, count: int, predicted: float, arrival_us: int) -> None:
        """At the end of a window: one step of the loop with the least error in it."""
        error = self._least_error
        self._age_us += count * self._nominal
        if error > OUTLIER_US:
            self._move(end_sample, predicted)
            if self._outlier_since is None:
                self._outlier_since = arrival_us
            if arrival_us - self._outlier_since > LOST_LOCK_US:
                self._anchor(end_sample, arrival_us)
            return
        self._outlier_since = None
        bandwidth = BANDWIDTH_HZ if self.settled else max(BANDWIDTH_HZ, 0.2 * SETTLE_US / self._age_us)
        omega = min(0.5, 2.0 * math.pi * bandwidth * count * self._nominal / 1e6)
        self._move(end_sample, predicted + math.sqrt(2.0) * omega * error)
        if self.settled:
            period = self._period + omega * omega * error / count
            bound = LARGEST_DRIFT * self._nominal
            self._period = min(self._nominal + bound, max(self._nominal - bound, period))

    def _anchor(self, sample: int, time_us: int) -> None:
        """Start the phase afresh at a known point, keeping the rate learnt so far."""
        self._sample = sample
        self._base_us = time_us
        self._fraction = 0.0
        self._age_us = 0.0
        self._least_error = math.inf
        self._outlier_since = None

    def _move(self, sample: int, offset_us: float) -> None:
        """Advance the reference point; whole microseconds go to the integer part so that nothing grows."""
        whole = math.floor(offset_us)
        self._sample = sample
        self._base_us += whole
        self._least_error = math.inf
        self._fraction = offset_us - whole
