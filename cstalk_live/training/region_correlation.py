"""How the regions of a face move together: one number for every pair of regions, and the distance between two faces.

A region's amplitude at a frame is the projection of its controls on the direction in which the *real* region varies
most (its first principal component, taken once and used for every method: nobody chooses an axis that suits them).
Amplitudes are counted from their mean in the clip, so that a difference between speakers is no correlation, and cut
at three spreads of the real ones, so that a spike of the tracker does not decide. The matrix holds the Pearson
correlations of these amplitudes over all clips; the distance between two matrices is the root mean square of the
difference over the pairs of regions that really move, 0 for equal and 2 for opposite faces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import clamp_board

from .corpus import Clip
from .face_to_rig import compose
from .lessons import filmed_code, scales
from .phones import hidden_controls
from .regions import REGIONS, controls_of

Matrix = NDArray[np.float64]

STILL = 1e-4
"""Spread of an amplitude (control units) below which a region counts as motionless."""

SPIKE = 3.0
"""Amplitudes are cut at this many spreads of the real motion."""


@dataclass(frozen=True, slots=True)
class RegionAxes:
    """Directions and spreads of the real regions, by which every motion is judged."""

    axes: Matrix
    """[R, 185], unit vectors, zero for regions that do not move."""
    spread: Matrix
    """[R], standard deviation of the real amplitude around the clip's mean."""


def _centred(board: FloatArray) -> Matrix:
    return np.asarray(board - board.mean(axis=0, dtype=np.float64), np.float64)


def region_axes(real: Sequence[FloatArray]) -> RegionAxes:
    """First principal component of every region over real clips, each [n, 185]; its larger side is positive."""
    motion = np.concatenate([_centred(board) for board in real])
    axes, spread = np.zeros((len(REGIONS), motion.shape[1])), np.zeros(len(REGIONS))
    for row, region in enumerate(REGIONS):
        controls = controls_of(region)
        variance, directions = np.linalg.eigh(np.cov(motion[:, controls], rowvar=False))
        if variance[-1] > STILL**2:
            axis = directions[:, -1]
            axes[row, controls] = axis * np.sign(axis.sum() or 1.0)
            spread[row] = np.sqrt(variance[-1])
    return RegionAxes(axes, spread)


def correlation_matrix(motion: Sequence[FloatArray], axes: RegionAxes) -> Matrix:
    """Correlations between regions over clips, each [n, 185]: [R, R], 1 on the diagonal.

    A region that does not move correlates with nothing (0); rows of regions without an axis are NaN.
    """
    limit = SPIKE * axes.spread
    tracks = [np.clip(_centred(board) @ axes.axes.T, -limit, limit) for board in motion]
    amplitude = np.concatenate([track - track.mean(axis=0) for track in tracks])
    spread = amplitude.std(axis=0)
    unit = np.where(spread > STILL, amplitude / np.maximum(spread, STILL), 0.0)
    matrix = unit.T @ unit / len(unit)
    np.fill_diagonal(matrix, 1.0)
    lost = axes.spread == 0
    matrix[lost], matrix[:, lost] = np.nan, np.nan
    return np.asarray(matrix)


def distance(a: Matrix, b: Matrix) -> float:
    """Root mean square difference over pairs of regions, 0..2; NaN if fewer than two regions move."""
    upper = np.triu_indices(len(a), 1)
    difference = (a - b)[upper]
    known = np.isfinite(difference)
    return float(np.sqrt(np.mean(difference[known] ** 2))) if known.any() else float("nan")


def as_lists(matrix: Matrix) -> list[list[float | None]]:
    """For JSON, to four digits; NaN becomes None."""
    return [[None if np.isnan(value) else round(float(value), 4) for value in row] for row in matrix]


def real_motion(clips: Sequence[Clip], names: list[str]) -> list[FloatArray]:
    """The tracked motion of filmed clips on the rig: float32 [n, 185] at 60 frames a second each.

    The tongue, lip bites and lip presses in it follow from the clip's phones by rule; no camera saw them.
    """
    sizes = scales(clips, names)
    boards = []
    for clip in clips:
        assert clip.face is not None
        frames = round(len(clip.face.aperture) / clip.face.fps * FPS)
        code = filmed_code(clip, names, sizes[clip.speaker], frames)
        boards.append(clamp_board(compose(code) + hidden_controls(clip.phones, frames)))
    return boards


def draw(real: Matrix, models: dict[str, Matrix], path: Path) -> Path:
    """A picture of the matrices: real, each model, and each model minus real; writes a PNG. Needs matplotlib."""
    from matplotlib.figure import Figure

    shown = np.flatnonzero(np.isfinite(real).any(axis=1))
    labels = [REGIONS[i] for i in shown]
    panels = [("real motion", real)]
    for name, matrix in models.items():
        panels += [(name, matrix), (f"{name} - real, distance {distance(real, matrix):.3f}", matrix - real)]
    figure = Figure(figsize=(5.2 * len(panels), 5.2), layout="constrained")
    for axes, (title, matrix) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        image = axes.imshow(matrix[np.ix_(shown, shown)], cmap="RdBu_r", vmin=-1.0, vmax=1.0)
        axes.set_title(title, fontsize=10)
        axes.set_xticks(range(len(labels)), labels, rotation=90)
        axes.set_yticks(range(len(labels)), labels)
    figure.colorbar(image, ax=figure.axes, shrink=0.7, label="correlation")
    figure.savefig(path, dpi=100)
    return path
