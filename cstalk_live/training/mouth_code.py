"""A speaker-independent description of a face: thirteen numbers a frame, measured on a tracked face.

Different faces have different mouths: every length is taken from the clip's rest and divided by the speaker's own
95th percentile, so 1.0 means "as open as this person opens in fluent speech". Tracked at 25 frames a second, it is
carried to 60 by a monotone cubic (Fritsch and Carlson 1980), which never overshoots its samples.

What it leaves out, and why: *lopsidedness* (three training speakers would teach everyone theirs); the tracker's
*mouthClose*, *mouthFunnel* and *cheekPuff* (constant or noise here); the *depth* of the lip landmarks (it agrees with
mouthPucker at r -0.06 to 0.6 depending on the speaker, so protrusion is taken from mouthPucker); a separate *upper
lip* track (about 1.5 pixels of travel: only its mean share of the gap is used, in ``face_to_rig``).
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
    "pucker",
)
"""Names of the columns; all 0..1.3, and 0 at rest. ``narrow`` and ``spread`` are the two signs of one measure, the
mouth's width; ``pucker`` is the tracker's mouthPucker, which tells how far the lips come forward."""

GAP, JAW = CODE.index("gap"), CODE.index("jaw")
CEILING = 1.3
"""Measures above 1.3 of the speaker's 95th percentile are the tracker's spikes."""

PRIOR_CLIPS = 1.0
"""Weight of :data:`TYPICAL` in a speaker's sizes, in clips of 3 s. The 95th percentile over ten clips is within 4 %
(gap, jawOpen) to 8 % (chin) of the speaker's own (bootstrap over the main speaker), so over one clip 14-25 %; the
three training speakers differ by 20 % (gap) to 26 % (chin). One clip is thus about as uncertain as no clip at all."""


@dataclass(frozen=True, slots=True)
class SpeakerScale:
    """The sizes of one person's mouth: 95th percentiles, in eye distances or blendshape units."""

    gap: float
    chin: float
    jaw_shape: float
    width: float
    """Of the change of width to either side."""
    pucker: float


TYPICAL = SpeakerScale(gap=0.15, chin=0.08, jaw_shape=0.31, width=0.055, pucker=0.5)
"""Means over the three training speakers (rounded)."""

SMALLEST = SpeakerScale(gap=0.05, chin=0.03, jaw_shape=0.10, width=0.025, pucker=0.3)
"""A mouth that hardly moved in the clips at hand is not blown up beyond this. mouthPucker comes in rare bursts, whose
95th percentile says little (48 % uncertain over ten clips)."""


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


def _chin(face: TrackedFace) -> NDArray[np.float64]:
    """Drop of the chin below rest, along the mesh where landmarks exist."""
    if face.chin_distance is None:
        return np.asarray(face.chin_drop, np.float64)
    return np.asarray(face.chin_distance - np.median(face.chin_distance[_rest_frames(face)]), np.float64)


def speaker_scale(clips: Iterable[Clip], names: list[str]) -> SpeakerScale:
    """Measure one speaker over all of their clips; few clips lean on :data:`TYPICAL`."""
    faces = [clip.face for clip in clips if clip.face is not None]
    own = len(faces) / (len(faces) + PRIOR_CLIPS)

    def top(size: str, tracks: list[NDArray[np.float64]]) -> float:
        typical, least = getattr(TYPICAL, size), getattr(SMALLEST, size)
        measured = float(np.percentile(np.concatenate(tracks), 95)) if tracks else typical
        return float(max(least, own * measured + (1.0 - own) * typical))

    return SpeakerScale(
        gap=top("gap", [np.asarray(f.aperture, np.float64) for f in faces]),
        chin=top("chin", [_chin(f) for f in faces]),
        jaw_shape=top("jaw_shape", [_shape(f, names, "jawOpen") for f in faces]),
        width=top("width", [np.abs(_narrowing(f)) for f in faces]),
        pucker=top("pucker", [_shape(f, names, "mouthPucker") for f in faces]),
    )


def mouth_code(face: TrackedFace, names: list[str], scale: SpeakerScale) -> FloatArray:
    """Describe a tracked clip: float32 [frames at 25 fps, 13], in :data:`CODE` order."""
    narrowing = _narrowing(face)
    brow = _shape(face, names, "browDownLeft", "browDownRight")
    columns = {
        "gap": face.aperture / scale.gap,
        # Neither witness is the jaw: the chin's landmark follows the skin and the tracker's head pose, jawOpen follows
        # the lips (r 0.93-0.99 with the gap). Their mean serves both: read back with the gap's help it agrees with the
        # chin at r 0.96 and jawOpen at 0.98 (main speaker; strangers 0.90 and 0.93), while either alone loses the other
        # (0.60-0.68 on strangers).
        "jaw": 0.5 * _chin(face) / scale.chin + 0.5 * _shape(face, names, "jawOpen") / scale.jaw_shape,
        "narrow": narrowing / scale.width,
        "spread": -narrowing / scale.width,
        "pucker": _shape(face, names, "mouthPucker") / scale.pucker,
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
