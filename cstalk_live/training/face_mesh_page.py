"""Packs the head for the page: ``python -m cstalk_live.training.face_mesh_page --out head.bin``.

The head is the one of ``face_mesh`` (made from the pinned wheel by ``face_mesh_build``), the light on it is found here.
The file: 8 bytes ``CSTKHEAD``, u32 length of a JSON text, the text, zeros up to a multiple of four, then arrays, each
beginning at a multiple of four bytes. The text names them: ``{"arrays": {name: [type, offset, count]}, ...}``, offsets
from the first array; everything is little-endian. Needs numpy alone, so that a wheel can be built anywhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import CSTalkError, OutputError
from cstalk_live.records import FloatArray

from .face_mesh import PARTS, FaceMesh, Indices, load_face_mesh
from .face_mesh_daylight import daylight
from .face_mesh_lashes import lash_roots
from .render_light import KEY

MAGIC = b"CSTKHEAD"
_TYPES = {"i1": "i8", "u1": "u8", "i2": "i16", "u2": "u16", "f4": "f32"}
_SEALED_BY_NOTHING = ("jawOpen", "mouthClose", "mouthUpperUp", "mouthLowerDown")

_OTHER_POSE = {"jawOpen": 0.75, "mouthUpperUp": 0.3, "mouthLowerDown": 0.3, "eyeBlink": 1.0}
"""Shapes (or beginnings of their names) of the second pose that light is found for: mouth open, eyes shut. The page
mixes the two by JawOpen and EyeBlink."""

_TONGUE_OUT_MM = np.array((0.0, 9.0, 4.0), np.float32)
"""Added to what TongueOut moves of the tongue: at rest it lies lower than in the source, which would take it through
the lip."""

_TEETH_SCALE = np.array((0.92, 1.0, 1.0), np.float32)
_TEETH_BACK_MM = np.array((0.0, 0.0, 1.2), np.float32)
"""The page draws the lips with fewer triangles than a film does: teeth keep a little more away from them."""


def triangles_of(quads: Indices) -> Indices:
    """[2 m, 3] without those of no area."""
    both = np.concatenate((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]))
    whole: Indices = both[(both != np.roll(both, 1, axis=1)).all(axis=1)]
    return whole


def _packed(values: FloatArray) -> tuple[NDArray[np.int16], float]:
    """int16 and what one step of it means."""
    step = float(np.abs(values).max()) / 32767.0 or 1.0
    return np.round(values / step).astype(np.int16), step


def _bytes(share: FloatArray) -> NDArray[np.uint8]:
    return np.round(255.0 * np.clip(share, 0.0, 1.0)).astype(np.uint8)


def _light(mesh: FaceMesh) -> NDArray[np.uint8]:
    """[n, 4]: sky and main light at rest, the same in the other pose."""
    triangles = triangles_of(mesh.quads)
    other = [next((w for key, w in _OTHER_POSE.items() if name.startswith(key)), 0.0) for name in mesh.names]
    weights = np.array([[0.0] * len(other), other], np.float32)
    columns = [share for pose in mesh.vertices(weights) for share in daylight(pose, triangles, KEY)]
    return _bytes(np.stack(columns, axis=1))


def _fitted(mesh: FaceMesh) -> FaceMesh:
    """The head with teeth and tongue where the page needs them."""
    rest, deltas = mesh.rest.copy(), mesh.deltas.copy()
    teeth = np.isin(mesh.quad_part, [PARTS.index("upper_teeth"), PARTS.index("lower_teeth")])
    rows = np.unique(mesh.quads[teeth])
    rest[rows] = rest[rows] * _TEETH_SCALE - _TEETH_BACK_MM
    tongue = np.unique(mesh.quads[mesh.quad_part == PARTS.index("tongue")])
    deltas[mesh.names.index("tongueOut"), tongue] += _TONGUE_OUT_MM
    return replace(mesh, rest=rest, deltas=deltas)


def pack(original: FaceMesh) -> bytes:
    """The whole file."""
    mesh = _fitted(original)
    rest, rest_step = _packed(mesh.rest)
    rows = [np.flatnonzero(np.abs(delta).max(axis=1) > 0.0) for delta in mesh.deltas]
    moves = [_packed(delta[r]) for delta, r in zip(mesh.deltas, rows, strict=True)]
    columns, vertices = np.nonzero(mesh.seam)
    arrays: dict[str, NDArray[np.generic]] = {
        "rest": rest,
        "quads": mesh.quads.astype(np.uint16),
        "quad_part": mesh.quad_part,
        "lip_paint": _bytes(mesh.lip_paint),
        "mouth_paint": _bytes(mesh.mouth_paint),
        "light": _light(mesh),
        "delta_vertices": np.concatenate(rows).astype(np.uint16),
        "delta_moves": np.concatenate([move for move, _ in moves]),
        "seam_columns": columns.astype(np.uint8),
        "seam_vertices": vertices.astype(np.uint16),
        "seam_heights": mesh.seam[columns, vertices].astype(np.float32),
        "lip_upper": mesh.regions["lip_inner_upper"].astype(np.uint16),
        "lip_lower": mesh.regions["lip_inner_lower"].astype(np.uint16),
        "lashes_left": lash_roots(mesh, "Left").astype(np.uint16),
        "lashes_right": lash_roots(mesh, "Right").astype(np.uint16),
    }
    places, body = {}, b""
    for name, array in arrays.items():
        places[name] = [_TYPES[array.dtype.str[1:]], len(body), array.size]
        body += array.astype(array.dtype.newbyteorder("<")).tobytes()
        body += bytes(-len(body) % 4)
    text = {
        "vertices": len(mesh.rest),
        "rest_step_mm": rest_step,
        "parts": list(PARTS),
        "units": list(mesh.names),
        "unit_sizes": [len(r) for r in rows],
        "unit_steps_mm": [step for _, step in moves],
        "seals_nothing": [name.startswith(_SEALED_BY_NOTHING) for name in mesh.names],
        "eye_centres_mm": mesh.eye_centres.tolist(),
        "arrays": places,
    }
    head = json.dumps(text, separators=(",", ":")).encode("utf-8")
    start = MAGIC + len(head).to_bytes(4, "little") + head
    return start + bytes(-len(start) % 4) + body


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: 0 when the file was written."""
    parser = argparse.ArgumentParser(prog="python -m cstalk_live.training.face_mesh_page")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args(arguments)
    try:
        data = pack(load_face_mesh())
        try:
            options.out.write_bytes(data)
        except OSError as error:
            raise OutputError(f"cannot write '{options.out}': {error.strerror or error}") from None
    except CSTalkError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{options.out}: {len(data) / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
