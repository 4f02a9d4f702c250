"""The plugin keeps every rule; and every rule, shown a plugin that breaks it, says so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from . import lint_descriptor, lint_modules, lint_packaging, lint_sources
from .lint_reading import PLUGIN, lines, modules

LINTS = (lint_descriptor, lint_modules, lint_packaging, lint_sources)
HEAD = f"// {lint_sources.COPYRIGHT}\n"
PLATFORMS = ["Win64", "Mac", "Linux"]


@pytest.mark.parametrize("lint", LINTS, ids=lambda lint: lint.__name__.rpartition(".")[2])
def test_the_plugin_keeps_the_rules(lint):
    assert list(lint.problems(PLUGIN)) == []


def test_every_module_was_looked_at():
    names = {module.name for module in modules(PLUGIN)}
    assert "CSTalkCore" in names
    assert all(module.sources() for module in modules(PLUGIN))


def test_there_is_one_licence():
    assert (PLUGIN / "LICENSE").read_bytes() == (PLUGIN.parents[1] / "LICENSE").read_bytes()


def module_row(name, kind):
    return {"Name": name, "Type": kind, "LoadingPhase": "Default", "PlatformAllowList": list(PLATFORMS)}


def rules(name, *lines):
    body = "\n".join(lines)
    return (
        f"{HEAD}using UnrealBuildTool;\npublic class {name} : ModuleRules\n{{\n"
        f"public {name}(ReadOnlyTargetRules Target) : base(Target)\n{{\n{body}\n}}\n}}\n"
    )


class Sample:
    """A small plugin that keeps every rule, and ways to break one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "Small"
        self.document = {
            "FileVersion": 3,
            "Version": 1,
            "VersionName": "1.0",
            "FriendlyName": "Small",
            "Description": "A sample.",
            "Category": "Animation",
            "CreatedBy": "Us",
            "SupportedTargetPlatforms": list(PLATFORMS),
            "Modules": [module_row("Small", "Runtime"), module_row("SmallEditor", "Editor")],
            "Plugins": [{"Name": "LiveLink", "Enabled": True}],
        }
        self.save()
        self.write(
            "Source/Small/Small.Build.cs",
            rules(
                "Small",
                'PublicDependencyModuleNames.AddRange(new string[] { "Core", "LiveLinkInterface" });',
                'PrivateDependencyModuleNames.Add("Sockets"); // "UnrealEd" in a comment',
            ),
        )
        self.write(
            "Source/Small/Public/Small.h",
            HEAD + '#pragma once\n#include "LiveLinkSourceFactory.h"\n#include "Small.generated.h"\n'
            "UCLASS()\nclass SMALL_API USmallFactory : public ULiveLinkSourceFactory\n{\n};\n",
        )
        self.write(
            "Source/Small/Private/Small.cpp",
            HEAD + '#include "Small.h"\n#include "Modules/ModuleManager.h"\n#include "SocketSubsystem.h"\n'
            "#if WITH_EDITOR\nvoid Look() { GEditor->Look(); }\n#endif\nIMPLEMENT_MODULE(FSmallModule, Small)\n",
        )
        self.write(
            "Source/SmallEditor/SmallEditor.Build.cs",
            rules(
                "SmallEditor",
                'PrivateDependencyModuleNames.AddRange(new string[] { "Core", "Small", "UnrealEd" });',
            ),
        )
        self.write(
            "Source/SmallEditor/Private/SmallEditor.cpp",
            HEAD + '#include "Small.h"\n#include "Editor.h"\n#include "Modules/ModuleManager.h"\n'
            "IMPLEMENT_MODULE(FSmallEditorModule, SmallEditor)\n",
        )
        self.write("Config/FilterPlugin.ini", "; words\n[FilterPlugin]\n/Config/*.ini\n/Docs/...\n/LICENSE\n")
        self.write("Docs/More/Start.md", "Start.\n")
        self.write("LICENSE", "Free.\n")
        icon = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (128).to_bytes(4, "big") * 2
        (self.folder / "Resources").mkdir()
        (self.folder / "Resources" / "Icon128.png").write_bytes(icon)

    def save(self) -> None:
        self.write("Small.uplugin", json.dumps(self.document, indent="\t"))

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def problems(self) -> list[str]:
        return [problem for lint in LINTS for problem in lint.problems(self.folder)]


