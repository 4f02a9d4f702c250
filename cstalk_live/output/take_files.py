"""The files of one take, written by one thread."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path

from cstalk_live.errors import OutputError
from cstalk_live.output.arkit import arkit_values
from cstalk_live.output.curve_table import CurveTable, LiveLinkTable
from cstalk_live.output.layout import RAW_LAYOUT
from cstalk_live.output.spans import Spans
from cstalk_live.output.take_info import (
    CURVES_FILE,
    INFO_FILE,
    LIVELINK_FILE,
    SOUND_FILE,
    TakeInfo,
    make_take_folder,
    overwrite_json,
    write_json,
)
from cstalk_live.output.take_sound import TakeSound
from cstalk_live.output.timecode import TimeOfDay, timecode
from cstalk_live.records import FPS, HOP, SAMPLE_RATE, FloatArray, Frame, FrameFlag
from cstalk_live.rig.arkit import ARKIT_NAMES

_HALF_FRAME_US = HOP * 1_000_000 // SAMPLE_RATE // 2


class TakeFiles:
    """``curves.csv``, ``livelink.csv``, ``voice.flac`` and ``take.json`` in a folder of their own.

    The take's frame 0 is the first frame or the first whole frame of sound that arrives, whichever comes
    first; what lies before it is left out.

    Args:
        parent: folder of all takes.
        info: what ``take.json`` says.
        time_of_day: turns capture times into the time code.

    Raises:
        OutputError: the slate is no name, or the folder or a file cannot be written.
    """

    def __init__(self, parent: Path, info: TakeInfo, time_of_day: TimeOfDay) -> None:
        self._info = info
        self._time_of_day = time_of_day
        self._started = info.started or datetime.now().astimezone()
        self.folder, self._number = make_take_folder(parent, info.slate, info.take)
        self._closers = ExitStack()
        self._curves: CurveTable | None = None
        self._livelink: LiveLinkTable | None = None
        self._sound: TakeSound | None = None
        self._first_frame: int | None = None
        self._last_frame = -1
        self._timecode = ""
        self._missing = Spans()
        self._gaps = Spans()
        self.frames = 0
        """Rows written."""
        self.bytes = 0
        """Bytes in the folder at the last flush."""
        try:
            write_json(self.folder / INFO_FILE, self._document(complete=False, error=None, lost={}))
        except OSError as error:
            raise OutputError(
                f"cannot record to '{self.folder}': {error.strerror or error}",
                "choose a folder that can be written to",
            ) from None

    @property
    def number(self) -> int:
        """The take's."""
        return self._number

    @property
    def samples(self) -> int:
        """Samples of sound written, silence included."""
        return 0 if self._sound is None else self._sound.samples

    def write_frame(self, frame: Frame) -> None:
        """Append a frame; one that lies before the take or came already is left out.

        Raises:
            OSError, OutputError: the disk refuses.
        """
        first = self._anchor(frame.index)
        number = frame.index - first
        if number < 0 or number <= self._last_frame:
            return
        if self._curves is None or self._livelink is None:
            start = self._frame_of_day(frame, number)
            self._timecode = timecode(start, FPS)
            self._curves = CurveTable(self.folder / CURVES_FILE, RAW_LAYOUT.names, start)
            self._closers.callback(self._curves.close)
            self._livelink = LiveLinkTable(self.folder / LIVELINK_FILE, ARKIT_NAMES, start)
            self._closers.callback(self._livelink.close)
        self._curves.write(number, frame.properties)
        self._livelink.write(number, arkit_values(frame))
        self._missing.add(self._last_frame + 1, number - self._last_frame - 1)
        if frame.flags & FrameFlag.GAP:
            self._gaps.add(number)
        self._last_frame = number
        self.frames += 1

    def write_sound(self, first_sample: int, samples: FloatArray) -> None:
        """Append sound: float32 [n] from ``first_sample`` of the stream on; see :class:`TakeSound`.

        Raises:
            OSError: the disk refuses.
        """
        start = self._anchor(-(-first_sample // HOP)) * HOP
        if first_sample + len(samples) <= start:
            return
        if self._sound is None:
            self._sound = TakeSound(self.folder / SOUND_FILE, start)
            self._closers.callback(self._sound.close)
        self._sound.write(first_sample, samples)

    def flush(self) -> None:
        """Hand everything to the system, so that it outlives this program.

        Raises:
            OSError: the disk refuses.
        """
        for part in (self._curves, self._livelink, self._sound):
            if part is not None:
                part.flush()
        self.bytes = sum(entry.stat().st_size for entry in self.folder.iterdir())

    def finish(self, error: str | None, lost: dict[str, int]) -> str | None:
        """Close all files and write the final ``take.json``.

        Args:
            error: why the take is incomplete, if it is.
            lost: what never reached the files, for the metadata.

        Returns:
            ``error``, or what went wrong now.
        """
        try:
            self._closers.close()
            with suppress(FileNotFoundError):
                self.bytes = sum(entry.stat().st_size for entry in self.folder.iterdir())
        except OSError as failure:
            error = error or disk_error(self.folder, failure)
        try:
            write_json(self.folder / INFO_FILE, self._document(error is None, error, lost))
        except OSError as failure:
            error = error or disk_error(self.folder, failure)
            with suppress(OSError):  # then the file of the start stays, which says "complete": false
                overwrite_json(self.folder / INFO_FILE, self._document(False, error, lost))
        return error

    def remove(self) -> None:
        """Take the finished take away again.

        Raises:
            OSError: the disk refuses.
        """
        for name in (CURVES_FILE, LIVELINK_FILE, SOUND_FILE, INFO_FILE):
            (self.folder / name).unlink(missing_ok=True)
        self.folder.rmdir()
        self.bytes = 0

    def _anchor(self, frame: int) -> int:
        """The stream's index of the take's frame 0, set to ``frame`` by the first call."""
        if self._first_frame is None:
            self._first_frame = frame
        return self._first_frame

    def _frame_of_day(self, frame: Frame, number: int) -> int:
        """The take's frame 0 in frames since midnight, rounded; later frames are counted, not measured."""
        start_us = self._time_of_day.day_us(frame.capture_us - _HALF_FRAME_US)
        return (start_us * FPS + 500_000) // 1_000_000 - number

    def _document(self, complete: bool, error: str | None, lost: dict[str, int]) -> dict[str, object]:
        info = self._info
        return {
            "format": "cstalk-live take",
            "format_version": 1,
            "complete": complete,
            "error": error,
            "slate": info.slate,
            "take": self._number,
            "subject": info.subject,
            "source": info.source,
            "started": self._started.isoformat(timespec="milliseconds"),
            "timecode": self._timecode,
            "program_version": info.program_version,
            "bundle": {"name": info.bundle_name, "sha256": info.bundle_hash},
            "emotion": dict(info.emotion),
            "intensity": info.intensity,
            "lookahead_frames": info.lookahead_frames,
            "fps": {"numerator": FPS, "denominator": 1},
            "sample_rate": SAMPLE_RATE,
            "samples_per_frame": HOP,
            "schema": {
                "layout": RAW_LAYOUT.name,
                "values": RAW_LAYOUT.size,
                "hash": f"0x{RAW_LAYOUT.schema_hash:08x}",
            },
            "files": {"curves": CURVES_FILE, "livelink": LIVELINK_FILE, "sound": SOUND_FILE},
            "stream_frame": self._first_frame,
            "frames": self.frames,
            "samples": self.samples,
            "missing_frames": self._missing.as_lists(),
            "gap_frames": self._gaps.as_lists(),
            "silent_samples": [] if self._sound is None else self._sound.silence.as_lists(),
            "repaired_frames": 0 if self._curves is None else self._curves.repaired,
            "lost": lost,
        }


def disk_error(folder: Path, error: OSError) -> str:
    """One line for a take that cannot go on."""
    return f"cannot go on recording to '{folder}': {error.strerror or error}; what was written so far is kept"
