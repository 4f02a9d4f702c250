"""Colours of the head, told by the place on the face at rest, so that they move with the skin and stay sharp.

Brows, hair and lash lines are painted: the base mesh has none of its own but coarse shells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FloatArray

from .face_mesh import PARTS

SKIN = np.array((0.56, 0.315, 0.215), np.float32)
LIP = np.array((0.44, 0.155, 0.13), np.float32)
MOUTH = np.array((0.20, 0.045, 0.04), np.float32)
TEETH = np.array((0.68, 0.63, 0.54), np.float32)
TONGUE = np.array((0.44, 0.13, 0.12), np.float32)
HAIR = np.array((0.034, 0.023, 0.017), np.float32)
SCLERA = np.array((0.66, 0.62, 0.58), np.float32)
IRIS = np.array((0.075, 0.115, 0.125), np.float32)

_BROW_X = np.array((8.0, 16.0, 26.0, 36.0, 47.0))
_BROW_Y = np.array((16.5, 18.5, 20.8, 21.2, 16.5))
_BROW_HALF = np.array((2.4, 3.3, 3.0, 2.3, 0.8))

_IRIS_ANGLE, _PUPIL_ANGLE = 0.39, 0.15
"""Radians from the pole: an iris 12.8 mm across on the base mesh's eyeball of 16.9 mm radius (adults: 11.8, 12)."""


@dataclass(frozen=True, slots=True)
class Coat:
    """What :func:`paint` puts on each point."""

    colour: FloatArray
    """[n, 3]."""
    gloss: FloatArray
    """[n]."""
    wet: FloatArray
    """[n]."""
    skin: NDArray[np.bool_]
    """[n]."""


def _step(value: FloatArray, low: float, high: float) -> FloatArray:
    """0 below ``low``, 1 above ``high``, smooth between."""
    x = np.clip((value - low) / (high - low), 0.0, 1.0)
    smooth: FloatArray = (x * x * (3.0 - 2.0 * x)).astype(np.float32)
    return smooth


def _grain(x: FloatArray, y: FloatArray) -> FloatArray:
    """Cheap noise, -1..1: sines of places in mm."""
    grain: FloatArray = np.sin(1.9 * x + 2.3 * np.sin(0.7 * y)) * np.sin(2.1 * y + 1.7 * np.sin(0.9 * x))
    return grain


def _mixed(under: FloatArray, over: FloatArray, share: FloatArray) -> FloatArray:
    mixed: FloatArray = under + (over - under) * share[:, None]
    return mixed


