"""Builds the plugin's core with the machine's own compiler, once per kind and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import engine_symbols  # noqa: F401
import header_tool

FOLDER = Path(__file__).parent
GOLDEN = FOLDER.parent / "golden"

KINDS = {
    # Every file for itself, C++17: what a missing include breaks, it breaks here.
    "asan": ["-DCMAKE_CXX_FLAGS=-O1 -g1", "-DSANITIZE=address,undefined"],
    "tsan": ["-DCMAKE_CXX_FLAGS=-O1 -g1", "-DSANITIZE=thread", "-DUNITY=ON"],
    # As the engine's editor has it: one unit, C++20, a shared library that shows only what is marked.
    "release": ["-DCMAKE_BUILD_TYPE=Release", "-DUNITY=ON", "-DMODULAR=ON", "-DCMAKE_CXX_STANDARD=20"],
}


class CoreCheck:
    """The test program in one kind of build."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: object, data: bytes | None = None, timeout: float = 120) -> str:
        """Standard output of a run that must succeed."""
        command = [str(self.path), *map(str, arguments)]
        result = subprocess.run(command, input=data, capture_output=True, timeout=timeout, check=False)
        output = result.stdout.decode() + result.stderr.decode()
        assert result.returncode == 0, f"{' '.join(command)}: exit code {result.returncode}\n{output[-4000:]}"
        return result.stdout.decode()

    def json(self, *arguments: object) -> dict[str, Any]:
        """The JSON object a run prints."""
        return json.loads(self.run(*arguments))


def build(kind: str, folder: Path) -> CoreCheck:
    """Configure and build into ``folder``; a failure shows the compiler's own words."""
    make = ["-G", "Ninja"] if shutil.which("ninja") else []
    for command in (
        ["cmake", "-S", str(FOLDER), "-B", str(folder), *make, *KINDS[kind]],
        ["cmake", "--build", str(folder), "--parallel", "1"],
    ):
        result = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        assert result.returncode == 0, (result.stdout + result.stderr)[-6000:]
    return CoreCheck(folder / "core_check")


@pytest.fixture(scope="session")
def core_check(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], CoreCheck]:
    """``core_check(kind)``: the test program of that kind, built when first asked for.

    With CSTALK_UNREAL_BUILD=FOLDER the builds are kept there and only what changed is compiled.
    """
    if os.name != "posix":
        pytest.skip("the core's test program needs POSIX sockets; on Windows build the plugin in the engine")
    missing = [tool for tool in ("cmake", os.environ.get("CXX", "c++")) if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the plugin's core cannot be built: {', '.join(missing)} not installed")
    kept = os.environ.get("CSTALK_UNREAL_BUILD")
    parent = Path(kept).resolve() if kept else tmp_path_factory.mktemp("unreal")
    built: dict[str, CoreCheck] = {}

    def of_kind(kind: str) -> CoreCheck:
        if kind not in built:
            built[kind] = build(kind, parent / kind)
        return built[kind]

    return of_kind


def on_stand_ins(core_check: Callable[[str], CoreCheck], target: str) -> Callable[[str], CoreCheck]:
    """A program of the engine layer with stand-ins for the engine, in the same build as the core."""
    built: dict[str, CoreCheck] = {}

    def of_kind(kind: str) -> CoreCheck:
        if kind not in built:
            folder = core_check(kind).path.parent
            header_tool.write([header_tool.SOURCE / "CSTalkLive"], folder / "generated")
            command = ["cmake", "--build", str(folder), "--parallel", "1", "--target", target]
            result = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
            assert result.returncode == 0, (result.stdout + result.stderr)[-6000:]
            built[kind] = CoreCheck(folder / target)
        return built[kind]

    return of_kind


@pytest.fixture(scope="session")
def live_check(core_check: Callable[[str], CoreCheck]) -> Callable[[str], CoreCheck]:
    """``live_check(kind)``: the runtime module before a fake Live Link client."""
    return on_stand_ins(core_check, "live_check")


@pytest.fixture(scope="session")
def editor_check(core_check: Callable[[str], CoreCheck]) -> Callable[[str], CoreCheck]:
    """``editor_check(kind)``: the editor module, with a mouse."""
    return on_stand_ins(core_check, "editor_check")
