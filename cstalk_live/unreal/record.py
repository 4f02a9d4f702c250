"""What an installation leaves beside the plugin, so that it can be taken back to the last byte."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.enabling import ADDED, SWITCHED_ON, Change
from cstalk_live.unreal.plugin import RECORD_FOLDER

PROJECT_BEFORE = "project.before"
"""The ``.uproject`` file as it was before the first installation."""
FOLDER_BEFORE = "folder.before"
"""The plugin folder that stood there before the first installation, where ``--force`` replaced one."""
CHANGED_BEFORE = "changed"
"""Files the user had changed, which ``--force`` replaced."""

_RECORD = "record.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One installation."""

    program_version: str
    files: dict[str, str]
    """Path inside the plugin folder to SHA-256, as they were put there."""
    project_sha256: str
    """Of the ``.uproject`` file as the installation left it."""
    changes: tuple[Change, ...]
    list_added: bool
    """The project had no list of plugins before."""
    folder_made: bool
    """The project had no folder ``Plugins`` before."""

    def write(self, plugin_folder: Path) -> None:
        """Write into the plugin's folder.

        Raises:
            OSError: the disk refuses.
        """
        document = {
            "format": _FORMAT,
            "program_version": self.program_version,
            "project_sha256": self.project_sha256,
            "changes": [{"plugin": change.plugin, "kind": change.kind} for change in self.changes],
            "list_added": self.list_added,
            "folder_made": self.folder_made,
            "files": self.files,
        }
        folder = plugin_folder / RECORD_FOLDER
        folder.mkdir(exist_ok=True)
        (folder / _RECORD).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8", newline="\n")


def read_record(plugin_folder: Path) -> Record | None:
    """The record of an installed copy; None where the folder was not put there by this program.

    Raises:
        ProjectError: the record is damaged.
    """
    file = plugin_folder / RECORD_FOLDER / _RECORD
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            raise ProjectError(f"'{file}' was written by another version of cstalk-live", "use that version")
        return Record(
            _text(document["program_version"]),
            {path: _text(digest) for path, digest in document["files"].items()},
            _text(document["project_sha256"]),
            tuple(Change(_text(row["plugin"]), _kind(row["kind"])) for row in document["changes"]),
            document["list_added"] is True,
            document["folder_made"] is True,
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProjectError(f"cannot read '{file}': {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        fix = f"delete '{plugin_folder}', then install again"
        raise ProjectError(f"'{file}' is damaged: what was installed cannot be known", fix) from None


def sha256(data: bytes) -> str:
    """As the record writes it."""
    return hashlib.sha256(data).hexdigest()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _kind(value: object) -> str:
    if value not in (ADDED, SWITCHED_ON):
        raise ValueError
    return _text(value)
