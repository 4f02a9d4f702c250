"""The checks of ``cstalk-live unreal check``: will this project's face move?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cstalk_live import __version__
from cstalk_live.findings import FAIL, OK, WARN, Finding
from cstalk_live.rig.schema import RAW_SCHEMA_HASH
from cstalk_live.unreal.engine import NEWEST, OLDEST, find_engine
from cstalk_live.unreal.install import COMPILER_NOTE, REQUIRED, other_copies, plugin_folder
from cstalk_live.unreal.plugin import DESCRIPTOR, PLUGIN, PluginCopy, read_plugin, shipped_plugin
from cstalk_live.unreal.ports import check_ports
from cstalk_live.unreal.project import Project, read_project

_INSTALL = "cstalk-live unreal install --project"


def examine_project(path: Path, engine_folder: Path | None = None) -> list[Finding]:
    """All checks of one project, in order.

    Args:
        path: a ``.uproject`` file or its folder.
        engine_folder: the project's engine, where nothing else tells.

    Raises:
        ProjectError: there is no project there, or ``engine_folder`` is no engine.
    """
    project = read_project(path)
    findings = [_project(project), _engine(project, engine_folder)]
    target = plugin_folder(project)
    if not (target / DESCRIPTOR).is_file():
        findings.append(Finding("plugin", FAIL, f"not in '{target}'", f"{_INSTALL} '{project.file}'"))
    else:
        findings += _copy(project, read_plugin(target))
    findings += [_one_copy(project), *(_enabled(project, plugin) for plugin in REQUIRED)]
    return findings + check_ports(project)


def _project(project: Project) -> Finding:
    kind = "with C++ of its own" if project.has_code else "without C++ of its own"
    return Finding("project", OK, f"{project.file.name}, {kind}")


def _engine(project: Project, engine_folder: Path | None) -> Finding:
    engine = find_engine(project.engine_association, project.folder, engine_folder)
    if engine.version is None:
        return Finding("engine", WARN, f"unknown: {engine.told_by}", "name its folder with --engine")
    found = f"Unreal {engine.version}, from {engine.told_by}"
    if engine.version < OLDEST:
        return Finding("engine", FAIL, found, f"open the project with Unreal {OLDEST} or newer")
    if engine.version > NEWEST:
        return Finding("engine", WARN, found, f"the plugin is written for {OLDEST} to {NEWEST}: try it, and tell us")
    return Finding("engine", OK, found)


def _copy(project: Project, copy: PluginCopy) -> list[Finding]:
    shipped = shipped_plugin()
    fix = f"{_INSTALL} '{project.file}'"
    found = f"'{copy.folder}'"
    findings = [Finding("plugin", OK, found), _files(copy, shipped, fix)]
    if copy.version == __version__:
        findings.append(Finding("version", OK, f"{copy.version}, as this program"))
    else:
        findings.append(Finding("version", FAIL, f"{copy.version or 'unreadable'}; this program is {__version__}", fix))
    findings.append(_schema(copy.schema_hash, fix))
    findings.append(_compiled(project, copy))
    return findings


def _files(copy: PluginCopy, shipped: PluginCopy, fix: str) -> Finding:
    missing = [name for name in shipped.files if name not in copy.files]
    changed = [name for name, digest in shipped.files.items() if copy.files.get(name, digest) != digest]
    if missing:
        return Finding("files", FAIL, f"{_some(missing)} missing", fix)
    if changed and copy.version == __version__:
        return Finding("files", WARN, f"{_some(changed)} differ from what this program ships", f"{fix} --force")
    if changed:
        return Finding("files", WARN, f"{_some(changed)} are of another version", fix)
    return Finding("files", OK, f"all {len(shipped.files)} as shipped")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _schema(found: int | None, fix: str) -> Finding:
    if found == RAW_SCHEMA_HASH:
        return Finding("schema", OK, f"0x{found:08X}: the plugin knows the same 260 names")
    text = "its table of names cannot be read" if found is None else f"0x{found:08X} instead of 0x{RAW_SCHEMA_HASH:08X}"
    return Finding("schema", FAIL, f"{text}: the plugin would refuse every frame", fix)


def _compiled(project: Project, copy: PluginCopy) -> Finding:
    built = [file.parent.name for file in sorted((copy.folder / "Binaries").glob("*/*.modules"))]
    if built:
        return Finding("compiled", OK, f"for {', '.join(dict.fromkeys(built))}")
    note = "" if project.has_code else COMPILER_NOTE
    return Finding("compiled", OK if project.has_code else WARN, "not yet: Unreal does it on opening the project", note)


def _one_copy(project: Project) -> Finding:
    copies = other_copies(project)
    if copies:
        return Finding("copies", FAIL, f"another copy in '{copies[0].parent}'", "delete it: Unreal loads only one")
    return Finding("copies", OK, "no other copy in the project")


def _enabled(project: Project, plugin: str) -> Finding:
    enabled = project.enabled(plugin)
    if enabled:
        return Finding("enabled", OK, f"{plugin} is on in {project.file.name}")
    if enabled is None and plugin != PLUGIN and project.enabled(PLUGIN):
        return Finding("enabled", OK, f"{plugin} is on because {PLUGIN} needs it")
    said = "is off" if enabled is False else "has no entry"
    return Finding("enabled", FAIL, f"{plugin} {said} in {project.file.name}", f"{_INSTALL} '{project.file}'")
