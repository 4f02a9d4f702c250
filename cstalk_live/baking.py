"""A sound file to a table of the face: the session of a live run, fed as fast as it can hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from cstalk_live.audio.file import FileSource
from cstalk_live.audio.intake import Intake
from cstalk_live.audio.source import EndOfSound
from cstalk_live.errors import AudioError, OutputError
from cstalk_live.output.layout import Layout, layout_named
from cstalk_live.records import FPS, Frame
from cstalk_live.session import Session

_REPORT_EVERY = 60
"""Frames between two reports of progress."""

_BLOCKS_A_SECOND = 4
"""15 frames a block, which the network takes in two steps: several times as fast as one by one."""

Progress = Callable[[int, int], None]
"""Frames done, frames expected."""


def bake_file(
    source: Path, target: Path, layout_name: str, session: Session, progress: Progress, *, anyway: bool = False
) -> int:
    """Write ``target`` as CSV: frame, time in seconds, then one column per value of the layout.

    The table is written beside the target under another name and moved there when it is whole, so a
    half-written file never carries the target's name.

    Args:
        anyway: use sound that is silent, clipped, cut short or has many channels.

    Returns:
        the number of frames: one for every 400 samples of 24 kHz sound begun.

    Raises:
        AudioError: the sound cannot be used, or not without ``anyway``.
        OutputError: the target cannot be written, or is the sound itself or a device.
    """
    layout = layout_named(layout_name)
    sound = FileSource(source, paced=False)
    sound.block = sound.sample_rate // _BLOCKS_A_SECOND
    if not anyway:
        refuse_flaws(sound)
    place = _place(source, target)
    partial = place.with_name(f".{place.name}.part")
    try:
        expected = -(-sound.frames * FPS // sound.sample_rate)
        with sound:
            place.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="utf-8", newline="") as file:
                count = _write_rows(file, layout, frames_of(sound, session), expected, progress)
        partial.replace(place)
    except OSError as error:
        raise OutputError(f"cannot write '{target}': {error.strerror or error}", "choose another place") from None
    finally:
        with suppress(OSError):  # where no file could be made, none is left
            partial.unlink()
    return count


def refuse_flaws(sound: FileSource) -> None:
    """Sound that can be read but hardly gives a good face needs the user's word.

    Raises:
        AudioError: it is silent, clipped, cut short or has more than two channels.
    """
    if sound.notes:
        sound.close()
        raise AudioError("; ".join(sound.notes), "mend that, or add --anyway to use it all the same")


def _place(source: Path, target: Path) -> Path:
    """The file to replace: links are followed, and nothing but a table is ever replaced."""
    try:
        place = target.resolve()
        if place.is_dir():
            raise OutputError(f"'{target}' is a folder", "give the name of a CSV file")
        if place.exists() and not place.is_file():
            raise OutputError(f"'{target}' is not a file", "give the name of a CSV file")
        if place.exists() and place.samefile(source):
            raise OutputError(f"'{target}' is the sound itself", "give another name to the table")
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot write '{target}': {reason}", "choose another place") from None
    return place


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
