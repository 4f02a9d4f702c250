"""How evenly frames leave: counts of interval errors in fixed bins."""

from __future__ import annotations

BIN_US = 50
_BINS = 400


class IntervalHistogram:
    """Counts of absolute errors in bins of 50 us up to 20 ms; larger ones share the last bin."""

    __slots__ = ("_counts", "count", "max_us")

    def __init__(self) -> None:
        self._counts = [0] * (_BINS + 1)
        self.count = 0
        """Errors recorded."""
        self.max_us = 0
        """The largest."""

    def add(self, error_us: int) -> None:
        """Record an error; its sign does not matter."""
        size = abs(error_us)
        self._counts[min(size // BIN_US, _BINS)] += 1
        self.count += 1
        self.max_us = max(self.max_us, size)

    def percentile_us(self, share: float) -> int:
        """The error that ``share`` (0..1) of all do not exceed, rounded up to a bin's end; 0 when empty."""
        wanted = share * self.count
        seen = 0
        for index, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return min((index + 1) * BIN_US, self.max_us) if index < _BINS else self.max_us
        return 0
