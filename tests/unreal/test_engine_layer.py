"""The engine layer compiles against stand-ins for five engine versions, three ways each, and keeps the engine's rules.

No engine was at hand: this finds what is wrong by what is known of the engine, and nothing else.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

import engine_symbols
import header_tool
import pytest

PLUGIN = Path(__file__).parents[2] / "unreal_plugin" / "CSTalkLive" / "Source"
LAYER = PLUGIN / "CSTalkLive"
SHIM = Path(__file__).parent / "ue_shim"
SOURCES = sorted(LAYER.rglob("*.cpp"))

WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wundef", "-Werror", "-Wno-unused-parameter"]
TARGETS = {
    "editor": {"WITH_EDITOR": 1, "UE_BUILD_SHIPPING": 0, "WITH_DEV_AUTOMATION_TESTS": 1},
    "game": {"WITH_EDITOR": 0, "UE_BUILD_SHIPPING": 0, "WITH_DEV_AUTOMATION_TESTS": 1},
    "shipping": {"WITH_EDITOR": 0, "UE_BUILD_SHIPPING": 1, "WITH_DEV_AUTOMATION_TESTS": 0},
}
CORE_ALWAYS = {"Core", "CoreUObject"}


def modules(text):
    """Modules that a Build.cs names."""
    return set(re.findall(r'"(\w+)"', re.sub(r"//[^\n]*", "", text)))


def command(generated, minor, target, *extra):
    """A compiler that sees the modules our Build.cs names, and no others."""
    named = modules((LAYER / "CSTalkLive.Build.cs").read_text("utf-8"))
    folders = [LAYER / "Public", LAYER / "Private", PLUGIN / "CSTalkCore" / "Public", generated]
    words = [
        "c++",
        "-std=c++20",
        "-fno-exceptions",
        "-fno-rtti",
        *WARNINGS,
        f"-DSHIM_UE_MINOR={minor}",
        "-DCSTALKLIVE_API=",
    ]
    words += [f"-D{name}={value}" for name, value in TARGETS[target].items()]
    words += [word for folder in folders for word in ("-I", str(folder))]
    words += [word for name in sorted(named) if (SHIM / name).is_dir() for word in ("-isystem", str(SHIM / name))]
    return [*words, *extra]


def run(words):
    return subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    if shutil.which("c++") is None:
        pytest.skip("no C++ compiler (c++) installed")
    folder = tmp_path_factory.mktemp("generated")
    assert header_tool.write([LAYER], folder) >= 8
    return folder


def test_every_file_includes_what_it_uses(generated):
    """One by one: what only a unity build brings along is missing here."""
    assert len(SOURCES) >= 18
    results = [(path.name, run(command(generated, 8, "editor", "-fsyntax-only", str(path)))) for path in SOURCES]
    assert not [(name, result.stderr[-1500:]) for name, result in results if result.returncode != 0]


def test_it_compiles_for_every_version_and_target(generated, tmp_path):
    unit = tmp_path / "unit.cpp"
    unit.write_text("".join(f'#include "{path}"\n' for path in SOURCES), encoding="utf-8")
    checked = set()
    for minor, target in product(range(4, 9), TARGETS):
        text = run(command(generated, minor, target, "-E", "-P", str(unit)))
        assert text.returncode == 0, f"5.{minor} {target}: {text.stderr[-2000:]}"
        if text.stdout in checked:  # what is the same after its conditions compiles the same
            continue
        checked.add(text.stdout)
        result = run(command(generated, minor, target, "-fsyntax-only", str(unit)))
        assert result.returncode == 0, f"5.{minor} {target}: {result.stderr[-3000:]}"
    assert len(checked) >= 6, "versions and targets must differ"


@pytest.mark.parametrize(
    ("include", "file", "symbol"),
    [
        ("Misc/Optional.h", "CSTalkLiveLinkSource.cpp", "TOptional"),
        ("ILiveLinkClient.h", "CSTalkSubject.cpp", "ILiveLinkClient"),
        ("Templates/UniquePtr.h", "CSTalkSelfTest.cpp", "TUniquePtr"),
    ],
)
def test_a_missing_include_is_found(generated, tmp_path, include, file, symbol):
    """The check itself: without the include, also in our headers, the file must not compile."""
    for path in engine_symbols.sources(LAYER):
        text = path.read_text("utf-8").replace(f'#include "{include}"', "")  # the line stays: lines are counted
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    words = command(generated, 8, "editor", "-fsyntax-only", str(tmp_path / file))
    own = {str(LAYER / "Public"): str(tmp_path), str(LAYER / "Private"): str(tmp_path)}
    result = run([own.get(word, word) for word in words])
    assert result.returncode != 0
    assert symbol in result.stderr


def test_a_module_that_build_cs_does_not_name_is_found(generated):
    words = command(generated, 8, "editor", "-fsyntax-only", str(LAYER / "Private" / "CSTalkSocketThread.cpp"))
    assert run(words).returncode == 0
    place = words.index(str(SHIM / "Sockets"))
    result = run(words[: place - 1] + words[place + 1 :])
    assert result.returncode != 0
    assert "No such file" in result.stderr


def test_the_header_tool_finds_nothing():
    assert header_tool.check([folder for folder in sorted(PLUGIN.iterdir()) if folder.is_dir()]) == []


BROKEN = {
    "GENERATED_BODY() must come first": ("\tGENERATED_BODY()\n\n\tUPROPERTY", "\tUPROPERTY"),
    "the last include must be": (
        '#include "CSTalkStatus.generated.h"\n',
        '#include "CSTalkStatus.generated.h"\n#include "A.h"\n',
    ),
    "must begin with F": ("struct CSTALKLIVE_API FCSTalkStatus", "struct CSTALKLIVE_API CSTalkStatus"),
    "uint32 is unknown to Blueprints": ("int32 FacesBound", "uint32 FacesBound"),
    "a bool begins with b": ("bool bSpeech", "bool Speech"),
    "a property without Category": (
        'UPROPERTY(BlueprintReadOnly, Category = "CSTalk")',
        "UPROPERTY(BlueprintReadOnly)",
    ),
    "where CSTALKLIVE_API belongs": ("CSTALKLIVE_API FCSTalkEmotion\n", "CSTALK_API FCSTalkEmotion\n"),
    "a raw pointer property": ("FString SenderVersion", "UObject* SenderVersion"),
    "under #if SOMETHING": ("\tUPROPERTY(BlueprintReadOnly", "#if SOMETHING\n\tUPROPERTY(BlueprintReadOnly"),
    "a namespace or template": (
        "USTRUCT(BlueprintType)\nstruct CSTALKLIVE_API FCSTalkStatus",
        "namespace A {}\nUSTRUCT(BlueprintType)\nstruct CSTALKLIVE_API FCSTalkStatus",
    ),
    "are the same without their first letter": (
        "struct CSTALKLIVE_API FCSTalkEmotion\n",
        "struct CSTALKLIVE_API FCSTalkStatus\n",
    ),
}


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_the_header_tool_finds(fault, tmp_path):
    before, after = BROKEN[fault]
    text = (LAYER / "Public" / "CSTalkStatus.h").read_text("utf-8")
    assert before in text
    folder = tmp_path / "CSTalkLive"
    folder.mkdir()
    (folder / "CSTalkStatus.h").write_text(text.replace(before, after, 1), encoding="utf-8")
    faults = header_tool.check([folder])
    assert any(fault in one for one in faults), faults


def test_the_header_tool_finds_overloaded_functions(tmp_path):
    folder = tmp_path / "CSTalkLive"
    folder.mkdir()
    text = (LAYER / "Public" / "CSTalkSubsystem.h").read_text("utf-8")
    assert not header_tool.check([LAYER])
    (folder / "CSTalkSubsystem.h").write_text(
        text.replace("bool SetIntensity(float", "bool SetMuted(float"), encoding="utf-8"
    )
    assert any("overloaded" in one for one in header_tool.check([folder]))


@pytest.mark.parametrize("path", engine_symbols.sources(), ids=lambda path: path.name)
def test_a_file_keeps_the_rules(path):
    text = path.read_text("utf-8")
    code = engine_symbols.code(path)
    assert text.isascii()
    assert text.startswith("// Copyright 2026 The cstalk-live developers."), "the shop asks for it in every file"
    assert "../" not in text
    assert len(text.splitlines()) <= 300
    assert not re.search(r"\b(throw|try|catch|dynamic_cast|std::(string|vector|mutex|thread|shared_ptr))\b", code)
    # "struct API Name", never "struct Name API" nor "API struct": an error since 5.8.
    assert not re.search(r"_API\s+(struct|class)\b", code)
    if path.name != "CSTalkCompat.h":
        assert "UE_VERSION" not in code, "version guards live in CSTalkCompat.h"
    if path.parent.name == "Public":
        assert "UnrealEd" not in code
        assert "cstalk/" not in text, "users of the plugin see the engine's types only"
    if path.suffix == ".cpp":
        # Unity builds put all files into one: names of their own in anonymous namespaces.
        for name in re.findall(
            r"^\t(?:constexpr|const|static|class|struct)?[\w:<>*& ]*?\b(\w+)\s*(?:\(|=|\{|$)",
            anonymous(code),
            re.MULTILINE,
        ):
            assert "CSTalk" in name or name in {"if", "for", "while", "return"}, f"{name}: name it CSTalk..."


def anonymous(code):
    """What stands in the file's anonymous namespace, one level deep."""
    begin = code.find("namespace\n{")
    if begin < 0:
        return ""
    body = header_tool.body_of(code, code.index("{", begin))
    return "\n".join(line for line in body.splitlines() if re.match(r"\t\S", line) and not re.match(r"\t[{}]", line))


def test_the_modules_are_those_of_the_headers():
    """Every engine header that is included belongs to a module that Build.cs names."""
    named = modules((LAYER / "CSTalkLive.Build.cs").read_text("utf-8"))
    known = {
        path.relative_to(SHIM / path.relative_to(SHIM).parts[0]).as_posix(): path.relative_to(SHIM).parts[0]
        for path in SHIM.glob("*/**/*.h")
    }
    used = set()
    for path in engine_symbols.sources(LAYER):
        for include in re.findall(r'#include "([^"]+)"', path.read_text("utf-8")):
            if include in known:
                used.add(known[include])
                assert known[include] in named, f"{path.name}: {include} is in {known[include]}"
    assert named - used - CORE_ALWAYS == {"CSTalkCore", "DeveloperSettings"} - used, "a module that nothing needs"
