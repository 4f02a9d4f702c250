"""The first half of a live run: source -> 24 kHz -> session -> frames, and what happens when the source is
lost.

A lost device is opened again after 0.25 s, then 0.5 s, 1, 2 and 4 s; every other attempt waits 4 s. The
stream that follows starts from zero state, and its frames are numbered by the clock, so that the numbers go
on as if no time had been lost. Meanwhile the sender lets the face rest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cstalk_live.audio.intake import Intake, SoundBlock
from cstalk_live.audio.level import CLIP_LEVEL
from cstalk_live.audio.source import EndOfSound, Source
from cstalk_live.clock import Clock
from cstalk_live.errors import DeviceError
from cstalk_live.metrics import Metrics
from cstalk_live.records import FPS, HOP, FloatArray, Frame
from cstalk_live.session import Session

READ_TIMEOUT_S = 0.05
"""Longest wait for sound: how soon the listener notices that it should stop."""

BACK_OFF_US = (250_000, 500_000, 1_000_000, 2_000_000, 4_000_000)

_NAP_US = 4_000

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
    ) -> None:
        self._open_source = open_source
        self._session = session
        self._clock = clock
        self._metrics = metrics
        self._take_frame = take_frame
        self._take_sound = take_sound
        self._say = say
        self._gain = np.float32(10.0 ** (gain_db / 20.0))
        self._source: Source | None = None
        self._intake: Intake | None = None
        self._device_latency_us = device_latency_us
        self._notes_told = 0
        """Remarks of the source that were there at its opening; whoever opened it tells those."""
        self._streaming = False
        self._origin_us: int | None = None
        self._first_index = 0
        self._next_index = 0
        self._failures = 0
        self._retry_us = 0
        self.ended = False
        """The source has given all it had, and its last frames are out."""

    @property
    def state(self) -> str:
        """``live``, ``no sound: retrying`` or ``ended``."""
        if self.ended:
            return "ended"
        return "live" if self._intake is not None else "no sound: retrying"

    def open(self) -> None:
        """Open the source for the first time.

        Raises:
            AudioError: it cannot be opened; there is nothing to retry yet.
        """
        self._connect()

    def turn(self) -> None:
        """Hear what has come, at most READ_TIMEOUT_S later; or try to get a lost source back.

        Raises:
            AudioError: the sound is damaged (a device that is merely lost is retried instead).
        """
        if self.ended:
            return
        if self._intake is None:
            self._reconnect()
            return
        try:
            for block in self._intake.pull(READ_TIMEOUT_S):
                self._hear(self._intake, block)
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
        self._source = self._intake = None

    def _connect(self) -> None:
        self._source = self._open_source()
        self._notes_told = len(getattr(self._source, "notes", ()))
        self._intake = Intake(self._source, device_latency_us=self._device_latency_us)
        self._streaming = False

    def _hear(self, intake: Intake, block: SoundBlock) -> None:
        if not self._streaming:
            self._begin_stream(intake, block)
        samples = block.samples
        if block.gap:
            self._metrics.gaps += 1
            self._metrics.lost_samples += len(samples)
        else:
            self._metrics.clipped_samples += int(np.count_nonzero(np.abs(samples) >= CLIP_LEVEL))
        if self._gain != 1.0:
            samples = samples * self._gain
        self._take_sound(self._first_index * HOP + block.first_sample, samples)
        begin_us = self._clock.now_us()
        frames = self._session.push(samples, gap=block.gap)
        if frames:
            self._metrics.step_us.add((self._clock.now_us() - begin_us) // len(frames))
        self._hand_over(frames)

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
            self._next_index = frame.index + 1
            self._take_frame(frame)

    def _tell_notes(self) -> None:
        """What a source found out only at its end, such as half a sample left over in a pipe."""
        for note in getattr(self._source, "notes", ())[self._notes_told :]:
            self._say(note)

    def _lose(self, error: DeviceError) -> None:
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
