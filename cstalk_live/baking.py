"""A sound file to a table of the face: the session of a live run, fed as fast as it can hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from cstalk_live.audio.file import FileSource
from cstalk_live.audio.intake import Intake
from cstalk_live.audio.source import EndOfSound
from cstalk_live.errors import OutputError
from cstalk_live.output.layout import Layout, layout_named
from cstalk_live.records import FPS, Frame
from cstalk_live.session import Session

_REPORT_EVERY = 60
"""Frames between two reports of progress."""

Progress = Callable[[int, int], None]
"""Frames done, frames expected."""


def bake_file(source: Path, target: Path, layout_name: str, session: Session, progress: Progress) -> int:
    """Write ``target`` as CSV: frame, time in seconds, then one column per value of the layout.

    The table is written beside the target under another name and moved there when it is whole, so a
    half-written file never carries the target's name.

    Returns:
        the number of frames: one for every 400 samples of 24 kHz sound begun.

    Raises:
        AudioError: the sound cannot be used.
        OutputError: the target cannot be written.
    """
    layout = layout_named(layout_name)
    sound = FileSource(source, paced=False)
    partial = target.with_name(f".{target.name}.part")
    try:
        expected = -(-sound.frames * FPS // sound.sample_rate)
        with sound:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="utf-8", newline="") as file:
                count = _write_rows(file, layout, frames_of(sound, session), expected, progress)
        partial.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write '{target}': {error.strerror or error}", "choose another place") from None
    finally:
        partial.unlink(missing_ok=True)
    return count


def frames_of(sound: FileSource, session: Session) -> Iterator[Frame]:
    """All frames of a whole file, the last ``delay`` ones included.

    Raises:
        AudioError: the sound turns out damaged.
    """
    intake = Intake(sound)
    session.start(0)
    while True:
        try:
            for block in intake.pull(0.0):
                yield from session.push(block.samples, gap=block.gap)
        except EndOfSound:
            break
    yield from session.flush()


def _write_rows(file: TextIO, layout: Layout, frames: Iterator[Frame], expected: int, progress: Progress) -> int:
    """Header and rows; six significant digits, finer than any rig resolves."""
    file.write(",".join(("frame", "time_s", *layout.names)) + "\n")
    row = "%d,%.6f" + ",%.6g" * layout.size + "\n"
    count = 0
    for frame in frames:
        file.write(row % (frame.index, frame.index / FPS, *layout.values(frame).tolist()))
        count += 1
        if count % _REPORT_EVERY == 0:
            progress(count, max(count, expected))
    progress(count, count)
    return count
