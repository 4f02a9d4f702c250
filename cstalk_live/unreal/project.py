"""An Unreal project: its ``.uproject`` file, read and written back without touching what is not ours."""

from __future__ import annotations

import codecs
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.enabling import is_enabled
from cstalk_live.unreal.json_text import read_value

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks. The editor writes UTF-16 where a description is not ASCII."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project as its file describes it."""

    file: Path
    raw: bytes = field(repr=False)
    """The file's bytes."""
    text: str = field(repr=False)
    mark: bytes
    """Its byte order mark, or nothing."""
    encoding: str
    description: dict[str, Any] = field(repr=False)

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def engine_association(self) -> str:
        """``5.5``, a GUID in braces of a source build, a name, or nothing for a project inside an engine's tree."""
        value = self.description.get("EngineAssociation", "")
        return value if isinstance(value, str) else ""

    @property
    def has_code(self) -> bool:
        """Whether the project has C++ modules of its own."""
        return bool(self.description.get("Modules"))

    def enabled(self, plugin: str) -> bool | None:
        """What the file says of a plugin; None where it says nothing."""
        return is_enabled(self.text, plugin)

    def encoded(self, text: str) -> bytes:
        """``text`` in the file's own encoding."""
        return self.mark + text.encode(self.encoding)


def find_project_file(path: Path) -> Path:
    """The ``.uproject`` file that ``path`` is or holds.

    Raises:
        ProjectError: there is none, or more than one.
    """
    fix = "give the .uproject file or the folder that holds it"
    if path.is_file():
        if path.suffix.casefold() != ".uproject":
            raise ProjectError(f"'{path}' is not an Unreal project", fix)
        return path.resolve()
    if not path.is_dir():
        raise ProjectError(f"there is no '{path}'", fix)
    found = sorted(file for file in path.iterdir() if file.suffix.casefold() == ".uproject" and file.is_file())
    if not found:
        above = next((p for p in path.resolve().parents if any(p.glob("*.uproject"))), None)
        raise ProjectError(f"'{path}' holds no .uproject file", f"did you mean '{above}'?" if above else fix)
    if len(found) > 1:
        names = ", ".join(file.name for file in found)
        raise ProjectError(f"'{path}' holds more than one project: {names}", "give one of these files")
    return found[0].resolve()


def read_project(path: Path) -> Project:
    """Read the project that ``path``, a ``.uproject`` file or its folder, names.

    Raises:
        ProjectError: there is none, or its file is damaged.
    """
    file = find_project_file(path)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ProjectError(f"cannot read '{file}': {error.strerror or error}") from None
    mark, encoding = next(((m, e) for m, e in _MARKS if raw.startswith(m)), (b"", "utf-8"))
    fix = "open the project in Unreal and save it, or restore the file"
    try:
        text = raw[len(mark) :].decode(encoding)
        is_enabled(text, "")  # it is an object, and its list of plugins is one
        return Project(file, raw, text, mark, encoding, read_value(text).data)
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"'{file}' is damaged: {error}", fix) from None


def write_project_file(file: Path, raw: bytes) -> None:
    """Replace the project's file in one step.

    Raises:
        ProjectError: it is read-only, or the disk refuses; the old file stays.
    """
    refuse_read_only(file)
    part = file.with_name(file.name + ".part")
    try:
        part.write_bytes(raw)
        shutil.copymode(file, part)
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ProjectError(f"cannot write '{file}': {error.strerror or error}", "close Unreal and try again") from None


def refuse_read_only(file: Path) -> None:
    """Version control marks files read-only until they are checked out; replacing them would go around it.

    Raises:
        ProjectError: the file is read-only.
    """
    if not file.stat().st_mode & stat.S_IWUSR:
        raise ProjectError(f"'{file}' is read-only", "check it out of version control, or make it writable")
