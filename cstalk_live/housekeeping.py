"""Keeps Python's garbage collector out of the hot path of a long run.

A full collection of this program takes 20 ms and more and stops every thread. So all that is loaded by the start is
frozen out of it, automatic collections are off, and what little can come in cycles afterwards is collected at moments
chosen by the sender, just after a frame has left: well under a millisecond, since only that little is looked at.
"""

from __future__ import annotations

import gc
import threading

from cstalk_live.clock import Clock

EVERY_US = 10_000_000
"""Between two collections; the hot path makes no cycles, so there is hardly anything to find."""


class QuietMemory:
    """The collector's state during one run: :meth:`begin`, :meth:`tidy` at quiet moments, :meth:`end`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next_us = 0
        self._automatic = False
        self._begun = False
        self.collections = 0
        """Collections at quiet moments so far."""
        self.longest_us = 0
        """The longest of them."""

    def begin(self) -> None:
        """Leave all that is loaded by now out of later collections, and stop the automatic ones."""
        with _LOCK:
            self._automatic = gc.isenabled() or any(_RUNS.values())
            _RUNS[self] = self._automatic
            gc.collect()
            gc.freeze()
            gc.disable()
        self._begun = True
        self._next_us = self._clock.now_us() + EVERY_US

    def tidy(self) -> None:
        """Collect if it is time to; nothing for 10 s after the last time."""
        now_us = self._clock.now_us()
        if now_us < self._next_us:
            return
        gc.collect()
        self._next_us = now_us + EVERY_US
        self.collections += 1
        self.longest_us = max(self.longest_us, self._clock.now_us() - now_us)

    def end(self) -> None:
        """Everything as before :meth:`begin`."""
        if not self._begun:
            return
        self._begun = False
        with _LOCK:
            del _RUNS[self]
            if _RUNS:
                return
            gc.unfreeze()
            if self._automatic:
                gc.enable()


_LOCK = threading.Lock()
_RUNS: dict[QuietMemory, bool] = {}
"""Runs of this program that are under way, and whether collections were automatic before the first: the collector is
the whole program's, so the last to end puts it back."""
