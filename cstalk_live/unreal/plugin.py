"""The plugin's files: those that travel with this program, and a copy of them in a project."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.errors import ProjectError

PLUGIN = "CSTalkLive"
DESCRIPTOR = f"{PLUGIN}.uplugin"
RECORD_FOLDER = ".cstalk-live"
"""Inside an installed copy: what was put there and what was there before."""

BUILT = ("Binaries", "Intermediate")
"""Folders that the engine makes when it compiles the plugin."""

_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What file managers leave in folders they have shown."""

_TABLES = "Source/CSTalkCore/Private/SchemaTables.cpp"
_RAW_HASH = re.compile(r'\{"raw", 0x([0-9A-Fa-f]{8})u,')


@dataclass(frozen=True, slots=True)
class PluginCopy:
    """A plugin folder as it is now."""

    folder: Path
    files: dict[str, str]
    """Path inside the folder, with slashes, to SHA-256; without what the engine, Python and file managers made
    and without our record."""

    @property
    def version(self) -> str | None:
        """``VersionName`` of its descriptor; None where that cannot be read."""
        try:
            document = json.loads((self.folder / DESCRIPTOR).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            return None
        version = document.get("VersionName") if isinstance(document, dict) else None
        return version if isinstance(version, str) else None

    @property
    def schema_hash(self) -> int | None:
        """Fingerprint of the names it was built with (layout ``raw``); None where its tables cannot be read."""
        try:
            found = _RAW_HASH.search((self.folder / _TABLES).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return int(found[1], 16) if found else None


def shipped_plugin() -> PluginCopy:
    """The plugin of this program: inside the package, or beside it in a source checkout.

    Raises:
        ProjectError: it is in neither place.
    """
    package = Path(__file__).parent
    for folder in (package / "plugin", package.parents[1] / "unreal_plugin" / PLUGIN):
        if (folder / DESCRIPTOR).is_file():
            return read_plugin(folder)
    raise ProjectError("this installation of cstalk-live came without the Unreal plugin", "pip install cstalk-live")


def read_plugin(folder: Path) -> PluginCopy:
    """Look at every file of a plugin folder.

    Raises:
        ProjectError: one of them cannot be read.
    """
    try:
        files = {path: _sha256(folder / path) for path in sorted(_paths(folder))}
    except OSError as error:
        raise ProjectError(f"cannot read '{error.filename or folder}': {error.strerror or error}") from None
    return PluginCopy(folder, files)


def _paths(folder: Path) -> list[str]:
    found: list[str] = []
    for entry in folder.iterdir():
        if entry.name in (*BUILT, RECORD_FOLDER) and entry.is_dir():
            continue
        files = [entry] if entry.is_file() else [file for file in entry.rglob("*") if file.is_file()]
        found += [file.relative_to(folder).as_posix() for file in files if not _is_litter(file)]
    return found


def _is_litter(file: Path) -> bool:
    return file.name in _LITTER or "__pycache__" in file.parts


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
