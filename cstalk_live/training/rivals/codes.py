"""Board -> mouth code and hidden controls, and back: what a method predicts that knows no network.

The twelve numbers of :mod:`..mouth_code` say all that a camera measured; linear methods predict them rather than the
controls, because the lip gap of a pose is a product of two controls (jaw and seal).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FloatArray
from cstalk_live.rig import clamp_board
from cstalk_live.training.face_to_rig import compose, read_gap, read_jaw
from cstalk_live.training.mouth_code import CEILING, CODE, GAP, JAW
from cstalk_live.training.phones import PHONES, hidden_controls


def _hidden() -> NDArray[np.intp]:
    """Controls that the rules of :mod:`..phones` move: tongue, lip bite, lip press."""
    rows = [(0.1 * i, 0.1 * (i + 1), phone) for i, phone in enumerate(PHONES)]
    return np.flatnonzero(hidden_controls(rows, 6 * len(rows)).any(axis=0))


HIDDEN: NDArray[np.intp] = _hidden()
"""Board indices."""

_REST: FloatArray = compose(np.zeros((1, len(CODE)), np.float32))
_BASIS: FloatArray = compose(np.eye(len(CODE), dtype=np.float32)) - _REST
"""[12, 185]: what one unit of each number moves; ``lower_down`` moves nothing, the rig's lip gap says it already."""

_READ: FloatArray = (_BASIS / np.maximum(np.square(_BASIS).sum(axis=1, keepdims=True), 1e-9)).T
"""[185, 12]."""


def read_code(board: FloatArray) -> FloatArray:
    """float32 [n, 185], neutral speech -> [n, 12 + H]: the mouth code, then the hidden controls."""
    code = (board - _REST) @ _READ
    code[:, GAP] = np.maximum(read_gap(board), 0.0)
    code[:, JAW] = read_jaw(board)
    return np.concatenate((code, board[:, HIDDEN]), axis=1).astype(np.float32)


def play_code(code: FloatArray) -> FloatArray:
    """The inverse of :func:`read_code`, within the rig's ranges: [n, 12 + H] -> float32 [n, 185]."""
    board = compose(np.clip(code[:, : len(CODE)], 0.0, CEILING).astype(np.float32))
    board[:, HIDDEN] += code[:, len(CODE) :]
    return clamp_board(board)
