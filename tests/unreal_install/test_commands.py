"""The commands as a user runs them, from a source checkout and from a built wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cstalk_live.unreal.plugin import read_plugin

ROOT = Path(__file__).parents[2]


def cli(*arguments, cwd, code=0, path=ROOT):
    result = subprocess.run(
        [sys.executable, "-m", "cstalk_live", "unreal", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result


def test_install_check_and_undo(project, snapshot):
    before = snapshot(project)
    assert "FAIL plugin" in cli("check", "--project", project, cwd=project, code=1).stdout
    first = cli("install", "--project", ".", cwd=project)
    assert "Next: open the project" in first.stdout
    assert "compiler" in first.stderr
    assert "nothing to do" in cli("install", "--project", "Game.uproject", cwd=project).stdout
    findings = json.loads(cli("check", "--project", project, "--json", cwd=project).stdout)
    assert {finding["verdict"] for finding in findings} <= {"OK", "WARN"}
    assert set(findings[0]) == {"check", "verdict", "found", "fix"}
    assert "removed" in cli("install", "--undo", "--project", ".", cwd=project).stdout
    assert snapshot(project) == before
    assert "nothing to do" in cli("uninstall", "--project", ".", cwd=project).stdout


def test_failures_are_one_line(project, tmp_path):
    for arguments, code in (
        (["install", "--project", tmp_path / "none"], 1),
        (["check", "--project", tmp_path], 1),
        (["install", "--project", project, "--engine", tmp_path], 1),
        (["install"], 2),
    ):
        lines = cli(*arguments, cwd=project, code=code).stderr.strip().splitlines()
        assert len(lines) == 1, lines
        assert lines[0].startswith("cstalk-live: ")


def test_the_plugin_travels_in_the_wheel(project, tmp_path, snapshot):
    hatchling = pytest.importorskip("hatchling", reason="hatchling is not installed: the wheel cannot be built")
    assert hatchling
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    before = snapshot(project)
    cli("install", "--project", project, cwd=tmp_path, path=tmp_path / "site")
    plugin = ROOT / "unreal_plugin" / "CSTalkLive"
    names = read_plugin(plugin).files
    assert len(names) > 40
    for name in names:
        copy = project / "Plugins" / "CSTalkLive" / name
        assert copy.read_bytes() == (plugin / name).read_bytes(), name
    findings = json.loads(cli("check", "--project", project, "--json", cwd=tmp_path, path=tmp_path / "site").stdout)
    assert {finding["verdict"] for finding in findings} <= {"OK", "WARN"}
    cli("uninstall", "--project", project, cwd=tmp_path, path=tmp_path / "site")
    assert snapshot(project) == before
