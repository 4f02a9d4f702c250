"""A speaker-independent description of a face: twelve numbers a frame, measured on a tracked face.

Different faces have different mouths: every length is taken from the clip's rest and divided by the speaker's own
95th percentile, so 1.0 means "as open as this person opens in fluent speech". Tracked at 25 frames a second, it is
carried to 60 by a monotone cubic (Fritsch and Carlson 1980), which never overshoots its samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from cstalk_live.records import FPS, FloatArray

from .corpus import Clip, TrackedFace

CODE = (
    "gap",
    "jaw",
    "narrow",
    "spread",
    "roll_upper",
    "roll_lower",
    "press",
    "smile",
    "brow_down",
    "brow_up",
    "squint",
    "lower_down",
)
"""Names of the columns; all 0..1.3, and 0 at rest."""

GAP, JAW = CODE.index("gap"), CODE.index("jaw")
CEILING = 1.3
"""Measures above 1.3 of the speaker's 95th percentile are the tracker's spikes."""


@dataclass(frozen=True, slots=True)
class SpeakerScale:
    """The sizes of one person's mouth: 95th percentiles, in eye distances or blendshape units."""

    gap: float
    chin: float
    jaw_shape: float
    narrowing: float
    spreading: float


def _shape(face: TrackedFace, names: list[str], *wanted: str) -> NDArray[np.float64]:
    """Mean of the named blendshapes above their rest in the clip (left and right are averaged: one speaker's
    lopsidedness is not to be learned)."""
    track = np.mean([face.blendshapes[:, names.index(w)] for w in wanted], axis=0)
    return np.asarray(track - np.median(track[_rest_frames(face)]), np.float64)


def _rest_frames(face: TrackedFace) -> NDArray[np.int64]:
    """The quarter of the clip's frames with the smallest lip gap."""
    return np.argsort(face.aperture)[: max(1, len(face.aperture) // 4)]


def _narrowing(face: TrackedFace) -> NDArray[np.float64]:
    return np.asarray(np.median(face.width[_rest_frames(face)]) - face.width, np.float64)


def speaker_scale(clips: Iterable[Clip], names: list[str]) -> SpeakerScale:
    """Measure one speaker over all of their clips."""
    faces = [clip.face for clip in clips if clip.face is not None]

    def top(tracks: list[NDArray[np.float64]], floor: float) -> float:
        return max(floor, float(np.percentile(np.concatenate(tracks), 95)))

    return SpeakerScale(
        gap=top([np.asarray(f.aperture, np.float64) for f in faces], 0.05),
        chin=top([np.asarray(f.chin_drop, np.float64) for f in faces], 0.03),
        jaw_shape=top([_shape(f, names, "jawOpen") for f in faces], 0.10),
        narrowing=top([_narrowing(f) for f in faces], 0.02),
        spreading=top([-_narrowing(f) for f in faces], 0.03),
    )


def mouth_code(face: TrackedFace, names: list[str], scale: SpeakerScale) -> FloatArray:
    """Describe a tracked clip: float32 [frames at 25 fps, 12], in :data:`CODE` order."""
    narrowing = _narrowing(face)
    pucker = _shape(face, names, "mouthPucker")
    brow = _shape(face, names, "browDownLeft", "browDownRight")
    columns = {
        "gap": face.aperture / scale.gap,
        # The chin is seen in the picture plane (nods shorten it), the blendshape is a fit to the whole mesh: the
        # mean of both is less noisy than either.
        "jaw": 0.5 * face.chin_drop / scale.chin + 0.5 * _shape(face, names, "jawOpen") / scale.jaw_shape,
        "narrow": 0.6 * narrowing / scale.narrowing + 0.4 * pucker / 0.3,
        "spread": -narrowing / scale.spreading,
        "roll_upper": _shape(face, names, "mouthRollUpper") / 0.2,
        "roll_lower": _shape(face, names, "mouthRollLower") / 0.03,
        "press": _shape(face, names, "mouthPressLeft", "mouthPressRight") / 0.2,
        "smile": _shape(face, names, "mouthSmileLeft", "mouthSmileRight") / 0.3,
        "brow_down": brow / 0.2,
        "brow_up": -brow / 0.1,
        "squint": _shape(face, names, "eyeSquintLeft", "eyeSquintRight") / 0.4,
        "lower_down": _shape(face, names, "mouthLowerDownLeft", "mouthLowerDownRight") / 0.04,
    }
    return np.stack([np.clip(columns[name], 0.0, CEILING) for name in CODE], axis=1).astype(np.float32)


def to_frames(track: FloatArray, fps: float, frames: int, speed: float = 1.0) -> FloatArray:
    """Carry [n, C] samples centred at (k + 0.5) / fps to frame centres (j + 0.5) / 60 of sound played ``speed``
    times as fast; the ends are held. Returns float32 [frames, C]."""
    centres = (np.arange(len(track)) + 0.5) / fps
    wanted = np.clip((np.arange(frames) + 0.5) / FPS * speed, centres[0], centres[-1])
    frames_of: FloatArray = PchipInterpolator(centres, track, axis=0)(wanted).astype(np.float32)
    return frames_of
