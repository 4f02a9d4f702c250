"""A smooth head: one step of Catmull-Clark subdivision as a matrix, triangles, normals.

The step is linear (Catmull and Clark 1978, with the boundary rule of DeRose et al. 1998), so one sparse matrix takes
every pose of the coarse head to its fine one. Eyeballs are spheres and stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FloatArray

from .face_mesh import PARTS, FaceMesh, Indices


@dataclass(frozen=True, slots=True)
class Surface:
    """The fine head of a :class:`FaceMesh`; its first vertices are those of the coarse one, smoothed."""

    refine: Any
    """scipy.sparse [N, n]: coarse vertices to fine ones."""
    triangles: NDArray[np.int32]
    """[m, 3]."""
    gather: Any
    """scipy.sparse [N, m]: sums of triangle normals at vertices."""
    triangle_part: NDArray[np.uint8]
    """[m], places in ``face_mesh.PARTS``."""

    def points(self, coarse: FloatArray) -> FloatArray:
        """float32 [n, C] -> float32 [N, C]; positions or anything else that vertices carry."""
        fine: FloatArray = self.refine @ coarse
        return fine

    def normals(self, points: FloatArray) -> FloatArray:
        """Unit normals of float32 [N, 3], weighted by the triangles' areas."""
        a, b, c = (points[self.triangles[:, corner]] for corner in range(3))
        normals: FloatArray = self.gather @ np.cross(b - a, c - a)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), np.float32(1e-9))
        return normals


def make_surface(mesh: FaceMesh) -> Surface:
    """Subdivide everything but the eyes once. Needs scipy."""
    from scipy import sparse

    is_eye = np.isin(mesh.quad_part, [PARTS.index("eye_left"), PARTS.index("eye_right")])
    coarse, size = mesh.quads[~is_eye], len(mesh.rest)
    refine, quads = _catmull_clark(coarse, size)
    quads = np.concatenate((quads, mesh.quads[is_eye]))
    parts = np.concatenate((np.repeat(mesh.quad_part[~is_eye], 4), mesh.quad_part[is_eye]))
    triangles = np.concatenate((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]])).astype(np.int32)
    parts = np.concatenate((parts, parts))
    whole = (triangles != np.roll(triangles, 1, axis=1)).all(axis=1)
    triangles, parts = triangles[whole], parts[whole]
    rows = triangles.ravel()
    columns = np.repeat(np.arange(len(triangles)), 3)
    shape = (refine.shape[0], len(triangles))
    gather = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    return Surface(refine, triangles, gather, parts)


def _catmull_clark(quads: Indices, size: int) -> tuple[Any, Indices]:
    """Matrix [size + edges + faces, size] and the fine quads; vertices in no quad stay where they are."""
    from scipy import sparse

    count = len(quads)
    ends = np.stack((quads, np.roll(quads, -1, axis=1)), axis=-1).reshape(-1, 2)
    edges, edge_of = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(-1)
    face_of = np.repeat(np.arange(count), 4)
    faces_at_edge = np.bincount(edge_of, minlength=len(edges))
    border = faces_at_edge == 1

    def matrix(rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)

    def diagonal(values: Any) -> Any:
        return sparse.diags(np.asarray(values, np.float64))

    to_face = matrix(face_of, quads.ravel(), (count, size)) * 0.25
    both = np.repeat(np.arange(len(edges)), 2)
    middle = matrix(both, edges.ravel(), (len(edges), size)) * 0.5
    beside = matrix(edge_of, face_of, (len(edges), count))
    inner_edge = diagonal(~border)
    edge_points = inner_edge @ (0.5 * middle + 0.25 * beside @ to_face) + diagonal(border) @ middle

    valence = np.maximum(np.bincount(edges.ravel(), minlength=size), 1)
    on_border = np.zeros(size, bool)
    on_border[edges[border].ravel()] = True
    loose = np.bincount(quads.ravel(), minlength=size) == 0
    at_vertex = matrix(edges.ravel(), both, (size, len(edges)))
    faces_at = matrix(quads.ravel(), face_of, (size, count))
    mean_face = diagonal(1.0 / valence) @ faces_at @ to_face
    mean_edge = diagonal(1.0 / valence) @ at_vertex @ middle
    one = sparse.identity(size)
    smooth = diagonal(1.0 / valence) @ (mean_face + 2.0 * mean_edge + diagonal(valence - 3.0) @ one)
    rim = 0.5 * one + 0.25 * at_vertex @ diagonal(border) @ middle
    free = ~on_border & ~loose
    vertex_points = diagonal(free) @ smooth + diagonal(on_border & ~loose) @ rim + diagonal(loose) @ one

    edge_rows = (size + edge_of).reshape(-1, 4)
    face_rows = np.repeat(size + len(edges) + np.arange(count)[:, None], 4, axis=1)
    fine = np.stack((quads, edge_rows, face_rows, np.roll(edge_rows, 1, axis=1)), axis=-1).reshape(-1, 4)
    refine = sparse.vstack((vertex_points, edge_points, to_face)).tocsr().astype(np.float32)
    return refine, fine
