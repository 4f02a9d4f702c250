"""The lips of the base mesh: rings of edges around the mouth, and a seam that shuts.

Around the mouth the mesh is made of rings of 36 vertices, one inside the other. A ring is named by the vertex at which
it crosses the midline of the upper lip; walking straight on over every crossing leads around the mouth's corner to the
midline of the lower lip, so the k-th vertex from above and the k-th from below face each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .face_mesh_source import Indices, MeshSourceError, Points, Source

RINGS = (362, 455, 466, 467, 509, 468, 474, 520, 537, 554, 571)
"""Midline vertices of ``hm08`` from the skin above the lip to the inside of the mouth."""

OUTER_RING, SEAM_RING = 455, 474
"""The edge of the red of the lips, and the ring on which the lips meet."""

_REACH = 5.0
"""Rings over which a correction of the seam fades out."""


@dataclass(frozen=True, slots=True)
class LipRing:
    """One ring, halves from the character's right corner over the midline to the left one."""

    upper: Indices
    """[19]."""
    lower: Indices
    """[19], facing ``upper`` one by one."""


class _Body:
    """Who is whose neighbour on the skin."""

    def __init__(self, source: Source) -> None:
        self.neighbours: dict[int, set[int]] = {}
        self.faces: dict[int, set[int]] = {}
        self.x = source.vertices[:, 0]
        for number in np.flatnonzero(source.quad_group == "body"):
            corners = [int(v) for v in source.quads[number]]
            for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
                self.neighbours.setdefault(a, set()).add(b)
                self.neighbours.setdefault(b, set()).add(a)
                self.faces.setdefault(a, set()).add(int(number))

    def half_ring(self, start: int) -> list[int]:
        """From the upper midline over the character's right corner (x < 0) to the lower midline."""
        right = [v for v in self.neighbours[start] if self.x[v] < -1e-3]
        path = [start, *right[:1]]
        while len(path) > 1 and abs(self.x[path[-1]]) > 1e-3:
            before, here = path[-2:]
            edge = self.faces[before] & self.faces[here]
            ahead = [v for v in self.neighbours[here] if v != before and not (self.faces[here] & self.faces[v] & edge)]
            if len(self.neighbours[here]) != 4 or len(ahead) != 1:
                break
            path.append(ahead[0])
        if len(path) % 2 or abs(self.x[path[-1]]) > 1e-3:
            raise MeshSourceError(f"the ring of vertex {start} does not lead around the mouth", "use the pinned wheel")
        return path


def lip_rings(source: Source) -> dict[int, LipRing]:
    """All rings by their name in :data:`RINGS`.

    Raises:
        MeshSourceError: the mesh is not ``hm08``.
    """
    body = _Body(source)
    rings = {}
    for start in RINGS:
        path = np.array(body.half_ring(start))
        half = len(path) // 2
        above, below = path[:half], path[half:][::-1]  # from the midline to the corner, both
        rings[start] = LipRing(
            np.concatenate((above[::-1], source.mirror[above[1:]])),
            np.concatenate((below[::-1], source.mirror[below[1:]])),
        )
    return rings


def seam_heights(rings: dict[int, LipRing], size: int) -> Points:
    """What parting the seam by 1 in one of its 19 columns does to the heights of ``size`` vertices: [19, size].

    Facing vertices go half the way each; neighbouring rings go along, fading linearly over five rings. Heights only:
    how far a lip stands out stays.
    """
    heights = np.zeros((len(rings[SEAM_RING].upper), size))
    columns = np.arange(len(heights))
    for place, name in enumerate(RINGS):
        share = max(0.0, 1.0 - abs(place - RINGS.index(SEAM_RING)) / _REACH)
        heights[columns, rings[name].upper] = 0.5 * share
        heights[columns, rings[name].lower] = -0.5 * share
    return heights


def shut_seam(points: Points, rings: dict[int, LipRing]) -> Points:
    """The displacement [n, 3] that brings facing vertices of the seam to the same height."""
    gap = points[rings[SEAM_RING].upper, 1] - points[rings[SEAM_RING].lower, 1]
    move = np.zeros_like(points)
    move[:, 1] = -gap @ seam_heights(rings, len(points))
    return move
