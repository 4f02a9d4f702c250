"""Rules for what leaves the house: files that packages take along, and classes that a packaged game must find."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from .lint_reading import BUILT, Module, lines, modules, place

_TAKEN = ("Content", "Resources", "Shaders", "Source")
"""Folders that the engine's BuildPlugin takes along unasked; Config is none of them."""

_PRESET_ROOTS = {
    *("ULiveLinkSourceFactory", "ULiveLinkSourceSettings", "ULiveLinkSubjectSettings", "ULiveLinkRole"),
    *("ULiveLinkVirtualSubject", "ULiveLinkFramePreProcessor", "ULiveLinkFrameInterpolationProcessor"),
    *("ULiveLinkFrameTranslator", "ULiveLinkRetargetAsset", "UDataAsset"),
}
"""What a Live Link preset stores by class: in a packaged game the class must be there, or the face is dead."""

_SAVED_ROOTS = {
    "UActorComponent",
    "USceneComponent",
    "AActor",
    "UAnimInstance",
    "UDeveloperSettings",
    "UEngineSubsystem",
}
"""What levels, blueprints and settings of a game store or look up."""

_CLASS = re.compile(r"\bclass\s+(?:\w+_API\s+)?(\w+)\s*(?:final\s*)?:\s*public\s+(\w+)")


def problems(plugin: Path) -> Iterator[str]:
    """What is wrong with packages."""
    yield from _filter(plugin)
    yield from _icon(plugin)
    yield from _reachable(modules(plugin))


def _filter(plugin: Path) -> Iterator[str]:
    file = plugin / "Config" / "FilterPlugin.ini"
    where = "Config/FilterPlugin.ini"
    if not file.is_file():
        yield f"{where}: is missing"
        return
    rules, section = [], ""
    for raw in file.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if line.startswith("["):
            section = line
        elif line and not line.startswith(";"):
            if section != "[FilterPlugin]" or not line.startswith("/"):
                yield f"{where}: '{line}' is no path from the plugin's folder on, below [FilterPlugin]"
            rules.append(line)
    extra = [
        "/" + path.relative_to(plugin).as_posix()
        for path in sorted(plugin.rglob("*"))
        if path.is_file() and path.suffix != ".uplugin" and path.relative_to(plugin).parts[0] not in (*_TAKEN, *BUILT)
    ]
    patterns = {rule: _pattern(rule) for rule in rules}
    for name in extra:
        if not any(pattern.fullmatch(name) for pattern in patterns.values()):
            yield f"{where}: no rule takes {name} along"
    for rule, pattern in patterns.items():
        if not any(pattern.fullmatch(name) for name in extra):
            yield f"{where}: '{rule}' matches no file that needs it"


def _pattern(rule: str) -> re.Pattern[str]:
    """The engine's wildcards: ``...`` any folders, ``*`` and ``?`` within one."""
    parts = re.split(r"(\.\.\.|\*|\?)", rule)
    wild = {"...": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts))


def _icon(plugin: Path) -> Iterator[str]:
    icon = plugin / "Resources" / "Icon128.png"
    head = icon.read_bytes()[:24] if icon.is_file() else b""
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or struct.unpack(">II", head[16:24]) != (128, 128):
        yield "Resources/Icon128.png: is no PNG of 128 by 128"


def _reachable(all_modules: list[Module]) -> Iterator[str]:
    parents: dict[str, str] = {}
    homes: dict[str, tuple[Module, str]] = {}
    for module in all_modules:
        for path in module.sources():
            for name, parent in _CLASS.findall("\n".join(line.text for line in lines(path))):
                parents[name] = parent
                homes[name] = (module, place(module.folder.parents[1], path))
    for name, (module, where) in homes.items():
        root: str | None = name
        seen: set[str] = set()
        while root in parents and root not in seen:
            seen.add(root)
            root = parents[root]
        if root in _PRESET_ROOTS | _SAVED_ROOTS and module.kind != "Runtime":
            yield f"{where}: {name} is a {root}, which games load by class; {module.name} is no Runtime module"
