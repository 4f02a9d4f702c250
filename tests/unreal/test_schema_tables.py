"""The names, ranges and board pieces built into the plugin are the program's own."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np

from cstalk_live.output.layout import BOARD_LAYOUT, RAW_LAYOUT
from cstalk_live.rig.board import BOARD_MAX, BOARD_MIN, BOARD_NEUTRAL
from cstalk_live.rig.boardmap import board_to_raw
from cstalk_live.rig.raw import EXTRA_NAMES, PROPERTY_NEUTRAL, RAW_SIZE

MAKE = runpy.run_path(str(Path(__file__).with_name("make_schema.py")))


def tables(core_check):
    lines = core_check("release").run("schema").splitlines()
    found = {}
    while lines:
        name, size, written, counted = lines.pop(0).split()
        rows = [lines.pop(0).split() for _ in range(int(size))]
        found[name] = (int(written, 16), int(counted, 16), rows)
    return found


def test_the_committed_file_is_what_the_script_makes():
    text = MAKE["TABLES"].read_text(encoding="utf-8")
    assert text == MAKE["schema_tables"](), "run python tests/unreal/make_schema.py"
    assert text.isascii()


def test_hash_and_every_name_are_the_programs(core_check):
    found = tables(core_check)
    assert set(found) == {"raw", "board"}
    for layout in (RAW_LAYOUT, BOARD_LAYOUT):
        written, counted, rows = found[layout.name]
        assert written == counted == layout.schema_hash
        assert tuple(row[0] for row in rows) == layout.names


def test_the_raw_layout_has_epics_shape(core_check):
    names = [row[0] for row in tables(core_check)["raw"][2]]
    assert len({name.casefold() for name in names}) == 260
    assert "CTRL_expressions_mouthUp" in names[:251], "without it a MetaHuman takes the subject for ARKit"
    assert all(name.startswith("CTRL_expressions_") for name in names[:251])
    assert names[251:] == [
        "HeadControlSwitch",
        "HeadRoll",
        "HeadPitch",
        "HeadYaw",
        "HeadTranslationX",
        "HeadTranslationY",
        "HeadTranslationZ",
        "MHFDSVersion",
        "DisableFaceOverride",
    ]


def test_ranges_and_rest_are_the_programs(core_check):
    found = tables(core_check)
    numbers = {name: np.array([row[1:4] for row in rows], dtype=np.float32) for name, (_, _, rows) in found.items()}
    np.testing.assert_array_equal(numbers["raw"][:, 2], PROPERTY_NEUTRAL)
    np.testing.assert_array_equal(numbers["raw"][:RAW_SIZE, :2], np.tile(np.float32([0, 1]), (RAW_SIZE, 1)))
    np.testing.assert_array_equal(numbers["board"], np.stack([BOARD_MIN, BOARD_MAX, BOARD_NEUTRAL], axis=1))
    steps = [row[0] for row in found["raw"][2] if row[4] == "1"]
    assert steps == [EXTRA_NAMES[0], EXTRA_NAMES[7], EXTRA_NAMES[8]]


def test_board_poses_become_the_same_curves(core_check):
    random = np.random.default_rng(3)
    boards = random.uniform(-1.2, 1.2, (400, 185)).astype(np.float32)
    boards[:50] = np.round(boards[:50] * 6) / 6  # boundaries of the pieces
    boards[0], boards[1] = BOARD_NEUTRAL, BOARD_MAX
    text = "\n".join(" ".join(f"{value:.9g}" for value in board) for board in boards)
    output = core_check("release").run("board", data=text.encode())
    found = np.array([line.split() for line in output.splitlines()], dtype=np.float32)
    assert found.shape == (400, 260)
    np.testing.assert_allclose(found[:, :RAW_SIZE], board_to_raw(boards), rtol=0, atol=2e-7)
    np.testing.assert_array_equal(found[:, RAW_SIZE:], np.tile(PROPERTY_NEUTRAL[RAW_SIZE:], (400, 1)))
