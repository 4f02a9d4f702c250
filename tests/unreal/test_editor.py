"""The editor module, compiled against the stand-in engine and clicked through under sanitizers."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess

import header_tool
import pytest

from .lint_modules import SHIM
from .lint_reading import PLUGIN, modules

RUNTIME, MODULE = (module for module in modules(PLUGIN) if module.name in ("CSTalkLive", "CSTalkLiveEditor"))
EDITOR = MODULE.folder / "Private"
SOURCES = sorted(EDITOR.glob("*.cpp"))
MINORS = (4, 5, 6, 7, 8)


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """What the header tool makes of the runtime module's headers."""
    folder = tmp_path_factory.mktemp("generated")
    header_tool.write([PLUGIN / "Source" / "CSTalkLive"], folder)
    return folder


def test_every_click_does_what_it_says(editor_check):
    assert re.fullmatch(r"\d{2,} passed, 0 failed\n", editor_check("asan").run("unit"))


@pytest.mark.parametrize(
    "name",
    ["C:\\takes\\a b\\curves.csv", "/home/o'neill/it''s.csv", "//server/\u00fc/c.csv", 'a"b;c|d.csv', "%s{0}.csv"],
)
def test_the_import_command_is_one_line_of_python(editor_check, name):
    command = editor_check("asan").run("command", name)
    word, _, code = command.partition(" ")
    assert word == "py"
    call = ast.parse(code, mode="eval").body
    assert ast.unparse(call.func) == "__import__('cstalk_import').import_from_panel"
    (argument,) = call.args
    assert ast.literal_eval(argument) == name.replace("\\", "/")


def compiler(minor, generated, *extra, without=""):
    """A compiler that sees the modules Build.cs names, and no others."""
    program = shutil.which(os.environ.get("CXX", "c++"))
    if program is None:
        pytest.skip("no C++ compiler (c++) installed")
    warnings = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wshadow", "-Wundef", "-Wold-style-cast"]
    # CSTalkLive's public dependencies come along with it, as in the engine's build.
    named = (MODULE.private | MODULE.public | RUNTIME.public) - {without}
    words = [program, "-std=c++20", *warnings, "-fno-exceptions", "-fno-rtti"]
    words += ["-DCSTALKLIVE_API=", f"-DSHIM_UE_MINOR={minor}", "-DWITH_EDITOR=1", "-DUE_BUILD_SHIPPING=0"]
    words += [word for path in (RUNTIME.folder / "Public", EDITOR, generated) for word in ("-I", str(path))]
    words += [word for name in sorted(named) if (SHIM / name).is_dir() for word in ("-isystem", str(SHIM / name))]
    return [*words, *map(str, extra)]


def run(words):
    return subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)


def test_it_compiles_as_one_unit_in_every_version(generated, tmp_path):
    unit = tmp_path / "unity.cpp"
    unit.write_text("".join(f'#include "{source}"\n' for source in SOURCES), encoding="utf-8")
    seen = set()
    for minor in MINORS:
        text = run(compiler(minor, generated, "-E", "-P", unit))
        assert text.returncode == 0, text.stderr[-3000:]
        if text.stdout not in seen:  # what is the same after its conditions compiles the same
            seen.add(text.stdout)
            assert run(compiler(minor, generated, "-fsyntax-only", unit)).stderr == "", f"5.{minor}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_file_includes_what_it_needs(source, generated):
    assert run(compiler(MINORS[-1], generated, "-fsyntax-only", source)).stderr == ""


def test_a_module_that_build_cs_does_not_name_is_found(generated):
    source = EDITOR / "CSTalkSelectedFaces.cpp"
    result = run(compiler(MINORS[-1], generated, "-fsyntax-only", source, without="UnrealEd"))
    assert "No such file" in result.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_text_can_be_translated(source):
    """What people read stands in LOCTEXT; one key means one text."""
    text = source.read_text(encoding="utf-8")
    texts: dict[str, str] = {}
    for key, words in re.findall(r'LOCTEXT\("(\w+)",\s*"((?:[^"\\]|\\.)*)"\)', text):
        assert texts.setdefault(key, words) == words, key
    assert len(re.findall(r"\bLOCTEXT\(", text)) == len(re.findall(r'LOCTEXT\("\w+",\s*"(?:[^"\\]|\\.)*"\)', text))
    assert bool(texts) == ("#define LOCTEXT_NAMESPACE" in text) == ("#undef LOCTEXT_NAMESPACE" in text)
    assert "INVTEXT(" not in text
    assert not re.search(r'FromString\(\s*(FString\()?TEXT\("', text), "a text that cannot be translated"
