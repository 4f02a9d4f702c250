"""Draws the head: rays through every pixel (Embree), light, paint, and more rays where an edge runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import UsageError
from cstalk_live.records import FloatArray

from .face_mesh import PARTS, FaceMesh
from .render_light import openness, shade, to_screen
from .render_paint import paint
from .render_surface import make_surface

Picture = NDArray[np.uint8]

_DISTANCE_MM = 900.0
_CENTRE = np.array((0.0, -19.0, 0.0), np.float32)
"""What the camera looks at: below the root of the nose, at the depth of the eyes."""
_HEIGHT_MM = 262.0
"""Height of the picture at that depth."""
_EDGE = 14
"""Neighbours that differ by more bytes than this are drawn again with more rays."""
_EXTRA = np.array(((-0.375, -0.125), (0.125, -0.375), (0.375, 0.125), (-0.125, 0.375)), np.float32)
"""A rotated grid of places within the pixel."""
_TEETH_LIGHT = np.array((0.40, 0.15), np.float32)
_LID_MM = 2.0
_FADE_MM = (-156.0, -122.0)
"""Heights between which the neck fades into the background."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stands and how large its picture is."""

    width: int = 400
    height: int = 480
    yaw_deg: float = 0.0
    """0 is from the front, positive from the character's left."""


