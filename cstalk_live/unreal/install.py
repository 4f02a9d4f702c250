"""``cstalk-live unreal install``: the plugin into a project, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.enabling import Change, enable
from cstalk_live.unreal.engine import NEWEST, OLDEST, Engine, find_engine
from cstalk_live.unreal.folder_swap import FolderSwap, recover, remove_if_empty
from cstalk_live.unreal.plugin import DESCRIPTOR, PLUGIN, RECORD_FOLDER, PluginCopy, read_plugin, shipped_plugin
from cstalk_live.unreal.project import Project, read_project
from cstalk_live.unreal.record import CHANGED_BEFORE, FOLDER_BEFORE, Record, read_record
from cstalk_live.unreal.staging import Plan, stage

REQUIRED = ("LiveLink", PLUGIN)
"""Plugins that must be on, in the order of their entries."""

COMPILER_NOTE = (
    "the project has no C++ of its own: Unreal compiles the plugin when the project is opened, for which it needs a"
    " compiler (Windows: Visual Studio with 'Game development with C++'; macOS: Xcode). If it says that the plugin"
    " could not be compiled, add an empty class by Tools > New C++ Class, then open the project again"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an installation or its undoing did."""

    done: tuple[str, ...]
    """One line for each thing done; empty where all was so already."""
    notes: tuple[str, ...] = ()
    """What the user must know."""


def plugin_folder(project: Project) -> Path:
    """Where the plugin lies in a project."""
    return project.folder / "Plugins" / PLUGIN


def other_copies(project: Project) -> list[Path]:
    """Descriptors of the plugin elsewhere in the project: with two of them Unreal takes one and says nothing."""
    ours = plugin_folder(project)
    found = (project.folder / "Plugins").rglob(DESCRIPTOR)
    return sorted(file for file in found if ours not in file.parents)


def install(
    path: Path,
    *,
    engine_folder: Path | None = None,
    force: bool = False,
    shipped: Callable[[], PluginCopy] = shipped_plugin,
) -> Outcome:
    """Put the plugin into the project that ``path`` names, or bring an older copy up to date, and switch it on.

    Args:
        path: a ``.uproject`` file or its folder.
        engine_folder: the project's engine, where nothing else tells.
        force: replace files that the user changed, or a plugin that something else put there; both are kept in
            the plugin's folder ``.cstalk-live``.
        shipped: the plugin to put there.

    Raises:
        ProjectError: the project, its engine or what lies there does not allow it; nothing was changed.
    """
    project = read_project(path)
    notes = _engine_notes(find_engine(project.engine_association, project.folder, engine_folder))
    if not project.has_code:
        notes.append(COMPILER_NOTE)
    target, new = plugin_folder(project), shipped()
    if target.is_symlink():
        raise ProjectError(f"'{target}' is a link", "remove the link, or work on what it leads to")
    if copies := other_copies(project):
        raise ProjectError(f"the project has another copy of the plugin: '{copies[0].parent}'", "delete that folder")
    recover(project, target)
    record = read_record(target)
    there = read_plugin(target) if target.exists() else None
    conflicts = _conflicts(record, there, new)
    if conflicts and not force:
        raise ProjectError(_refusal(record, target, conflicts), "--force replaces them and keeps a copy")
    text, changes = _enabled(project.text)
    plan = Plan(project, target, new, there, record, conflicts, text, changes)
    if plan.is_done:
        return Outcome((), tuple(notes))
    _put(plan)
    return Outcome(_told(plan), tuple(notes))


def _engine_notes(engine: Engine) -> list[str]:
    if engine.version is None:
        raise ProjectError(
            f"cannot tell the project's engine: {engine.told_by}",
            "name its folder with --engine (the one that holds 'Engine')",
        )
    if engine.version < OLDEST:
        raise ProjectError(
            f"the project is for Unreal {engine.version} ({engine.told_by}), the plugin needs {OLDEST} or newer",
            "open it with a newer engine; without the plugin, Live Link Face works with older ones",
        )
    if engine.version > NEWEST:
        return [f"the plugin is written for Unreal {OLDEST} to {NEWEST}; {engine.version} is untried"]
    return []


def _conflicts(record: Record | None, there: PluginCopy | None, new: PluginCopy) -> tuple[str, ...]:
    """Files that are neither as an installation left them nor as this one wants them."""
    if there is None:
        return ()
    before = record.files if record is not None else dict.fromkeys(there.files, "")
    return tuple(
        name
        for name, digest in there.files.items()
        if (name in before or name in new.files) and digest not in (before.get(name), new.files.get(name))
    )


def _refusal(record: Record | None, target: Path, conflicts: tuple[str, ...]) -> str:
    if record is None:
        return f"'{target}' was not put there by this command, and {len(conflicts)} of its files differ"
    listed = ", ".join(conflicts[:5]) + (f" and {len(conflicts) - 5} more" if len(conflicts) > 5 else "")
    return f"files in '{target}' were changed: {listed}"


def _enabled(text: str) -> tuple[str, tuple[Change, ...]]:
    changes: list[Change] = []
    for plugin in REQUIRED:
        text, change = enable(text, plugin)
        if change is not None:
            changes.append(change)
    return text, tuple(changes)


def _put(plan: Plan) -> None:
    folder = plan.target.parent
    had_folder = folder.exists()
    swap = FolderSwap(plan.project, plan.target)
    installed = False
    try:
        stage(plan, swap.new)
        folder.mkdir(exist_ok=True)
        swap.commit(plan.project_file)
        installed = True
    except OSError as error:
        raise ProjectError(f"cannot install into '{plan.target}': {error.strerror or error}") from None
    finally:
        swap.close()
        if not (installed or had_folder):
            remove_if_empty(folder)


def _told(plan: Plan) -> tuple[str, ...]:
    was = f", replacing {plan.record.program_version}" if plan.record is not None else ""
    lines = [f"{PLUGIN} {plan.new.version} with {len(plan.new.files)} files in '{plan.target}'{was}"]
    lines += [f"{change.plugin} {change.kind} in {plan.project.file.name}" for change in plan.changes]
    if plan.conflicts:
        kept = plan.target / RECORD_FOLDER / (CHANGED_BEFORE if plan.record is not None else FOLDER_BEFORE)
        lines.append(f"{len(plan.conflicts)} changed files replaced; they are kept in '{kept}'")
    return tuple(lines)
