"""Finds lost sound by counting samples against the monotonic clock.

Overflow flags of audio interfaces cannot be trusted: some lose nothing and raise one, others lose sound and
raise none, and after a stall the missing samples often come back in one burst. Only a count that *stays*
behind the clock while sound is flowing again is a loss.
"""

from __future__ import annotations

PATIENCE_US = 200_000
"""Time for which sound must keep arriving late before it counts as lost; a burst after a stall is over
sooner."""

SLEW_PPM = 500
"""How fast the reference follows a slow card. Cards are within 200 ppm; losses smaller than a block that
recur faster than this add up and are reported."""

JUMP_US = 5_000_000
"""More than this missing at once is not lost sound but a machine that slept or a clock that was moved."""

LARGEST_TOLERANCE_US = 100_000
"""Bound on the jitter that a device can teach."""

_SURPRISE_US = 1_000
_WINDOW_US = 1_000_000


class GapWatch:
    """Told of every arrival, says how many samples of silence restore the count. Pure; no clock of its own.

    Args:
        rate: Hz.
        block: samples; lateness of up to one block is ordinary jitter. What is reported as lost but arrives
            after all widens that, so that a device with wild timing is not filled with silence for ever.
    """

    def __init__(self, rate: int, block: int) -> None:
        self.rate = rate
        self.tolerance_us = block * 1_000_000 // rate
        self.missing = 0
        """Samples reported as lost so far."""
        self.jumps = 0
        """Times the clock ran away from the sound by more than 5 s, which is not reported as loss."""
        self._origin: tuple[int, int] | None = None
        self._reference_us = 0
        self._late_since: int | None = None
        self._least_late = 0
        self._window_start = 0
        self._window_least = 0
        self._reported_us = 0

    def arrived(self, total: int, arrival_us: int) -> int:
        """Account for sound up to sample ``total`` (received and known lost, not what this reported) at
        ``arrival_us``.

        Returns:
            Samples lost before this arrival and not yet reported; 0 when all is well.
        """
        if self._origin is None:
            self._origin = (total, arrival_us)
            self._window_start = arrival_us
            return 0
        first_total, first_us = self._origin
        heard_us = (total - first_total + self.missing) * 1_000_000 // self.rate
        late = (arrival_us - first_us) - heard_us - self._reference_us
        if late < 0:
            # Nothing arrives before it was captured, so the reference itself was late.
            self._reference_us += late
            self._learn_jitter(-late)
            late = 0
            self._begin_window(arrival_us)
        if late > self.tolerance_us:
            return self._lagging(late, arrival_us)
        self._late_since = None
        self._follow_drift(late, arrival_us)
        return 0

    def _lagging(self, late: int, arrival_us: int) -> int:
        if self._late_since is None:
            self._late_since, self._least_late = arrival_us, late
        self._least_late = min(self._least_late, late)
        if arrival_us - self._late_since <= PATIENCE_US:
            return 0
        self._late_since = None
        self._begin_window(arrival_us)
        if self._least_late > JUMP_US:
            self._reference_us += self._least_late
            self.jumps += 1
            return 0
        lost = self._least_late * self.rate // 1_000_000
        self.missing += lost
        self._reported_us += self._least_late
        return lost

    def _learn_jitter(self, early_us: int) -> None:
        """Sound came earlier than thought possible: was what we reported not lost?"""
        if early_us < _SURPRISE_US:
            return  # a fast card does this all the time, a few microseconds a block
        wrong = min(early_us, self._reported_us)
        self._reported_us -= wrong
        self.tolerance_us = min(LARGEST_TOLERANCE_US, self.tolerance_us + wrong)

    def _begin_window(self, arrival_us: int) -> None:
        self._window_start, self._window_least = arrival_us, self.tolerance_us

    def _follow_drift(self, late: int, arrival_us: int) -> None:
        """Once a second move the reference towards the least lateness seen, at most ``SLEW_PPM`` fast."""
        self._window_least = min(self._window_least, late)
        elapsed = arrival_us - self._window_start
        if elapsed >= _WINDOW_US:
            self._reference_us += min(self._window_least, elapsed * SLEW_PPM // 1_000_000)
            self._begin_window(arrival_us)
