"""Lets a file be heard while its face is shown. A machine without loudspeakers is no reason to fail."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np


class Playback:
    """Plays within a ``with`` block.

    Args:
        path: the sound file.
        delay_us: microseconds by which the face lags its sound; the voice is held back as long.
        wanted: False plays nothing.
    """

    def __init__(self, path: Path, delay_us: int, wanted: bool) -> None:
        self.problem = ""
        """Why nothing can be heard; empty if all is well or nothing was wanted."""
        self._path = path
        self._delay_us = delay_us
        self._wanted = wanted
        self._player: Any = None

    def __enter__(self) -> Self:
        if not self._wanted:
            return self
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            self.problem = str(error)
            return self
        import soundfile

        samples, rate = soundfile.read(self._path, dtype="float32", always_2d=True)
        lead_in = np.zeros((self._delay_us * rate // 1_000_000, samples.shape[1]), np.float32)
        try:
            sounddevice.play(np.concatenate((lead_in, samples)), rate)
        except (sounddevice.PortAudioError, ValueError) as error:
            self.problem = str(error)
            return self
        self._player = sounddevice
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._player is not None:
            self._player.stop()
