"""Eyeballs: spheres fitted to the base mesh's eyes, turned as the EyeLook units turn those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .face_mesh_source import Indices, Points

_AROUND, _RINGS = 24, 14


@dataclass(frozen=True, slots=True)
class EyeBall:
    """A sphere whose pole looks along +z."""

    centre: Points
    """[3]."""
    radius: float
    points: Points
    """[n, 3]."""
    quads: Indices
    """[m, 4]; at the poles two corners are the same vertex."""


def eye_ball(original: Points) -> EyeBall:
    """The sphere through the vertices [n, 3] of the base mesh's eye, by least squares."""
    # |p|^2 = 2 p.c + (r^2 - |c|^2) is linear in the centre c and the bracket.
    system = np.column_stack((2.0 * original, np.ones(len(original))))
    solution = np.linalg.lstsq(system, (original**2).sum(axis=1), rcond=None)[0]
    centre = solution[:3]
    radius = float(np.sqrt(solution[3] + centre @ centre))
    polar = np.linspace(0.0, np.pi, _RINGS + 1)[1:-1]
    turn = 2.0 * np.pi * np.arange(_AROUND) / _AROUND
    rings = np.stack(
        [
            np.outer(np.sin(polar), np.cos(turn)),
            np.outer(np.sin(polar), np.sin(turn)),
            np.outer(np.cos(polar), turn**0),
        ],
        axis=-1,
    ).reshape(-1, 3)
    unit = np.concatenate((rings, [[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]))
    front, back = len(rings), len(rings) + 1
    quads = []
    for k in range(_AROUND):
        after = (k + 1) % _AROUND
        quads.append([front, k, after, front])
        for ring in range(_RINGS - 2):
            a, b = ring * _AROUND, (ring + 1) * _AROUND
            quads.append([a + k, b + k, b + after, a + after])
        last = (_RINGS - 2) * _AROUND
        quads.append([last + k, back, back, last + after])
    return EyeBall(centre, radius, centre + radius * unit, np.array(quads, np.intp))


def eye_turns(ball: EyeBall, original: Points, units: Sequence[Points]) -> Points:
    """Displacements [units, n, 3] of the ball: the rotation about its centre nearest to each unit's (Kabsch 1976)."""
    rest = original - ball.centre
    moves = np.zeros((len(units), *ball.points.shape))
    for number, unit in enumerate(units):
        if np.abs(unit).max() < 1e-3:
            continue
        left, _, right = np.linalg.svd(rest.T @ (rest + unit))
        turn = (left @ np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))]) @ right).T
        moves[number] = (ball.points - ball.centre) @ (turn.T - np.eye(3))
    return moves
