"""Runs of consecutive numbers, as a take's metadata lists its gaps."""

from __future__ import annotations

MAX_SPANS = 10_000


class Spans:
    """Ascending, non-overlapping ``[first, count]`` pairs; keeps the first 10,000 and the total of all."""

    __slots__ = ("_spans", "total")

    def __init__(self) -> None:
        self._spans: list[list[int]] = []
        self.total = 0
        """Numbers covered."""

    def add(self, first: int, count: int = 1) -> None:
        """Cover ``first .. first + count - 1``, which must lie after everything covered so far."""
        if count < 1:
            return
        self.total += count
        if self._spans and sum(self._spans[-1]) == first:
            self._spans[-1][1] += count
        elif len(self._spans) < MAX_SPANS:
            self._spans.append([first, count])

    def as_lists(self) -> list[list[int]]:
        """The pairs, for JSON."""
        return [list(span) for span in self._spans]
