"""The second half of a live run: every frame goes to every output at its time, and one always goes.

Live, a frame number never waits for its pose. One that is not there half a frame after its time is sent with the
last pose, flagged HELD; after 0.1 s of that the face eases to rest. While there is no source the frames are
flagged NEUTRAL instead, also before the first sound. A pose that comes after its number was sent is the next one to
repeat, so that a machine too slow for 60 steps a second still moves the face.
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
from cstalk_live.output.pacing import TRUSTED_SPIN_US, FramePacer
from cstalk_live.records import FPS, Frame
from cstalk_live.resting import RestingFace

FRAME_US = 1_000_000 // FPS

GRACE_US = FRAME_US // 2
"""A pose may come this late and still leave under its own number; no interval of sending grows by more."""

BEHIND_US = 100_000
"""A sender farther behind than this leaves numbers out instead of sending them in a row."""

_SECOND_US = 1_000_000
_LONGEST_WAIT_US = 10_000


@dataclass(frozen=True, slots=True)
class _Sent:
    index: int
    capture_us: int
    sent_us: int
    lookahead_us: int


class Sender:
    """Sends frames, a turn at a time. ``turn`` belongs to one thread; ``offer`` may be called from another.

    Args:
        outputs: in the order in which they get each frame. One that fails hard is closed and left out.
        delay_us: microseconds from the middle of a frame's sound, plus its look-ahead, to its sending; see
            :class:`FramePacer`.
        lives: fill in for frames that do not come; off for a file, whose frames are all there is.
        backlog: due frames that may leave one after the other before older ones are left out.
        say: gets one line when an output fails.
        lost: whether there is no source at present.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        clock: Clock,
        metrics: Metrics,
        *,
        delay_us: int,
        lives: bool,
        backlog: int,
        say: Callable[[str], None],
        lost: Callable[[], bool],
    ) -> None:
        self._outputs = list(outputs)
        self._clock = clock
        self._metrics = metrics
        self._lives = lives
        self._say = say
        self._lost = lost
        self._delay_us = delay_us
        self._pacer = FramePacer(clock, delay_us, backlog=backlog, capacity=max(64, backlog), queue_us=metrics.queue_us)
        self._face = RestingFace()
        self._waiting = threading.Event()
        self._last: _Sent | None = None
        self._stale = 0
        self._neutral = False
        """There was no source; so it stays until a pose of the new stream is here."""
        self._next_second_us = 0

    def begin(self, origin_us: int, lookahead_us: int) -> None:
        """The run begins: until the first sound, neutral frames from number 0, whose sound would begin at
        ``origin_us``."""
        if self._lives:
            self._last = _Sent(-1, origin_us - FRAME_US // 2, 0, lookahead_us)
            self._neutral = True

    def trust_sleep(self) -> None:
        """This thread is woken in time, so the clock need hardly be watched."""
        self._pacer.spin_us = TRUSTED_SPIN_US

    def offer(self, frame: Frame) -> None:
        """Queue a frame; never waits."""
        self._pacer.offer(frame)
        self._waiting.set()

    def wait(self) -> None:
        """Sleep until a frame is offered or one is due without a pose, 10 ms at the longest."""
        wait_us = _LONGEST_WAIT_US
        if self._lives and self._last is not None:
            now_us = self._clock.now_us()
            sure = self._neutral or self._gap_ahead(now_us) or self._lost()
            wait_us = min(wait_us, self._filled_at_us(self._last, sure) - now_us)
        if wait_us > 0 and self._waiting.wait(wait_us / 1e6):
            self._waiting.clear()

    def turn(self) -> bool:
        """Send one frame, waiting for its time; False when none is queued and none is due without a pose."""
        now_us = self._clock.now_us()
        if now_us >= self._next_second_us:
            self._every_second(now_us)
        if self._gap_ahead(now_us):
            return self._fill(now_us, sure=True)
        frame = self._pacer.release()
        if frame is None:
            return self._fill(now_us, sure=self._neutral or self._lost())
        self._neutral = False
        if self._last is not None and frame.index <= self._last.index:
            self._stale += 1
            self._face.know(frame)
            return True
        self._send(self._face.live(frame))
        return True

    @property
    def latency_us(self) -> int:
        """From the middle of a frame's sound to the end of its sending, for a frame that was made in time."""
        return self._delay_us + self._metrics.lookahead_us + self._metrics.send_us.quantile_us(0.5)

    @property
    def drops(self) -> int:
        """Frames whose own number was not sent with their pose: newer ones were due, or they came too late."""
        return self._stale + self._pacer.status().dropped

    @property
    def waiting(self) -> int:
        """Frames in the queue."""
        return self._pacer.waiting

    @property
    def interval_error_p99_us(self) -> int:
        """99th percentile of the difference between the intervals of sending and those that were due."""
        return self._pacer.status().p99_us

    def close(self) -> None:
        """Close every output, whatever happens to the others."""
        for output in self._outputs:
            self._guarded(output, output.close)

    def _gap_ahead(self, now_us: int) -> bool:
        """The next frame queued is not due yet, and numbers before it will never come."""
        head = self._pacer.head
        if not self._lives or self._last is None or head is None:
            return False
        return head.index > self._last.index + 1 and self._pacer.due_us(head) > now_us

    def _fill(self, now_us: int, sure: bool) -> bool:
        """Send the frame whose pose has not come, or surely will not come, if it is time to."""
        last = self._last
        if not self._lives or last is None or now_us < self._filled_at_us(last, sure):
            return False
        behind = 1
        if now_us > self._due_us(last) + BEHIND_US:
            behind = max(1, (now_us - self._delay_us - last.lookahead_us - last.capture_us) * FPS // _SECOND_US)
        capture_us = last.capture_us + behind * _SECOND_US // FPS
        self._neutral = self._neutral or self._lost()
        if self._neutral:
            self._metrics.neutral_frames += 1
            frame = self._face.neutral(last.index + behind, capture_us)
        else:
            self._metrics.held_frames += 1
            frame = self._face.held(last.index + behind, capture_us)
        self._send(frame, last.lookahead_us)
        return True

    def _due_us(self, last: _Sent) -> int:
        """When the frame after ``last`` is due."""
        return last.capture_us + FRAME_US + last.lookahead_us + self._delay_us

    def _filled_at_us(self, last: _Sent, sure: bool) -> int:
        """When it is sent without a pose of its own; ``sure``: there is no use in waiting for one."""
        return self._due_us(last) + (0 if sure else GRACE_US)

    def _send(self, frame: Frame, lookahead_us: int | None = None) -> None:
        """Give a frame to all outputs; one made here is timed by the look-ahead of the last live one."""
        wait_us = frame.lookahead_us if lookahead_us is None else lookahead_us
        begin_us = self._clock.now_us()
        for output in self._outputs:
            try:
                output.send(frame)
            except (CSTalkError, OSError) as error:
                self._leave_out(output, error)
        end_us = self._clock.now_us()
        metrics = self._metrics
        if self._last is not None and self._last.index >= 0:
            metrics.interval_us.add(begin_us - self._last.sent_us)
        metrics.send_us.add(end_us - begin_us)
        if lookahead_us is None:
            metrics.latency_us.add(end_us - frame.capture_us)
        metrics.frames_sent += 1
        self._last = _Sent(frame.index, frame.capture_us, begin_us, wait_us)

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
