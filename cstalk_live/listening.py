"""The first half of a live run: source -> 24 kHz -> session -> frames, and what happens when the source is
lost.

A lost device is opened again after 0.25 s, then 0.5 s, 1, 2 and 4 s; every other attempt waits 4 s. The
stream that follows starts from zero state, and its frames are numbered by the clock, so that the numbers go
on as if no time had been lost. Meanwhile the sender lets the face rest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cstalk_live.audio.gain import TurnableGain
from cstalk_live.audio.intake import Intake, SoundBlock
from cstalk_live.audio.level import CLIP_LEVEL
from cstalk_live.audio.mute import Mute
from cstalk_live.audio.source import EndOfSound, Source
from cstalk_live.clock import Clock
from cstalk_live.errors import DeviceError
from cstalk_live.metrics import Metrics
from cstalk_live.records import FPS, HOP, FloatArray, Frame
from cstalk_live.session import Session
from cstalk_live.source_news import SourceNews, SourceState

READ_TIMEOUT_S = 0.05
"""Longest wait for sound: how soon the listener notices that it should stop."""

BACK_OFF_US = (250_000, 500_000, 1_000_000, 2_000_000, 4_000_000)

CATCH_UP_US = 50_000
"""Work that may be done in one go on frames that have come together: 30 of them, a stall of half a second, at 1.6 ms a
step. What would take longer is older than its own deadline by then."""

_CALM_US = 10_000_000
"""Without a frame left out for this long, being overloaded is news again."""

_COUNTERS = ("overflows", "lost_samples", "bad_samples", "clock_jumps")
"""What microphones count."""

_NAP_US = 4_000

_FOLLOW = 0.1
"""Share of the newest measurement in what a frame is taken to cost."""

OpenSource = Callable[[], Source]
TakeFrame = Callable[[Frame], None]
TakeSound = Callable[[int, FloatArray], None]
"""Index of the first sample since the run began (24 kHz), float32 [n]."""
Say = Callable[[str], None]


class Listener:
    """Turns sound into frames, a turn at a time. Used by one thread.

    Args:
        open_source: gives an opened source; raises :class:`DeviceError` when there is none.
        session: the pipeline; this listener starts and ends its streams.
        take_frame: gets every frame, in order.
        take_sound: gets the 24 kHz sound of the frames, before its frames; sample 400 k begins frame k.
        say: gets one line when the source is lost and one when it is back.
        gain_db: of the sound, before anything listens to it.
        device_latency_us: age of a sample on arrival; subtracted from capture times.
        lives: sound is a microphone's: keep up with it, and number frames from the beginning of the run.
        muted: whether the face is to hear silence at present.
    """

    def __init__(
        self,
        open_source: OpenSource,
        session: Session,
        clock: Clock,
        metrics: Metrics,
        *,
        take_frame: TakeFrame,
        take_sound: TakeSound,
        say: Say,
        gain_db: float = 0.0,
        device_latency_us: int = 0,
        lives: bool = False,
        muted: Callable[[], bool] = lambda: False,
    ) -> None:
        self._open_source = open_source
        self._session = session
        self._clock = clock
        self._metrics = metrics
        self._take_frame = take_frame
        self._take_sound = take_sound
        self._say = say
        self.gain = TurnableGain(gain_db)
        self._mute, self._muted = Mute(), muted
        self._source: Source | None = None
        self._intake: Intake | None = None
        self._device_latency_us = device_latency_us
        self._lives = lives
        self._step_us = 0.0
        """What a frame cost lately, from features to motion."""
        self._overloaded_us = -_CALM_US
        self._counted = dict.fromkeys(_COUNTERS, 0)
        """By the sources that are closed already."""
        self._news = SourceNews(say)
        session.time_stages(clock.now_us, metrics)
        self._notes_told = 0
        """Remarks of the source that were there at its opening; whoever opened it tells those."""
        self._streaming = False
        self._origin_us: int | None = None
        self._first_index = 0
        self._next_index = 0
        self._failures = 0
        self._retry_us = 0
        self._reopen = False
        self._trouble = ""
        """Why there is no sound, while there is none."""
        self.ended = False
        """The source has given all it had, and its last frames are out."""

    @property
    def state(self) -> str:
        """``live``, ``no sound: retrying`` or ``ended``."""
        if self.ended:
            return "ended"
        return "live" if self._intake is not None else "no sound: retrying"

    @property
    def source(self) -> SourceState:
        """What it hears, and how that fares; from any thread."""
        source = self._source
        if source is None:
            return SourceState("none" if self.ended else "lost", "", self._trouble)
        if self._news.silence:
            return SourceState("silent", source.name, self._news.silence)
        return SourceState("live", source.name, "")

    def reopen(self) -> None:
        """Close the source and open it again at the next turn, which may bring another one; from any thread."""
        self._reopen = True

    @property
    def hearing(self) -> bool:
        """Sound is coming in: there is a source, and it has begun."""
        return self._streaming

    def open(self) -> int:
        """Open the source for the first time.

        Returns:
            the moment at which frame 0 of a live run begins, monotonic microseconds.

        Raises:
            AudioError: it cannot be opened; there is nothing to retry yet.
        """
        self._connect()
        now_us = self._clock.now_us()
        if self._lives:
            self._origin_us = now_us
        return now_us

    def turn(self) -> None:
        """Hear what has come, at most READ_TIMEOUT_S later; or try to get a lost source back.

        Raises:
            AudioError: the sound is damaged (a device that is merely lost is retried instead).
        """
        if self.ended:
            return
        if self._reopen:
            self._reopen = False
            self._open_another()
            return
        if self._intake is None:
            self._reconnect()
            return
        try:
            blocks = self._intake.pull(READ_TIMEOUT_S)
            if blocks:
                self._take(self._intake, blocks)
        except EndOfSound:
            self._tell_notes()
            self._finish_stream()
            self.ended = True
        except DeviceError as error:
            self._finish_stream()
            self._lose(error)

    def close(self) -> None:
        """Close the source; frames still owed are not made."""
        if self._source is not None:
            self._source.close()
            self._counted = {name: self._metrics.microphone.get(name, 0) for name in _COUNTERS}
        self._source = self._intake = None

    def _connect(self) -> None:
        self._source = self._open_source()
        self._trouble = ""
        self._notes_told = len(getattr(self._source, "notes", ()))
        self._intake = Intake(self._source, device_latency_us=self._device_latency_us)
        self._news.begin(self._clock.now_us())
        self._streaming = False

    def _take(self, intake: Intake, blocks: list[SoundBlock]) -> None:
        """Hear these blocks, and with them all that has come meanwhile."""
        end: EndOfSound | DeviceError | None = None
        try:
            while self._lives and (more := intake.pull(0.0)):
                blocks += more
        except (EndOfSound, DeviceError) as error:
            end = error
        skip = self._overload(sum(len(block.samples) for block in blocks))
        for index, block in enumerate(blocks):
            if index + 1 < len(blocks) and blocks[index + 1].gap == block.gap:
                # Hear blocks of one kind as one, so that their frames go through the network together.
                blocks[index + 1] = _joined(block, blocks[index + 1])
                continue
            skip -= self._hear(intake, block, skip)
        self._count_source(intake)
        if end is not None:
            raise end

    def _overload(self, samples: int) -> int:
        """How many of the frames that so many samples complete there is no time for."""
        frames = self._session.waiting_frames(samples)
        if not self._lives or frames <= 1:
            return 0
        kept = min(frames, max(1, int(CATCH_UP_US / self._step_us))) if self._step_us > 0.0 else frames
        self._metrics.caught_up += kept - 1
        if kept < frames:
            self._metrics.skipped += frames - kept
            now_us = self._clock.now_us()
            if now_us - self._overloaded_us >= _CALM_US:
                self._say(
                    f"overloaded: a frame takes {self._step_us / 1000.0:.0f} ms of its 16.7 ms - poses are repeated; "
                    "close other programs or use a smaller bundle"
                )
            self._overloaded_us = now_us
        return frames - kept

    def _hear(self, intake: Intake, block: SoundBlock, skip: int) -> int:
        """Turn a block into frames; how many of those to be skipped it held."""
        if not self._streaming:
            self._begin_stream(intake, block)
        samples = block.samples
        if block.gap:
            self._metrics.gaps += 1
            self._metrics.lost_samples += len(samples)
        else:
            self._metrics.clipped_samples += int(np.count_nonzero(np.abs(samples) >= CLIP_LEVEL))
            if self._lives and self._source is not None:
                self._news.hear(self._source.name, samples, self._clock.now_us())
        samples = self._mute.apply(self.gain.apply(samples), self._muted())
        self._take_sound(self._first_index * HOP + block.first_sample, samples)
        completed = self._session.waiting_frames(len(samples))
        begin_us = self._clock.now_us()
        frames = self._session.push(samples, gap=block.gap, skip=min(skip, completed))
        if completed:
            end = block.first_sample + len(samples)
            self._metrics.capture_us.add(max(0, begin_us - intake.capture_us(end)))
            if completed > skip:
                took_us = (self._clock.now_us() - begin_us) / (completed - skip)
                self._step_us += (took_us - self._step_us) * (1.0 if self._step_us == 0.0 else _FOLLOW)
        self._hand_over(frames)
        return min(skip, completed)

    def _count_source(self, intake: Intake) -> None:
        """What the source counts, for the status; nothing for sources that count nothing."""
        metrics = self._metrics
        metrics.drift_ppm = intake.timebase.drift_ppm
        for name in _COUNTERS:
            metrics.microphone[name] = self._counted[name] + int(getattr(self._source, name, 0))
        if self._lives and self._source is not None:
            self._news.count(self._source.name, metrics.microphone, self._clock.now_us())

    def _begin_stream(self, intake: Intake, block: SoundBlock) -> None:
        """Number the new stream's frames by the time since the first stream began; always upward."""
        start_us = intake.capture_us(block.first_sample)
        if self._origin_us is None:
            self._origin_us = start_us
        by_clock = -(-(start_us - self._origin_us) * FPS // 1_000_000)
        self._first_index = max(by_clock, self._next_index)
        self._session.start(self._first_index, intake.capture_us)
        self._streaming = True
        self._failures = 0

    def _finish_stream(self) -> None:
        if self._streaming:
            self._hand_over(self._session.flush())
        self._streaming = False

    def _hand_over(self, frames: list[Frame]) -> None:
        for frame in frames:
            self._metrics.level_db = max(self._metrics.level_db, frame.level_db)
            self._metrics.frames_made += 1
            self._metrics.lookahead_us = frame.lookahead_us
            self._next_index = frame.index + 1
            self._take_frame(frame)

    def _tell_notes(self) -> None:
        """What a source found out only at its end, such as half a sample left over in a pipe."""
        for note in getattr(self._source, "notes", ())[self._notes_told :]:
            self._say(note)

    def _open_another(self) -> None:
        self._finish_stream()
        self.close()
        try:
            self._connect()
        except DeviceError as error:
            self._failures = 0
            self._lose(error)
            return
        self._say(f"listening to {self._source.name if self._source else ''}")

    def _lose(self, error: DeviceError) -> None:
        self._trouble = str(error)
        if self._failures == 0:
            self._say(f"sound lost: {error.what} - the face rests; trying again until it is back")
        self.close()
        self._wait_longer()

    def _reconnect(self) -> None:
        wait_us = self._retry_us - self._clock.now_us()
        if wait_us > 0:
            self._clock.sleep_us(min(wait_us, _NAP_US))
            return
        try:
            self._connect()
        except DeviceError:
            self._wait_longer()
            return
        self._metrics.reconnects += 1
        self._say(f"sound is back: {self._source.name if self._source else ''}")

    def _wait_longer(self) -> None:
        step = BACK_OFF_US[min(self._failures, len(BACK_OFF_US) - 1)]
        self._failures += 1
        self._retry_us = self._clock.now_us() + step


def _joined(one: SoundBlock, two: SoundBlock) -> SoundBlock:
    return SoundBlock(np.concatenate((one.samples, two.samples)), one.first_sample, one.gap)
