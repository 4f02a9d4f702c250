"""Takes that begin and end while a run goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from cstalk_live.errors import OutputError
from cstalk_live.output.base import OutputStatus
from cstalk_live.output.take import TakeRecorder, TakeSummary
from cstalk_live.records import FPS, FloatArray, Frame


class TakeSwitch:
    """An output that records while it is asked to.

    ``start`` and ``stop`` open and close files: any thread but those of the hot path may call them.

    Args:
        begin: makes a recorder for a slate and a smallest take number.
        recorder: one that records already.
    """

    def __init__(self, begin: Callable[[str, int], TakeRecorder], recorder: TakeRecorder | None = None) -> None:
        self._begin = begin
        self._recorder = recorder
        self._lock = threading.Lock()
        self._closed = False

    @property
    def name(self) -> str:
        """``take``."""
        return "take"

    @property
    def recorder(self) -> TakeRecorder | None:
        """What records at present."""
        return self._recorder

    @property
    def seconds(self) -> float:
        """Length of the present take."""
        recorder = self._recorder
        return recorder.status().sent / FPS if recorder is not None else 0.0

    def start(self, slate: str, take: int) -> Path:
        """Record from now on; the take's folder.

        Raises:
            OutputError: a take is under way, the run is over, or the folder cannot be written.
        """
        with self._lock:
            if self._recorder is not None:
                raise OutputError(f"'{self._recorder.folder.name}' is being recorded already", "stop it first")
            if self._closed:
                raise OutputError("the run is over", "start it again")
            self._recorder = self._begin(slate, take)
            return self._recorder.folder

    def stop(self) -> TakeSummary:
        """End the take and finish its files.

        Raises:
            OutputError: there is none, or not a single frame came.
        """
        with self._lock:
            recorder, self._recorder = self._recorder, None
        if recorder is None:
            raise OutputError("nothing is being recorded", "start a take first")
        if not recorder.close_or_discard():
            raise OutputError("nothing was recorded: no frame came", "look at the sound source")
        return recorder.close()

    def send(self, frame: Frame) -> None:
        """Record a frame, or do nothing."""
        recorder = self._recorder
        if recorder is not None:
            recorder.send(frame)

    def write_sound(self, first_sample: int, samples: FloatArray) -> None:
        """Record sound, or do nothing; see :meth:`TakeRecorder.write_sound`."""
        recorder = self._recorder
        if recorder is not None:
            recorder.write_sound(first_sample, samples)

    def second(self, now_us: int) -> None:
        """Nothing to do: the writer has its own clock."""

    def status(self) -> OutputStatus:
        """The take's; without a target while there is none."""
        recorder = self._recorder
        return recorder.status() if recorder is not None else OutputStatus("take", "", 0, 0, None, 0)

    def new_error(self) -> str | None:
        """The take's."""
        recorder = self._recorder
        return recorder.new_error() if recorder is not None else None

    def close(self) -> TakeSummary | None:
        """End the take, if there is one, and begin no other."""
        with self._lock:
            self._closed = True
        return self._recorder.close() if self._recorder is not None else None
