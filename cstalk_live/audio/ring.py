"""A fixed stretch of 24 kHz sound, addressed by the absolute index of its samples."""

from __future__ import annotations

import numpy as np

from cstalk_live.errors import AudioError
from cstalk_live.records import FloatArray


class SoundRing:
    """Keeps the latest ``capacity`` samples and never overwrites one that has not been released.

    One thread writes and one reads; ``newest`` is set by the writer only and ``released`` by the reader only,
    each after the samples concerned have been copied. Where the reader asks by time and never for what is old,
    the writer may release in its place.

    Args:
        capacity: samples kept.
        first_sample: index of the first sample that will be written.
    """

    def __init__(self, capacity: int, first_sample: int = 0) -> None:
        self._sound: FloatArray = np.zeros(capacity, np.float32)
        self._begin = first_sample
        self._newest = first_sample
        self._released = first_sample
        self.refused = 0
        """Samples turned away because unread ones were in their place."""
        self.filled = 0
        """Samples of silence put where the writer skipped some."""

    @property
    def capacity(self) -> int:
        return len(self._sound)

    @property
    def newest(self) -> int:
        """Index after the last sample written."""
        return self._newest

    @property
    def oldest(self) -> int:
        """Index of the earliest sample that can still be read."""
        return max(self._begin, self._newest - self.capacity)

    def write(self, first_sample: int, samples: FloatArray) -> int:
        """Append float32 [n] ``samples``, whose first has index ``first_sample``; a hole before it becomes
        silence.

        What finds no room is refused and counted; the next write will see a hole there.

        Returns:
            How many of ``samples`` were taken.

        Raises:
            AudioError: ``first_sample`` lies before the newest sample, so time would run backwards.
        """
        if first_sample < self._newest:
            raise AudioError(
                f"sound went back from sample {self._newest} to {first_sample}",
                "restart the stream: its source repeats itself",
            )
        limit = self._released + self.capacity
        silence = min(first_sample, limit) - self._newest
        taken = max(0, min(len(samples), limit - first_sample))
        if silence:
            self._place(self._newest, np.broadcast_to(np.float32(0), silence))
            self.filled += silence
        if taken:
            self._place(first_sample, samples[:taken])
        self.refused += len(samples) - taken
        self._newest += silence + taken
        return taken

    def read(self, first_sample: int, count: int) -> FloatArray:
        """Copy of ``count`` samples from index ``first_sample``, float32 [count]. Does not release them.

        Raises:
            IndexError: some of them are no longer, or not yet, here.
        """
        if count < 0 or first_sample < self.oldest or first_sample + count > self._newest:
            raise IndexError(f"samples {first_sample}..{first_sample + count} are not in {self.oldest}..{self._newest}")
        start = first_sample % self.capacity
        head = self._sound[start : start + count]
        return np.concatenate((head, self._sound[: count - len(head)]))

    def release(self, up_to: int) -> None:
        """Allow samples before index ``up_to`` to be overwritten; they stay readable until that happens."""
        self._released = max(self._released, min(up_to, self._newest))

    def _place(self, first_sample: int, samples: FloatArray) -> None:
        start = first_sample % self.capacity
        head = min(len(samples), self.capacity - start)
        self._sound[start : start + head] = samples[:head]
        self._sound[: len(samples) - head] = samples[head:]
