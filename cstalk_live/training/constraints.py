"""What a mouth must do for a phone, whatever coarticulation or a mean over speakers says.

Bilabials shut the lips; labiodentals bring the lower lip to the teeth; sibilants need the teeth close together, or
there is no hiss. Each rule lets the track through away from its phones and takes hold over a 50 ms flank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cstalk_live.records import FPS, FloatArray

from .corpus import Phone
from .mouth_code import CODE, GAP, JAW
from .phones import VOWELS, closure_track

PUCKER, NARROW, SPREAD = CODE.index("pucker"), CODE.index("narrow"), CODE.index("spread")
FLANK_S = 0.05

_SIBILANTS = {"S": 0.6, "Z": 0.6, "SH": 0.45, "ZH": 0.45, "CH": 0.45, "JH": 0.45}
"""Most the jaw opens, in code units: 0.6 of them are 0.20 of the rig's gape. In the filmed corpus the median of S is
0.62, of Z 0.52; the tenth percentile of both 0.32."""

_LABIODENTAL_GAP = 0.45
"""Most the lips part on F and V, whose lower lip is at the teeth (median of the filmed F: 0.36, of V: 0.71, with many
reduced ones). The bite itself is a control of its own (``phones.hidden_controls``)."""

_PARTED = {**dict.fromkeys(VOWELS, 0.22), "F": 0.2, "V": 0.2, "TH": 0.3, "DH": 0.3}
"""Least the lips part: a vowel is never shut, breath passes a bite, and a tongue between the teeth is seen. In the
filmed corpus nine of ten F have 0.16 or more, nine of ten UW 0.19; TH is there only before R, in one word."""

_UNCLENCHED = {"TH": 0.2, "DH": 0.2}
"""Least jaw: room for the tongue between the teeth."""

_PROTRUDED = {"SH": 0.4, "ZH": 0.4}
"""Least narrowing and protrusion: the filmed corpus has neither phone."""


def _hold(
    track: FloatArray, phones: Sequence[Phone], limits: dict[str, float], speed: float, lower: bool = False
) -> FloatArray:
    """Keep [n] at or below each phone's limit (above, if ``lower``) inside it, fading out over the flanks."""
    centres = (np.arange(len(track)) + 0.5) / FPS * speed
    held = track.copy()
    for start, end, phone in phones:
        if phone not in limits:
            continue
        if lower:
            # Reached inside the phone, so that a neighbour that closes is not held open.
            inset = min(0.03, 0.3 * (end - start))
            start, end = start + inset, end - inset
        outside = np.maximum(np.maximum(start - centres, centres - end), 0.0)
        near = np.clip(1.0 - outside / FLANK_S, 0.0, 1.0)
        grip = near * near * (3.0 - 2.0 * near)
        bound = np.maximum(held, limits[phone]) if lower else np.minimum(held, limits[phone])
        held += (grip * (bound - held)).astype(np.float32)
    return held


def constrain(code: FloatArray, phones: Sequence[Phone], speed: float = 1.0) -> FloatArray:
    """float32 [n, 13] mouth code with the rules applied; speed: the sound is played this many times as fast."""
    held = code.copy()
    # A mean over speakers or teachers may be a little of both; a mouth is wider than at rest or narrower.
    narrowing = held[:, NARROW] - held[:, SPREAD]
    held[:, NARROW], held[:, SPREAD] = np.maximum(narrowing, 0.0), np.maximum(-narrowing, 0.0)
    held[:, JAW] = _hold(held[:, JAW], phones, _SIBILANTS, speed)
    held[:, GAP] = _hold(held[:, GAP], phones, {"F": _LABIODENTAL_GAP, "V": _LABIODENTAL_GAP}, speed)
    held[:, GAP] = _hold(held[:, GAP], phones, _PARTED, speed, lower=True)
    held[:, JAW] = _hold(held[:, JAW], phones, _UNCLENCHED, speed, lower=True)
    for column in (PUCKER, NARROW):
        held[:, column] = _hold(held[:, column], phones, _PROTRUDED, speed, lower=True)
    held[:, GAP] *= 1.0 - closure_track(phones, len(code), speed)
    return held
