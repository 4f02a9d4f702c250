"""Into a project and out again: all or nothing, and every byte back."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from cstalk_live.errors import ProjectError
from cstalk_live.unreal import folder_swap
from cstalk_live.unreal.install import install
from cstalk_live.unreal.plugin import read_plugin
from cstalk_live.unreal.uninstall import uninstall


@pytest.fixture
def first(plugins):
    return plugins.version("1.0", A="one", B="two")


@pytest.fixture
def second(plugins):
    return plugins.version("2.0", A="one, better", C="three")


def put(project, copy, **options):
    return install(project, shipped=lambda: copy, **options)


def source(project, name):
    return project / "Plugins" / "CSTalkLive" / "Source" / "CSTalkLive" / f"{name}.cpp"


def copied(project):
    return read_plugin(project / "Plugins" / "CSTalkLive").files


def test_install_copies_everything_and_switches_both_plugins_on(project, first):
    outcome = put(project, first)
    assert copied(project) == first.files
    plugins = json.loads((project / "Game.uproject").read_text())["Plugins"]
    assert plugins == [{"Name": "LiveLink", "Enabled": True}, {"Name": "CSTalkLive", "Enabled": True}]
    assert len(outcome.done) == 3
    assert any("compiler" in note for note in outcome.notes)
    assert sorted(entry.name for entry in project.iterdir()) == ["Config", "Game.uproject", "Plugins"]


def test_a_second_install_touches_nothing(project, first, snapshot):
    put(project, first)
    before = snapshot(project)
    times = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    assert put(project / "Game.uproject", first).done == ()
    assert snapshot(project) == before
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == times


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_undoing_restores_every_byte(project, first, snapshot, newline):
    odd = '{ "FileVersion":3,\n  "EngineAssociation" : "5.5",\n  "Plugins":[ ] , "Modules": [{"Name": "G"}] }'
    (project / "Game.uproject").write_bytes(odd.replace("\n", newline).encode("utf-16"))
    before = snapshot(project)
    assert put(project, first).notes == ()
    assert snapshot(project) != before
    uninstall(project)
    assert snapshot(project) == before
    assert uninstall(project).done == ()


def test_a_folder_of_plugins_that_was_there_stays(project, first, snapshot):
    (project / "Plugins" / "Other").mkdir(parents=True)
    before = snapshot(project)
    put(project, first)
    uninstall(project)
    assert snapshot(project) == before


def test_edits_made_since_survive_the_undoing(project, first):
    put(project, first)
    file = project / "Game.uproject"
    file.write_text(file.read_text().replace('"Category": ""', '"Category": "Mine"'), newline="")
    uninstall(project)
    text = file.read_text()
    assert json.loads(text) == {
        "FileVersion": 3,
        "EngineAssociation": "5.5",
        "Category": "Mine",
        "Description": "",
    }


def test_an_upgrade_replaces_removes_and_drops_what_was_built(project, first, second, snapshot):
    before = snapshot(project)
    put(project, first)
    folder = project / "Plugins" / "CSTalkLive"
    (folder / "Binaries" / "Linux").mkdir(parents=True)
    (folder / "Binaries" / "Linux" / "old.so").write_text("old")
    (folder / "Source" / "mine.txt").write_text("my notes")
    put(project, second)
    assert not source(project, "B").exists()
    assert source(project, "A").read_text() == "one, better"
    assert (folder / "Source" / "mine.txt").read_text() == "my notes"
    assert not (folder / "Binaries").exists(), "Unreal would load the old library"
    (folder / "Source" / "mine.txt").unlink()
    uninstall(project)
    assert snapshot(project) == before


def test_a_repair_keeps_what_was_built(project, first):
    put(project, first)
    binaries = project / "Plugins" / "CSTalkLive" / "Binaries"
    binaries.mkdir()
    (binaries / "new.so").write_text("new")
    file = project / "Game.uproject"
    file.write_text(file.read_text().replace("true", "false"), newline="")
    assert len(put(project, first).done) == 3
    assert (binaries / "new.so").read_text() == "new"


def test_a_file_that_went_missing_comes_back(project, first):
    put(project, first)
    source(project, "A").unlink()
    assert put(project, first).done
    assert copied(project) == first.files


def test_changed_files_are_not_overwritten_unless_forced(project, first, second, snapshot):
    clean = snapshot(project)
    put(project, first)
    source(project, "A").write_text("mine")
    before = snapshot(project)
    with pytest.raises(ProjectError, match=r"were changed: Source/CSTalkLive/A\.cpp"):
        put(project, second)
    assert snapshot(project) == before
    put(project, second, force=True)
    assert copied(project) == second.files
    kept = project / "Plugins" / "CSTalkLive" / ".cstalk-live" / "changed" / "Source" / "CSTalkLive" / "A.cpp"
    assert kept.read_text() == "mine"
    with pytest.raises(ProjectError, match=r"yours: \.cstalk-live/changed"):
        uninstall(project)
    uninstall(project, force=True)
    assert snapshot(project) == clean


def test_a_changed_file_that_the_new_version_agrees_with_is_no_conflict(project, first, second):
    put(project, first)
    source(project, "A").write_text("one, better")
    put(project, second)
    assert copied(project) == second.files


def test_a_file_of_the_users_where_the_new_version_has_one_is_a_conflict(project, first, second):
    put(project, first)
    source(project, "C").write_text("mine")
    with pytest.raises(ProjectError, match=r"C\.cpp"):
        put(project, second)


def test_a_plugin_of_unknown_origin_is_replaced_only_by_force_and_comes_back(project, first, second, snapshot):
    shutil.copytree(first.folder, project / "Plugins" / "CSTalkLive")
    (project / "Plugins" / "CSTalkLive" / "Binaries").mkdir()
    before = snapshot(project)
    with pytest.raises(ProjectError, match="not put there by this command"):
        put(project, second)
    with pytest.raises(ProjectError, match="not put there by this command"):
        uninstall(project)
    assert snapshot(project) == before
    put(project, second, force=True)
    assert copied(project) == second.files
    uninstall(project)
    assert snapshot(project) == before


def test_the_same_plugin_copied_by_hand_is_adopted(project, first, snapshot):
    shutil.copytree(first.folder, project / "Plugins" / "CSTalkLive")
    before = snapshot(project)
    put(project, first)
    uninstall(project)
    assert snapshot(project) == before


def test_files_of_the_users_stop_the_undoing(project, first, snapshot):
    put(project, first)
    source(project, "A").write_text("mine")
    before = snapshot(project)
    with pytest.raises(ProjectError, match=r"A\.cpp"):
        uninstall(project)
    assert snapshot(project) == before


def test_what_machines_leave_behind_goes_without_a_word(project, first, snapshot):
    before = snapshot(project)
    put(project, first)
    folder = project / "Plugins" / "CSTalkLive"
    (folder / "Source" / ".DS_Store").write_bytes(b"Bud1")
    for made in ("Binaries/Win64", "Intermediate/Build", "Content/Python/__pycache__"):
        (folder / made).mkdir(parents=True)
        (folder / made / "made.bin").write_bytes(b"made")
    assert put(project, first).done == ()
    uninstall(project)
    assert snapshot(project) == before


def test_a_folder_deleted_by_hand_leaves_no_entry_behind(project, first):
    put(project, first)
    shutil.rmtree(project / "Plugins" / "CSTalkLive")
    uninstall(project)
    names = [entry["Name"] for entry in json.loads((project / "Game.uproject").read_text())["Plugins"]]
    assert names == ["LiveLink"]


def test_a_second_copy_elsewhere_in_the_project_is_refused(project, first):
    shutil.copytree(first.folder, project / "Plugins" / "Bought" / "CSTalkLive")
    with pytest.raises(ProjectError, match="Bought"):
        put(project, first)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_linked_folder_is_not_written_through(project, first, second):
    (project / "Plugins").mkdir()
    (project / "Plugins" / "CSTalkLive").symlink_to(first.folder)
    with pytest.raises(ProjectError, match="is a link"):
        put(project, second, force=True)
    assert read_plugin(first.folder).files == first.files


@pytest.mark.parametrize(
    ("association", "words"),
    [("5.3", "5.4 or newer"), ("4.27", "5.4 or newer"), ("{2E3D1A9C}", "--engine"), ("", "--engine")],
)
def test_engines_it_cannot_work_with_are_refused(project, first, snapshot, association, words):
    file = project / "Game.uproject"
    file.write_text(file.read_text().replace("5.5", association), newline="")
    before = snapshot(project)
    with pytest.raises(ProjectError) as caught:
        put(project, first)
    assert words in str(caught.value)
    assert snapshot(project) == before


def test_a_newer_engine_is_said_to_be_untried(project, first):
    file = project / "Game.uproject"
    file.write_text(file.read_text().replace("5.5", "5.9"), newline="")
    assert any("5.9 is untried" in note for note in put(project, first).notes)


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("upgrade", [False, True])
def test_a_failure_at_the_last_step_leaves_all_as_it_was(
    project, first, second, snapshot, monkeypatch, failure, upgrade
):
    if upgrade:
        put(project, first)
        file = project / "Game.uproject"
        file.write_text(file.read_text().replace("true", "false"), newline="")
    before = snapshot(project)

    def fail(*_):
        raise failure

    monkeypatch.setattr(folder_swap, "write_project_file", fail)
    with pytest.raises((ProjectError, KeyboardInterrupt)):
        put(project, second)
    assert snapshot(project) == before


@pytest.mark.parametrize("command", ["upgrade", "undo"])
def test_a_folder_that_unreal_holds_open_is_left_alone(project, first, second, snapshot, monkeypatch, command):
    put(project, first)
    before = snapshot(project)
    rename = type(project).rename

    def held(self, target):
        if self.name == "CSTalkLive":
            raise PermissionError(13, "The process cannot access the file")
        return rename(self, target)

    monkeypatch.setattr(type(project), "rename", held)
    with pytest.raises(ProjectError, match="close Unreal"):
        put(project, second) if command == "upgrade" else uninstall(project)
    assert snapshot(project) == before


def test_a_full_disk_while_copying_leaves_nothing(project, first, snapshot, monkeypatch):
    before = snapshot(project)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(ProjectError, match="No space left"):
        put(project, first)
    assert snapshot(project) == before


def test_a_failed_undoing_leaves_all_as_it_was(project, first, snapshot, monkeypatch):
    put(project, first)
    before = snapshot(project)

    def fail(*_):
        raise ProjectError("the disk is full")

    monkeypatch.setattr(folder_swap, "write_project_file", fail)
    with pytest.raises(ProjectError, match="full"):
        uninstall(project)
    assert snapshot(project) == before


def test_a_read_only_project_is_refused_before_anything_moves(project, first, snapshot):
    (project / "Game.uproject").chmod(0o444)
    before = snapshot(project)
    with pytest.raises(ProjectError, match="read-only"):
        put(project, first)
    assert snapshot(project) == before
    (project / "Game.uproject").chmod(0o644)


@pytest.mark.parametrize("moved", [False, True])
def test_what_a_killed_installation_left_is_cleared(project, first, second, moved):
    """Killed while staging, or between the two renames: the next run begins from the old plugin."""
    put(project, first)
    part = project / ".cstalk-live.part"
    (part / "new" / "Source").mkdir(parents=True)
    (part / "new" / "Source" / "half.cpp").write_text("half")
    if moved:
        (project / "Plugins" / "CSTalkLive").rename(part / "old")
    put(project, second)
    assert copied(project) == second.files
    assert not part.exists()
    uninstall(project)
    assert sorted(entry.name for entry in project.iterdir()) == ["Config", "Game.uproject"]


def test_killed_before_the_projects_file_was_written(project, first, snapshot, monkeypatch):
    """The folder is new, the file old: installing again finishes, and undoing still restores every byte."""
    file = project / "Game.uproject"
    file.write_text(file.read_text().replace('"Category": ""', '"Plugins": [ ]'), newline="")
    before = snapshot(project)
    original = (project / "Game.uproject").read_bytes()
    put(project, first)
    (project / "Game.uproject").write_bytes(original)
    assert put(project, first).done
    uninstall(project)
    assert snapshot(project) == before


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', '{"format": 9}', '{"format": 1, "files": {"a": 0}}'])
def test_a_damaged_record_is_named(project, first, snapshot, text):
    put(project, first)
    (project / "Plugins" / "CSTalkLive" / ".cstalk-live" / "record.json").write_text(text)
    before = snapshot(project)
    for command in (uninstall, lambda path: put(path, first)):
        with pytest.raises(ProjectError, match=r"record\.json"):
            command(project)
    assert snapshot(project) == before
