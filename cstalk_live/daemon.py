"""A running program: the pipeline's threads, from the source to the outputs, and their clean end.

    source -> Intake -> Session        listener thread (``listening``)
                 |
             FramePacer -> outputs     sender thread (``sending``)
                 |
             status                    the thread that called ``run``
             companions                a thread each: what follows the face's latency

This is the only file that knows threads. Both halves work in turns, so they also run one after the other on a
single thread (``threads=False``): with a :class:`FakeClock` and a file a whole run is then exact, repeatable
and faster than real time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from cstalk_live.clock import Clock
from cstalk_live.companion import Companion
from cstalk_live.denormals import flush_denormals
from cstalk_live.direction import Direction
from cstalk_live.housekeeping import QuietMemory
from cstalk_live.listening import Listener, OpenSource
from cstalk_live.lookahead import describe, frames_us, nearest_frames
from cstalk_live.metrics import Metrics
from cstalk_live.output.base import Output
from cstalk_live.priority import ordinary_priority, raise_priority
from cstalk_live.records import FloatArray
from cstalk_live.sending import Sender
from cstalk_live.session import Session
from cstalk_live.source_news import SourceState
from cstalk_live.status import Severity, StatusReport, names_in_order

_JOIN_S = 5.0


class Watcher(Protocol):
    """Whoever shows how the run fares (``status.StatusPrinter``)."""

    interval_s: float

    def status(self, report: dict[str, Any]) -> None: ...

    def say(self, message: str, severity: Severity = "info") -> None: ...


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a run is timed and when it ends."""

    delay_us: int
    """From the middle of a frame's sound to its sending at the look-ahead of the start, which is part of it."""
    live: bool = True
    """A device: neutral frames fill its absence, and of late frames only the newest go out. Off for files."""
    seconds: float | None = None
    """End after this long; None runs until the source ends or someone stops it."""
    gain_db: float = 0.0
    device_latency_us: int = 0
    threads: bool = True
    """Off: everything on the calling thread, in turns."""
    priority: bool = False
    """Raise the priority of the listener's and the sender's thread where the system allows it."""


