"""What is made for the page: the rig's table and the head."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cstalk_live.rig import ARKIT_SHAPES, PROPERTY_NAMES, RAW_SCHEMA_HASH, RAW_SIZE, raw_to_arkit
from cstalk_live.training import face_mesh_page
from cstalk_live.training.face_mesh import PARTS, load_face_mesh
from cstalk_live.training.face_mesh_daylight import daylight, vertex_normals
from cstalk_live.training.face_mesh_lashes import lash_roots
from cstalk_live.training.face_mesh_page import MAGIC, triangles_of
from cstalk_live.web.rig_table import rig_table


def test_the_golden_shapes_are_those_of_the_rig(arkit_golden):
    stored = json.loads(arkit_golden.GOLDEN.read_text(encoding="utf-8"))
    assert stored == arkit_golden.golden()


def test_the_table_holds_the_whole_map():
    """Applied here as the page applies it, it gives what Live Link Face sends."""
    table = rig_table()
    assert (table["schema_hash"], tuple(table["names"])) == (RAW_SCHEMA_HASH, PROPERTY_NAMES)
    exact = np.zeros((RAW_SIZE, ARKIT_SHAPES), np.float32)
    for raw, shape, weight in table["exact"]:
        exact[raw, shape] = weight
    sparse = np.random.default_rng(2).uniform(0.0, 0.4, RAW_SIZE).astype(np.float32)
    touched = sorted({raw for raw, _, _ in table["heuristic"]})
    sparse[touched] = 0.0
    close = sum(weight * sparse[raw] for raw, weight in table["closing"])
    shapes = np.clip(sparse @ exact, 0.0, 1.0)
    shapes[table["shapes"].index("mouthClose")] = close * shapes[table["shapes"].index("jawOpen")]
    assert shapes == pytest.approx(raw_to_arkit(sparse)[:ARKIT_SHAPES], abs=1e-6)


def test_the_head_is_whole_and_small(page_data):
    data = (page_data / "head.bin").read_bytes()
    assert data.startswith(MAGIC)
    assert len(data) < 700_000
    length = int.from_bytes(data[8:12], "little")
    text = json.loads(data[12 : 12 + length])
    assert text["units"] == list(load_face_mesh().names)
    assert text["parts"] == list(PARTS)
    start = -(-(12 + length) // 4) * 4
    sizes = {"i8": 1, "u8": 1, "i16": 2, "u16": 2, "f32": 4}
    ends = [start + offset + sizes[kind] * count for kind, offset, count in text["arrays"].values()]
    assert max(ends) <= len(data) < max(ends) + 4
    assert all(offset % 4 == 0 for _, offset, _ in text["arrays"].values())


def test_a_place_that_cannot_be_written_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(face_mesh_page, "pack", lambda _: b"head")
    assert face_mesh_page.main(["--out", str(tmp_path / "head.bin")]) == 0
    assert face_mesh_page.main(["--out", str(tmp_path / "no" / "head.bin")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cannot write" in said


def floor(half, step):
    """Triangles of a level square around the origin, seen from above."""
    side = np.arange(-half, half + step, step, dtype=np.float32)
    z, x = np.meshgrid(side, side, indexing="ij")
    points = np.stack((x.ravel(), np.zeros(x.size, np.float32), z.ravel()), axis=1)
    row = len(side)
    at = np.arange(row * row).reshape(row, row)
    quads = np.stack((at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]), axis=-1).reshape(-1, 4)
    return points, triangles_of(quads)


UP = np.array((0.0, 1.0, 0.0), np.float32)


def test_normals_point_to_the_side_from_which_quads_run_counter_clockwise():
    points, triangles = floor(20.0, 10.0)
    assert vertex_normals(points, triangles) == pytest.approx(np.broadcast_to(UP, points.shape), abs=1e-6)


def test_an_open_floor_sees_the_whole_sky_and_the_light():
    sky, lit = daylight(*floor(30.0, 5.0), UP, 0.05)
    assert sky.min() > 0.95
    assert lit.min() > 0.99


def test_what_stands_over_a_place_takes_its_light_and_sky_and_no_other_place_s():
    points, triangles = floor(30.0, 5.0)
    roof, roof_triangles = floor(10.0, 5.0)
    roof = roof + np.float32((0.0, 12.0, 0.0))
    sky, lit = daylight(
        np.concatenate((points, roof)), np.concatenate((triangles, roof_triangles + len(points))), UP, 0.05
    )
    away = np.abs(points[:, [0, 2]]).max(axis=1)
    under, beside = np.flatnonzero(away < 6.0), np.flatnonzero(away > 16.0)
    assert lit[under].max() < 0.05
    assert lit[beside].min() > 0.95
    assert sky[under].max() < 0.75
    assert sky[under].mean() < sky[beside].mean() - 0.3


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_lashes_grow_along_the_upper_lid(side):
    mesh = load_face_mesh()
    roots = lash_roots(mesh, side)
    places = mesh.rest[roots]
    assert 6 <= len(roots) <= 16
    assert (np.diff(np.abs(places[:, 0])) > 0.5).all()
    assert (places[:, 1] > 0.0).all()
    moved = np.linalg.norm(mesh.deltas[mesh.names.index(f"eyeBlink{side}"), roots], axis=1)
    assert moved.min() > 3.0


def test_the_lash_lines_are_mirror_images():
    mesh = load_face_mesh()
    left, right = (mesh.rest[lash_roots(mesh, side)] for side in ("Left", "Right"))
    assert left * (-1.0, 1.0, 1.0) == pytest.approx(right, abs=1e-4)
