"""Editing a project's file: the entries change, every other byte stays."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.enabling import ADDED, SWITCHED_ON, Change, enable, has_list, is_enabled, withdraw
from cstalk_live.unreal.json_text import read_value
from cstalk_live.unreal.project import read_project, write_project_file

LISTED = """{
\t"FileVersion": 3,
\t"Plugins": [
\t\t{
\t\t\t"Name": "ModelingToolsEditorMode",
\t\t\t"Enabled": true,
\t\t\t"TargetAllowList": [
\t\t\t\t"Editor"
\t\t\t]
\t\t}
\t],
\t"EngineAssociation": "5.5"
}"""


def test_an_entry_joins_the_list_in_the_editors_own_layout():
    text, change = enable(LISTED, "LiveLink")
    assert change == Change("LiveLink", ADDED)
    expected = LISTED.replace(
        "\t\t\t]\n\t\t}\n\t],", '\t\t\t]\n\t\t},\n\t\t{\n\t\t\t"Name": "LiveLink",\n\t\t\t"Enabled": true\n\t\t}\n\t],'
    )
    assert text == expected


def test_a_list_is_made_where_there_is_none():
    text, _ = enable('{\r\n    "EngineAssociation": "5.6"\r\n}\r\n', "LiveLink")
    assert text == (
        '{\r\n    "EngineAssociation": "5.6",\r\n    "Plugins": [\r\n        {\r\n            "Name": "LiveLink",\r\n'
        '            "Enabled": true\r\n        }\r\n    ]\r\n}\r\n'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {"Plugins": [{"Name": "LiveLink", "Enabled": True}]}),
        ('{"A": 1}', {"A": 1, "Plugins": [{"Name": "LiveLink", "Enabled": True}]}),
        ('{"Plugins": []}', {"Plugins": [{"Name": "LiveLink", "Enabled": True}]}),
        ('{"plugins": [ ]}', {"plugins": [{"Name": "LiveLink", "Enabled": True}]}),
        ('{"Plugins": [{"Name": "livelink", "Enabled": false}]}', {"Plugins": [{"Name": "livelink", "Enabled": True}]}),
        ('{"Plugins": [{"Name": "LiveLink"}]}', {"Plugins": [{"Name": "LiveLink", "Enabled": True}]}),
    ],
)
def test_what_it_becomes(text, expected):
    changed, change = enable(text, "LiveLink")
    assert json.loads(changed) == expected
    assert change is not None
    assert "\n" not in changed or text == "{}"
    assert enable(changed, "LiveLink") == (changed, None)


def test_one_line_stays_one_line():
    text, _ = enable('{"A": 1, "Plugins": [{"Name": "X", "Enabled": true}]}', "LiveLink")
    assert text == '{"A": 1, "Plugins": [{"Name": "X", "Enabled": true}, {"Name": "LiveLink", "Enabled": true}]}'


def test_switching_on_changes_one_word_and_is_taken_back():
    text = LISTED.replace('"Enabled": true', '"Enabled" :  false')
    changed, change = enable(text, "modelingtoolseditormode")
    assert change is not None
    assert change.kind == SWITCHED_ON
    assert changed == LISTED.replace('"Enabled": true', '"Enabled" :  true')
    assert withdraw(changed, change, list_added=False) == text


names = st.sampled_from(["LiveLink", "Text\\u0020", "Ünï", "CSTalkLive", 'Quote\\"d', "A"])
entries = st.lists(st.tuples(names, st.booleans()), max_size=4, unique_by=lambda entry: entry[0])


@settings(max_examples=200, deadline=None)
@given(
    entries=entries,
    indent=st.sampled_from([None, "\t", 2, 4]),
    newline=st.sampled_from(["\n", "\r\n"]),
    listed=st.booleans(),
    after=st.booleans(),
)
def test_enabling_and_withdrawing_leave_every_byte_as_it_was(entries, indent, newline, listed, after):
    document = {"FileVersion": 3, "Description": '{"Plugins": [] // \u00fc\t"'}
    if listed or entries:
        document["Plugins"] = [{"Name": name, "Enabled": on} for name, on in entries]
    if after:
        document["Modules"] = [{"Name": "Game", "List": [[], {}, [1.5e3, None]]}]
    text = json.dumps(document, indent=indent, ensure_ascii=False).replace("\n", newline)
    assert read_value(text).data == document
    changed, changes = text, []
    for plugin in ("LiveLink", "CSTalkLive"):
        changed, change = enable(changed, plugin)
        changes += [change] if change else []
    assert is_enabled(changed, "LiveLink")
    assert is_enabled(changed, "CSTalkLive")
    others = [row for row in json.loads(changed)["Plugins"] if row["Name"] not in ("LiveLink", "CSTalkLive")]
    assert others == [row for row in document.get("Plugins", []) if row["Name"] not in ("LiveLink", "CSTalkLive")]
    assert (newline in changed) == ("\n" in changed)
    for change in reversed(changes):
        changed = withdraw(changed, change, list_added=not has_list(text))
    assert changed == text


def test_the_first_of_several_entries_goes_with_its_comma():
    text, change = enable('{\n\t"Plugins": []\n}', "LiveLink")
    text, _ = enable(text, "Theirs")
    assert change is not None
    assert json.loads(withdraw(text, change, list_added=True)) == {"Plugins": [{"Name": "Theirs", "Enabled": True}]}


def test_an_entry_that_others_removed_is_no_trouble():
    assert withdraw(LISTED, Change("LiveLink", ADDED), list_added=True) == LISTED


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "Expecting value"),
        (b"[]", "not an object"),
        (b'{"Plugins": 3}', "not a list"),
        (b'{"Plugins": [3]}', "not a list"),
        (b'{"A": 1, "a": 2}', "'a' stands twice: line 1"),
        (b'{\n"A": 1,\n}', "line 3"),
        (b'{"A": "\xff"}', "utf-8"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_a_damaged_project_is_refused(tmp_path, raw, words):
    file = tmp_path / "Game.uproject"
    file.write_bytes(raw)
    with pytest.raises(ProjectError, match="is damaged") as caught:
        read_project(file)
    assert words in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_stays(tmp_path, encoding):
    file = tmp_path / "Game.uproject"
    raw = '{\r\n\t"Description": "Ünïcode"\r\n}\r\n'.encode(encoding)
    file.write_bytes(raw)
    project = read_project(file)
    assert project.description == {"Description": "Ünïcode"}
    assert project.encoded(project.text) == raw


def test_which_file_is_the_project(tmp_path):
    with pytest.raises(ProjectError, match="there is no"):
        read_project(tmp_path / "nowhere")
    with pytest.raises(ProjectError, match=r"holds no \.uproject"):
        read_project(tmp_path)
    (tmp_path / "A.uproject").write_text("{}")
    (tmp_path / "Content").mkdir()
    assert read_project(tmp_path).file == (tmp_path / "A.uproject").resolve()
    with pytest.raises(ProjectError, match="did you mean"):
        read_project(tmp_path / "Content")
    (tmp_path / "B.uproject").write_text("{}")
    with pytest.raises(ProjectError, match=r"A\.uproject, B\.uproject"):
        read_project(tmp_path)
    (tmp_path / "notes.txt").write_text("{}")
    with pytest.raises(ProjectError, match="not an Unreal project"):
        read_project(tmp_path / "notes.txt")


def test_a_read_only_file_is_left_alone(tmp_path):
    file = tmp_path / "A.uproject"
    file.write_text("{}")
    file.chmod(0o444)
    with pytest.raises(ProjectError, match="read-only"):
        write_project_file(file, b"{ }")
    assert file.read_bytes() == b"{}"
    file.chmod(0o644)
