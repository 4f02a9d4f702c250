"""Light on the head: how open each vertex lies to the sky and to the main light, and the colour that follows.

Both are found by casting rays (Embree) from the coarse vertices and carried to the fine ones by the surface's own
matrix, which makes soft shadows without grain. Colours are linear until :func:`to_screen`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FloatArray

KEY = np.array((-0.50, 0.55, 0.72), np.float32)
"""Direction to the main light: from the viewer's upper left, in front."""
FILL = np.array((0.80, 0.10, 0.45), np.float32)
RIM = np.array((0.65, 0.45, -0.75), np.float32)
KEY, FILL, RIM = (light / np.linalg.norm(light) for light in (KEY, FILL, RIM))

_KEY_COLOUR = np.array((1.42, 1.36, 1.27), np.float32)
_FILL_COLOUR = np.array((0.34, 0.40, 0.50), np.float32)
_RIM_COLOUR = np.array((0.75, 0.80, 0.95), np.float32)
_SKY, _GROUND = np.array((0.50, 0.53, 0.60), np.float32), np.array((0.24, 0.20, 0.18), np.float32)

_WRAP = np.array((0.24, 0.13, 0.10), np.float32)
"""How far light reaches round skin, by colour: red furthest, as it scatters furthest below the surface."""
_PENUMBRA = np.array((0.88, 0.97, 1.0), np.float32)
_HOLLOW = np.array((1.1, 1.35, 1.45), np.float32)
"""Exponents that redden the edge of a shadow and the hollows."""

_OPEN_RAYS, _KEY_RAYS = 40, 12
_FAR_MM = 45.0
"""What stands further away than this darkens nothing."""
_LIFT_MM = 0.4
"""Rays start this far above the surface, so that they do not hit it."""
_ACROSS, _UP = np.eye(3, dtype=np.float32)[:2]
_KEY_SPREAD = 0.16
"""Half the main light's width as a tangent: 9 degrees, a window."""


def _cosine_directions(count: int) -> FloatArray:
    """Unit vectors over +z, as dense as their cosine (Malley's method on a golden-angle spiral)."""
    k = np.arange(count) + 0.5
    radius, angle = np.sqrt(k / count), k * np.pi * (3.0 - np.sqrt(5.0))
    return np.stack((radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1.0 - k / count)), axis=1).astype(
        np.float32
    )


def _frames(normals: FloatArray) -> tuple[FloatArray, FloatArray]:
    helper = np.where(np.abs(normals[:, :1]) < 0.9, _ACROSS, _UP)
    first = np.cross(normals, helper).astype(np.float32)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return first, np.cross(normals, first).astype(np.float32)


def openness(scene: Any, points: FloatArray, normals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How much sky and how much of the main light each point sees: float32 [n, 3] twice -> float32 [n] twice, 0..1."""
    first, second = _frames(normals)
    spread = _cosine_directions(_OPEN_RAYS)
    rays = (
        spread[None, :, :1] * first[:, None]
        + spread[None, :, 1:2] * second[:, None]
        + spread[None, :, 2:] * normals[:, None]
    )
    start = points + _LIFT_MM * normals
    starts = np.repeat(start, _OPEN_RAYS, axis=0)
    far = scene.run(starts, np.ascontiguousarray(rays.reshape(-1, 3)), query="DISTANCE").reshape(rays.shape[:2])
    near = np.clip(1.0 - far / _FAR_MM, 0.0, 1.0)
    sky = 1.0 - near.mean(axis=1)

    lit = np.zeros(len(points), np.float32)
    facing = np.flatnonzero(normals @ KEY > -0.2)
    one, two = _frames(KEY[None])
    disc = _cosine_directions(_KEY_RAYS)[:, :2] * _KEY_SPREAD
    beams = KEY + disc[:, :1] * one + disc[:, 1:] * two
    beams = np.ascontiguousarray(np.tile(beams.astype(np.float32), (len(facing), 1)))
    blocked = scene.run(np.repeat(start[facing], _KEY_RAYS, axis=0), beams, query="OCCLUDED")
    lit[facing] = (blocked.reshape(-1, _KEY_RAYS) == -1).mean(axis=1)
    return sky.astype(np.float32), lit


def shade(
    colour: FloatArray, gloss: FloatArray, wet: FloatArray, normals: FloatArray, to_eye: FloatArray, sky: FloatArray,
    lit: FloatArray, skin: NDArray[np.bool_],
) -> FloatArray:  # fmt: skip
    """Light that reaches the viewer, float32 [n, 3], linear.

    Args:
        colour: [n, 3], what the surface sends back of each colour.
        gloss: [n], strength of the highlight.
        wet: [n], 0 (broad highlight, skin) to 1 (small, eyes).
        normals, to_eye: [n, 3], unit vectors.
        sky, lit: [n], of :func:`openness`.
        skin: [n]; under skin light spreads, red furthest, which reaches round the edge of the shadow.
    """
    wrap = np.where(skin[:, None], _WRAP, np.float32(0.02))

    def diffuse(light: FloatArray) -> FloatArray:
        cosine = (normals @ light)[:, None]
        return np.maximum((cosine + wrap) / (1.0 + wrap), 0.0).astype(np.float32)

    def highlight(light: FloatArray) -> FloatArray:
        half = light + to_eye
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        cosine = np.maximum((normals * half).sum(axis=1), 0.0)
        power = 14.0 + 200.0 * wet**2
        strength: FloatArray = ((power + 8.0) / 40.0 * cosine**power * gloss)[:, None].astype(np.float32)
        return strength

    # A shadow's edge on skin is red as well.
    shadow = lit[:, None] ** np.where(skin[:, None], _PENUMBRA, np.float32(1.0))
    up = 0.5 + 0.5 * normals[:, 1:2]
    hollow = sky[:, None] ** np.where(skin[:, None], _HOLLOW, np.float32(1.3))
    light = _KEY_COLOUR * diffuse(KEY) * shadow + (_SKY * up + _GROUND * (1.0 - up)) * hollow
    light += (_FILL_COLOUR * diffuse(FILL) + _RIM_COLOUR * diffuse(RIM)) * hollow
    grazing = (1.0 - np.clip((normals * to_eye).sum(axis=1), 0.0, 1.0))[:, None] ** 5
    shine = _KEY_COLOUR * highlight(KEY) * shadow + _FILL_COLOUR * highlight(FILL) * hollow
    shine += (0.8 * gloss)[:, None] * (_SKY + _RIM_COLOUR) * grazing * hollow
    seen: FloatArray = (colour * light + shine).astype(np.float32)
    return seen


def to_screen(linear: FloatArray) -> NDArray[np.uint8]:
    """Linear light -> sRGB bytes (IEC 61966-2-1); above 0.8 it rolls off instead of clipping."""
    x = np.maximum(linear, 0.0)
    knee = 0.7
    x = np.where(x > knee, knee + (1.0 - knee) * (1.0 - np.exp(-(x - knee) / (1.0 - knee))), x)
    x = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(np.maximum(x, 1e-6), 1.0 / 2.4) - 0.055)
    return np.round(255.0 * np.clip(x, 0.0, 1.0)).astype(np.uint8)
