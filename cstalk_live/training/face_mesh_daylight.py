"""How open each vertex of the head lies to the sky and to the main light, by depth pictures: numpy alone.

``render_light.openness`` casts rays with Embree for every frame of a film. The page's head needs the same once, for two
poses, in a build environment that holds nothing but numpy: from each of many directions the surface is sampled into a
depth picture (an orthographic shadow map, Williams 1978), and a vertex is lit from there if nothing lies above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FloatArray

from .face_mesh import Indices

_CELL_MM = 1.4
_SAMPLE_MM = 1.0
"""Distance of the samples on the surface; smaller than a cell, or light leaks through."""
_BIAS_MM = 1.2
_LIFT_MM = 1.0
"""Vertices are looked at from this far above the surface, so that it does not shade itself."""
_SKY_DIRECTIONS = 64
_LIGHT_DIRECTIONS = 12


@dataclass(frozen=True, slots=True)
class _Samples:
    """Points [s, 3] that cover the surface."""

    points: FloatArray

    def light_from(self, direction: FloatArray, places: FloatArray) -> FloatArray:
        """[n], 0..1: what of the light from unit vector ``direction`` arrives at places [n, 3]."""
        across = np.cross(direction, (0.0, 1.0, 0.0) if abs(direction[1]) < 0.9 else (1.0, 0.0, 0.0))
        across /= np.linalg.norm(across)
        axes = np.stack((across, np.cross(direction, across), direction))
        axes = axes.astype(np.float32)
        samples, seen = self.points @ axes.T, places @ axes.T
        low = samples[:, :2].min(axis=0) - 2.0 * _CELL_MM
        size = np.ceil((samples[:, :2].max(axis=0) - low) / _CELL_MM).astype(int) + 3
        depth = np.full(size[0] * size[1], -np.inf, np.float32)
        cells = ((samples[:, :2] - low) / _CELL_MM).astype(int)
        np.maximum.at(depth, cells[:, 0] * size[1] + cells[:, 1], samples[:, 2])
        # Percentage-closer filtering (Reeves, Salesin and Cook 1987): the four cells around, weighted by nearness.
        place = np.clip((seen[:, :2] - low) / _CELL_MM - 0.5, 0.0, size - 2.0)
        corner = place.astype(int)
        share = place - corner
        lit = np.zeros(len(places))
        for dx in (0, 1):
            for dy in (0, 1):
                weight = np.abs(1 - dx - share[:, 0]) * np.abs(1 - dy - share[:, 1])
                above = depth[(corner[:, 0] + dx) * size[1] + corner[:, 1] + dy]
                lit += weight * (above - seen[:, 2] < _BIAS_MM)
        return lit.astype(np.float32)


def _sampled(points: FloatArray, triangles: Indices) -> _Samples:
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    longest = np.max([np.linalg.norm(p - q, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    cuts = np.maximum(1, np.ceil(longest / _SAMPLE_MM).astype(int))
    found = []
    for cut in np.unique(cuts):
        rows = np.flatnonzero(cuts == cut)
        u, v = (grid.ravel() for grid in np.mgrid[0 : cut + 1, 0 : cut + 1] / cut)
        u, v = u[u + v <= 1.0 + 1e-9], v[u + v <= 1.0 + 1e-9]
        shares = np.stack((1.0 - u - v, u, v))
        found.append(np.einsum("kn,ktd->tnd", shares, np.stack((a[rows], b[rows], c[rows]))).reshape(-1, 3))
    return _Samples(np.concatenate(found).astype(np.float32))


def _spread(count: int) -> FloatArray:
    """Unit vectors, evenly over the sphere (golden-angle spiral)."""
    k = np.arange(count) + 0.5
    height, turn = 1.0 - 2.0 * k / count, k * np.pi * (3.0 - np.sqrt(5.0))
    flat = np.sqrt(1.0 - height**2)
    return np.stack((flat * np.cos(turn), height, flat * np.sin(turn)), axis=1).astype(np.float32)


def vertex_normals(points: FloatArray, triangles: Indices) -> FloatArray:
    """[n, 3] unit normals, weighted by the triangles' areas."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    across = np.cross(b - a, c - a)
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], across)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return normals


def daylight(
    points: FloatArray, triangles: Indices, light: FloatArray, light_width: float = 0.16
) -> tuple[FloatArray, FloatArray]:
    """Sky (weighted by the cosine) and main light seen by each vertex: float32 [n] twice, 0..1.

    Args:
        points: float32 [n, 3], mm.
        triangles: [m, 3], counter-clockwise from outside.
        light: unit vector [3] to the main light.
        light_width: half its width as a tangent.
    """
    samples, normals = _sampled(points, triangles), vertex_normals(points, triangles)
    places = points + _LIFT_MM * normals
    sky, most = np.zeros(len(points), np.float32), np.zeros(len(points), np.float32)
    for direction in _spread(_SKY_DIRECTIONS):
        cosine = np.maximum(normals @ direction, 0.0)
        sky += cosine * samples.light_from(direction, places)
        most += cosine
    lit = np.zeros(len(points), np.float32)
    for shift in _spread(_LIGHT_DIRECTIONS):
        direction = light + light_width * shift
        lit += samples.light_from((direction / np.linalg.norm(direction)).astype(np.float32), places)
    sky /= np.maximum(most, np.float32(1e-6))
    lit /= np.float32(_LIGHT_DIRECTIONS)
    return sky, lit
