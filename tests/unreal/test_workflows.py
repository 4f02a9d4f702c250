"""The builds with a real engine: they start by hand, cover every version we write for, and say that none has run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from cstalk_live.unreal.engine import NEWEST, OLDEST

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PLUGIN = ROOT / "unreal_plugin" / "CSTalkLive"
VERSIONS = [f"5.{minor}" for minor in range(OLDEST.minor, NEWEST.minor + 1)]


def read(path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["on"] = document.pop(True)  # YAML 1.1 reads the key "on" as a truth
    return document


def test_both_systems_have_one():
    assert [path.name for path in WORKFLOWS] == ["unreal-linux.yml", "unreal-windows.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_it_starts_by_hand_alone(path):
    assert list(read(path)["on"]) == ["workflow_dispatch"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_it_may_only_read(path):
    assert read(path)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_it_says_that_it_has_never_run(path):
    assert path.read_text(encoding="utf-8").startswith("# NEVER YET RUN")
    assert read(path)["name"].endswith("(never yet run)")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_it_builds_with_every_version_we_write_for(path):
    document = read(path)
    assert json.loads(document["on"]["workflow_dispatch"]["inputs"]["engines"]["default"]) == VERSIONS
    (job,) = document["jobs"].values()
    assert job["strategy"]["matrix"] == {"engine": "${{ fromJSON(inputs.engines) }}"}
    assert job["strategy"]["fail-fast"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_its_steps_build_and_test_the_plugin(path):
    (job,) = read(path)["jobs"].values()
    text = "\n".join(str(step.get("run", "")) for step in job["steps"])
    assert "BuildPlugin" in text
    assert "Automation RunTests cstalk" in text
    assert "failed" in text, "a run without a verdict is no test"
    for step in job["steps"]:
        assert ("run" in step) != ("uses" in step)
    assert (PLUGIN / "CSTalkLive.uplugin").is_file()


def test_there_are_tests_of_the_name_they_run():
    """In the sources that BuildPlugin takes along; of a test's name the command needs a part."""
    names = [
        name
        for source in (PLUGIN / "Source").rglob("*.cpp")
        for name in re.findall(r'IMPLEMENT_SIMPLE_AUTOMATION_TEST\(\w+, "([^"]+)"', source.read_text(encoding="utf-8"))
    ]
    assert names
    assert all(name.startswith("cstalk.") for name in names)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_expression_names_something_that_is_there(path):
    text = path.read_text(encoding="utf-8")
    document = read(path)
    inputs = document["on"]["workflow_dispatch"]["inputs"]
    (job,) = document["jobs"].values()
    known = {
        *(f"inputs.{name}" for name in inputs),
        *(f"env.{name}" for name in job["env"]),
        *("secrets.EPIC_CONTAINER_USER", "secrets.EPIC_CONTAINER_TOKEN", "matrix.engine", "fromJSON(inputs.engines)"),
    }
    used = set(re.findall(r"\$\{\{\s*(.*?)\s*\}\}", text))
    assert used <= known
    assert {f"inputs.{name}" for name in inputs} <= used | {"inputs.engines"}


def test_no_word_of_a_user_runs_as_a_command():
    """What is typed when starting reaches the shell through the environment alone."""
    for path in WORKFLOWS:
        (job,) = read(path)["jobs"].values()
        for step in job["steps"]:
            assert "${{" not in str(step.get("run", ""))


def test_the_scripts_of_linux_are_shell():
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash installed to read the scripts of the Linux workflow")
    (job,) = read(WORKFLOWS[0])["jobs"].values()
    for step in job["steps"]:
        script = str(step.get("run", ""))
        result = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{step.get('name')}: {result.stderr}"
