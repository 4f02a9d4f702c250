"""``cstalk-live unreal uninstall``: the project as it was before the plugin, to the last byte."""

from __future__ import annotations

import shutil
from pathlib import Path

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.enabling import ADDED, Change, withdraw
from cstalk_live.unreal.folder_swap import FolderSwap, recover, remove_if_empty
from cstalk_live.unreal.install import Outcome, plugin_folder
from cstalk_live.unreal.plugin import PLUGIN, RECORD_FOLDER, read_plugin
from cstalk_live.unreal.project import Project, read_project, write_project_file
from cstalk_live.unreal.record import CHANGED_BEFORE, FOLDER_BEFORE, PROJECT_BEFORE, Record, read_record, sha256


def uninstall(path: Path, *, force: bool = False) -> Outcome:
    """Take the plugin out of the project that ``path`` names.

    The project's file returns to its bytes of before the installation; where others have edited it since, only
    what the installation added goes. A plugin folder that ``--force`` replaced comes back.

    Args:
        path: a ``.uproject`` file or its folder.
        force: delete files that the user changed or added in the plugin's folder.

    Raises:
        ProjectError: the plugin was not put there by this program, the user changed it, or the disk refuses;
            nothing was changed.
    """
    project = read_project(path)
    target = plugin_folder(project)
    recover(project, target)
    if not target.exists():
        return _forget(project)
    record = read_record(target)
    if record is None or target.is_symlink():
        raise ProjectError(f"'{target}' was not put there by this command", "delete it by hand")
    theirs = _theirs(target, record)
    if theirs and not force:
        listed = ", ".join(theirs[:5]) + (f" and {len(theirs) - 5} more" if len(theirs) > 5 else "")
        raise ProjectError(
            f"files in '{target}' are yours: {listed}", "copy what you need; --force deletes them with the plugin"
        )
    raw = _project_before(project, target, record)
    before = target / RECORD_FOLDER / FOLDER_BEFORE
    returned = before.is_dir()
    swap = FolderSwap(project, target)
    try:
        if returned:
            shutil.copytree(before, swap.new, dirs_exist_ok=True)
        swap.commit(raw, keep=returned)
    except OSError as error:
        raise ProjectError(f"cannot uninstall from '{target}': {error.strerror or error}") from None
    finally:
        swap.close()
    if record.folder_made:
        remove_if_empty(target.parent)
    done = [f"{PLUGIN} {record.program_version} removed from '{project.folder}'"]
    if returned:
        done.append("the plugin that stood there before is back")
    if raw != project.raw:
        done.append(f"{project.file.name} is as it was before")
    return Outcome(tuple(done))


def _theirs(target: Path, record: Record) -> list[str]:
    found = [name for name, digest in read_plugin(target).files.items() if record.files.get(name) != digest]
    kept = target / RECORD_FOLDER / CHANGED_BEFORE
    if kept.exists():
        found += [f"{RECORD_FOLDER}/{CHANGED_BEFORE}/{name}" for name in read_plugin(kept).files]
    return found


def _project_before(project: Project, target: Path, record: Record) -> bytes:
    before = target / RECORD_FOLDER / PROJECT_BEFORE
    if sha256(project.raw) == record.project_sha256 and before.is_file():
        return before.read_bytes()
    text = project.text
    for change in reversed(record.changes):
        text = withdraw(text, change, list_added=record.list_added)
    return project.encoded(text)


def _forget(project: Project) -> Outcome:
    """The folder is gone already, deleted by hand: an entry that is left would stop the project from opening."""
    text = withdraw(project.text, Change(PLUGIN, ADDED), list_added=False)
    if text == project.text:
        return Outcome(())
    write_project_file(project.file, project.encoded(text))
    return Outcome((f"the entry of {PLUGIN} removed from {project.file.name}; its folder was gone already",))
