"""Where lashes grow: the front edge of the upper lids."""

from __future__ import annotations

from typing import Literal

import numpy as np

from .face_mesh import PARTS, FaceMesh, Indices

_LID_MM = 3.0
"""The edge of a lid lies this close to the eyeball."""
_APART_MM = 1.0


def lash_roots(mesh: FaceMesh, side: Literal["Left", "Right"]) -> Indices:
    """Vertices of the lid's front edge from the nose outwards.

    A blink moves them furthest, and they lie on the eyeball; of vertices above one another it is the outermost.
    """
    place = 0 if side == "Left" else 1
    centre = mesh.eye_centres[place]
    part = PARTS.index("eye_left" if side == "Left" else "eye_right")
    ball = mesh.rest[np.unique(mesh.quads[mesh.quad_part == part])]
    radius = float(np.linalg.norm(ball - centre, axis=1).mean())
    moved = np.linalg.norm(mesh.deltas[mesh.names.index(f"eyeBlink{side}")], axis=1)
    above = np.linalg.norm(mesh.rest - centre, axis=1) - radius
    rows = np.flatnonzero((moved > 0.5 * moved.max()) & (np.abs(above) < _LID_MM) & (mesh.rest[:, 1] < 6.0))
    outwards = np.abs(mesh.rest[rows, 0])
    chosen: list[int] = []
    for row in rows[np.argsort(outwards)]:
        near = [k for k in chosen if abs(abs(mesh.rest[k, 0]) - abs(mesh.rest[row, 0])) < _APART_MM]
        if not near:
            chosen.append(int(row))
        elif above[row] > above[near[-1]]:
            chosen[chosen.index(near[-1])] = int(row)
    return np.array(chosen, np.intp)
