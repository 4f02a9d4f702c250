"""Clips of a face: ``cstalk-live render SOUND -o clip.mp4``.

Drawn with Embree, which casts rays on any CPU from a 15 MB package: no display, GPU, OpenGL or X library, the same
picture on Linux, Windows and macOS. (VTK needs an OpenGL library that servers lack, Blender an installation of its
own.) Each pose of a 400 x 480 panel takes about 0.3 s of one core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import OutputError, UsageError
from cstalk_live.records import FPS

from .face_mesh import load_face_mesh
from .render_film import Film
from .render_head import HeadPainter, Picture, View
from .render_motion import Motion, same_length
from .render_panels import columns_for, labelled, tiled

VIEWS = {"front": (0.0,), "side": (35.0,), "both": (0.0, 35.0)}
"""Degrees from the front; ``side`` is a three-quarter view."""

_ASPECT = 5 / 6

Progress = Callable[[int, int], None]
"""Panels drawn, panels to draw."""


class Stage:
    """Draws one moment of several motions side by side.

    Args:
        motions: equally long.
        height: of a panel in pixels.
        view: of :data:`VIEWS`.

    Raises:
        UsageError: a package is missing, or a value is not usable.
    """

    def __init__(self, motions: Sequence[Motion], height: int = 480, view: str = "front") -> None:
        if view not in VIEWS:
            raise UsageError(f"there is no view '{view}'", f"choose one of {', '.join(VIEWS)}")
        if not 48 <= height <= 2160:
            raise UsageError(f"a panel of {height} pixels cannot be drawn", "choose 48 to 2160")
        self.motions = same_length(motions)
        self.frames = len(self.motions[0].weights)
        mesh = load_face_mesh()
        self._painters = [HeadPainter(mesh, View(round(height * _ASPECT), height, yaw)) for yaw in VIEWS[view]]
        self.panels = len(self.motions) * len(self._painters)

    def column(self, frame: int) -> list[Picture]:
        """Every panel of a frame: view by view, the motions in their order."""
        return [
            labelled(painter.draw(motion.weights[frame]), motion.label)
            for painter in self._painters
            for motion in self.motions
        ]

    def picture(self, frame: int) -> Picture:
        """The panels side by side, a row for each view."""
        several = len(self._painters) > 1
        return tiled(self.column(frame), len(self.motions) if several else columns_for(self.panels))


def film(stage: Stage, sound: Path, out: Path, fps: int, progress: Progress) -> int:
    """Write the whole clip; the number of pictures.

    Raises:
        UsageError: ``fps`` does not divide 60, or a package is missing.
        OutputError: the file cannot be written.
    """
    if fps < 1 or FPS % fps:
        raise UsageError(f"{fps} pictures a second do not divide {FPS}", "choose 10, 12, 15, 20, 30 or 60")
    _check_place(out, ".mp4", sound)
    moments = range(0, stage.frames, FPS // fps)
    height, width, _ = tiled_shape(stage)
    with Film(out, sound, width, height, fps) as target:
        for done, frame in enumerate(moments):
            target.add(stage.picture(frame))
            progress(done + 1, len(moments))
    return len(moments)


def tiled_shape(stage: Stage) -> tuple[int, ...]:
    """Shape of :meth:`Stage.picture`."""
    return stage.picture(0).shape


def sheet(stage: Stage, out: Path, count: int, progress: Progress) -> list[int]:
    """Write a PNG: a row for every panel, ``count`` moments to the right; the frames shown.

    Raises:
        UsageError: no column is asked for.
        OutputError: the file cannot be written.
    """
    from PIL import Image

    if not 1 <= count <= 40:
        raise UsageError(f"a sheet of {count} columns cannot be drawn", "choose 1 to 40")
    _check_place(out, ".png", None)
    moments = [int(k) for k in telling_moments(stage.motions[0], count)]
    columns = []
    for done, frame in enumerate(moments):
        columns.append(stage.column(frame))
        progress(done + 1, len(moments))
    pictures = [column[row] for row in range(stage.panels) for column in columns]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(tiled(pictures, len(moments))).save(out)
    except OSError as error:
        raise OutputError(f"cannot write '{out}': {error.strerror or error}", "choose another place") from None
    return moments


def telling_moments(motion: Motion, count: int) -> NDArray[np.intp]:
    """``count`` frames in order, one from each equal part of the motion: by turns the most open mouth and the most shut
    one, so that a sheet shows speech and not its mean."""
    gap = load_face_mesh().lip_gap_mm(motion.weights)
    edges = np.linspace(0, len(gap), min(count, len(gap)) + 1).astype(int)
    parts = zip(edges[:-1], edges[1:], strict=True)
    return np.array([a + (np.argmax if k % 2 == 0 else np.argmin)(gap[a:b]) for k, (a, b) in enumerate(parts)])


def _check_place(out: Path, suffix: str, sound: Path | None) -> None:
    if out.suffix.lower() != suffix:
        raise OutputError(f"'{out}' does not end in {suffix}", f"give a name like clip{suffix}")
    if out.is_dir() or (sound is not None and out.exists() and out.samefile(sound)):
        raise OutputError(f"'{out}' is {'a folder' if out.is_dir() else 'the sound itself'}", "give another name")
