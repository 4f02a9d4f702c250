"""Between the audio callback and the reading thread: one writes, one reads, nobody waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FloatArray

STAMPS = 8192
"""Callbacks remembered at most; 2 s of the smallest blocks seen (17 samples at 48 kHz) need 5,600."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What one callback delivered."""

    samples: FloatArray
    """float32 [n]."""
    arrival_us: int
    """Monotonic microseconds of the callback."""
    lost_before: int
    """Samples that found the ring full since the callback before it."""


class CaptureRing:
    """Single-producer, single-consumer ring of samples and of one time stamp per callback.

    ``_blocks_in``, ``_samples_in`` and ``_lost`` are written by the callback only, ``_blocks_out`` and
    ``_samples_out`` by the reader only. A count is advanced after the data it vouches for is in place, so
    neither side needs a lock.
    """

    def __init__(self, capacity: int) -> None:
        self._sound: FloatArray = np.zeros(capacity, np.float32)
        self._counts: NDArray[np.int64] = np.zeros(STAMPS, np.int64)
        self._times: NDArray[np.int64] = np.zeros(STAMPS, np.int64)
        self._losses: NDArray[np.int64] = np.zeros(STAMPS, np.int64)
        self._blocks_in = 0
        self._samples_in = 0
        self._lost = 0
        self._blocks_out = 0
        self._samples_out = 0

    def write(self, samples: FloatArray, arrival_us: int) -> None:
        """Callback side: copy float32 [n]. Unread sound is never overwritten; what has no room is counted as
        lost."""
        count = len(samples)
        room = len(self._sound) - (self._samples_in - self._samples_out)
        if count > room or self._blocks_in - self._blocks_out >= STAMPS:
            self._lost += count
            return
        start = self._samples_in % len(self._sound)
        head = min(count, len(self._sound) - start)
        self._sound[start : start + head] = samples[:head]
        self._sound[: count - head] = samples[head:]
        slot = self._blocks_in % STAMPS
        self._counts[slot] = count
        self._times[slot] = arrival_us
        self._losses[slot] = self._lost
        self._lost = 0
        self._samples_in += count
        self._blocks_in += 1

    def read(self) -> Captured | None:
        """Reader side: the oldest unread block, copied, or ``None``."""
        if self._blocks_out == self._blocks_in:
            return None
        slot = self._blocks_out % STAMPS
        count = int(self._counts[slot])
        start = self._samples_out % len(self._sound)
        head = self._sound[start : start + count]
        samples = np.concatenate((head, self._sound[: count - len(head)]))
        captured = Captured(samples, int(self._times[slot]), int(self._losses[slot]))
        self._samples_out += count
        self._blocks_out += 1
        return captured
