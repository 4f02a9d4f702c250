"""Replaces a folder and a file of a project together: both or, whatever fails, neither."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.project import Project, refuse_read_only, write_project_file


class FolderSwap:
    """One replacement of ``target``, a folder of the project, staged beside it on the same disk.

    Args:
        project: whose file changes too.
        target: the folder; its parent must exist when :meth:`commit` is called.

    Raises:
        ProjectError: the staging folder cannot be made, or the project's file is read-only.
    """

    def __init__(self, project: Project, target: Path) -> None:
        refuse_read_only(project.file)
        self._project, self._target = project, target
        self._part = _staging(project)
        self.new = self._part / "new"
        """Empty at first: what the target will be."""
        self._old = self._part / "old"
        try:
            self._part.mkdir()
            self.new.mkdir()
        except OSError as error:
            raise _refused(self._part, error) from None

    def commit(self, project_file: bytes, *, keep: bool = True) -> None:
        """Put ``new`` in the target's place (or nothing, with ``keep`` False), and write the project's file.

        Raises:
            ProjectError: the disk refuses, or a program has a file of the folder open; all is as it was.
        """
        moved_away = moved_in = False
        try:
            if self._target.exists():
                self._target.rename(self._old)
                moved_away = True
            if keep:
                self.new.rename(self._target)
                moved_in = True
            if project_file != self._project.raw:
                write_project_file(self._project.file, project_file)
        except BaseException as error:
            if moved_in:
                self._target.rename(self.new)
            if moved_away:
                self._old.rename(self._target)
            if isinstance(error, OSError):
                raise _refused(self._target, error) from None
            raise

    def close(self) -> None:
        """Remove what was staged; what a program still holds open goes with the next swap."""
        shutil.rmtree(self._part, ignore_errors=True)


def recover(project: Project, target: Path) -> None:
    """Clear away what a swap left that was killed: the old folder returns where nothing has taken its place.

    Raises:
        ProjectError: the disk refuses.
    """
    part = _staging(project)
    if not part.exists():
        return
    try:
        if (part / "old").exists() and not target.exists():
            (part / "old").rename(target)
        shutil.rmtree(part)
    except OSError as error:
        raise _refused(part, error) from None


def _staging(project: Project) -> Path:
    return project.folder / ".cstalk-live.part"  # Unreal looks for plugins in Plugins alone


def _refused(path: Path, error: OSError) -> ProjectError:
    return ProjectError(
        f"cannot change '{path}': {error.strerror or error}",
        "close Unreal and what else has the project open, and try again",
    )


def remove_if_empty(folder: Path) -> None:
    """A folder of ours that holds nothing goes; any other stays."""
    with suppress(OSError):
        folder.rmdir()
