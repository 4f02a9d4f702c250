"""Counters and latency histograms of fixed size, cheap enough for every frame of a day-long run.

One thread writes a histogram; any thread may read it: the worst a reader sees is a count that is one frame
old.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from cstalk_live.decibels import SILENCE_DB

_BINS_PER_OCTAVE = 16
_OCTAVES = 24
_BINS = _BINS_PER_OCTAVE * _OCTAVES + 1


class Histogram:
    """Log-spaced bins from 1 us to 2^24 us (16.8 s), 16 per octave: quantiles are within 2.2 % of the truth.

    Memory is fixed: 385 counts, whatever the number of values.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, dtype=np.int64)
        self._total = 0
        self._max_us = 0

    def add(self, value_us: int) -> None:
        """Count one value in microseconds; values outside the bins count in the nearest."""
        self._counts[_bin(value_us)] += 1
        self._total += 1
        self._max_us = max(self._max_us, value_us)

    @property
    def count(self) -> int:
        return self._total

    @property
    def max_us(self) -> int:
        """Exact largest value, 0 before the first."""
        return self._max_us

    def quantile_us(self, share: float) -> int:
        """The value below which ``share`` (0..1) of all values lie; 0 before the first value."""
        return self.quantiles_us(share)[0]

    def quantiles_us(self, *shares: float) -> tuple[int, ...]:
        """Several quantiles of one consistent copy of the counts."""
        cumulative = np.cumsum(self._counts)
        total = int(cumulative[-1])
        if total == 0:
            return (0,) * len(shares)
        bins = [int(np.searchsorted(cumulative, max(1, math.ceil(share * total)))) for share in shares]
        return tuple(min(_centre_us(index), self._max_us) for index in bins)

    def since(self, earlier: Histogram) -> Histogram:
        """What was added after ``earlier`` was copied from this one."""
        window = Histogram()
        window._counts = self._counts - earlier._counts
        window._total = int(window._counts.sum())
        window._max_us = self._max_us
        return window

    def copy(self) -> Histogram:
        twin = Histogram()
        twin._counts = self._counts.copy()
        twin._total, twin._max_us = self._total, self._max_us
        return twin


def _bin(value_us: int) -> int:
    if value_us <= 1:
        return 0
    return min(_BINS - 1, int(math.log2(value_us) * _BINS_PER_OCTAVE + 0.5))


def _centre_us(index: int) -> int:
    exact: float = 2.0 ** (index / _BINS_PER_OCTAVE)
    return round(exact)


@dataclass(slots=True)
class Metrics:
    """Everything the daemon counts: the listener writes the first group, the sender the second."""

    frames_made: int = 0
    """Frames that left the session."""
    gaps: int = 0
    """Times sound was lost and replaced by silence."""
    lost_samples: int = 0
    """24 kHz samples of silence put in for lost sound."""
    reconnects: int = 0
    """Times the source was opened again after a loss."""
    clipped_samples: int = 0
    """Source samples at full scale."""
    level_db: float = SILENCE_DB
    """RMS in dBFS of the loudest frame since the last report, so that a pause does not look like a dead
    line.
    """
    caught_up: int = 0
    """Frames that were run through the network together with later ones, because several had come at once."""
    skipped: int = 0
    """Frames of sound that the network was not given, because it could not have kept up."""
    microphone: dict[str, int] = field(default_factory=dict)
    """What the source counted: overflows, lost_samples, bad_samples, clock_jumps; all sources of the run together."""
    drift_ppm: float = 0.0
    """How much faster than nominal the source runs against the machine's clock."""
    lookahead_us: int = 0
    """Look-ahead of the newest frame made."""
    capture_us: Histogram = field(default_factory=Histogram)
    """From the capture of a frame's last sample until the listener has it: device, block and resampler."""
    features_us: Histogram = field(default_factory=Histogram)
    """Log-mel and levels of one frame."""
    step_us: Histogram = field(default_factory=Histogram)
    """The network, one frame."""
    motion_us: Histogram = field(default_factory=Histogram)
    """Motion layer and rig map of one frame."""

    frames_sent: int = 0
    """Frames handed to the outputs."""
    neutral_frames: int = 0
    """Of these, frames made for want of sound."""
    held_frames: int = 0
    """Of these, frames that repeat a pose because the one due had not come."""
    drops: int = 0
    """Frames made but not sent: newer ones were due already, or another had been sent in their place."""
    queue_us: Histogram = field(default_factory=Histogram)
    """From the end of a frame's making until its time to leave has come."""
    latency_us: Histogram = field(default_factory=Histogram)
    """From the capture of the middle of a frame's sound to the end of its sending."""
    send_us: Histogram = field(default_factory=Histogram)
    """Sending one frame to all outputs."""
    interval_us: Histogram = field(default_factory=Histogram)
    """Between one sending and the next."""

    def stages(self) -> dict[str, Histogram]:
        """The way of a frame, in order. With half a frame and the look-ahead they make up the latency."""
        return {
            "capture": self.capture_us,
            "features": self.features_us,
            "step": self.step_us,
            "motion": self.motion_us,
            "queue": self.queue_us,
            "send": self.send_us,
        }
