"""The plugin as the lints see it: modules with their build rules, and every include with what guards it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLUGIN = Path(__file__).parents[2] / "unreal_plugin" / "CSTalkLive"

BUILT = ("Binaries", "Intermediate", "Saved")

_INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')
_CONDITION = re.compile(r"\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b(.*)")
_ADD = re.compile(r"(Public|Private)DependencyModuleNames\s*\.\s*Add(?:Range)?\s*\(([^;]*)\)\s*;", re.DOTALL)
_EDITOR_BLOCK = re.compile(r"if\s*\(\s*Target\.bBuildEditor\s*\)\s*(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[^;{]*;)")


@dataclass(frozen=True)
class Line:
    """One line of code without its comment."""

    path: Path
    number: int
    text: str
    editor_only: bool
    """Inside ``#if WITH_EDITOR`` or ``WITH_EDITORONLY_DATA``."""

    @property
    def include(self) -> str | None:
        """What a quoted ``#include`` names."""
        match = _INCLUDE.match(self.text)
        return match[2] if match and match[1] == '"' else None


@dataclass(frozen=True)
class Module:
    """A folder below ``Source``."""

    name: str
    folder: Path
    kind: str
    """``Type`` in the descriptor; empty where it is not listed."""
    public: frozenset[str]
    """Modules that the Build.cs adds for all who include its headers."""
    private: frozenset[str]
    editor_only: frozenset[str]
    """Of these, the ones added only where the editor is built."""

    @property
    def for_editor(self) -> bool:
        return self.kind in ("Editor", "EditorNoCommandlet", "UncookedOnly", "DeveloperTool", "Developer")

    def sources(self, *suffixes: str) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.suffix in (suffixes or (".h", ".cpp")))


def descriptor(plugin: Path) -> dict[str, Any]:
    """The ``.uplugin`` file."""
    return json.loads((plugin / f"{plugin.name}.uplugin").read_text(encoding="utf-8"))


def modules(plugin: Path) -> list[Module]:
    """Every folder below ``Source``, with what its Build.cs says."""
    kinds = {row.get("Name"): row.get("Type", "") for row in descriptor(plugin).get("Modules", [])}
    found = []
    for folder in sorted(path for path in (plugin / "Source").iterdir() if path.is_dir()):
        rules = folder / f"{folder.name}.Build.cs"
        text = re.sub(r"//[^\n]*", "", rules.read_text(encoding="utf-8")) if rules.is_file() else ""
        names: dict[str, set[str]] = {"Public": set(), "Private": set()}
        for scope, arguments in _ADD.findall(text):
            names[scope].update(re.findall(r'"([^"]+)"', arguments))
        everywhere = {
            name
            for _, arguments in _ADD.findall(_EDITOR_BLOCK.sub("", text))
            for name in re.findall(r'"([^"]+)"', arguments)
        }
        both = names["Public"] | names["Private"]
        found.append(
            Module(
                folder.name,
                folder,
                kinds.get(folder.name, ""),
                frozenset(names["Public"]),
                frozenset(names["Private"]),
                frozenset(both - everywhere),
            )
        )
    return found


def lines(path: Path) -> list[Line]:
    """The code of a file, line by line, comments blanked, with the conditions of the preprocessor followed."""
    text = re.sub(
        r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), path.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    found: list[Line] = []
    stack: list[bool] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = re.sub(r"//.*", "", raw)
        if match := _CONDITION.match(line):
            word, condition = match[1], match[2]
            editor = re.search(r"(?<!!)(?<!! )\bWITH_EDITOR(ONLY_DATA)?\b", condition) is not None
            if word.startswith("if"):
                stack.append(editor and word != "ifndef")
            elif word == "endif" and stack:
                stack.pop()
            elif stack:
                stack[-1] = word == "elif" and editor
        found.append(Line(path, number, line, any(stack)))
    return found


def place(plugin: Path, path: Path, line: int = 0) -> str:
    """How a problem names where it is."""
    where = path.relative_to(plugin).as_posix()
    return f"{where}:{line}" if line else where