class HeadPainter:
    """Draws poses of one head from one side.

    Raises:
        UsageError: Embree or scipy is missing.
    """

    def __init__(self, mesh: FaceMesh, view: View = View()) -> None:
        try:
            import embreex.mesh_construction
            import embreex.rtcore_scene

            self._surface = make_surface(mesh)
        except ModuleNotFoundError as error:
            raise UsageError(
                f"drawing a face needs the package '{error.name}'", "pip install 'cstalk-live[render]'"
            ) from None
        self._new_scene: Any = embreex.rtcore_scene.EmbreeScene
        self._new_mesh: Any = embreex.mesh_construction.TriangleMesh
        self._mesh, self._view = mesh, view
        carried = (mesh.rest, mesh.lip_paint[:, None], mesh.mouth_paint[:, None], lash_line(mesh)[:, None])
        self._carried = self._surface.points(np.concatenate(carried, axis=1))
        self._origin, self._rays = self._camera()
        rows = np.linspace(0.0, 1.0, view.height, dtype=np.float32)[:, None, None]
        top, bottom = np.array((0.105, 0.115, 0.135), np.float32), np.array((0.045, 0.048, 0.055), np.float32)
        self._background = np.broadcast_to(top + (bottom - top) * rows, (view.height, view.width, 3))

    def _camera(self) -> tuple[FloatArray, FloatArray]:
        """Eye point [3], and the rays' directions before scaling as a function of the pixel: [3, 3] rows right, up,
        forward, scaled so that pixels count."""
        yaw = np.radians(self._view.yaw_deg)
        back = np.array((np.sin(yaw), 0.0, np.cos(yaw)), np.float32)
        right = np.array((np.cos(yaw), 0.0, -np.sin(yaw)), np.float32)
        pixel = _HEIGHT_MM / self._view.height
        axes = np.stack((right * pixel, np.array((0.0, pixel, 0.0), np.float32), -back * _DISTANCE_MM))
        return _CENTRE + back * _DISTANCE_MM, axes.astype(np.float32)

    def draw(self, weights: FloatArray) -> Picture:
        """One pose, float32 [52] -> sRGB bytes [height, width, 3]."""
        coarse = self._mesh.vertices(weights[None])[0]
        points = self._surface.points(coarse)
        normals = self._surface.normals(points)
        scene = self._new_scene()
        self._new_mesh(scene, points, self._surface.triangles)
        count = len(coarse)
        sky, lit = openness(scene, points[:count], normals[:count])
        light = self._surface.points(np.stack((sky, lit), axis=1))
        pose = _Pose(scene, points, normals, np.clip(light, 0.0, 1.0))
        view = self._view
        y, x = np.mgrid[: view.height, : view.width].reshape(2, -1).astype(np.float32)
        linear = self._seen(pose, x, y).reshape(view.height, view.width, 3)
        bytes_ = to_screen(linear).astype(np.int16)
        rough = np.zeros((view.height, view.width), bool)
        across = np.abs(np.diff(bytes_, axis=1)).max(axis=2) > _EDGE
        down = np.abs(np.diff(bytes_, axis=0)).max(axis=2) > _EDGE
        for here, there, found in ((np.s_[:, 1:], np.s_[:, :-1], across), (np.s_[1:], np.s_[:-1], down)):
            rough[here] |= found
            rough[there] |= found
        rows, columns = np.nonzero(rough)
        picture = bytes_.astype(np.float32)
        if len(rows):
            sums = np.zeros((len(rows), 3), np.float32)
            for dx, dy in _EXTRA:
                again = self._seen(pose, columns.astype(np.float32) + dx, rows.astype(np.float32) + dy)
                sums += to_screen(again)
            picture[rows, columns] = sums / len(_EXTRA)
        return np.round(picture).astype(np.uint8)

    def _seen(self, pose: _Pose, x: FloatArray, y: FloatArray) -> FloatArray:
        """Linear light through places of the picture in pixels from its upper left: [n], [n] -> [n, 3]."""
        view = self._view
        right, up, forward = self._rays
        rays = (x - 0.5 * (view.width - 1))[:, None] * right + (0.5 * (view.height - 1) - y)[:, None] * up + forward
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
        rays = np.ascontiguousarray(rays, np.float32)
        hit = pose.scene.run(np.repeat(self._origin[None], len(rays), axis=0), rays, output=True)
        row = np.clip(np.round(y).astype(int), 0, view.height - 1)
        seen = np.array(self._background[row, 0])
        on = np.flatnonzero(hit["primID"] >= 0)
        if not len(on):
            return seen
        found = hit["primID"][on]
        corners = self._surface.triangles[found]
        u, v = hit["u"][on], hit["v"][on]
        share = np.stack((1.0 - u - v, u, v), axis=1)

        def between(values: FloatArray) -> FloatArray:
            mixed: FloatArray = np.einsum("nc,nck->nk", share, values[corners])
            return mixed

        normals, to_eye = between(pose.normals), -rays[on]
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
        part = self._surface.triangle_part[found]
        carried, light = between(self._carried), between(pose.light)
        rest = carried[:, :3]
        centre = self._mesh.eye_centres[(part == PARTS.index("eye_right")).astype(int)]
        lip, mouth, lash = carried[:, 3:].T
        coat = paint(rest, part, lip, mouth, lash, rest - centre)
        # Light goes through teeth: they are never as dark as the hollow they stand in.
        teeth = (part == PARTS.index("upper_teeth")) | (part == PARTS.index("lower_teeth"))
        light[teeth] = _TEETH_LIGHT + (0.6 - _TEETH_LIGHT) * light[teeth]
        colour = shade(coat.colour, coat.gloss, coat.wet, normals, to_eye, light[:, 0], light[:, 1], coat.skin)
        low, high = _FADE_MM
        fade = np.clip((rest[:, 1] - low) / (high - low), 0.0, 1.0)[:, None]
        seen[on] += (colour - seen[on]) * (fade * fade * (3.0 - 2.0 * fade))
        return seen


@dataclass(frozen=True, slots=True)
class _Pose:
    """What one picture needs."""

    scene: Any
    points: FloatArray
    normals: FloatArray
    light: FloatArray
    """[N, 2], of ``openness``."""


def lash_line(mesh: FaceMesh) -> FloatArray:
    """float32 [n], 0..1: the edge of the upper lids, where lashes grow.

    It is what a blink moves furthest and what lies on the eyeball: within 2 mm of it.
    """
    line = np.zeros(len(mesh.rest), np.float32)
    for centre, part, side in zip(mesh.eye_centres, ("eye_left", "eye_right"), ("Left", "Right"), strict=True):
        ball = mesh.rest[np.unique(mesh.quads[mesh.quad_part == PARTS.index(part)])]
        radius = float(np.linalg.norm(ball - centre, axis=1).mean())
        moved = np.linalg.norm(mesh.deltas[mesh.names.index(f"eyeBlink{side}")], axis=1)
        above = np.linalg.norm(mesh.rest - centre, axis=1) - radius
        line[(moved > 0.55 * moved.max()) & (np.abs(above) < _LID_MM)] = 0.9
    return line
