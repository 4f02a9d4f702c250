"""Raw curves back to the board.

Every curve has one slider, so the way back is a formula: a slider is its positive curve minus its negative
one. A phased slider is the point of its path through the phases' space that lies nearest to the given phases.
On poses that came from the board this is exact, with one loss that lies in the rig: a finished swallow
(slider 1) shows the same curves as none (slider 0), and 0 is returned. Board-only channels are returned at
their neutral.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cstalk_live.records import FloatArray
from cstalk_live.rig.board import BOARD_INDEX, BOARD_NEUTRAL
from cstalk_live.rig.boardmap import board_to_raw
from cstalk_live.rig.raw import RAW_INDEX
from cstalk_live.rig.table_files import read_table


class _Path:
    """A phased slider's path: the curves at its breakpoints, joined by straight lines."""

    def __init__(self, slider: int, curves: list[int], breakpoints: list[float]) -> None:
        self.slider = slider
        self.curves = np.array(curves, dtype=np.intp)
        self.at = np.array(breakpoints)
        boards = np.tile(BOARD_NEUTRAL, (len(breakpoints), 1))
        boards[:, slider] = self.at
        # The table's end points are 0 or 1; float32 evaluation misses them by 1e-7.
        self.vertices = np.round(board_to_raw(boards)[:, self.curves].astype(np.float64), 6)

    def nearest(self, phases: NDArray[np.float64]) -> NDArray[np.float64]:
        """Slider values [...] whose phases are nearest to ``phases`` [..., curves]; the lowest where several
        are.
        """
        start, along = self.vertices[:-1], np.diff(self.vertices, axis=0)
        offset = phases[..., None, :] - start
        share = np.clip((offset * along).sum(-1) / (along * along).sum(-1), 0.0, 1.0)
        miss = ((offset - share[..., None] * along) ** 2).sum(-1)
        best = miss.argmin(-1)
        share = np.take_along_axis(share, best[..., None], -1)[..., 0]
        found: NDArray[np.float64] = self.at[best] + share * np.diff(self.at)[best]
        return found


def _plan() -> tuple[list[tuple[int, int, int]], list[_Path]]:
    """(raw, board, sign) of the plain curves, and the phased sliders."""
    pieces: dict[str, list[dict[str, str]]] = {}
    for row in read_table("board_to_raw.csv"):
        pieces.setdefault(row["board"], []).append(row)
    plain, paths = [], []
    for board, rows in pieces.items():
        breakpoints = sorted({float(row[end]) for row in rows for end in ("board_from", "board_to")})
        if set(breakpoints) <= {-1.0, 0.0, 1.0}:
            plain += [
                (RAW_INDEX[row["raw"]], BOARD_INDEX[board], -1 if float(row["board_from"]) < 0 else 1) for row in rows
            ]
        else:
            curves = list(dict.fromkeys(RAW_INDEX[row["raw"]] for row in rows))
            paths.append(_Path(BOARD_INDEX[board], curves, breakpoints))
    return plain, paths


_PLAIN, _PATHS = _plan()
_POSITIVE = [(raw, board) for raw, board, sign in _PLAIN if sign > 0]
_NEGATIVE = [(raw, board) for raw, board, sign in _PLAIN if sign < 0]
_POSITIVE_RAW, _POSITIVE_BOARD = np.array(_POSITIVE, dtype=np.intp).T
_NEGATIVE_RAW, _NEGATIVE_BOARD = np.array(_NEGATIVE, dtype=np.intp).T


def raw_to_board(raw: ArrayLike) -> FloatArray:
    """Board values that give these raw curves.

    Args:
        raw: [..., 251], limited to 0..1 first.

    Returns:
        float32 [..., 185]. ``board_to_raw(raw_to_board(raw)) == raw`` for every pose the board can show,
        exactly for the plain curves and within 1e-6 for the phased ones; other poses (both directions of one
        slider at once) give the slider's net value.
    """
    curves = np.clip(np.asarray(raw, dtype=np.float32), np.float32(0), np.float32(1))
    board = np.empty((*curves.shape[:-1], len(BOARD_NEUTRAL)), dtype=np.float32)
    board[...] = BOARD_NEUTRAL
    board[..., _POSITIVE_BOARD] = curves[..., _POSITIVE_RAW]
    negative = np.zeros_like(board)
    negative[..., _NEGATIVE_BOARD] = curves[..., _NEGATIVE_RAW]
    board -= negative
    for path in _PATHS:
        board[..., path.slider] = path.nearest(curves[..., path.curves].astype(np.float64))
    return board
