"""Projects to install into, and a small plugin to install, so that tests own every byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cstalk_live.unreal.plugin import PluginCopy, read_plugin

EDITOR_STYLE = '{\n\t"FileVersion": 3,\n\t"EngineAssociation": "5.5",\n\t"Category": "",\n\t"Description": ""\n}\n'
"""As the editor writes a new project without code."""


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file's bytes and every folder (None) under ``folder``."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


class Plugins:
    """Versions of a small plugin with the shape of the real one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def version(self, name: str, **files: str) -> PluginCopy:
        """``files``: source file names (without .cpp) to their text."""
        folder = self._folder / name
        source = folder / "Source" / "CSTalkLive"
        source.mkdir(parents=True)
        (folder / "CSTalkLive.uplugin").write_text(json.dumps({"FileVersion": 3, "VersionName": name}))
        for stem, text in files.items():
            (source / f"{stem}.cpp").write_text(text, encoding="utf-8")
        return read_plugin(folder)


@pytest.fixture
def plugins(tmp_path: Path) -> Plugins:
    return Plugins(tmp_path / "shipped")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder as the editor leaves it."""
    folder = tmp_path / "Game"
    (folder / "Config").mkdir(parents=True)
    (folder / "Game.uproject").write_text(EDITOR_STYLE, encoding="utf-8", newline="")
    return folder


@pytest.fixture(scope="session")
def snapshot():
    return tree
