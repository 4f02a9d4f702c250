"""A sound file as a source, paced like a microphone or as fast as it can be read."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from cstalk_live.audio.file_check import check_file, open_sound, read_block
from cstalk_live.audio.source import Closing, EndOfSound
from cstalk_live.clock import Clock, SystemClock
from cstalk_live.records import SourceBlock


class FileSource(Closing):
    """Anything that libsndfile reads (WAV, FLAC, Ogg, MP3, AIFF, ...), block by block, mixed down to one
    channel.

    The file is looked over when the source is made (header and first ten minutes; later samples as they are
    read), so unusable sound is refused before anything starts.

    Paced, a block is released when its last sample would have been recorded: block n at ``start + (n + 1) *
    block / rate``, computed from counts, so nothing accumulates. Either way ``arrival_us`` is that ideal
    time, ``start`` being the moment of the first read, also when the reader is late.

    Args:
        path: the file.
        clock: paces and stamps.
        paced: wait for real time.
        block: samples per block at the file's rate; 10 ms by default.
        grid_us: paced, the file starts at the clock's next multiple of this, so that several files are in phase.

    Raises:
        AudioError: the file is missing, empty, corrupt, of an impossible rate, or holds NaN.
    """

    live = False

    def __init__(
        self,
        path: str | os.PathLike[str],
        clock: Clock | None = None,
        paced: bool = True,
        block: int | None = None,
        grid_us: int = 1,
    ) -> None:
        self._path = Path(path)
        report = check_file(self._path)
        self.name = self._path.name
        self.sample_rate = report.rate
        self.channels = report.channels
        self.frames = report.frames
        """Samples that the header promises; for a progress bar."""
        self.notes = report.notes
        """Lines worth telling the user: silent, clipped, cut short, mixed down."""
        self.paced = paced
        self.block = block or report.rate // 100
        self._clock = clock or SystemClock()
        self._sound = open_sound(self._path)
        self._grid_us = grid_us if paced else 1
        self._start_us: int | None = None
        self._next_sample = 0
        self._waiting: SourceBlock | None = None

    def read(self, timeout_s: float) -> SourceBlock | None:
        """The next block; see :class:`cstalk_live.audio.source.Source`. Unpaced it never returns ``None``.

        Raises:
            AudioError: the file turns out damaged, or NaN appears after its first ten minutes.
        """
        if self._start_us is None:
            self._start_us = -(-self._clock.now_us() // self._grid_us) * self._grid_us
        if self._waiting is None:
            self._waiting = self._load(self._start_us)
        if self.paced:
            early_us = self._waiting.arrival_us - self._clock.now_us()
            if early_us > 0:
                timeout_us = round(timeout_s * 1e6)
                self._clock.sleep_us(min(early_us, timeout_us))
                if early_us > timeout_us:
                    return None
        block, self._waiting = self._waiting, None
        return block

    def close(self) -> None:
        self._sound.close()

    def _load(self, start_us: int) -> SourceBlock:
        if self._sound.closed:
            raise EndOfSound
        values = read_block(self._sound, self.block, self._path)
        if not len(values):
            raise EndOfSound
        samples = values[:, 0].copy() if self.channels == 1 else values.mean(axis=1, dtype=np.float32)
        first, self._next_sample = self._next_sample, self._next_sample + len(samples)
        return SourceBlock(samples, first, start_us + self._next_sample * 1_000_000 // self.sample_rate)
