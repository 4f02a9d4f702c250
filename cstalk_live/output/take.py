"""Takes: what was said and how the face moved, in a folder, without the face ever waiting for a disk.

``write_frame`` and ``write_sound`` copy into a queue; a thread of its own writes, and hands everything to the
system twice a second, so that a crash of the program costs less than a second. A disk that fails ends the
recording, not the run: what was written stays, ``take.json`` says ``"complete": false`` and why, and
:meth:`TakeRecorder.new_error` tells it once.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cstalk_live.errors import OutputError
from cstalk_live.output.base import OutputStatus
from cstalk_live.output.take_files import TakeFiles, disk_error
from cstalk_live.output.take_info import TakeInfo
from cstalk_live.output.timecode import TimeOfDay
from cstalk_live.records import FloatArray, Frame

_POLL_S = 0.1
_FLUSH_S = 0.5
_CLOSE_S = 10.0

CAPACITY = 4096
"""Items that may wait for the disk: about 25 s of frames and 10 ms blocks, 5 MB."""


@dataclass(frozen=True, slots=True)
class TakeSummary:
    """A finished take."""

    folder: Path
    frames: int
    samples: int
    lost: int
    """Frames and blocks of sound that did not reach the files."""
    error: str | None
    """Why it is incomplete; None for a complete one."""


class TakeRecorder:
    """Records one take from its creation until :meth:`close`; is an output itself.

    Args:
        parent: folder of all takes; made where missing.
        info: what ``take.json`` says.
        time_of_day: turns capture times into the time code.
        lossless: wait for the disk instead of losing items when the queue is full; for runs that are not
            live.
        capacity: items the queue holds.

    Raises:
        OutputError: the slate is no name, or the folder cannot be written to.
    """

    def __init__(
        self,
        parent: Path,
        info: TakeInfo,
        *,
        time_of_day: TimeOfDay,
        lossless: bool = False,
        capacity: int = CAPACITY,
    ) -> None:
        self._files = TakeFiles(parent, info, time_of_day)
        self._lossless = lossless
        self._capacity = capacity
        self._queue: deque[Frame | tuple[int, FloatArray]] = deque()
        self._accepted = 0
        self._lost_frames = 0
        self._lost_blocks = 0
        self._lost_later = 0
        self._error: str | None = None
        self._new_error: str | None = None
        self._told_overflow = False
        self._stop = threading.Event()
        self._summary: TakeSummary | None = None
        self._thread = threading.Thread(target=self._write, name="take", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """``take``."""
        return "take"

    @property
    def folder(self) -> Path:
        """The take's folder."""
        return self._files.folder

    @property
    def number(self) -> int:
        """The take's number."""
        return self._files.number

    def send(self, frame: Frame) -> None:
        """Record a frame; its arrays are copied."""
        if self._room():
            board, properties = frame.board.copy(), frame.properties.copy()
            self._queue.append(replace(frame, board=board, properties=properties, network=None))
            self._accepted += 1
        else:
            self._lost_frames += 1

    write_frame = send

    def write_sound(self, first_sample: int, samples: FloatArray) -> None:
        """Record sound: float32 [n], -1..1, 24 kHz, whose first sample is number ``first_sample`` of the
        stream.

        The samples are copied. Gaps between calls become silence; sound that came already is left out.
        """
        if self._room():
            self._queue.append((first_sample, np.array(samples, dtype=np.float32)))
        else:
            self._lost_blocks += 1

    def second(self, now_us: int) -> None:
        """Nothing to do: the writer has its own clock."""

    def status(self) -> OutputStatus:
        """Frames accepted, items lost and bytes on disk at the last flush."""
        lost = self._lost_frames + self._lost_blocks + self._lost_later
        return OutputStatus("take", str(self.folder), self._accepted, lost, self._error, self._files.bytes)

    def new_error(self) -> str | None:
        """A failure to tell the user about, each kind once."""
        failure, self._new_error = self._new_error, None
        if (
            failure is None
            and self._error is None
            and self._lost_frames + self._lost_blocks
            and not self._told_overflow
        ):
            self._told_overflow = True
            failure = f"the disk of '{self.folder}' is too slow: parts of the take are lost"
        return failure

    def close(self) -> TakeSummary:
        """Write what waits, finish all files and return what became of them; may be called twice."""
        if self._summary is None:
            self._stop.set()
            self._thread.join(_CLOSE_S)
            error = self._error
            if self._thread.is_alive():
                error = f"the disk of '{self.folder}' does not answer; the take is still being written"
            lost = self._lost_frames + self._lost_blocks + self._lost_later
            self._summary = TakeSummary(self.folder, self._files.frames, self._files.samples, lost, error)
        return self._summary

    def close_or_discard(self) -> bool:
        """Close; a take without a single frame, of a run that ended before its first, is taken away again.

        Returns:
            whether there is a take.
        """
        summary = self.close()
        if summary.frames or summary.error is not None:
            return True
        with suppress(OSError):  # then an empty take stays, which its take.json says
            self._files.remove()
        return False

    def _room(self) -> bool:
        """Whether the queue takes an item now."""
        if self._stop.is_set() or self._error is not None:
            return False
        while self._lossless and len(self._queue) >= self._capacity and self._thread.is_alive() and not self._error:
            time.sleep(0.005)
        return len(self._queue) < self._capacity

    def _write(self) -> None:
        """The writer's thread: empty the queue ten times a second, flush twice a second, finish at last."""
        flushed = time.monotonic()
        stopping = False
        while not stopping:
            # The lossless producer waits for room, so do not make it wait for the next look.
            stopping = self._stop.wait(0.002 if self._lossless and self._queue else _POLL_S)
            self._drain()
            if time.monotonic() - flushed >= _FLUSH_S and self._error is None:
                try:
                    self._files.flush()
                except OSError as error:
                    self._fail(disk_error(self.folder, error))
                flushed = time.monotonic()
        lost = {
            "frames": self._lost_frames,
            "sound_blocks": self._lost_blocks,
            "after_error": self._lost_later,
        }
        failure = self._files.finish(self._error, lost)
        if failure is not None and self._error is None:
            self._fail(failure)

    def _drain(self) -> None:
        while self._queue:
            item = self._queue.popleft()
            if self._error is not None:
                self._lost_later += 1
                continue
            try:
                if isinstance(item, Frame):
                    self._files.write_frame(item)
                else:
                    self._files.write_sound(*item)
            except OSError as error:
                self._fail(disk_error(self.folder, error))
            except OutputError as error:
                self._fail(str(error))

    def _fail(self, text: str) -> None:
        self._error = self._new_error = text
