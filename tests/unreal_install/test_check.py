"""``unreal check``: each finding for its own reason."""

from __future__ import annotations

import json
import socket

import pytest

from cstalk_live.errors import ProjectError
from cstalk_live.findings import FAIL, OK, WARN
from cstalk_live.unreal import ports
from cstalk_live.unreal.checks import examine_project
from cstalk_live.unreal.install import install
from cstalk_live.unreal.plugin import shipped_plugin


@pytest.fixture(autouse=True)
def _quiet_ports(monkeypatch):
    """Other programs of this machine may hold port 9000; the test of taken ports asks the system."""
    monkeypatch.setattr(ports, "_is_taken", lambda port: False)


def verdicts(project):
    found: dict[str, str] = {}
    for finding in examine_project(project):
        worst = max(found.get(finding.check, OK), finding.verdict, key=[OK, WARN, FAIL].index)
        found[finding.check] = worst
        assert finding.found
        assert finding.fix or finding.verdict == OK
    return found


def of(project, check):
    return next(finding for finding in examine_project(project) if finding.check == check)


def edit(project, old, new):
    file = project / "Game.uproject"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new), newline="")


@pytest.fixture
def installed(project):
    edit(project, '"Category": ""', '"Modules": [{"Name": "Game", "Type": "Runtime"}]')
    install(project)
    return project


def plugin(project):
    return project / "Plugins" / "CSTalkLive"


def test_an_installed_project_with_code_is_all_right(installed):
    assert set(verdicts(installed).values()) == {OK}


def test_an_empty_project_lacks_the_plugin(project):
    assert verdicts(project) == {
        "project": OK,
        "engine": OK,
        "plugin": FAIL,
        "copies": OK,
        "enabled": FAIL,
        "port": OK,
    }


def test_without_code_a_compiler_is_spoken_of_until_unreal_has_compiled(project):
    install(project)
    assert of(project, "compiled").verdict == WARN
    (plugin(project) / "Binaries" / "Win64").mkdir(parents=True)
    (plugin(project) / "Binaries" / "Win64" / "UnrealEditor.modules").write_text("{}")
    assert of(project, "compiled").verdict == OK
    assert "Win64" in of(project, "compiled").found


@pytest.mark.parametrize(
    ("association", "verdict"), [("5.4", OK), ("5.8", OK), ("5.3", FAIL), ("5.9", WARN), ("{GUID}", WARN)]
)
def test_engines(installed, association, verdict):
    edit(installed, "5.5", association)
    assert of(installed, "engine").verdict == verdict


def test_a_missing_file(installed):
    (plugin(installed) / "Source" / "CSTalkCore" / "Private" / "Session.cpp").unlink()
    assert of(installed, "files").verdict == FAIL
    assert "Session.cpp" in of(installed, "files").found


def test_a_changed_file(installed):
    (plugin(installed) / "Source" / "CSTalkCore" / "Private" / "Session.cpp").write_text("// mine")
    assert of(installed, "files").verdict == WARN
    assert "--force" in of(installed, "files").fix


def test_another_version(installed):
    file = plugin(installed) / "CSTalkLive.uplugin"
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"VersionName": "0.0.9"}))
    assert of(installed, "version").verdict == FAIL
    assert "0.0.9" in of(installed, "version").found
    assert of(installed, "files").verdict == WARN
    file.write_text("[]")
    assert "unreadable" in of(installed, "version").found


def test_another_table_of_names(installed):
    file = plugin(installed) / "Source" / "CSTalkCore" / "Private" / "SchemaTables.cpp"
    text = file.read_text()
    assert "0xAE9DEA30u" in text
    file.write_text(text.replace("0xAE9DEA30u", "0xAE9DEA31u"))
    assert of(installed, "schema").verdict == FAIL
    assert "0xAE9DEA31" in of(installed, "schema").found
    file.write_text("")
    assert of(installed, "schema").verdict == FAIL


def test_a_second_copy(installed):
    other = installed / "Plugins" / "Bought" / "CSTalkLive.uplugin"
    other.parent.mkdir()
    other.write_text("{}")
    assert of(installed, "copies").verdict == FAIL


def test_switched_off(installed):
    edit(installed, '"Name": "CSTalkLive",\n\t\t\t"Enabled": true', '"Name": "CSTalkLive",\n\t\t\t"Enabled": false')
    assert verdicts(installed)["enabled"] == FAIL


def test_live_link_follows_from_the_plugin_unless_it_is_switched_off(installed):
    edit(installed, '"Name": "LiveLink"', '"Name": "Other"')
    assert verdicts(installed)["enabled"] == OK
    edit(installed, '"Name": "Other",\n\t\t\t"Enabled": true', '"Name": "LiveLink",\n\t\t\t"Enabled": false')
    assert verdicts(installed)["enabled"] == FAIL


def write_ini(project, name, text, encoding="utf-8"):
    (project / "Config" / name).write_text(text, encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_port_is_the_projects_own(installed, encoding):
    text = f"[Other]\nConnection=(Port=1)\n[{ports.SETTINGS_SECTION}]\n+Connection=(Port=2)\nPort=4\n"
    text += 'connection = (Address="0.0.0.0",port=9010,Subject="CSTalk")\n[Last]\nConnection=(Port=3)\n'
    write_ini(installed, "DefaultGame.ini", text, encoding)
    assert "UDP 9010" in of(installed, "port").found


@pytest.mark.parametrize("port", ["0", "70000", "many", "-1", "", "\u0663"])
def test_a_port_that_is_none(installed, port):
    write_ini(installed, "DefaultGame.ini", f"[{ports.SETTINGS_SECTION}]\nConnection=(Port={port})\n")
    assert of(installed, "port").verdict == FAIL


def test_a_connection_without_a_port_has_the_default(installed):
    write_ini(installed, "DefaultGame.ini", f'[{ports.SETTINGS_SECTION}]\nConnection=(Subject="Ann")\n')
    assert "UDP 9000, the default" in of(installed, "port").found


def test_a_port_that_the_project_uses_twice(installed):
    write_ini(installed, "DefaultGame.ini", f"[{ports.SETTINGS_SECTION}]\nConnection=(Port=11111)\n")
    assert of(installed, "port").verdict == OK
    edit(installed, '"Plugins": [', '"Plugins": [ {"Name": "AppleARKitFaceSupport", "Enabled": true},')
    assert of(installed, "port").verdict == FAIL
    face = "[/Script/AppleARKitFaceSupport.AppleARKitFaceSupportSettings]\nLiveLinkPublishingPort=11112\n"
    write_ini(installed, "DefaultEngine.ini", face)
    assert of(installed, "port").verdict == OK


def test_a_port_that_a_program_holds(installed, monkeypatch):
    monkeypatch.undo()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        write_ini(installed, "DefaultGame.ini", f"[{ports.SETTINGS_SECTION}]\nConnection=(Port={port})\n")
        assert of(installed, "port").verdict == WARN
    assert of(installed, "port").verdict == OK


def test_no_project_is_an_error_and_no_finding(tmp_path):
    with pytest.raises(ProjectError):
        examine_project(tmp_path)


def test_the_shipped_plugin_is_this_programs(project):
    from cstalk_live import __version__
    from cstalk_live.rig.schema import RAW_SCHEMA_HASH

    shipped = shipped_plugin()
    assert shipped.version == __version__
    assert shipped.schema_hash == RAW_SCHEMA_HASH
    assert "Source/CSTalkCore/CSTalkCore.Build.cs" in shipped.files
