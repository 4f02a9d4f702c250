"""What a take says about itself, and the folder it lives in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cstalk_live import __version__
from cstalk_live.errors import OutputError

CURVES_FILE = "curves.csv"
LIVELINK_FILE = "livelink.csv"
SOUND_FILE = "voice.flac"
INFO_FILE = "take.json"

_SLATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_TAKES = 99_999


@dataclass(frozen=True, slots=True)
class TakeInfo:
    """What the recorder is told and writes to ``take.json``."""

    slate: str = "cstalk"
    """First part of the folder's name: letters, digits and ``. _ -``, at most 64, a letter or digit first."""
    take: int = 1
    """Smallest number that the take may get."""
    subject: str = "CSTalk"
    source: str = ""
    """Where the sound came from: a device or file name."""
    bundle_name: str = ""
    bundle_hash: str = ""
    """SHA-256 of the model bundle, in hexadecimal."""
    emotion: Mapping[str, float] = field(default_factory=dict)
    """Mix at the start, each 0..1."""
    intensity: float = 1.0
    lookahead_frames: int = 0
    program_version: str = __version__
    started: datetime | None = None
    """Wall time of the start with its time zone; the moment the recorder is made when left out."""


def next_take(parent: Path, slate: str) -> int:
    """One more than the highest take number of this slate in ``parent``; 1 where there is none.

    Raises:
        OSError: the folder is there and cannot be read.
    """
    takes = re.compile(re.escape(f"{slate}_take") + r"(\d{3,5})", re.IGNORECASE)
    if not parent.exists():
        return 1
    found = (takes.fullmatch(entry.name) for entry in parent.iterdir())
    return 1 + max((int(match.group(1)) for match in found if match), default=0)


def make_take_folder(parent: Path, slate: str, at_least: int = 1) -> tuple[Path, int]:
    """Make the next free ``<slate>_takeNNN`` in ``parent``, which is made too where it is missing.

    Args:
        at_least: smallest take number.

    Returns:
        the folder and its take number: one more than the highest that exists, but ``at_least``.

    Raises:
        OutputError: the slate is not a name, or the folder cannot be made.
    """
    if not _SLATE.fullmatch(slate):
        raise OutputError(
            f"'{slate}' cannot be a slate",
            "use letters, digits and . _ - with a letter or digit first, at most 64",
        )
    try:
        parent.mkdir(parents=True, exist_ok=True)
        number = max(at_least, next_take(parent, slate))
        while number <= _MAX_TAKES:
            folder = parent / f"{slate}_take{number:03d}"
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                return folder, number
    except OSError as error:
        raise OutputError(
            f"cannot record to '{parent}': {error.strerror or error}",
            "choose a folder that can be written to",
        ) from None
    raise OutputError(f"'{parent}' holds {_MAX_TAKES} takes of '{slate}'", "use another slate or folder")


def overwrite_json(path: Path, document: Mapping[str, object]) -> None:
    """The same on a disk too full for a second file: ``document`` goes into the blocks that ``path`` has already.

    Raises:
        OSError: the disk refuses even that.
    """
    with path.open("r+b") as file:
        file.write(_encoded(document))
        file.truncate()


def _encoded(document: Mapping[str, object]) -> bytes:
    """Names of files need not be UTF-8 everywhere; what is not is written as a question mark."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", errors="replace") + b"\n"


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Replace ``path`` by ``document`` in one step: a reader sees the old file or the new one, never a part.

    Raises:
        OSError: the disk refuses; the old file stays, and nothing else.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(_encoded(document))
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
