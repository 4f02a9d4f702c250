"""The core compiles for the machines nobody here has, and keeps to the rules the engine sets."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "unreal_plugin" / "CSTalkLive" / "Source" / "CSTalkCore"
MODULE = "CSTalkCoreModule.cpp"
SOURCES = sorted(path for path in CORE.glob("Private/*.cpp") if path.name != MODULE)
FILES = sorted([*CORE.glob("Public/cstalk/*.h"), *CORE.glob("Private/*.h"), *SOURCES])

STANDARD = {"algorithm", "atomic", "cmath", "cstddef", "cstdint", "cstdio", "cstring", "string_view"}
"""Headers the core may include: none of them throws, allocates or starts a thread in what is used here."""

MACROS = {
    "the engine": "check verify ensure ensureMsgf checkf TEXT PI UI INDEX_NONE FORCEINLINE UNLIKELY LIKELY",
    "Windows": "near far small interface IN OUT ERROR DELETE NEAR FAR IGNORE STRICT DOMAIN OVERFLOW CONST VOID",
    "Apple": "nil Nil YES NO require",
}
"""Words that headers of others define as macros: as names they would break a build nobody here can try."""

BANNED = ("new", "delete", "throw", "try", "catch", "typeid", "dynamic_cast", "malloc", "free", "goto", "iostream")

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wundef", "-Werror"]
FLAGS = [*WARNINGS, "-fno-exceptions", "-fno-rtti"]
PATHS = ["-I", str(CORE / "Public"), "-I", str(CORE / "Private")]


def code(path):
    """Without comments and texts."""
    text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
    return re.sub(r'"(\\.|[^"\\])*"', '""', text)


def test_there_is_something_to_check():
    assert len(SOURCES) >= 12
    assert len(FILES) >= 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_keeps_the_rules(path):
    text = path.read_text(encoding="utf-8")
    assert text.isascii()
    assert text.startswith("// Copyright 2026 The cstalk-live developers."), "the shop asks for it in every file"
    assert max(map(len, text.splitlines())) <= 140
    assert "../" not in text
    found = set(re.findall(r"#include <([^>]+)>", text))
    assert found <= STANDARD, found - STANDARD
    words = set(re.findall(r"\w+", code(path)))
    for owner, names in MACROS.items():
        assert not words & set(names.split()), f"{owner} defines these as macros"
    # "= delete" forbids copying; nothing else of these may occur.
    words = set(re.findall(r"\w+", code(path).replace("= delete", "")))
    assert not words & set(BANNED)
    if path.suffix == ".h":
        assert text.count("#pragma once") == 1
    assert not re.search(r"(?<![(\w])std::(min|max)\(", code(path)), "Windows defines min and max as macros"


def unit(folder):
    """All sources one after the other, as the engine's unity build has them."""
    path = folder / "unity.cpp"
    path.write_text("".join(f'#include "{source}"\n' for source in SOURCES), encoding="utf-8")
    return path


def test_every_public_header_stands_alone(tmp_path):
    compiler = shutil.which("c++")
    if compiler is None:
        pytest.skip("no C++ compiler (c++) installed")
    sources = []
    for header in CORE.glob("Public/cstalk/*.h"):
        source = tmp_path / f"{header.stem}.cpp"
        source.write_text(f'#include "cstalk/{header.name}"\n', encoding="utf-8")
        sources.append(str(source))
    command = [compiler, "-std=c++17", *FLAGS, *PATHS, "-fsyntax-only", *sources]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr[-4000:]


@pytest.mark.parametrize("standard", ["c++17", "c++20"])
def test_all_sources_in_one_unit_do_not_collide(standard, tmp_path):
    """The engine's unity build; ``core_check('asan')`` compiles them one by one."""
    compiler = shutil.which("c++")
    if compiler is None:
        pytest.skip("no C++ compiler (c++) installed")
    compile_with([compiler, f"-std={standard}"], unit(tmp_path))


@pytest.mark.parametrize("standard", ["c++17", "c++20"])
@pytest.mark.parametrize("target", ["x86_64-windows-gnu", "aarch64-macos", "x86_64-macos", "x86_64-linux-gnu"])
def test_it_compiles_for_other_systems(target, standard, tmp_path):
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("no cross-compiler: python -m pip install ziglang")
    compiler = [sys.executable, "-m", "ziglang", "c++", "-target", target, f"-std={standard}"]
    compile_with(compiler, unit(tmp_path))
    if "windows" in target:
        # In the editor: marked for export here, for import where others include the headers.
        compile_with([*compiler, "-DCSTALK_CORE_SHARED=1", "-DCSTALK_CORE_EXPORT=1"], unit(tmp_path))
        other = tmp_path / "other.cpp"
        other.write_text(
            '#include "cstalk/FaceStream.h"\nunsigned long long Other() { return sizeof(cstalk::FaceStream); }\n',
            encoding="utf-8",
        )
        compile_with([*compiler, "-DCSTALK_CORE_SHARED=1"], other)


def test_it_compiles_with_clang(tmp_path):
    compiler = shutil.which("clang++")
    if compiler is None:
        pytest.skip("no clang++ installed; ziglang, which is clang, compiles the same elsewhere")
    compile_with([compiler, "-std=c++17"], unit(tmp_path))


def compile_with(compiler, source):
    # To an object: asked for the syntax only, zig builds a whole C++ library for the target first.
    command = [*compiler, *FLAGS, *PATHS, "-c", str(source), "-o", str(source.with_suffix(".o"))]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr[-4000:]