@pytest.fixture
def sample(tmp_path, monkeypatch):
    headers = {
        "LiveLinkSourceFactory.h": "LiveLinkInterface",
        "Modules/ModuleManager.h": "Core",
        "SocketSubsystem.h": "Sockets",
        "Editor.h": "UnrealEd",
    }
    monkeypatch.setattr(lint_modules, "HEADERS", headers)
    return Sample(tmp_path)


def test_the_sample_keeps_the_rules(sample):
    assert sample.problems() == []


def in_descriptor(change: Callable[[dict], object]) -> Callable[[Sample], None]:
    def broken(sample: Sample) -> None:
        change(sample.document)
        sample.save()

    return broken


def swap(name: str, old: str, new: str) -> Callable[[Sample], None]:
    return lambda sample: sample.replace(name, old, new)


def add(name: str, text: str) -> Callable[[Sample], None]:
    return lambda sample: sample.write(name, text)


HEADER, SOURCE, BUILD = "Source/Small/Public/Small.h", "Source/Small/Private/Small.cpp", "Source/Small/Small.Build.cs"
FILTER = "Config/FilterPlugin.ini"

BROKEN = {
    "a key the engine does not know": (
        in_descriptor(lambda d: d.update(IncludeListPlatforms=["Win64"])),
        "unknown key IncludeListPlatforms",
    ),
    "such a key of a module": (
        in_descriptor(lambda d: d["Modules"][0].update(WhitelistPlatforms=["Win64"])),
        "module Small: unknown key WhitelistPlatforms",
    ),
    "such a key of a plugin": (
        in_descriptor(lambda d: d["Plugins"][0].update(Enable=True)),
        "plugin LiveLink: unknown key Enable",
    ),
    "an engine version": (in_descriptor(lambda d: d.update(EngineVersion="5.6.0")), "EngineVersion stops the editor"),
    "an old file version": (in_descriptor(lambda d: d.update(FileVersion=1)), "FileVersion is not 3"),
    "no name of its maker": (in_descriptor(lambda d: d.pop("CreatedBy")), "CreatedBy is missing"),
    "an empty address": (in_descriptor(lambda d: d.update(DocsURL="")), "DocsURL is no https address"),
    "no platforms": (
        in_descriptor(lambda d: d["Modules"][1].pop("PlatformAllowList")),
        "module SmallEditor: PlatformAllowList is missing",
    ),
    "fewer platforms": (
        in_descriptor(lambda d: d["Modules"][1]["PlatformAllowList"].pop()),
        "module SmallEditor: PlatformAllowList is not SupportedTargetPlatforms",
    ),
    "a platform that is none": (
        in_descriptor(lambda d: d["SupportedTargetPlatforms"].append("Windows")),
        "unknown platform Windows",
    ),
    "a type that is none": (
        in_descriptor(lambda d: d["Modules"][0].update(Type="Game")),
        "module Small: Type Game is none",
    ),
    "a phase that is none": (
        in_descriptor(lambda d: d["Modules"][0].update(LoadingPhase="Early")),
        "LoadingPhase Early does not exist",
    ),
    "a module without a folder": (
        in_descriptor(lambda d: d["Modules"].append(module_row("Gone", "Runtime"))),
        "module Gone has no folder",
    ),
    "a module twice": (
        in_descriptor(lambda d: d["Modules"].append(module_row("Small", "Runtime"))),
        "module Small is listed twice",
    ),
    "a folder without a module": (in_descriptor(lambda d: d["Modules"].pop()), "module SmallEditor is not listed"),
    "no LiveLink": (in_descriptor(lambda d: d.update(Plugins=[])), "does not enable LiveLink"),
    "MetaHuman required": (
        in_descriptor(lambda d: d["Plugins"].append({"Name": "MetaHumanCharacter", "Enabled": True})),
        "MetaHumanCharacter must not be required",
    ),
    "a file in no folder that is taken along": (add("Other.txt", ""), "no rule takes /Other.txt along"),
    "another file name of the rules": (
        lambda sample: (sample.folder / BUILD).rename(sample.folder / "Source/Small/Tiny.Build.cs"),
        "has Tiny.Build.cs instead of Small.Build.cs",
    ),
    "another class": (swap(BUILD, "class Small", "class Tiny"), "its class is Tiny, not Small"),
    "another constructor": (swap(BUILD, "public Small(", "public Tiny("), "its constructor is not Small"),
    "another module's name in code": (
        swap(SOURCE, "FSmallModule, Small)", "FSmallModule, Tiny)"),
        "IMPLEMENT_MODULE names Tiny, not Small",
    ),
    "an include that no rule covers": (
        swap(BUILD, 'PrivateDependencyModuleNames.Add("Sockets");', ""),
        "SocketSubsystem.h is of Sockets, which Small.Build.cs does not add",
    ),
    "an include of a sister module that no rule covers": (
        swap("Source/SmallEditor/SmallEditor.Build.cs", '"Small", ', ""),
        "Small.h is of Small, which SmallEditor.Build.cs does not add",
    ),
    "a public include with a private rule": (
        swap(BUILD, "PublicDependencyModuleNames", "PrivateDependencyModuleNames"),
        "LiveLinkSourceFactory.h in a public header needs LiveLinkInterface",
    ),
    "a header nobody knows": (
        swap(SOURCE, "SocketSubsystem.h", "SocketSystem.h"),
        "whose is SocketSystem.h?",
    ),
    "a rule that nothing needs": (swap(BUILD, '"Sockets"', '"Sockets", "Slate"'), "nothing of Slate is included"),
    "the editor in a game module": (
        swap(BUILD, '"Sockets"', '"Sockets", "UnrealEd"'),
        "UnrealEd does not exist in a packaged game",
    ),
    "our editor module in a game module": (
        swap(BUILD, '"Sockets"', '"Sockets", "SmallEditor"'),
        "SmallEditor does not exist in a packaged game",
    ),
    "an editor include that games see": (
        lambda sample: (
            sample.replace(
                BUILD,
                "PrivateDep",
                'if (Target.bBuildEditor) { PrivateDependencyModuleNames.Add("UnrealEd"); }\nPrivateDep',
            ),
            sample.replace(SOURCE, '#include "Small.h"', '#include "Small.h"\n#include "Editor.h"'),
        ),
        "Editor.h is of UnrealEd, which is there only in the editor",
    ),
    "another header's generated file": (
        swap(HEADER, "Small.generated.h", "Tiny.generated.h"),
        "Tiny.generated.h belongs to another header",
    ),
    "an editor type in a game": (
        swap(SOURCE, "#if WITH_EDITOR", "#if 1"),
        "the editor's GEditor outside #if WITH_EDITOR",
    ),
    "an editor type in the branch of games": (
        swap(SOURCE, "#if WITH_EDITOR\n", "#if WITH_EDITOR\n#else\n"),
        "the editor's GEditor outside #if WITH_EDITOR",
    ),
    "an editor type in a public header": (
        swap(HEADER, "{\n};", "{\n#if WITH_EDITOR\nUEditorEngine* Editor;\n#endif\n};"),
        "the editor's UEditorEngine in a public header",
    ),
    "the API macro before the keyword": (
        swap(HEADER, "class SMALL_API U", "SMALL_API class U"),
        "stands before the keyword",
    ),
    "the API macro after the name": (
        swap(HEADER, "class SMALL_API USmallFactory", "class USmallFactory SMALL_API"),
        "stands after the name",
    ),
    "another module's API macro": (swap(HEADER, "SMALL_API", "TINY_API"), "TINY_API is another module's"),
    "an API macro on an enum": (
        swap(HEADER, "UCLASS", "enum class SMALL_API EKind { A };\nUCLASS"),
        "an enum needs no API macro",
    ),
    "an include that climbs": (swap(SOURCE, '"Small.h"', '"../Public/Small.h"'), "leaves the include paths"),
    "an absolute include": (swap(SOURCE, '"Small.h"', '"C:/Small.h"'), "leaves the include paths"),
    "letters that are not ASCII": (swap(SOURCE, "void Look", "void \u041book"), "Small.cpp:6: not ASCII"),
    "carriage returns": (swap(SOURCE, "#endif\n", "#endif\r\n"), "carriage returns"),
    "no copyright": (
        swap(SOURCE, HEAD, "// Copyright Epic Games, Inc. All Rights Reserved.\n"),
        "Small.cpp:1: the first",
    ),
    "no copyright in a script": (add("Content/Python/look.py", "import unreal\n"), "look.py:1: the first line"),
    "a path too long for Windows": (
        add(f"Source/Small/Private/{'Long' * 20}.cpp", HEAD),
        "characters when built",
    ),
    "no filter": (
        lambda sample: (sample.folder / FILTER).unlink(),
        "Config/FilterPlugin.ini: is missing",
    ),
    "a file left behind": (swap(FILTER, "/LICENSE\n", ""), "no rule takes /LICENSE along"),
    "a rule that takes one folder and not those below": (
        swap(FILTER, "/Docs/...", "/Docs/*"),
        "no rule takes /Docs/More/Start.md along",
    ),
    "a rule for nothing": (swap(FILTER, "/LICENSE\n", "/LICENSE\n/NOTICE\n"), "'/NOTICE' matches no file"),
    "a rule outside its section": (swap(FILTER, "[FilterPlugin]", "[Filter]"), "below [FilterPlugin]"),
    "no icon": (lambda sample: (sample.folder / "Resources/Icon128.png").unlink(), "is no PNG of 128 by 128"),
    "a factory that games lack": (
        add(
            "Source/SmallEditor/Private/Late.h",
            HEAD
            + "class USmallBase : public ULiveLinkSourceFactory\n{\n};\nclass ULate final : public USmallBase {};\n",
        ),
        "ULate is a ULiveLinkSourceFactory, which games load by class; SmallEditor is no Runtime module",
    ),
    "a component that games lack": (
        add("Source/SmallEditor/Private/Face.h", HEAD + "class UFace : public UActorComponent {};\n"),
        "UFace is a UActorComponent",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_found(sample, case):
    break_it, words = BROKEN[case]
    break_it(sample)
    found = sample.problems()
    assert any(words in problem for problem in found), found


def test_a_descriptor_that_is_no_json_is_named(sample):
    sample.write("Small.uplugin", "{")
    assert any("cannot be read" in problem for problem in lint_descriptor.problems(sample.folder))


@pytest.mark.parametrize(
    ("condition", "inside"),
    [
        ("#if WITH_EDITOR", True),
        ("#ifdef WITH_EDITORONLY_DATA", True),
        ("#if A\n#elif WITH_EDITOR", True),
        ("#if WITH_EDITOR\n#if A\n#endif", True),
        ("#if !WITH_EDITOR", False),
        ("#ifndef WITH_EDITOR", False),
        ("#if WITH_EDITOR\n#else", False),
        ("#if WITH_EDITOR\n#endif\n#if A", False),
        ("// #if WITH_EDITOR", False),
        ("/* #if WITH_EDITOR */", False),
    ],
)
def test_conditions_are_followed(tmp_path, condition, inside):
    path = tmp_path / "a.cpp"
    path.write_text(f"{condition}\nword{os.linesep}", encoding="utf-8")
    assert next(line for line in lines(path) if line.text.strip() == "word").editor_only is inside
