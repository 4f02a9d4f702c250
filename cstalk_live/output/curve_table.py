"""Curves as CSV: one row per frame, one column per named value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from cstalk_live.errors import OutputError
from cstalk_live.output.finite import FiniteGuard
from cstalk_live.output.timecode import timecode
from cstalk_live.records import FPS, HOP, SAMPLE_RATE, FloatArray


def open_new(path: Path) -> TextIO:
    """A new text file, UTF-8, with line feeds on every system.

    Raises:
        OutputError: it exists already or cannot be made.
    """
    try:
        return path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError:
        raise OutputError(f"'{path}' exists already", "choose another name; nothing is overwritten") from None
    except OSError as error:
        raise OutputError(f"cannot write '{path}': {error.strerror or error}", "choose another folder") from None


class CurveTable:
    """Writes ``Timecode,Frame,Seconds,<names>``: time of day, frame number from 0, its time, values of six
    decimals.

    Args:
        path: a file that does not exist yet.
        names: of the values.
        start: frame of the day (60 a second) of frame 0; 0 counts the time code from zero.

    Raises:
        OutputError: the file exists or cannot be made.
    """

    def __init__(self, path: Path, names: Sequence[str], start: int = 0) -> None:
        self._start = start
        self._row = "%s,%d,%.6f" + ",%.6f" * len(names) + "\n"
        self._guard = FiniteGuard(len(names))
        self._file = open_new(path)
        self._file.write(",".join(("Timecode", "Frame", "Seconds", *names)) + "\n")

    @property
    def repaired(self) -> int:
        """Rows in which a NaN or infinity was written as 0."""
        return self._guard.frames

    def write(self, number: int, values: FloatArray) -> None:
        """Append frame ``number`` (0 is the start of the table) with its ``values``, float32 [len(names)].

        Raises:
            OSError: the disk refuses.
        """
        time = timecode(self._start + number, FPS)
        self._file.write(self._row % (time, number, number * HOP / SAMPLE_RATE, *self._guard(values).tolist()))

    def flush(self) -> None:
        """Hand everything to the system, so that it outlives this program."""
        self._file.flush()

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()


class LiveLinkTable:
    """Writes the CSV of the Live Link Face app: ``Timecode,BlendShapeCount,<61 names>``, ten decimals.

    Readers must go by the names: the app's own files have had more than one order of columns.

    Raises:
        OutputError: the file exists or cannot be made.
    """

    def __init__(self, path: Path, names: Sequence[str], start: int = 0) -> None:
        self._start = start
        self._row = f"%s.000,{len(names)}" + ",%.10f" * len(names) + "\n"
        self._guard = FiniteGuard(len(names))
        self._file = open_new(path)
        self._file.write(",".join(("Timecode", "BlendShapeCount", *names)) + "\n")

    def write(self, number: int, values: FloatArray) -> None:
        """Append frame ``number`` with its ``values``, float32 [len(names)].

        Raises:
            OSError: the disk refuses.
        """
        self._file.write(self._row % (timecode(self._start + number, FPS), *self._guard(values).tolist()))

    def flush(self) -> None:
        """Hand everything to the system."""
        self._file.flush()

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()
