"""The editor's script: takes of the program's own writers become sequences, and bad ones change nothing."""

from __future__ import annotations

import ast
import importlib.util
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cstalk_live.output.curve_table import CurveTable
from cstalk_live.output.layout import BOARD_LAYOUT, RAW_LAYOUT
from cstalk_live.rig.raw import RAW_NAMES

SCRIPTS = Path(__file__).parents[2] / "unreal_plugin" / "CSTalkLive" / "Content" / "Python"
FAKE = Path(__file__).with_name("fake_unreal.py")


def load(name, path, patch):
    """Import a file under a name that is forgotten after the test."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    patch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def unreal(monkeypatch):
    """The stand-in, fresh, with a MetaHuman's face in its assets."""
    fake = load("unreal", FAKE, monkeypatch)
    skeleton = fake.Skeleton("Face_Archetype_Skeleton")
    fake.assets["/Game/Face/Skeleton"] = skeleton
    fake.assets["/Game/Face/Mesh"] = fake.SkeletalMesh("Mesh", skeleton)
    return fake


@pytest.fixture
def importer(unreal, monkeypatch):
    load("cstalk_take", SCRIPTS / "cstalk_take.py", monkeypatch)
    return load("cstalk_import", SCRIPTS / "cstalk_import.py", monkeypatch)


def record(folder, frames=(0, 1, 2, 5), layout=RAW_LAYOUT, name="curves.csv"):
    """A take by the program's own writer; returns its values, float32 [len(frames), size]."""
    folder.mkdir(exist_ok=True)
    values = np.random.default_rng(7).random((len(frames), layout.size), dtype=np.float32)
    values[:, RAW_LAYOUT.names.index("CTRL_expressions_jawOpen") if layout is RAW_LAYOUT else 0] = 0.25
    table = CurveTable(folder / name, layout.names, start=3_000_000)
    for number, row in zip(frames, values, strict=True):
        table.write(number, row)
    table.close()
    return values


def test_a_take_becomes_a_sequence_with_a_key_for_each_frame(importer, unreal, tmp_path):
    values = record(tmp_path / "cstalk_take001")
    asset = importer.import_take(str(tmp_path / "cstalk_take001"), "/Game/Face/Mesh")
    assert asset == "/Game/Takes/cstalk_take001"
    sequence = unreal.assets[asset]
    assert unreal.EditorAssetLibrary.saved == [sequence]
    assert sequence.get_skeleton() is unreal.assets["/Game/Face/Skeleton"]
    assert sequence.preview is unreal.assets["/Game/Face/Mesh"]
    assert tuple(sequence.curves) == RAW_NAMES
    times, keys = sequence.curves["CTRL_expressions_browDownL"]
    assert times == [0, 1 / 60, 2 / 60, 5 / 60]
    np.testing.assert_allclose(keys, values[:, RAW_NAMES.index("CTRL_expressions_browDownL")], atol=5e-7)
    assert sequence.curves["CTRL_expressions_jawOpen"] == ([0.0], [0.25]), "one key where nothing moves"
    assert (sequence.controller.rate.numerator, sequence.controller.rate.denominator) == (60, 1)
    assert sequence.controller.length == 5
    assert (sequence.controller.brackets, sequence.controller.depth) == (1, 0)
    assert unreal.logged[-1][0] == "log"


