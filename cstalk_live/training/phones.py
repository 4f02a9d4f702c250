"""What the mouth does for each phone: articulatory features, and the parts no camera sees.

The features are the textbook ones (place, manner, height, backness, rounding: Ladefoged and Johnson, "A Course in
Phonetics"). Describing phones by features instead of by name lets a model fitted on some phones speak of others: the
tracked corpus has no SH, ZH, NG, OY, UH, ER or HH.

What a tracked picture shows, and what it does not:

==========================  =======================================================================================
seen                        lip gap, mouth width, chin (landmarks); read back from the board at r 0.99 and 0.96
fitted from weak channels   jaw (chin and jawOpen), protrusion (mouthPucker, in bursts), lip rolls, press, smile,
                            brows, squint (blendshapes); upper lip (its mean share of the gap)
inferred by rule            tongue, lip bite, lip press of bilabials, cheek swell, lip seal (lipsTogether, from gap and
                            jaw in ``face_to_rig``); nothing here was measured
left out                    lopsidedness, jaw to the side or forward, sneer, cheek puff beyond the rule
==========================  =======================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import BOARD_INDEX, BOARD_NAMES

from .corpus import Phone
from .face_to_rig import pair

FEATURES = (
    "silence", "vowel", "bilabial", "labiodental", "dental", "alveolar", "postalveolar", "palatal", "velar",
    "glottal", "stop", "fricative", "nasal", "liquid", "glide", "voiced", "rounded", "open", "front", "back",
)  # fmt: skip

_CONSONANTS = {
    "B": "bilabial stop voiced", "P": "bilabial stop", "M": "bilabial nasal voiced",
    "F": "labiodental fricative", "V": "labiodental fricative voiced",
    "TH": "dental fricative", "DH": "dental fricative voiced",
    "T": "alveolar stop", "D": "alveolar stop voiced", "N": "alveolar nasal voiced",
    "S": "alveolar fricative", "Z": "alveolar fricative voiced", "L": "alveolar liquid voiced",
    "SH": "postalveolar fricative rounded:0.5", "ZH": "postalveolar fricative voiced rounded:0.5",
    "CH": "postalveolar stop:0.5 fricative rounded:0.5", "JH": "postalveolar stop:0.5 fricative voiced rounded:0.5",
    "R": "postalveolar liquid voiced rounded:0.5", "Y": "palatal glide voiced front",
    "W": "velar glide voiced rounded back", "K": "velar stop", "G": "velar stop voiced", "NG": "velar nasal voiced",
    "HH": "glottal fricative",
}  # fmt: skip

_VOWELS = {
    "IY": "front", "IH": "front:0.8 open:0.2", "EH": "front:0.8 open:0.5", "AE": "front:0.7 open:0.8",
    "AA": "back:0.6 open", "AO": "back open:0.6 rounded:0.6", "AH": "open:0.5", "UH": "back:0.7 open:0.2 rounded:0.6",
    "UW": "back:0.6 rounded", "ER": "open:0.3 rounded:0.3",
}  # fmt: skip

DIPHTHONGS = {
    "AY": ("AA", "IH"),
    "AW": ("AA", "UH"),
    "EY": ("EH", "IY"),
    "OW": ("AO", "UW"),
    "OY": ("AO", "IH"),
}

VOWELS = (*_VOWELS, *DIPHTHONGS)

_TONGUE_IN_OUT = BOARD_INDEX["CTRL_C_tongue_inOut.ty"]
_TONGUE_UP = BOARD_INDEX["CTRL_C_tongue_move.ty"]
_TONGUE_TIP = BOARD_INDEX["CTRL_C_tongue_tipMove.ty"]
_TONGUE_PRESS = BOARD_INDEX["CTRL_C_tongue_press.ty"]
_TONGUE_WIDE = BOARD_INDEX["CTRL_C_tongue_wideNarrow.ty"]
_LIP_BITE = pair("mouth_lipBiteD.ty")
_LIP_PRESS = pair("mouth_lipsPressU.ty")
_CHEEKS = pair("mouth_suckBlow.ty")
_CHEEK_SWELL = 0.12

_HIDDEN: dict[str, dict[int, float]] = {
    # tongue_inOut: negative is out; tongue_move and tongue_tipMove: positive is up.
    "dental": {_TONGUE_IN_OUT: -0.35, _TONGUE_TIP: 0.25},
    "alveolar": {_TONGUE_TIP: 0.7, _TONGUE_PRESS: 0.2},
    "postalveolar": {_TONGUE_TIP: 0.4, _TONGUE_UP: 0.25},
    "palatal": {_TONGUE_UP: 0.5, _TONGUE_WIDE: 0.2},
    "velar": {_TONGUE_UP: 0.45, _TONGUE_IN_OUT: 0.25},
    "front": {_TONGUE_UP: 0.35, _TONGUE_WIDE: 0.2},
    "open": {_TONGUE_UP: -0.35},
    "back": {_TONGUE_IN_OUT: 0.25},
    "labiodental": dict.fromkeys(_LIP_BITE, 0.55),
    "bilabial": dict.fromkeys(_LIP_PRESS, 0.3),
}


def _row(text: str, *always: str) -> FloatArray:
    row = np.zeros(len(FEATURES), np.float32)
    for word in (*always, *text.split()):
        name, _, strength = word.partition(":")
        row[FEATURES.index(name)] = float(strength or 1.0)
    return row


PHONE_ROWS: dict[str, FloatArray] = {
    "SIL": _row("silence"),
    **{phone: _row(text) for phone, text in _CONSONANTS.items()},
    **{phone: _row(text, "vowel", "voiced") for phone, text in _VOWELS.items()},
}

PHONES = tuple(sorted([*PHONE_ROWS, *DIPHTHONGS]))
"""The 39 ARPAbet phones and ``SIL``."""


def feature_track(phones: Sequence[Phone], frames: int, speed: float = 1.0) -> FloatArray:
    """float32 [frames, 20]: each 1/60 s frame holds its phones' features, weighted by how much of it they fill.

    Args:
        speed: the sound is played this many times as fast, so phone times shrink by it.
    """
    edges = np.arange(frames + 1) / FPS * speed
    track = np.zeros((frames, len(FEATURES)), np.float32)
    for start, end, phone in phones:
        halves = DIPHTHONGS.get(phone)
        middle = (start + end) / 2
        parts = [(start, end, phone)] if halves is None else [(start, middle, halves[0]), (middle, end, halves[1])]
        for s, e, p in parts:
            filled = np.clip(np.minimum(edges[1:], e) - np.maximum(edges[:-1], s), 0.0, None) * FPS / speed
            track += filled[:, None].astype(np.float32) * PHONE_ROWS[p]
    return track


def closure_track(phones: Sequence[Phone], frames: int, speed: float = 1.0) -> FloatArray:
    """float32 [frames], 1 in the middle of a B, P or M and 0 away from it: lips must be shut where it is 1.

    Shut from 0.4 to 0.8 of the phone, closing over the 60 ms before and opening over the 50 ms after: the lips of the
    tracked corpus are nearest between the phone's middle and its end. A longer hold closes no more of the phones and
    follows the filmed lips worse (main speaker r 0.902 when shut throughout, 0.910 so).
    """
    centres = (np.arange(frames) + 0.5) / FPS * speed
    track = np.zeros(frames, np.float32)
    for start, end, phone in phones:
        if phone in {"B", "P", "M"}:
            # The aligner lets a sentence's first stop fill the silence before it: only its last 120 ms count.
            start = max(start, end - 0.12)
            shut, opened = start + 0.4 * (end - start), end - 0.2 * (end - start)
            outside = np.maximum((shut - centres) / 0.06, (centres - opened) / 0.05).clip(0.0, 1.0)
            near = 1.0 - outside
            # At the frame nearest the middle of the hold the lips are shut, however short the phone.
            near[int(np.argmin(np.abs(centres - (shut + opened) / 2)))] = 1.0
            track = np.maximum(track, near**2 * (3.0 - 2.0 * near)).astype(np.float32)
    return track


def hidden_controls(phones: Sequence[Phone], frames: int, speed: float = 1.0) -> FloatArray:
    """float32 [frames, 185]: tongue, lip bite, lip press and cheeks by rule, coarticulated by a 65 ms raised cosine."""
    features = feature_track(phones, frames, speed)
    board = np.zeros((frames, len(BOARD_NAMES)), np.float32)
    for name, targets in _HIDDEN.items():
        for index, value in targets.items():
            board[:, index] += value * features[:, FEATURES.index(name)]
    # Both at once: the breath dammed up behind shut lips swells the cheeks a little.
    dammed = features[:, FEATURES.index("bilabial")] * features[:, FEATURES.index("stop")]
    board[:, _CHEEKS] += _CHEEK_SWELL * dammed[:, None]
    taps = np.hanning(11)[1:-1] / np.hanning(11).sum()
    for moving in np.flatnonzero(board.any(0)):
        board[:, moving] = np.convolve(board[:, moving], taps, mode="same")
    return board
