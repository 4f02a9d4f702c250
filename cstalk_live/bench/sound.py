"""The sound that is measured with: the bundled sample, at 24 kHz, as often as needed."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np

from cstalk_live.audio.file import FileSource
from cstalk_live.audio.intake import Intake
from cstalk_live.audio.source import Closing, EndOfSound
from cstalk_live.clock import Clock
from cstalk_live.records import HOP, SAMPLE_RATE, FloatArray, SourceBlock

BLOCK = SAMPLE_RATE // 100


def sample_path() -> Path:
    """The sample's file."""
    return Path(str(resources.files("cstalk_live") / "sample" / "demo.flac"))


def sample_sound() -> FloatArray:
    """float32 [n], 24 kHz, a whole number of frames."""
    parts: list[FloatArray] = []
    with FileSource(sample_path(), paced=False) as source:
        intake = Intake(source)
        while True:
            try:
                parts += [block.samples for block in intake.pull(0.0)]
            except EndOfSound:
                break
    sound: FloatArray = np.concatenate(parts)
    return sound[: len(sound) // HOP * HOP]


class LoopSource(Closing):
    """A microphone that hears a sound again and again, in blocks of 10 ms at 24 kHz, by a clock."""

    live = True
    name = "loop"
    sample_rate = SAMPLE_RATE
    block = BLOCK

    def __init__(self, sound: FloatArray, clock: Clock, samples: int) -> None:
        self._sound = sound
        self._clock = clock
        self._samples = samples
        self._start_us = clock.now_us()
        self._next = 0
        self._at = 0

    def read(self, timeout_s: float) -> SourceBlock | None:
        """See :class:`cstalk_live.audio.source.Source`."""
        if self._next >= self._samples:
            raise EndOfSound
        due_us = self._start_us + (self._next + BLOCK) * 1_000_000 // SAMPLE_RATE
        early_us = due_us - self._clock.now_us()
        if early_us > 0:
            self._clock.sleep_us(min(early_us, round(timeout_s * 1e6)))
            if early_us > timeout_s * 1e6:
                return None
        samples = np.take(self._sound, np.arange(self._at, self._at + BLOCK), mode="wrap")
        first = self._next
        self._next += BLOCK
        self._at = (self._at + BLOCK) % len(self._sound)
        return SourceBlock(samples, first, due_us)

    def close(self) -> None:
        """Nothing to free."""