def test_the_table_itself_and_a_baked_one(importer, unreal, tmp_path):
    record(tmp_path / "take")
    assert importer.import_take(str(tmp_path / "take" / "curves.csv"), "/Game/Face/Skeleton") == "/Game/Takes/take"
    sound = tmp_path / "Guten Tag.wav"
    time = np.arange(24_000) / 24_000
    soundfile.write(sound, 0.2 * np.sin(2 * np.pi * 150 * time) * (np.sin(2 * np.pi * 3 * time) > 0), 24_000)
    baked = tmp_path / "Guten Tag.csv"
    command = [sys.executable, "-m", "cstalk_live", "bake", str(sound), "-o", str(baked)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    asset = importer.import_take(str(baked), "/Game/Face/Skeleton", folder="/Game/Mine/")
    assert asset == "/Game/Mine/Guten_Tag"
    assert unreal.assets[asset].controller.length == 59
    assert len(unreal.assets[asset].curves["CTRL_expressions_jawOpen"][0]) == 60


def test_the_head_comes_only_when_asked_for(importer, unreal, tmp_path):
    record(tmp_path / "take")
    asset = importer.import_take(str(tmp_path / "take"), "/Game/Face/Skeleton", name="WithHead", head=True)
    extra = set(unreal.assets[asset].curves) - set(RAW_NAMES)
    assert extra == set(RAW_LAYOUT.names[251:258])


def test_the_selected_metahuman_gives_the_skeleton(importer, unreal, tmp_path):
    record(tmp_path / "take")
    with pytest.raises(Exception, match="is selected"):
        importer.import_take(str(tmp_path / "take"))
    body = unreal.SkeletalMeshComponent("Body", unreal.SkeletalMesh("B", unreal.Skeleton("Other")))
    empty = unreal.SkeletalMeshComponent("Face", None)
    face = unreal.SkeletalMeshComponent("Face", unreal.assets["/Game/Face/Mesh"])
    unreal.selection[:] = [unreal.Actor(body, empty), unreal.Actor(body, face)]
    importer.import_from_panel(str(tmp_path / "take"))
    assert unreal.assets["/Game/Takes/take"].get_skeleton() is unreal.assets["/Game/Face/Skeleton"]


def test_an_asset_of_that_name_is_replaced_only_when_asked_for(importer, unreal, tmp_path):
    record(tmp_path / "take")
    take = str(tmp_path / "take")
    asset = importer.import_take(take, "/Game/Face/Skeleton")
    unreal.assets[asset].curves["old"] = ([], [])
    unreal.assets[asset].controller.length = None
    with pytest.raises(Exception, match="exists already"):
        importer.import_take(take, "/Game/Face/Skeleton")
    assert "old" in unreal.assets[asset].curves
    importer.import_take(take, "/Game/Face/Skeleton", replace=True)
    assert "old" not in unreal.assets[asset].curves
    unreal.assets["/Game/Other"] = unreal.Skeleton("Other")
    with pytest.raises(Exception, match="another skeleton"):
        importer.import_take(take, "/Game/Other", replace=True)
    with pytest.raises(Exception, match="no AnimSequence"):
        importer.import_take(take, "/Game/Face/Skeleton", folder="/Game/Face", name="Mesh", replace=True)


def spoil(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


HEAD = "Timecode,Frame,Seconds," + ",".join(RAW_LAYOUT.names)
ROW = ",".join(["0.500000"] * 260)

BAD = {
    "nothing": ("", "is empty"),
    "no frames": (HEAD + "\n", "has no frames"),
    "another table": ("a,b\n1,2\n", "has 0 of the 251"),
    "a curve too few": (spoil(HEAD, "CTRL_expressions_jawOpen,", "") + "\n", "has 250 of the 251"),
    "no frame numbers": (spoil(HEAD, "Frame", "Number") + "\n", "facial curves"),
    "a word": (f"{HEAD}\n00:00:00:00,0,0,{spoil(ROW, '0.500000', 'half')}\n", "line 2: a value is missing or no"),
    "not a number": (f"{HEAD}\n00:00:00:00,0,0,{spoil(ROW, '0.500000', 'nan')}\n", "line 2: a value is not finite"),
    "a short line": (f"{HEAD}\n00:00:00:00,0,0,0.5\n00:00:00:01,1,0,{ROW}\n", "line 2: a value is missing"),
    "a frame twice": (f"{HEAD}\n00:00:00:00,3,0,{ROW}\n00:00:00:00,3,0,{ROW}\n", "line 3: frame 3 does not follow"),
    "a frame before the first": (f"{HEAD}\n00:00:00:00,-1,0,{ROW}\n", "frame -1"),
    "no text": (b"\xff\xfe\x00\x01", "cannot read"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_table_is_refused_before_anything_is_made(importer, unreal, tmp_path, case):
    content, words = BAD[case]
    path = tmp_path / "bad.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = dict(unreal.assets)
    with pytest.raises(Exception, match=re.escape(words)):
        importer.import_take(str(path), "/Game/Face/Skeleton")
    assert unreal.assets == before


def test_a_board_table_and_a_missing_one_are_refused(importer, tmp_path):
    record(tmp_path / "take", layout=BOARD_LAYOUT)
    with pytest.raises(Exception, match="layout raw"):
        importer.import_take(str(tmp_path / "take"), "/Game/Face/Skeleton")
    with pytest.raises(Exception, match="cannot read"):
        importer.import_take(str(tmp_path / "none"), "/Game/Face/Skeleton")


def test_a_line_cut_short_by_a_crash_is_left_out(importer, unreal, tmp_path):
    record(tmp_path / "take")
    table = tmp_path / "take" / "curves.csv"
    with table.open("a") as file:
        file.write("00:00:00:06,6,0.1,0.5,0.")
    asset = importer.import_take(str(tmp_path / "take"), "/Game/Face/Skeleton")
    assert unreal.assets[asset].controller.length == 5


def test_what_the_editor_refuses_is_said(importer, unreal, tmp_path):
    record(tmp_path / "take")
    take = str(tmp_path / "take")
    with pytest.raises(Exception, match="neither a skeleton"):
        importer.import_take(take, "/Game/None")
    with pytest.raises(Exception, match="could not be made"):
        importer.import_take(take, "/Game/Face/Skeleton", folder="C:/Takes")
    unreal.EditorAssetLibrary.refuses = True
    with pytest.raises(Exception, match="read-only"):
        importer.import_take(take, "/Game/Face/Skeleton")
    assert importer.main([take, "--skeleton", "/Game/None"]) == 1
    importer.import_from_panel(str(tmp_path / "none"))
    assert [kind for kind, _ in unreal.logged[-2:]] == ["error", "error"]


def test_the_bracket_closes_whatever_fails(importer, unreal, tmp_path, monkeypatch):
    record(tmp_path / "take")

    def fail(*_):
        raise RuntimeError("the editor says no")

    monkeypatch.setattr(unreal.AnimationLibrary, "add_float_curve_keys", fail)
    with pytest.raises(RuntimeError):
        importer.import_take(str(tmp_path / "take"), "/Game/Face/Skeleton")
    assert unreal.assets["/Game/Takes/take"].controller.depth == 0


def test_the_script_runs_from_the_editors_command_line(importer, unreal, tmp_path, monkeypatch):
    record(tmp_path / "take")
    arguments = [str(tmp_path / "take"), "--skeleton", "/Game/Face/Mesh", "--name", "A", "--folder", "/Game/B"]
    monkeypatch.setattr(sys, "argv", ["cstalk_import.py", *arguments])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(SCRIPTS / "cstalk_import.py"), run_name="__main__")
    assert end.value.code == 0
    assert "/Game/B/A" in unreal.assets


def stub_text():
    """The text of unreal-stub, which is not imported: it is half a million lines."""
    spec = importlib.util.find_spec("unreal")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("no description of the editor's Python: python -m pip install unreal-stub==0.3")
    return Path(spec.submodule_search_locations[0], "unreal.py").read_text(encoding="utf-8-sig")


def blocks(text):
    """Classes and functions of the stub by name, each as its source."""
    found = {}
    for block in re.split(r"\n(?=class |def )", text):
        if match := re.match(r"(?:class|def) (\w+)", block):
            found.setdefault(match[1], block.split("\n#####")[0])
    return found


def bases(block):
    match = re.match(r"class \w+\(([^)]*)\)", block)
    return re.findall(r"\w+", match[1]) if match else []


def test_the_script_keeps_to_the_editors_types(tmp_path):
    """mypy over the script with those parts of the stub that it names, and the classes these derive from."""
    found = blocks(stub_text())
    used = set()
    for node in ast.walk(ast.parse((SCRIPTS / "cstalk_import.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "unreal":
            used.add(node.attr)
    assert len(used) > 15
    assert used <= set(found), used - set(found)
    # What the script reaches without naming it.
    waiting, needed = [*used, "AssetTools", "AnimationDataController", "Name", "Array", "Class"], []
    while waiting:
        name = waiting.pop()
        if name in found and name not in needed:
            needed.append(name)
            waiting += bases(found[name])
    order = sorted(needed, key=list(found).index)
    text = "from __future__ import annotations\nfrom typing import *\nfrom types import TracebackType\n"
    text += "_T = TypeVar('_T')\n_ElemType = TypeVar('_ElemType')\n"
    text += "_EditorSubsystemTypeVar = TypeVar('_EditorSubsystemTypeVar', bound='EditorSubsystem')\n"
    (tmp_path / "unreal.pyi").write_text(text + "\n".join(found[name] for name in order), encoding="utf-8")
    for script in SCRIPTS.glob("*.py"):
        (tmp_path / script.name).write_bytes(script.read_bytes())
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--no-incremental"]

    def complaints():
        """Those about the script; the stub, cut out of its context, has many of its own."""
        checked = [*command, "cstalk_import.py"]
        result = subprocess.run(checked, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert "checked 1 source file" in result.stdout, result.stdout[-2000:] + result.stderr
        return [line for line in result.stdout.splitlines() if line.startswith("cstalk_")]

    assert complaints() == []
    script = tmp_path / "cstalk_import.py"
    script.write_text(spoil(script.read_text(), "set_frame_rate(unreal.FrameRate(FPS, 1)", "set_frame_rate(FPS"))
    assert any("set_frame_rate" in line for line in complaints()), "the check sees nothing"


def test_the_stand_in_has_the_editors_names_and_arguments():
    found = blocks(stub_text())
    for node in ast.parse(FAKE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            assert node.name in found, node.name
        if not isinstance(node, ast.ClassDef):
            continue
        line = [node.name]
        for name in line:
            line += bases(found.get(name, ""))
        source = "\n".join(found[name] for name in line if name in found)
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("__"):
                arguments = [argument.arg for argument in method.args.args]
                pattern = rf"def {method.name}\(" + r"\b[^)]*".join(map(re.escape, arguments)) + r"\b"
                assert re.search(pattern, source), f"{node.name}.{method.name}({', '.join(arguments)})"
