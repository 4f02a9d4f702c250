"""Distances between predicted and real motion in millimetres on a face: LVE, EVE and FDD.

* LVE, lip vertex error: the largest distance over the lips' vertices of a frame, mean over frames (Richard et al.,
  "MeshTalk: 3D Face Animation from Speech using Cross-Modality Disentanglement", ICCV 2021). Some papers square the
  distance; here it is the distance itself.
* EVE: the same over the vertices of eyelids, brows and forehead (Peng et al., "EmoTalk: Speech-Driven Emotional
  Disentanglement for 3D Face Animation", ICCV 2023, "emotional vertex error").
* FDD, upper-face dynamics deviation: how much more a vertex moves in the real motion than in the predicted one, mean
  over the upper face; a vertex moves by the standard deviation over time of its distance from its place at rest (Xing
  et al., "CodeTalker: Speech-Driven 3D Facial Animation with Discrete Motion Prior", CVPR 2023). It has a sign as it
  has there (positive: we move too little), and clips can cancel: ``fdd_abs`` is the mean of the clips' amounts.

All depend on the head (63 mm between the pupils) and tell nothing of what 52 shapes cannot show, see ``face_mesh``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cstalk_live.errors import UsageError
from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_SIZE

from .face_mesh import FaceMesh, Indices, load_face_mesh, shape_weights


def mesh_errors(
    predicted: Sequence[FloatArray], real: Sequence[FloatArray], mesh: FaceMesh | None = None
) -> dict[str, float]:
    """Score clips of board motion: each float32 [n, 185], predicted and real of a clip equally long.

    Args:
        mesh: the head; the package's if left out.

    Returns:
        ``lve_mm`` and ``eve_mm`` (means over all frames of all clips), ``fdd`` and ``fdd_abs`` (mm, means over clips).

    Raises:
        UsageError: no clips, another number of clips, a clip of another shape or of other length, or NaN.
    """
    _check(predicted, real)
    head = mesh or load_face_mesh()
    lips, upper = head.regions["lips"], head.regions["upper_face"]
    ends = np.cumsum([len(clip) for clip in real])[:-1]
    # Every clip at once: the tables are small and the products large.
    made = shape_weights(np.concatenate(predicted))
    truth = shape_weights(np.concatenate(real))
    lip_errors, eye_errors = (_largest(head, made, truth, rows) for rows in (lips, upper))
    shift = [
        float((_dynamics(head, a, upper) - _dynamics(head, b, upper)).mean())
        for a, b in zip(np.split(truth, ends), np.split(made, ends), strict=True)
    ]
    return {
        "lve_mm": float(lip_errors.mean()),
        "eve_mm": float(eye_errors.mean()),
        "fdd": float(np.mean(shift)),
        "fdd_abs": float(np.mean(np.abs(shift))),
    }


def _check(predicted: Sequence[FloatArray], real: Sequence[FloatArray]) -> None:
    if not real or len(predicted) != len(real):
        raise UsageError(f"{len(predicted)} predicted clips against {len(real)} real ones", "give one for each")
    for number, (a, b) in enumerate(zip(predicted, real, strict=True)):
        for name, clip in (("predicted", a), ("real", b)):
            if clip.ndim != 2 or clip.shape[1] != BOARD_SIZE or not len(clip):
                raise UsageError(f"{name} clip {number} has the shape {clip.shape}", f"give [n, {BOARD_SIZE}]")
            if not np.isfinite(clip).all():
                raise UsageError(f"{name} clip {number} holds NaN or infinite values", "mend the motion")
        if len(a) != len(b):
            raise UsageError(f"clip {number} has {len(a)} predicted frames and {len(b)} real ones", "cut them alike")


def _largest(head: FaceMesh, made: FloatArray, truth: FloatArray, rows: Indices) -> FloatArray:
    """Largest distance over ``rows`` of each frame, float32 [n] mm."""
    out = np.empty(len(made), np.float32)
    for start in range(0, len(made), 256):
        part = slice(start, start + 256)
        apart = head.vertices(made[part], rows) - head.vertices(truth[part], rows)
        out[part] = np.sqrt(np.einsum("fvc,fvc->fv", apart, apart).max(axis=1))
    return out


def _dynamics(head: FaceMesh, weights: FloatArray, rows: Indices) -> FloatArray:
    """Standard deviation over time of each vertex's distance from rest, float32 [k] mm."""
    away = head.vertices(weights, rows) - head.rest[rows]
    spread: FloatArray = np.sqrt(np.einsum("fvc,fvc->fv", away, away)).std(axis=0)
    return spread
