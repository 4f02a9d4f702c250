"""Clips of a face: ``cstalk-live render SOUND -o clip.mp4``.

Drawn with Embree, which casts rays on any CPU from a 15 MB package: no display, GPU, OpenGL or X library, the same
picture on Linux, Windows and macOS. (VTK needs an OpenGL library that servers lack, Blender an installation of its
own.) Each pose of a 400 x 480 panel takes about 0.3 s of one core.
"""

from __future__ import annotations

import importlib.util
import itertools
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

VIEWS = {"front": (0.0,), "side": (32.0,), "both": (0.0, 32.0)}
"""Degrees from the front; ``side`` is a three-quarter view."""

_ASPECT = 5 / 6

Progress = Callable[[int, int], None]
"""Panels drawn, panels to draw."""


def check_wishes(sound: Path, out: Path | None, out_sheet: Path | None, *, height: int, fps: int, columns: int) -> None:
    """Refuse at once what would fail once the motion is made.

    Raises:
        UsageError: a number is not usable, or a package is missing.
        OutputError: a name cannot be written to.
    """
    for package in ("scipy", "embreex", "PIL", *(("imageio_ffmpeg",) if out is not None else ())):
        if importlib.util.find_spec(package) is None:
            raise UsageError(f"drawing a face needs the package '{package}'", "pip install 'cstalk-live[render]'")
    if not 48 <= height <= 2160:
        raise UsageError(f"a face of {height} pixels cannot be drawn", "choose 48 to 2160")
    if fps < 1 or FPS % fps:
        raise UsageError(f"{fps} pictures a second do not divide {FPS}", "choose 10, 12, 15, 20, 30 or 60")
    if not 1 <= columns <= 40:
        raise UsageError(f"a sheet of {columns} columns cannot be drawn", "choose 1 to 40")
    for place, suffix in ((out, ".mp4"), (out_sheet, ".png")):
        if place is None:
            continue
        if place.suffix.lower() != suffix:
            raise OutputError(f"'{place}' does not end in {suffix}", f"give a name like clip{suffix}")
        if place.is_dir():
            raise OutputError(f"'{place}' is a folder", "give another name")
        if place.exists() and sound.exists() and place.samefile(sound):
            raise OutputError(f"'{place}' is the sound itself", "give another name")


class Stage:
    """Draws one moment of several motions side by side.

    Args:
        motions: equally long.
        height: of a panel in pixels.
        view: of :data:`VIEWS`.

    Raises:
        UsageError: a package is missing, or there is no such view.
        OutputError: there is nothing to draw.
    """

    def __init__(self, motions: Sequence[Motion], height: int = 480, view: str = "front") -> None:
        if view not in VIEWS:
            raise UsageError(f"there is no view '{view}'", f"choose one of {', '.join(VIEWS)}")
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
    """Write the whole clip, at ``fps`` (a divisor of 60) pictures a second; the number of pictures.

    Raises:
        UsageError: a package is missing.
        OutputError: the file cannot be written.
    """
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
        OutputError: the file cannot be written.
    """
    from PIL import Image

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
    parts = itertools.pairwise(edges)
    return np.array([a + (np.argmax if k % 2 == 0 else np.argmin)(gap[a:b]) for k, (a, b) in enumerate(parts)])
