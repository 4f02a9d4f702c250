"""The second half of a live run: every frame goes to every output at its time, and one always goes.

When no frame has come for 0.1 s the face eases to neutral and frames go on at 60 a second, timed by the
clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cstalk_live.clock import Clock
from cstalk_live.errors import CSTalkError
from cstalk_live.metrics import Metrics
from cstalk_live.output.base import Output
from cstalk_live.output.pacing import FramePacer
from cstalk_live.records import FPS, Frame
from cstalk_live.resting import RestingFace

PATIENCE_US = 100_000
"""A frame this late is not coming soon: six frames, below what an eye takes for a freeze."""

_SECOND_US = 1_000_000
_LONGEST_WAIT_US = 10_000


@dataclass(frozen=True, slots=True)
class _Sent:
    index: int
    capture_us: int
    sent_us: int


class Sender:
    """Sends frames, a turn at a time. ``turn`` belongs to one thread; ``offer`` may be called from another.

    Args:
        outputs: in the order in which they get each frame. One that fails hard is closed and left out.
        delay_us: microseconds from the middle of a frame's sound to its sending, see :class:`FramePacer`.
        rests: make neutral frames while there are none; off for a file, whose frames are all there is.
        backlog: due frames that may leave one after the other before older ones are left out.
        say: gets one line when an output fails.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        clock: Clock,
        metrics: Metrics,
        *,
        delay_us: int,
        rests: bool,
        backlog: int,
        say: Callable[[str], None],
    ) -> None:
        self._outputs = list(outputs)
        self._clock = clock
        self._metrics = metrics
        self._rests = rests
        self._say = say
        self._delay_us = delay_us
        self._pacer = FramePacer(clock, delay_us, backlog=backlog, capacity=max(64, backlog))
        self._face = RestingFace()
        self._waiting = threading.Event()
        self._last: _Sent | None = None
        self._stale = 0
        self._resting = False
        self._next_second_us = 0

    def offer(self, frame: Frame) -> None:
        """Queue a frame; never waits."""
        self._pacer.offer(frame)
        self._waiting.set()

    def wait(self) -> None:
        """Sleep until a frame is offered or a neutral one is due, 10 ms at the longest."""
        wait_us = _LONGEST_WAIT_US
        if self._resting and self._last is not None:
            wait_us = min(wait_us, self._neutral_due_us(self._last) - self._clock.now_us())
        if wait_us > 0 and self._waiting.wait(wait_us / 1e6):
            self._waiting.clear()

    def turn(self) -> bool:
        """Send one frame, waiting for its time; False when none is queued and no neutral one is due."""
        now_us = self._clock.now_us()
        if now_us >= self._next_second_us:
            self._every_second(now_us)
        frame = self._pacer.release()
        if frame is None:
            return self._send_neutral(now_us)
        if self._last is not None and frame.index <= self._last.index:
            self._stale += 1
            return True
        self._resting = False
        self._send(self._face.live(frame), frame.capture_us)
        return True

    @property
    def latency_us(self) -> int:
        """From the middle of a frame's sound to the end of its sending, for a frame that was made in time."""
        return self._pacer.delay_us + self._metrics.send_us.quantile_us(0.5)

    @property
    def drops(self) -> int:
        """Frames that were left out because newer ones were due."""
        return self._stale + self._pacer.status().dropped

    @property
    def interval_error_p99_us(self) -> int:
        """99th percentile of the difference between sending and capture intervals of live frames."""
        return self._pacer.status().p99_us

    def close(self) -> None:
        """Close every output, whatever happens to the others."""
        for output in self._outputs:
            self._guarded(output, output.close)

    def _send_neutral(self, now_us: int) -> bool:
        if not self._rests or self._last is None:
            return False
        due_us = self._neutral_due_us(self._last)
        if now_us < due_us + (0 if self._resting else PATIENCE_US):
            return False
        behind = 1
        if not self._resting or now_us > due_us + PATIENCE_US:
            behind = max(1, (now_us - self._delay_us - self._last.capture_us) * FPS // _SECOND_US)
        capture_us = self._last.capture_us + behind * _SECOND_US // FPS
        self._resting = True
        self._metrics.neutral_frames += 1
        self._send(self._face.neutral(self._last.index + behind, capture_us), capture_us)
        return True

    def _neutral_due_us(self, last: _Sent) -> int:
        return last.capture_us + _SECOND_US // FPS + self._delay_us

    def _send(self, frame: Frame, capture_us: int) -> None:
        begin_us = self._clock.now_us()
        for output in self._outputs:
            try:
                output.send(frame)
            except (CSTalkError, OSError) as error:
                self._leave_out(output, error)
        end_us = self._clock.now_us()
        metrics = self._metrics
        if self._last is not None:
            metrics.interval_us.add(begin_us - self._last.sent_us)
        metrics.send_us.add(end_us - begin_us)
        metrics.latency_us.add(end_us - capture_us)
        metrics.frames_sent += 1
        self._last = _Sent(frame.index, capture_us, begin_us)

    def _every_second(self, now_us: int) -> None:
        self._next_second_us = now_us + _SECOND_US
        for output in tuple(self._outputs):
            self._guarded(output, partial(output.second, now_us))

    def _guarded(self, output: Output, action: Callable[[], object]) -> None:
        try:
            action()
        except (CSTalkError, OSError) as error:
            self._leave_out(output, error)

    def _leave_out(self, output: Output, error: Exception) -> None:
        self._outputs = [other for other in self._outputs if other is not output]
        self._say(f"{output.name} failed and is left out: {error}")
