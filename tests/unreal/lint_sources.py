"""Rules for every source file: what breaks one compiler, one shop or one file system and not the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .lint_reading import BUILT, Line, Module, lines, modules, place

COPYRIGHT = "Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0"
_COMMENT = {".h": "// ", ".cpp": "// ", ".cs": "// ", ".py": "# "}

_TEXT = {".h", ".cpp", ".cs", ".ini", ".uplugin", ".py", ".md", ".txt", ""}

_LONGEST = 260 - 110
"""Windows ends paths at 260 characters; 110 are left to whoever packages the plugin and to the host project."""

_EDITOR_NAMES = re.compile(
    r"\b(GEditor|GUnrealEd|[UF]Editor\w+|[UFS]\w*Editor(?:Engine|Subsystem|Module|Mode)\w*|IDetailCustomization)\b"
)


def problems(plugin: Path) -> Iterator[str]:
    """What is wrong with the files."""
    for path in sorted(path for path in plugin.rglob("*") if path.is_file()):
        inside = path.relative_to(plugin)
        if inside.parts[0] not in BUILT and "__pycache__" not in inside.parts:
            yield from _file(plugin, path)
    for module in modules(plugin):
        for path in module.sources():
            for line in lines(path):
                yield from _line(plugin, module, line)


def _file(plugin: Path, path: Path) -> Iterator[str]:
    where = place(plugin, path)
    length = len(_longest_name(plugin, path))
    if length > _LONGEST:
        yield f"{where}: its path is {length} characters when built, at most {_LONGEST}"
    if path.suffix not in _TEXT:
        return
    raw = path.read_bytes()
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.isascii():
            yield f"{where}:{number}: not ASCII"
    if b"\r" in raw:
        yield f"{where}: carriage returns"
    comment = _COMMENT.get(path.suffix)
    if comment is not None and raw.partition(b"\n")[0] != f"{comment}{COPYRIGHT}".encode():
        yield f"{where}:1: the first line is not '{comment}{COPYRIGHT}'"


def _longest_name(plugin: Path, path: Path) -> str:
    """The longest of the paths that building makes of a file, from the plugin's folder on."""
    inside = path.relative_to(plugin)
    if inside.parts[0] != "Source" or len(inside.parts) < 3:
        return inside.as_posix()
    module = inside.parts[1]
    built = "Intermediate/Build/Win64/x64/UnrealEditor/Development"
    names = [
        inside.as_posix(),
        f"{built}/{module}/{inside.name}.dep.json",
        f"Intermediate/Build/Win64/UnrealEditor/Inc/{module}/UHT/{inside.stem}.generated.h",
    ]
    return max(names, key=len)


def _line(plugin: Path, module: Module, line: Line) -> Iterator[str]:
    where = place(plugin, line.path, line.number)
    included = re.match(r'\s*#\s*include\s*["<]([^">]+)', line.text)
    if included:
        name = included[1]
        if ".." in name.split("/") or name.startswith("/") or ":" in name or "\\" in name:
            yield f"{where}: #include '{name}' leaves the include paths"
        return
    code = re.sub(r'"(\\.|[^"\\])*"', '""', line.text)
    for macro in re.findall(r"\b(\w+)_API\b", code):
        if macro not in (module.name.upper(), "CSTALK"):
            yield f"{where}: {macro}_API is another module's"
    if re.search(r"\b\w+_API\s+(class|struct|enum)\b", code):
        yield f"{where}: the API macro stands before the keyword; it belongs between the keyword and the name"
    if re.search(r"\b(class|struct)\s+(?!\w+_API\b)\w+\s+\w+_API\b", code):
        yield f"{where}: the API macro stands after the name; it belongs before it"
    if re.search(r"\benum\s+(class\s+)?\w+_API\b", code):
        yield f"{where}: an enum needs no API macro"
    if not module.for_editor and (found := _EDITOR_NAMES.search(code)):
        name = found[1]
        if "Public" in line.path.relative_to(module.folder).parts:
            yield f"{where}: the editor's {name} in a public header of the game"
        elif not line.editor_only:
            yield f"{where}: the editor's {name} outside #if WITH_EDITOR"
