"""Which engine a project belongs to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.engine import EngineVersion, find_engine
from cstalk_live.unreal.engine_registry import read_install_ini

GUID = "{2E3D1A9C-4B5F-4C7E-9A1B-0123456789AB}"


def make_engine(folder: Path, major: int = 5, minor: int = 6) -> Path:
    version = folder / "Engine" / "Build" / "Build.version"
    version.parent.mkdir(parents=True)
    version.write_text(json.dumps({"MajorVersion": major, "MinorVersion": minor, "PatchVersion": 1}))
    return folder


def nothing() -> dict[str, Path]:
    return {}


@pytest.mark.parametrize(
    ("association", "version"),
    [("5.4", (5, 4)), ("5.10", (5, 10)), ("4.27", (4, 27)), ("UE_5.7", (5, 7)), ("5.5.4", (5, 5)), ("5.0EA", (5, 0))],
)
def test_the_launchers_engines_are_named_by_version(tmp_path, association, version):
    assert find_engine(association, tmp_path, None, nothing).version == EngineVersion(*version)


def test_versions_are_compared_as_numbers():
    assert EngineVersion(5, 10) > EngineVersion(5, 8) > EngineVersion(4, 27)


def test_a_source_build_is_looked_up_by_its_guid(tmp_path):
    engine = make_engine(tmp_path / "UnrealEngine", 5, 7)
    found = find_engine(GUID.lower(), tmp_path, None, lambda: {GUID: engine})
    assert found.version == EngineVersion(5, 7)
    assert str(engine) in found.told_by


@pytest.mark.parametrize("association", [GUID, "OurStudioEngine", "5"])
def test_an_unknown_build_is_unknown_and_says_why(tmp_path, association):
    found = find_engine(association, tmp_path, None, nothing)
    assert found.version is None
    assert association in found.told_by


def test_a_build_that_was_deleted_is_unknown(tmp_path):
    found = find_engine(GUID, tmp_path, None, lambda: {GUID: tmp_path / "gone"})
    assert found.version is None
    assert "gone" in found.told_by


def test_a_project_inside_an_engine_needs_no_association(tmp_path):
    make_engine(tmp_path, 5, 4)
    assert find_engine("", tmp_path / "Games" / "Mine", None, nothing).version == EngineVersion(5, 4)


def test_a_project_alone_without_association_is_unknown(tmp_path):
    assert find_engine(" ", tmp_path, None, nothing).version is None


def test_the_users_word_overrules_the_association(tmp_path):
    engine = make_engine(tmp_path / "E", 5, 8)
    assert find_engine("4.27", tmp_path, engine, nothing).version == EngineVersion(5, 8)


@pytest.mark.parametrize("text", [None, "{", "[]", '{"MajorVersion": 5}', '{"MajorVersion": "x", "MinorVersion": 1}'])
def test_a_folder_that_is_no_engine_is_refused(tmp_path, text):
    file = tmp_path / "Engine" / "Build" / "Build.version"
    if text is not None:
        file.parent.mkdir(parents=True)
        file.write_text(text)
    with pytest.raises(ProjectError, match="no Unreal Engine"):
        find_engine("5.5", tmp_path, tmp_path, nothing)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_registry_file_of_linux_and_macos(tmp_path, encoding):
    file = tmp_path / "Install.ini"
    file.write_text(f"[Other]\na=b\n[Installations]\n{GUID}=/opt/Unreal Engine\nStudio=/opt/100%\n", encoding=encoding)
    assert read_install_ini(file) == {GUID: Path("/opt/Unreal Engine"), "Studio": Path("/opt/100%")}


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"no section", b"[Other]\na=b\n"])
def test_a_registry_file_without_engines_is_empty(tmp_path, raw):
    file = tmp_path / "Install.ini"
    file.write_bytes(raw)
    assert read_install_ini(file) == {}
    assert read_install_ini(tmp_path / "absent") == {}
