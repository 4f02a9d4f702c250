"""Rules for modules: one name for folder, Build.cs and class, and build rules that cover what is included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .lint_reading import Line, Module, lines, modules, place

SHIM = Path(__file__).with_name("ue_shim")

HEADERS = {
    path.relative_to(module).as_posix(): module.name
    for module in sorted(SHIM.iterdir())
    if module.is_dir()
    for path in module.rglob("*.h")
}
"""Header of the engine to the module that has it, as the stand-ins lie in folders by module."""

EDITOR_MODULES = {
    *("UnrealEd", "EditorFramework", "EditorSubsystem", "PropertyEditor", "ToolMenus", "WorkspaceMenuStructure"),
    *("LiveLinkEditor", "AssetTools", "ContentBrowser", "LevelEditor", "BlueprintGraph", "PythonScriptPlugin"),
    *("DesktopPlatform", "AnimationBlueprintLibrary", "StatusBar", "EditorStyle", "AssetRegistryEditor"),
}
"""Modules that no packaged game has."""

_LINK_ONLY = {"Core", "CoreUObject"}
"""What generated code needs without an include of ours."""


def problems(plugin: Path) -> Iterator[str]:
    """What is wrong with the modules."""
    all_modules = modules(plugin)
    by_name = {module.name: module for module in all_modules}
    for module in all_modules:
        yield from _names(plugin, module)
        yield from _kinds(plugin, module, by_name)
        used: set[str] = set()
        for path in module.sources():
            for line in lines(path):
                if line.include is not None:
                    yield from _include(plugin, module, by_name, line, used)
        for name in sorted((module.public | module.private) - used - _LINK_ONLY - {module.name}):
            yield f"{_rules(plugin, module)}: nothing of {name} is included"


def _rules(plugin: Path, module: Module) -> str:
    return place(plugin, module.folder / f"{module.name}.Build.cs")


def _names(plugin: Path, module: Module) -> Iterator[str]:
    found = sorted(path.name for path in module.folder.rglob("*.Build.cs"))
    if found != [f"{module.name}.Build.cs"]:
        has = ", ".join(found) or "no Build.cs"
        yield f"{place(plugin, module.folder)}: has {has} instead of {module.name}.Build.cs"
        return
    text = (module.folder / found[0]).read_text(encoding="utf-8")
    classes = re.findall(r"class\s+(\w+)\s*:\s*ModuleRules", text)
    if classes != [module.name]:
        yield f"{_rules(plugin, module)}: its class is {', '.join(classes) or 'missing'}, not {module.name}"
    if not re.search(rf"public {module.name}\(ReadOnlyTargetRules Target\)\s*:\s*base\(Target\)", text):
        yield f"{_rules(plugin, module)}: its constructor is not {module.name}(ReadOnlyTargetRules Target)"
    made = [
        name
        for path in module.sources(".cpp")
        for line in lines(path)
        for name in re.findall(r"IMPLEMENT_MODULE\(\s*\w+\s*,\s*(\w+)\s*\)", line.text)
    ]
    if made != [module.name]:
        names = ", ".join(made) or "nothing"
        yield f"{place(plugin, module.folder)}: IMPLEMENT_MODULE names {names}, not {module.name}"


def _kinds(plugin: Path, module: Module, by_name: dict[str, Module]) -> Iterator[str]:
    if module.for_editor:
        return
    for name in sorted(module.public | module.private):
        theirs = by_name.get(name)
        if (name in EDITOR_MODULES or (theirs is not None and theirs.for_editor)) and name not in module.editor_only:
            yield f"{_rules(plugin, module)}: {name} does not exist in a packaged game"


def _include(plugin: Path, module: Module, by_name: dict[str, Module], line: Line, used: set[str]) -> Iterator[str]:
    name = str(line.include)
    where = place(plugin, line.path, line.number)
    if name.endswith(".generated.h"):
        if name != f"{line.path.stem}.generated.h":
            yield f"{where}: {name} belongs to another header"
        return
    if any((root / name).is_file() for root in (line.path.parent, module.folder / "Public", module.folder / "Private")):
        return
    ours = [other for other in by_name.values() if (other.folder / "Public" / name).is_file()]
    owner = ours[0].name if ours else HEADERS.get(name)
    if owner is None:
        yield f"{where}: whose is {name}? ue_shim has no such header"
        return
    used.add(owner)
    if owner not in module.public | module.private:
        yield f"{where}: {name} is of {owner}, which {module.name}.Build.cs does not add"
    elif "Public" in line.path.relative_to(module.folder).parts and owner not in module.public:
        yield f"{where}: {name} in a public header needs {owner} in PublicDependencyModuleNames"
    elif owner in module.editor_only and not line.editor_only:
        yield f"{where}: {name} is of {owner}, which is there only in the editor"
