"""Board sliders to raw curves and back.

The rule is RigLogic's: a curve is 0 unless one of its linear pieces contains the slider's value, boundaries
included; of two pieces that share a boundary the first counts; the result is limited to 0..1. A slider beyond
its range lies in no piece and would give 0 (a jaw at 1.05 snaps shut), so sliders are limited to their range
first.

Almost every curve is plus or minus its slider. The exceptions are phases, tents along one slider:
``CTRL_L/R_mouth_lipSticky.ty`` (three) and ``CTRL_C_neck_swallow.ty`` (four). Signs follow the table, not
intuition: ``CTRL_C_jaw.tx`` is negative to the character's left, every other ``.tx`` positive.

``CTRL_C_eye`` has no curves; it is added to the sliders of both eyes at equal scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cstalk_live.records import FloatArray
from cstalk_live.rig.board import BOARD_INDEX, BOARD_SIZE, clamp_board
from cstalk_live.rig.raw import RAW_INDEX, RAW_SIZE
from cstalk_live.rig.table_files import read_table

_BOTH_EYES = tuple(
    (BOARD_INDEX[f"CTRL_{side}_eye.{axis}"], BOARD_INDEX[f"CTRL_C_eye.{axis}"])
    for axis in ("tx", "ty")
    for side in ("L", "R")
)
_EYE = np.array([eye for eye, _ in _BOTH_EYES], dtype=np.intp)
_EYE_CENTRE = np.array([centre for _, centre in _BOTH_EYES], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """At most one linear piece per curve: raw = slope * slider + cut where low <= slider <= high."""

    raw: NDArray[np.intp]
    slider: NDArray[np.intp]
    low: FloatArray
    high: FloatArray
    slope: FloatArray
    cut: FloatArray

    @classmethod
    def of(cls, rows: list[dict[str, str]]) -> _Pieces:
        low, high, at_low, at_high = (
            np.array([float(row[column]) for row in rows])
            for column in ("board_from", "board_to", "raw_at_from", "raw_at_to")
        )
        slope = (at_high - at_low) / (high - low)
        return cls(
            raw=np.array([RAW_INDEX[row["raw"]] for row in rows], dtype=np.intp),
            slider=np.array([BOARD_INDEX[row["board"]] for row in rows], dtype=np.intp),
            low=low.astype(np.float32),
            high=high.astype(np.float32),
            slope=slope.astype(np.float32),
            cut=(at_low - slope * low).astype(np.float32),
        )


def _first_and_second() -> tuple[_Pieces, _Pieces]:
    """The table split by rank within a curve; the first holds all 251 curves in raw order."""
    ranks: list[list[dict[str, str]]] = [[], []]
    seen: dict[str, int] = {}
    for row in read_table("board_to_raw.csv"):
        rank = seen.get(row["raw"], 0)
        seen[row["raw"]] = rank + 1
        ranks[rank].append(row)
    ranks[0].sort(key=lambda row: RAW_INDEX[row["raw"]])
    return _Pieces.of(ranks[0]), _Pieces.of(ranks[1])


_FIRST, _SECOND = _first_and_second()


def _evaluate(
    pieces: _Pieces, sliders: FloatArray, value: FloatArray, low: NDArray[np.bool_], high: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Put every piece's line at its slider into ``value``; returns, in ``low``, which sliders lie in their
    piece.
    """
    np.take(sliders, pieces.slider, axis=-1, out=value, mode="clip")
    np.greater_equal(value, pieces.low, out=low)
    np.less_equal(value, pieces.high, out=high)
    np.logical_and(low, high, out=low)
    np.multiply(value, pieces.slope, out=value)
    np.add(value, pieces.cut, out=value)
    return low


class BoardMap:
    """The map with buffers for leading dimensions ``shape``; :meth:`into` then allocates nothing that stays.

    One instance belongs to one thread.
    """

    __slots__ = (
        "_board",
        "_eye",
        "_eye_centre",
        "_first",
        "_first_high",
        "_first_low",
        "_second",
        "_second_high",
        "_second_low",
    )

    def __init__(self, shape: tuple[int, ...] = ()) -> None:
        self._board = np.empty((*shape, BOARD_SIZE), dtype=np.float32)
        self._eye = np.empty((*shape, len(_EYE)), dtype=np.float32)
        self._eye_centre = np.empty_like(self._eye)
        self._first = np.empty((*shape, RAW_SIZE), dtype=np.float32)
        self._first_low = np.empty((*shape, RAW_SIZE), dtype=np.bool_)
        self._first_high = np.empty_like(self._first_low)
        self._second = np.empty((*shape, len(_SECOND.raw)), dtype=np.float32)
        self._second_low = np.empty((*shape, len(_SECOND.raw)), dtype=np.bool_)
        self._second_high = np.empty_like(self._second_low)

    def into(self, board: FloatArray, out: FloatArray) -> None:
        """Write the raw curves of ``board`` (float32 [*shape, 185]) to ``out`` (float32 [*shape, 251]).

        ``board`` may be out of range and is left as it is. A NaN slider gives 0.
        """
        sliders = clamp_board(board, out=self._board)
        np.take(sliders, _EYE, axis=-1, out=self._eye, mode="clip")
        np.take(sliders, _EYE_CENTRE, axis=-1, out=self._eye_centre, mode="clip")
        np.add(self._eye, self._eye_centre, out=self._eye)
        np.maximum(self._eye, np.float32(-1), out=self._eye)
        np.minimum(self._eye, np.float32(1), out=self._eye)
        sliders[..., _EYE] = self._eye

        # Second pieces are written before first ones, so that a first piece that applies has the last word.
        out.fill(0.0)
        inside = _evaluate(_SECOND, sliders, self._second, self._second_low, self._second_high)
        np.logical_not(inside, out=self._second_high)
        np.copyto(self._second, np.float32(0), where=self._second_high)
        out[..., _SECOND.raw] = self._second
        inside = _evaluate(_FIRST, sliders, self._first, self._first_low, self._first_high)
        np.copyto(out, self._first, where=inside)
        np.maximum(out, np.float32(0), out=out)
        np.minimum(out, np.float32(1), out=out)


def board_to_raw(board: ArrayLike) -> FloatArray:
    """Raw curves of board values, the same bits as :meth:`BoardMap.into` gives.

    Args:
        board: [..., 185]; limited to the range of each slider first.

    Returns:
        float32 [..., 251], 0..1.
    """
    values = np.asarray(board, dtype=np.float32)
    out = np.empty((*values.shape[:-1], RAW_SIZE), dtype=np.float32)
    BoardMap(values.shape[:-1]).into(values, out)
    return out
