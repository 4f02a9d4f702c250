"""Even sending: frame n leaves at its capture time plus its look-ahead plus a constant, whatever blocks it came
from.

Sound arrives in blocks of 10 ms and frames last 16.7 ms, so frames become ready at steps of 10 and 20 ms. A
constant wait L after that time, as long as the slowest way through the program, takes the unevenness out.
Where the look-ahead is being changed, the frames' own look-ahead glides, and the sending with it.

Sleeping alone wakes up to 6 ms late under load, so the last 1.5 ms are spent looking at the clock.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from cstalk_live.clock import Clock
from cstalk_live.metrics import Histogram
from cstalk_live.records import Frame

SPIN_US = 1_500
"""Microseconds before the deadline at which sleeping ends."""

TRUSTED_SPIN_US = 300
"""The same on a thread of raised priority: measured there, 99 of 100 sleeps end within 0.2 ms. Saves 7 % of a core."""

JUMP_US = 1_000_000
"""A deadline farther away than this comes from another clock; such a frame goes at once."""

_STUCK = 256
"""Readings of the clock without a step after which it is taken for a coarse or a replaced one."""


@dataclass(frozen=True, slots=True)
class PacerStatus:
    """How evenly frames left so far."""

    released: int
    late: int
    """Of those, frames whose time had passed when they came up."""
    dropped: int
    """Frames left out because newer ones were due as well, or because nobody took them."""
    jumps: int
    """Frames with a time that no wait could lead to."""
    p50_us: int
    """Median of the absolute difference between the interval of sending and the one that was due."""
    p99_us: int
    max_us: int


class FramePacer:
    """A short queue between the thread that makes frames and the one that sends them.

    Args:
        clock: the clock of the frames' capture times.
        delay_us: L, microseconds from the middle of a frame's sound, plus the frame's look-ahead, to its
            sending. It must cover half a frame, one block of sound and the time of a step; what is too short
            shows as ``late``.
        spin_us: microseconds of watching the clock at the end of a wait; 0 only sleeps.
        backlog: due frames that may leave one after the other; of more than these only the newest are sent.
        capacity: frames the queue holds at most; the oldest goes when it is full.
        queue_us: gets the time that each frame spent here.
    """

    def __init__(
        self,
        clock: Clock,
        delay_us: int,
        *,
        spin_us: int = SPIN_US,
        backlog: int = 2,
        capacity: int = 64,
        queue_us: Histogram | None = None,
    ) -> None:
        self.delay_us = delay_us
        self._clock = clock
        self.spin_us = spin_us
        self._backlog = backlog
        self._queue: deque[tuple[Frame, int]] = deque(maxlen=max(capacity, backlog + 1))
        """Frames and when they were offered."""
        self._queue_us = queue_us if queue_us is not None else Histogram()
        self._filled = threading.Event()
        self._released = 0
        self._late = 0
        self._dropped = 0
        self._overflow = 0
        self._jumps = 0
        self._errors = Histogram()
        self._last: Frame | None = None
        self._last_sent_us = 0

    def offer(self, frame: Frame) -> None:
        """Queue a frame (producer's thread). Its arrays must stay as they are until it is sent."""
        if len(self._queue) == self._queue.maxlen:
            self._overflow += 1
        self._queue.append((frame, self._clock.now_us()))
        self._filled.set()

    def release(self) -> Frame | None:
        """The next frame, at its time (sender's thread); None when nothing is queued."""
        queue = self._queue
        now = self._clock.now_us()
        while len(queue) > self._backlog and self.due_us(queue[self._backlog][0]) <= now:
            queue.popleft()
            self._dropped += 1
        if not queue:
            return None
        frame, offered_us = queue.popleft()
        wait = self.due_us(frame) - now
        if wait > JUMP_US:
            self._jumps += 1
        elif wait > 0:
            now = self._wait_until(now + wait)
        elif wait < 0:
            self._late += 1
        self._queue_us.add(now - offered_us)
        self._record(frame, now)
        return frame

    def run(self, send: Callable[[Frame], None], stop: threading.Event) -> None:
        """Pass every frame to ``send`` at its time until ``stop`` is set (seen within 50 ms and one wait)."""
        while not stop.is_set():
            frame = self.release()
            if frame is not None:
                send(frame)
            elif self._filled.wait(0.05):
                # Cleared before looking again: a frame offered in between sets it once more.
                self._filled.clear()

    def status(self) -> PacerStatus:
        """Counts and interval errors so far."""
        p50, p99 = self._errors.quantiles_us(0.50, 0.99)
        return PacerStatus(
            released=self._released,
            late=self._late,
            dropped=self._dropped + self._overflow,
            jumps=self._jumps,
            p50_us=p50,
            p99_us=p99,
            max_us=self._errors.max_us,
        )

    @property
    def waiting(self) -> int:
        """Frames in the queue."""
        return len(self._queue)

    @property
    def head(self) -> Frame | None:
        """The frame that goes next; None when nothing is queued."""
        try:
            return self._queue[0][0]
        except IndexError:
            return None

    def due_us(self, frame: Frame) -> int:
        """When it is the frame's time to leave."""
        return frame.capture_us + frame.lookahead_us + self.delay_us

    def _wait_until(self, deadline: int) -> int:
        """Let the clock reach ``deadline``; returns its reading then."""
        clock = self._clock
        now = clock.now_us()
        clock.sleep_us(deadline - self.spin_us - now)
        now = clock.now_us()
        stuck = 0
        while now < deadline:
            before, now = now, clock.now_us()
            stuck = stuck + 1 if now == before else 0
            if stuck >= _STUCK:
                clock.sleep_us(deadline - now)
                now = clock.now_us()
                break
        return now

    def _record(self, frame: Frame, now: int) -> None:
        self._released += 1
        last = self._last
        if last is not None and frame.index == last.index + 1:
            self._errors.add(abs((now - self._last_sent_us) - (self.due_us(frame) - self.due_us(last))))
        self._last = frame
        self._last_sent_us = now
