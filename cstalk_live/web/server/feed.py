"""Where the running face leaves its newest frame for the pages: nobody waits, nothing grows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cstalk_live.output.base import OutputStatus
from cstalk_live.records import HOP, FloatArray, Frame
from cstalk_live.rig import PROPERTY_NEUTRAL, RAW_SIZE, BoardMap
from cstalk_live.web.server.frame_message import frame_message, lookahead_frames

_FRAMES_OF_SOUND = 64
"""A second: the longest look-ahead, a file's block and a frame's own time together stay below it."""


class FrameFeed:
    """An output that keeps the newest frame and wakes whoever serves the pages.

    ``send`` and ``hear`` are of the hot path and only store. :meth:`message` belongs to the server's thread.

    Args:
        now_us: the frames' clock.
    """

    name = "page"

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._newest: tuple[int, Frame] | None = None
        self._sequence = 0
        self._sound = np.zeros(_FRAMES_OF_SOUND * HOP, np.float32)
        self._heard = 0
        """Samples since the run began that have been heard."""
        self._board_map = BoardMap()
        self._wake: Callable[[], None] = _nobody

    def wake_by(self, wake: Callable[[], None] | None) -> None:
        """Call ``wake`` after every frame, on the sender's thread; it must neither wait nor raise."""
        self._wake = wake if wake is not None else _nobody

    def hear(self, first_sample: int, samples: FloatArray) -> None:
        """Keep float32 [n] of 24 kHz sound whose first sample is number ``first_sample`` of the run."""
        size = len(self._sound)
        samples = samples[-size:]
        end = first_sample + len(samples)
        if first_sample > self._heard:  # nothing was heard meanwhile
            gap = min(first_sample - self._heard, size)
            self._write(first_sample - gap, np.zeros(gap, np.float32))
        self._write(first_sample, samples)
        self._heard = end

    def _write(self, first: int, samples: FloatArray) -> None:
        start = first % len(self._sound)
        head = min(len(samples), len(self._sound) - start)
        self._sound[start : start + head] = samples[:head]
        self._sound[: len(samples) - head] = samples[head:]

    def send(self, frame: Frame) -> None:
        """Keep the frame; see :class:`cstalk_live.output.base.Output`."""
        self._sequence += 1
        self._newest = (self._sequence, frame)
        self._wake()

    @property
    def frames(self) -> int:
        """Frames so far."""
        return self._sequence

    def message(self, before: bool) -> bytes | None:
        """The newest frame for a page; None before the first.

        Args:
            before: with the face as the network itself says it.
        """
        newest = self._newest
        if newest is None:
            return None
        sequence, frame = newest
        own = self._own(frame) if before else None
        return frame_message(sequence, frame, self._sound_of(frame), self._now_us(), own)

    def _sound_of(self, frame: Frame) -> FloatArray:
        """The newest sound when its pose came: float32 [400], silence where it is not, or no longer, known."""
        first = (frame.index + lookahead_frames(frame)) * HOP
        if first + HOP > self._heard or first < self._heard - len(self._sound) + HOP or first < 0:
            return np.zeros(HOP, np.float32)
        start = first % len(self._sound)
        return self._sound[start : start + HOP].copy()

    def _own(self, frame: Frame) -> FloatArray:
        if frame.network is None:
            return frame.properties
        properties = PROPERTY_NEUTRAL.copy()
        self._board_map.into(frame.network, properties[:RAW_SIZE])
        return properties

    def second(self, now_us: int) -> None:
        """Nothing to say beside the frames."""

    def status(self) -> OutputStatus:
        """Not shown: the page is not where the face is needed."""
        return OutputStatus(self.name, "", self._sequence, 0, None, 0)

    def new_error(self) -> str | None:
        """Nothing can fail here."""
        return None

    def close(self) -> None:
        """Wake nobody any more."""
        self._wake = _nobody


def _nobody() -> None:
    pass
