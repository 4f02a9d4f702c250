"""The same scores for every method, by the same code as ``evaluate``, and the time that a frame takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cstalk_live.records import FloatArray
from cstalk_live.training.corpus import most_filmed
from cstalk_live.training.face_measures import correlations
from cstalk_live.training.mesh_errors import mesh_errors
from cstalk_live.training.region_correlation import as_lists, distance, real_motion
from cstalk_live.training.validate import Measured, score_generator

from .method import Method
from .recipe import DELAY

TIMED, WARM = 240, 30
"""Frames over which the time of a frame is measured, and frames before them."""


@dataclass(frozen=True, slots=True)
class Group:
    """Validation clips that share a table row."""

    clips: list[Measured]
    real: list[FloatArray]
    """Their tracked motion on the rig, [n, 185] each."""


def validation_groups(validation: Sequence[Measured], names: list[str]) -> dict[str, Group]:
    """``main``: held-out clips of the speaker with the most; ``strangers``: everybody never heard in training."""
    main = most_filmed(m.clip.speaker for m in validation)
    split = {
        "main": [m for m in validation if m.clip.speaker == main],
        "strangers": [m for m in validation if m.clip.speaker != main],
    }
    return {name: Group(clips, real_motion([m.clip for m in clips], names)) for name, clips in split.items() if clips}


def score_method(method: Method, groups: dict[str, Group]) -> tuple[dict[str, dict[str, float]], dict[str, Any]]:
    """Every score of every group, and the region-by-region correlations of each, for a picture."""
    results, matrices = {}, {}
    for name, group in groups.items():
        boards: list[FloatArray] = []

        def predict(features: FloatArray, _delay: int, kept: list[FloatArray] = boards) -> FloatArray:
            kept.append(method.predict(features))
            return kept[-1]

        row = score_generator(predict, group.clips, DELAY)
        found = correlations(boards, group.real)
        row["correlation_distance"] = distance(found.real, found.model)
        results[name] = row | mesh_errors(boards, group.real)
        matrices[name] = {"real": as_lists(found.real), "made": as_lists(found.model)}
    return results, matrices


def frame_ms(method: Method, features: FloatArray) -> float | None:
    """Median CPU time in ms of one 60 Hz frame, streamed frame by frame; None where a method cannot."""
    step = method.stream()
    if step is None:
        return None
    taken = []
    for k in range(WARM + TIMED):
        column = features[k % len(features)].astype(np.float32)
        started = time.process_time_ns()
        step(column)
        taken.append(time.process_time_ns() - started)
    return float(np.median(taken[WARM:])) * 1e-6
