"""Measures of the whole face, for which streamed and real motion of the same clips lie side by side.

A measure that needs both motions of a clip belongs into :func:`whole_face` and nowhere else: what it returns becomes
columns of the tables, per look-ahead and group of speakers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cstalk_live.records import FloatArray

from .mesh_errors import mesh_errors
from .region_correlation import Matrix, correlation_matrix, distance, region_axes


@dataclass(frozen=True, slots=True)
class Correlations:
    """Region-by-region correlations of one group of speakers, [R, R] each; NaN where the real region is still."""

    real: Matrix
    model: Matrix


def correlations(predicted: Sequence[FloatArray], real: Sequence[FloatArray]) -> Correlations:
    """Correlations of streamed and real clips [n, 185], along the directions in which the real regions move."""
    axes = region_axes(real)
    return Correlations(correlation_matrix(real, axes), correlation_matrix(predicted, axes))


def whole_face(predicted: Sequence[FloatArray], real: Sequence[FloatArray]) -> dict[str, float]:
    """Columns of a table row from streamed and real clips, float32 [n, 185] at 60 frames a second, pair by pair."""
    found = correlations(predicted, real)
    return {"region_distance": distance(found.real, found.model), **mesh_errors(predicted, real)}
