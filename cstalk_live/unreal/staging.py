"""Writes what the plugin's folder will be, beside the one it will replace."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from cstalk_live import __version__
from cstalk_live.unreal.enabling import Change, has_list
from cstalk_live.unreal.plugin import BUILT, RECORD_FOLDER, PluginCopy
from cstalk_live.unreal.project import Project
from cstalk_live.unreal.record import CHANGED_BEFORE, FOLDER_BEFORE, PROJECT_BEFORE, Record, sha256


@dataclass(frozen=True, slots=True)
class Plan:
    """An installation that nothing stands in the way of."""

    project: Project
    target: Path
    """The plugin's folder in the project."""
    new: PluginCopy
    """What it shall hold."""
    there: PluginCopy | None
    """What it holds now; None where there is none."""
    record: Record | None
    """Of the installation that made it."""
    conflicts: tuple[str, ...]
    """Files of ``there`` that the user changed and ``new`` replaces."""
    text: str
    """The project's file as it shall be."""
    changes: tuple[Change, ...]
    """What that takes."""

    @property
    def project_file(self) -> bytes:
        return self.project.encoded(self.text)

    @property
    def has_all_files(self) -> bool:
        """Whether the folder holds every file of ``new`` as it is."""
        return self.there is not None and self.new.files.items() <= self.there.files.items()

    @property
    def is_same_version(self) -> bool:
        return self.record is not None and self.record.files == self.new.files

    @property
    def is_done(self) -> bool:
        return self.is_same_version and self.has_all_files and not self.changes


def stage(plan: Plan, into: Path) -> None:
    """Fill the empty folder ``into``: the plugin, what stays of the old folder, and the record.

    Raises:
        OSError: the disk refuses.
    """
    for name in plan.new.files:
        _copy(plan.new.folder / name, into / name)
    if plan.record is None or plan.there is None:
        record = _first_record(plan, into / RECORD_FOLDER)
    else:
        record = _next_record(plan, plan.record, into / RECORD_FOLDER)
        _carry_over(plan, plan.record, plan.there, into)
    record.write(into)


def _first_record(plan: Plan, notes: Path) -> Record:
    notes.mkdir()
    (notes / PROJECT_BEFORE).write_bytes(plan.project.raw)
    if plan.there is not None:
        shutil.copytree(plan.target, notes / FOLDER_BEFORE)
    return _record(plan, plan.changes, not has_list(plan.project.text), not plan.target.parent.exists())


def _next_record(plan: Plan, last: Record, notes: Path) -> Record:
    shutil.copytree(plan.target / RECORD_FOLDER, notes)
    before = notes / PROJECT_BEFORE
    known = sha256(plan.project.raw) == last.project_sha256 or (
        before.is_file() and before.read_bytes() == plan.project.raw
    )
    if not known:  # others have edited it since: its bytes of back then are nobody's wish any more
        before.unlink(missing_ok=True)
    for name in plan.conflicts:
        _copy(plan.target / name, notes / CHANGED_BEFORE / name)
    # The first change of each plugin is the one that its undoing needs.
    done = {change.plugin for change in last.changes}
    changes = (*last.changes, *(change for change in plan.changes if change.plugin not in done))
    return _record(plan, changes, last.list_added, last.folder_made)


def _record(plan: Plan, changes: tuple[Change, ...], list_added: bool, folder_made: bool) -> Record:
    return Record(__version__, plan.new.files, sha256(plan.project_file), changes, list_added, folder_made)


def _carry_over(plan: Plan, last: Record, there: PluginCopy, into: Path) -> None:
    """What the user added stays. What the engine built stays only while its sources are the same: Unreal would
    load an older library without a word.
    """
    for name in there.files:
        if name not in last.files and name not in plan.new.files:
            _copy(plan.target / name, into / name)
    if plan.is_same_version and plan.has_all_files:
        for name in BUILT:
            if (plan.target / name).is_dir():
                shutil.copytree(plan.target / name, into / name)


def _copy(source: Path, goal: Path) -> None:
    goal.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, goal)
