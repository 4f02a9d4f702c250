"""What an emotion does to a speaking face: stated rules, not data (the corpus is neutral read speech).

Which muscles belong to which emotion follows the prototypes of Ekman, Friesen and Hager, "Facial Action Coding
System" (2002): happiness 6+12, sadness 1+4+15, anger 4+5+7+23, surprise 1+2+5(+26). The strengths are ours, chosen so
that intensity 1 is a clear but not theatrical expression. Speech comes first: while the lips must be shut nothing
pulls them open, and rounded sounds stay rounded under a smile.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from cstalk_live.model.spec import EMOTIONS
from cstalk_live.rig import BOARD_MAX, BOARD_MIN, BOARD_NAMES

from .face_to_rig import (
    BROW_DOWN,
    BROW_IN,
    BROW_OUT,
    DEPRESS,
    DIMPLE,
    JAW_OPEN,
    PRESS,
    PURSE,
    RAISE,
    SMILE,
    SQUINT,
    STRETCH,
    TOGETHER,
    pair,
    quad,
    read_gap,
    read_jaw,
    read_narrow,
)  # fmt: skip

Rule = list[tuple[list[int], float]]

_CHEEK = pair("eye_cheekRaise.ty")
_BLINK = pair("eye_blink.ty")  # negative widens the eye
_LATERAL = pair("brow_lateral.ty")
_FROWN = pair("mouth_cornerDepress.ty")
_NOSE = pair("nose.ty")
_CHIN = pair("jaw_ChinRaiseD.ty")
_DEEPEN = pair("nose_nasolabialDeepen.ty")
_TIGHTEN = quad("mouth_tighten{}.ty")

RULES: dict[str, Rule] = {
    "neutral": [],
    "happy": [
        (SMILE, 0.60), (_CHEEK, 0.45), (SQUINT, 0.15), (DIMPLE, 0.10), (STRETCH, 0.10), (_DEEPEN, 0.20),
        (RAISE, 0.08), (BROW_OUT, 0.08),
    ],
    "sad": [
        (BROW_IN, 0.65), (_LATERAL, 0.30), (BROW_DOWN, 0.15), (_FROWN, 0.50), (_CHIN, 0.25), (_BLINK, 0.14),
        (_DEEPEN, 0.10),
    ],
    "angry": [
        (BROW_DOWN, 0.80), (_LATERAL, 0.40), (SQUINT, 0.45), (_BLINK, -0.15), (_NOSE, 0.25), (_TIGHTEN, 0.25),
        (PRESS, 0.08), (_FROWN, 0.15), (DEPRESS, 0.06),
    ],
    "surprised": [(BROW_IN, 0.70), (BROW_OUT, 0.75), (_BLINK, -0.50), ([JAW_OPEN], 0.05)],
}  # fmt: skip
"""Control-board offsets at intensity 1."""

ARTICULATION = {"neutral": 1.0, "happy": 1.05, "sad": 0.80, "angry": 1.15, "surprised": 1.12}
"""How far the jaw and lips travel, against neutral speech."""

LIP_PARTING = sorted({*RAISE, *DEPRESS, JAW_OPEN})
"""Controls whose offsets would open a mouth that must be shut."""


def emotion_offsets(emotions: tuple[str, ...] = EMOTIONS) -> Tensor:
    """float32 [E, 185], the rules as a matrix."""
    offsets = torch.zeros(len(emotions), len(BOARD_NAMES))
    for row, name in enumerate(emotions):
        for indices, value in RULES[name]:
            offsets[row, indices] = value
    return offsets


def apply_emotion(board: Tensor, emotion: Tensor, offsets: Tensor) -> Tensor:
    """Put emotion on neutral speech.

    Args:
        board: [B, T, 185], neutral.
        emotion: [B, T, E + 1], weights and last the intensity.
        offsets: [E, 185] of :func:`emotion_offsets`.

    Returns:
        [B, T, 185] within the rig's ranges.
    """
    strength = emotion[..., :-1] * emotion[..., -1:]
    travel = torch.tensor([ARTICULATION[name] - 1.0 for name in EMOTIONS], device=board.device)
    gap, jaw, narrow = read_gap(board), read_jaw(board), read_narrow(board)
    # 1 where the lips of the neutral pose are shut while the jaw is not at rest, that is in a closure of speech.
    shut = (1.0 - gap / 0.25).clamp(0.0, 1.0)
    # A speaking face shows its emotion more than a resting one; half a second of movement decides.
    moving = F.avg_pool1d((gap.abs() + jaw)[:, None, :], 31, stride=1, padding=15, count_include_pad=False)[:, 0]
    shown = 0.85 + 0.25 * moving.clamp(0.0, 1.0)

    added = (strength * shown[..., None]) @ offsets
    added[..., LIP_PARTING] = added[..., LIP_PARTING] * (1.0 - shut[..., None])
    smiling = [*SMILE, *STRETCH, *DIMPLE]
    added[..., smiling] = added[..., smiling] * (1.0 - 0.5 * narrow.clamp(0.0, 1.0)[..., None])

    scaled = board.clone()
    gain = 1.0 + (strength * travel).sum(-1, keepdim=True)
    speaking = sorted({JAW_OPEN, *DEPRESS, *RAISE, *STRETCH, *PURSE})
    scaled[..., speaking] = scaled[..., speaking] * gain
    out = scaled + added
    # Hold the seal that the neutral pose had, whatever the jaw does now.
    out[..., TOGETHER] = torch.maximum(out[..., TOGETHER], (shut * (jaw > 0.05))[..., None] * board[..., TOGETHER])
    low, high = (torch.as_tensor(limit.copy(), device=board.device) for limit in (BOARD_MIN, BOARD_MAX))
    return torch.minimum(torch.maximum(out, low), high)
