"""Mouth code -> control board, and back to the lips it makes.

The rig seals the lips by ``lipsTogether`` in proportion to the open jaw (the MouthClose rule of the ARKit pose
asset), so the lip gap of a pose is what the jaw opens, less what is held together, plus what the lips part by
themselves. The two directions use the same constants: the gap read back from a composed pose is the measured gap
(exactly where the jaw is open by more than :data:`SEAL_FLOOR`; within that floor otherwise).

The readers work on numpy arrays and torch tensors alike, so that the loss can look at lips and not only at controls.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_INDEX, BOARD_NEUTRAL, clamp_board

from .mouth_code import CODE

JAW_FULL = 0.33
"""Jaw control at a speaker's 95th percentile of opening; 1.0 is the rig's full gape, which speech never reaches."""

SEAL_FLOOR = 0.15
"""Jaw opening (in code units) below which sealing fades out, so that noise of a shut mouth does not divide by zero."""

DEPRESS_SHARE, RAISE_SHARE = 0.6, 0.6
"""Lip gap beyond the jaw's: part the lower lip drops, part the upper lip rises (control units per code unit).
At the same chin a wider gap is shared about equally (landmarks 13 and 14 against the bridge of the nose, regressed on
gap and chin: the upper lip takes 0.57 of it in two training speakers, 0.58 in the third). Frame by frame its travel is
too small a part of a pixel to follow. Their size: on the head of :mod:`.face_mesh` a code unit opens 12 mm by the jaw
and, at 0.6 each, 6 mm by the lips; more would bare the teeth on every open vowel."""

PURSE_SHARE, TOWARDS_SHARE, FUNNEL_SHARE = 0.60, 0.20, 0.45
"""Control units per code unit: the first two of ``narrow`` (the mouth's width), the last of ``pucker`` (the lips come
forward); a full /w/ has both."""

STRETCH_SHARE, DIMPLE_SHARE = 0.60, 0.25

CHIN_OF_JAW, CHIN_OF_GAP = 1.21, -0.27
JAW_OPEN_OF_JAW, JAW_OPEN_OF_GAP = 0.63, 0.38
"""What a camera sees of the chin and what the tracker calls jawOpen, from the code's jaw and gap: least squares over
the three training speakers, each counted alike. The tracker's jawOpen is partly a lip gap."""


def pair(name: str) -> list[int]:
    """Board indices of a control's left and right half, e.g. ``pair("mouth_stretch.ty")``."""
    return [BOARD_INDEX[f"CTRL_{side}_{name}"] for side in "LR"]


def quad(name: str) -> list[int]:
    """Board indices of a lip control's four quarters, e.g. ``quad("mouth_purse{}.ty")`` with U and D filled in."""
    return [index for half in "UD" for index in pair(name.format(half))]


JAW_OPEN = BOARD_INDEX["CTRL_C_jaw.ty"]
TOGETHER = quad("mouth_lipsTogether{}.ty")
DEPRESS = pair("mouth_lowerLipDepress.ty")
RAISE = pair("mouth_upperLipRaise.ty")
PURSE = quad("mouth_purse{}.ty")
FUNNEL = quad("mouth_funnel{}.ty")
TOWARDS = quad("mouth_towards{}.ty")
STRETCH = pair("mouth_stretch.ty")
DIMPLE = pair("mouth_dimple.ty")
SMILE = pair("mouth_cornerPull.ty")
PRESS = quad("mouth_press{}.ty")
ROLL_UPPER = pair("mouth_lipsRollU.ty")
ROLL_LOWER = pair("mouth_lipsRollD.ty")
BROW_DOWN = pair("brow_down.ty")
BROW_IN = pair("brow_raiseIn.ty")
BROW_OUT = pair("brow_raiseOut.ty")
SQUINT = pair("eye_squintInner.ty")


def compose(code: FloatArray) -> FloatArray:
    """float32 [n, 13] mouth code -> float32 [n, 185] board; controls it does not speak of stay neutral."""
    c = {name: code[:, i] for i, name in enumerate(CODE)}
    board = np.repeat(BOARD_NEUTRAL[None], len(code), axis=0)

    def put(indices: list[int], values: FloatArray) -> None:
        board[:, indices] = values[:, None]

    surplus = np.maximum(c["gap"] - c["jaw"], 0.0)
    board[:, JAW_OPEN] = JAW_FULL * c["jaw"]
    put(TOGETHER, np.clip((c["jaw"] - c["gap"]) / np.maximum(c["jaw"], SEAL_FLOOR), 0.0, 1.0))
    put(DEPRESS, DEPRESS_SHARE * surplus)
    put(RAISE, RAISE_SHARE * surplus)
    put(PURSE, PURSE_SHARE * c["narrow"])
    put(FUNNEL, FUNNEL_SHARE * c["pucker"])
    put(TOWARDS, TOWARDS_SHARE * c["narrow"])
    put(STRETCH, STRETCH_SHARE * c["spread"])
    put(DIMPLE, DIMPLE_SHARE * c["spread"])
    put(SMILE, 0.5 * c["smile"])
    put(PRESS, 0.5 * c["press"])
    put(ROLL_UPPER, 0.3 * c["roll_upper"])
    put(ROLL_LOWER, 0.3 * c["roll_lower"])
    put(BROW_DOWN, 0.4 * c["brow_down"])
    put(BROW_IN, 0.3 * c["brow_up"])
    put(BROW_OUT, 0.3 * c["brow_up"])
    put(SQUINT, 0.2 * c["squint"])
    return clamp_board(board)


def read_jaw(board: Any) -> Any:
    """Jaw opening in code units: [..., 185] -> [...]."""
    return board[..., JAW_OPEN] / JAW_FULL


def read_gap(board: Any) -> Any:
    """Lip gap in code units: [..., 185] -> [...]. Not clamped: a sealed mouth pressed harder reads below 0."""
    parted = (board[..., DEPRESS].sum(-1) + board[..., RAISE].sum(-1)) / (2 * (DEPRESS_SHARE + RAISE_SHARE))
    return read_jaw(board) * (1.0 - board[..., TOGETHER].sum(-1) / len(TOGETHER)) + parted


def read_narrow(board: Any) -> Any:
    """Rounding in code units: [..., 185] -> [...]."""
    return board[..., PURSE].sum(-1) / (len(PURSE) * PURSE_SHARE)


def read_spread(board: Any) -> Any:
    """Spreading in code units: [..., 185] -> [...]."""
    return board[..., STRETCH].sum(-1) / (len(STRETCH) * STRETCH_SHARE)


def read_pucker(board: Any) -> Any:
    """How far the lips come forward, in code units: [..., 185] -> [...]."""
    return board[..., FUNNEL].sum(-1) / (len(FUNNEL) * FUNNEL_SHARE)


def read_width(board: Any) -> Any:
    """Width of the mouth above its width at rest, in code units: [..., 185] -> [...]."""
    return read_spread(board) - read_narrow(board)


def read_chin(board: Any) -> Any:
    """Drop of the chin as the tracker would measure it, in code units: [..., 185] -> [...]."""
    return CHIN_OF_JAW * read_jaw(board) + CHIN_OF_GAP * read_gap(board)


def read_jaw_open(board: Any) -> Any:
    """The tracker's jawOpen above rest, in code units: [..., 185] -> [...]."""
    return JAW_OPEN_OF_JAW * read_jaw(board) + JAW_OPEN_OF_GAP * read_gap(board)