def brow(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """How much brow covers a place at rest, [n], 0..1."""
    side = np.abs(x)
    middle, half = np.interp(side, _BROW_X, _BROW_Y), np.interp(side, _BROW_X, _BROW_HALF)
    strands = 0.55 * np.sin(3.1 * side - 2.2 * y + np.sin(1.3 * side))
    cover = _step((half - np.abs(y - middle) + 0.45 * strands).astype(np.float32), -0.7, 1.5)
    inside = _step(side, 6.5, 11.0) * (1.0 - _step(side, 43.0, 49.0)) * _step(z, -30.0, -20.0)
    return (0.95 * cover * inside).astype(np.float32)


def scalp(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """How much short hair covers a place at rest, [n], 0..1."""
    # Height of the hairline by how far back a place lies: over the forehead, down before the ear, up over it, the nape.
    back = np.array((-185.0, -120.0, -106.0, -96.0, -86.0, -74.0, -64.0, -57.0, -46.0, -20.0, 0.0, 20.0))
    line = np.array((-62.0, -55.0, -25.0, 6.0, 19.0, 17.0, 8.0, 18.0, 40.0, 60.0, 71.0, 76.0))
    height = np.interp(z, back, line)
    return _step((y - height + 1.5 * _grain(x + z, y)).astype(np.float32), -4.0, 6.0)


def paint(
    rest: FloatArray, part: NDArray[np.uint8], lip: FloatArray, mouth: FloatArray, lash: FloatArray, axis: FloatArray
) -> Coat:
    """Colours of points on the head.

    Args:
        rest: [n, 3], the points on the head at rest in mm.
        part: [n], places in ``face_mesh.PARTS``.
        lip, mouth, lash: [n], 0..1, interpolated from the vertices.
        axis: [n, 3], direction from the eye's centre at rest; only read where the point is on an eye.
    """
    x, y, z = rest.T
    flush = np.exp(-((np.abs(x) - 38.0) ** 2 + (y + 32.0) ** 2) / 420.0)
    flush += 0.8 * np.exp(-(x**2 + (y + 35.0) ** 2) / 160.0) * _step(z, 15.0, 30.0) + 0.5 * _step(
        np.abs(x), 78.0, 90.0
    ) * (1.0 - _step(y, 10.0, 24.0))
    tone = np.stack((1.0 + 0.04 * flush, 1.0 - 0.17 * flush, 1.0 - 0.16 * flush), axis=1).astype(np.float32)
    colour = SKIN * tone * (1.0 + 0.02 * _grain(0.6 * (x + z), 0.6 * y)).astype(np.float32)[:, None]
    red = _step(lip, 0.25, 0.85)
    colour = _mixed(colour, LIP, red)
    colour = _mixed(colour, MOUTH, _step(mouth, 0.3, 0.9))
    hair = np.maximum(np.maximum(0.985 * scalp(x, y, z), brow(x, y, z)), lash).astype(np.float32)
    colour = _mixed(colour, HAIR, hair)
    gloss = ((0.13 + 0.12 * red + 0.2 * mouth) * (1.0 - 0.8 * hair)).astype(np.float32)
    wet = (0.10 + 0.35 * red + 0.4 * mouth).astype(np.float32)
    skin = np.ones(len(rest), bool)
    for name, look, shine in (("upper_teeth", TEETH, 0.5), ("lower_teeth", TEETH, 0.5), ("tongue", TONGUE, 0.45)):
        here = part == PARTS.index(name)
        # The back of the mouth is dark; molars would shine out of it.
        near = 0.15 + 0.85 * _step(z[here], -2.0, 17.0)
        colour[here], gloss[here] = look * near[:, None], shine * near
        wet[here], skin[here] = 0.6, name == "tongue"
    eye = np.flatnonzero((part == PARTS.index("eye_left")) | (part == PARTS.index("eye_right")))
    colour[eye] = _eye(axis[eye])
    gloss[eye], wet[eye], skin[eye] = 0.3, 1.0, False
    return Coat(colour.astype(np.float32), gloss, wet, skin)


def _eye(axis: FloatArray) -> FloatArray:
    """Pupil, iris with a darker rim and rays, white: by the angle from the pole."""
    angle = np.arctan2(np.hypot(axis[:, 0], axis[:, 1]), axis[:, 2]).astype(np.float32)
    turn = np.arctan2(axis[:, 1], axis[:, 0])
    rays = 1.0 + 0.35 * np.sin(23.0 * turn + 2.0 * np.sin(9.0 * turn)) * np.sin(17.0 * turn)
    bright = (rays * (1.5 - 0.9 * _step(angle, 0.27, _IRIS_ANGLE))).astype(np.float32)
    pink = _step(angle, 0.6, 1.1)
    white = _mixed(np.repeat(SCLERA[None], len(axis), 0), np.array((0.62, 0.40, 0.36), np.float32), 0.6 * pink)
    colour = _mixed(IRIS * bright[:, None], white, _step(angle, _IRIS_ANGLE - 0.03, _IRIS_ANGLE + 0.03))
    return _mixed(np.full_like(colour, 0.004), colour, _step(angle, _PUPIL_ANGLE - 0.02, _PUPIL_ANGLE + 0.02))