class Daemon:
    """One run. ``run`` blocks; ``stop`` may be called from any thread or signal handler.

    Args:
        open_source: gives an opened source; called again after a loss.
        session: a warmed-up pipeline.
        outputs: get every frame, in this order; closed at the end.
        take_sound: also get the 24 kHz sound (``TakeRecorder.write_sound``).
        companions: go along with the run; one that fails is left out.
        directed: gives what the face is told beside the sound: it is muted so, and the status tells it.
        each_second: called at every status report, on the thread that called ``run``.
        watcher: is shown the state and told what happens.
        clock: the clock of capture times, pacing and the end.
    """

    def __init__(
        self,
        open_source: OpenSource,
        session: Session,
        outputs: Sequence[Output],
        watcher: Watcher,
        clock: Clock,
        settings: RunSettings,
        *,
        take_sound: Sequence[Callable[[int, FloatArray], None]] = (),
        companions: Sequence[Companion] = (),
        each_second: Sequence[Callable[[], None]] = (),
        directed: Callable[[], Direction] = Direction,
    ) -> None:
        self.metrics = Metrics()
        self.metrics.lookahead_us = frames_us(session.delay_frames)
        self._outputs = dict(zip(names_in_order([output.name for output in outputs]), outputs, strict=True))
        self._companions = tuple(companions)
        self._left_out: list[Companion] = []
        self._watcher = watcher
        self._clock = clock
        self._settings = settings
        self._take_sound = tuple(take_sound)
        self._each_second = each_second
        self._directed = directed
        self._session = session
        self._memory = QuietMemory(clock)
        self._base_us = settings.delay_us - frames_us(session.delay_frames)
        self._stop = threading.Event()
        self._over = threading.Event()
        """Set when the last frame has gone out: only then the companions end."""
        self._failure: Exception | None = None
        self._sender = Sender(
            outputs,
            clock,
            self.metrics,
            delay_us=self._base_us,
            lives=settings.live,
            backlog=2 if settings.live else _EVERY_FRAME,
            say=self._warn,
            lost=lambda: not self._listener.hearing,
        )
        self._listener = Listener(
            open_source,
            session,
            clock,
            self.metrics,
            take_frame=self._sender.offer,
            take_sound=self._record_sound,
            say=self._warn,
            gain_db=settings.gain_db,
            device_latency_us=settings.device_latency_us,
            lives=settings.live,
            muted=lambda: directed().muted,
        )

    @property
    def delay_us(self) -> int:
        """From the middle of a frame's sound to its sending, as it is now."""
        return self._base_us + self.metrics.lookahead_us

    def set_lookahead(self, wanted_ms: float) -> str:
        """Turn the look-ahead to the trained delay next to ``wanted_ms``, without a jump; from any thread.

        Returns:
            what it comes to, in words; that is also said.
        """
        self._session.look_ahead(nearest_frames(self._session.delays, wanted_ms))
        told = describe(self._session.delays, wanted_ms)
        self._watcher.say(told)
        return told

    def set_gain(self, gain_db: float) -> None:
        """Turn the gain on the sound, without a click; from any thread."""
        self._listener.gain.turn(gain_db)

    def reopen_source(self) -> None:
        """Close the microphone and open it again, or another one if that is meant now; the face rests meanwhile. From
        any thread; for a source that is live.
        """
        self._listener.reopen()

    @property
    def source(self) -> SourceState:
        """What the face hears."""
        return self._listener.source

    @property
    def drops(self) -> int:
        """Frames whose own number was not sent with their pose."""
        return self._sender.drops

    def run(self) -> dict[str, Any]:
        """Open the source and go on until it ends, the time is up or ``stop`` is called; the run's summary.

        Raises:
            AudioError: the source cannot be opened, or its sound is damaged. Outputs are closed properly, so
                whatever was being recorded is kept.
        """
        report = StatusReport(self.metrics, self._clock.now_us())
        try:
            self._memory.begin()
            if not self._settings.live:
                for companion in self._companions:
                    self._guarded_companion(companion, companion.get_ready)
            origin_us = self._listener.open()
            self._sender.begin(origin_us, frames_us(self._session.delay_frames))
            if self._settings.threads:
                self._run_threads(report)
            else:
                self._run_in_turns(report)
        finally:
            self._listener.close()
            self._sender.close()
            self._memory.end()
        if self._failure is not None:
            raise self._failure
        self._tell_errors()
        self.metrics.drops = self._sender.drops
        summary = report.summary(self._clock.now_us(), self._output_states())
        return {**summary, "interval_error_p99_ms": self._sender.interval_error_p99_us / 1000.0}

    def stop(self) -> None:
        """End the run soon; frames that are due still go out."""
        self._stop.set()

    def _run_threads(self, report: StatusReport) -> None:
        listener = threading.Thread(target=self._guarded(self._listen), name="listener", daemon=True)
        sender = threading.Thread(target=self._guarded(self._send), name="sender", daemon=True)
        along = [
            threading.Thread(target=self._go_along, args=(companion,), name=companion.name, daemon=True)
            for companion in self._companions
        ]
        for thread in (listener, sender, *along):
            thread.start()
        if self._settings.priority:
            # While this thread holds the interpreter's lock the other two wait for it, whatever their own priority.
            raise_priority()
        try:
            self._watch(report, listener)
        finally:
            if self._settings.priority:
                ordinary_priority()
            self._stop.set()
            listener.join(_JOIN_S)
            sender.join(_JOIN_S)
            self._over.set()
            for thread in along:
                thread.join(_JOIN_S)

    def _watch(self, report: StatusReport, listener: threading.Thread) -> None:
        """Show the state until the listener is done, the time is up or someone stops the run."""
        begin_us = self._clock.now_us()
        next_us = begin_us + self._interval_us
        while listener.is_alive() and not self._stop.is_set():
            now_us = self._clock.now_us()
            if self._time_is_up(begin_us, now_us):
                break
            if now_us >= next_us:
                next_us = max(next_us + self._interval_us, now_us)
                self._show(report, now_us)
            self._stop.wait(_WATCH_S)

    def _run_in_turns(self, report: StatusReport) -> None:
        begin_us = self._clock.now_us()
        next_us = begin_us + self._interval_us
        while not (self._stop.is_set() or self._listener.ended):
            self._listener.turn()
            while self._sender.turn():
                pass
            for companion in self._companions:
                if companion not in self._left_out:
                    self._guarded_companion(companion, partial(companion.turn, self._sender.latency_us))
            now_us = self._clock.now_us()
            self._memory.tidy()
            if now_us >= next_us:
                next_us += self._interval_us
                self._show(report, now_us)
            if self._time_is_up(begin_us, now_us):
                break
        for companion in self._companions:
            self._guarded_companion(companion, companion.close)

    def _listen(self) -> None:
        self._prefer()
        while not (self._stop.is_set() or self._listener.ended):
            self._listener.turn()

    def _send(self) -> None:
        """Ends once the listener is done and every frame that it made has gone out."""
        if self._prefer():
            self._sender.trust_sleep()
        while True:
            if self._sender.turn():
                if not self._sender.waiting:
                    self._memory.tidy()  # a frame has just left and the next is 10 ms away: the safest moment there is
                continue
            if self._listener.ended or self._stop.is_set():
                break
            self._sender.wait()

    def _go_along(self, companion: Companion) -> None:
        """A companion's thread. It outlives the listener: frames that are still owed have their sound."""
        while not self._over.is_set() and companion not in self._left_out:
            self._guarded_companion(companion, partial(companion.turn, self._sender.latency_us))
            self._over.wait(companion.pause_s)
        self._guarded_companion(companion, companion.close)

    def _guarded_companion(self, companion: Companion, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it is, the face goes on
            if companion in self._left_out:
                return
            self._left_out.append(companion)
            self._watcher.say(f"{companion.name} failed and is left out: {error}", "error")

    def _prefer(self) -> bool:
        """Give this thread what the system allows of priority, and of speed with tiny numbers; whether it is ahead of
        ordinary threads."""
        flush_denormals()
        return self._settings.priority and raise_priority().raised

    def _guarded(self, work: Callable[[], None]) -> Callable[[], None]:
        """``work`` for a thread: a failure ends the run and is raised by ``run``."""

        def guarded() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - raised again by run()
                self._failure = error
                self._stop.set()

        return guarded

    def _time_is_up(self, begin_us: int, now_us: int) -> bool:
        seconds = self._settings.seconds
        return seconds is not None and now_us - begin_us >= seconds * 1e6

    @property
    def _interval_us(self) -> int:
        return max(1, round(self._watcher.interval_s * 1e6))

    def _show(self, report: StatusReport, now_us: int) -> None:
        self._tell_errors()
        for action in self._each_second:
            action()
        self.metrics.drops = self._sender.drops
        snapshot = report.snapshot(now_us, self._output_states(), self._listener.state)
        self._watcher.status({**snapshot, "emotion": self._directed().report()})

    def _tell_errors(self) -> None:
        for output in self._outputs.values():
            error = output.new_error()
            if error is not None:
                self._watcher.say(error, "error")

    def _warn(self, message: str) -> None:
        self._watcher.say(message, "warning")

    def _output_states(self) -> dict[str, dict[str, Any]]:
        states = {}
        for name, output in self._outputs.items():
            status = output.status()
            if not status.target:
                continue
            states[name] = {"target": status.target, "sent": status.sent, "errors": status.errors}
            if status.receiver is not None:
                states[name]["receiver"] = status.receiver
        told = {companion.name: companion.status() for companion in self._companions}
        return states | {name: state for name, state in told.items() if state}

    def _record_sound(self, first_sample: int, samples: FloatArray) -> None:
        for take in self._take_sound:
            take(first_sample, samples)


_EVERY_FRAME = 1 << 20
_WATCH_S = 0.05
