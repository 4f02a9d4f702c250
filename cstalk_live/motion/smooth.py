"""Calms slow tremble without delaying fast movement: the 1 euro filter, on all channels at once.

G. Casiez, N. Roussel, D. Vogel, "1 euro filter: a simple speed-based low-pass filter for noisy input in
interactive systems", CHI 2012. The cut-off frequency rises with the channel's speed: a resting lip is
filtered hard, a lip on its way to a closure hardly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import BOARD_SIZE

SPEED_GAIN = 8.0
"""Hz of cut-off per unit/s: at 4 units/s, an ordinary closure, the filter passes 30 Hz and more, all there
is.
"""

SPEED_CUTOFF = 5.0
"""Hz, low-pass of the speed itself."""

LOWEST_CUTOFF = 1.5
"""Hz, cut-off of a resting channel at smoothing 1."""

HIGHEST_CUTOFF = 24.0
"""Hz, the same as smoothing nears 0 (0 itself is no filter)."""


@dataclass(frozen=True, slots=True)
class _Tuning:
    lowest: FloatArray
    """float32 [185], Hz, cut-off of a resting channel."""
    least_share: FloatArray
    """float32 [185], 1 where a channel passes unchanged, else 0."""


def _tuning(smoothing: float | FloatArray) -> _Tuning | None:
    """None where nothing is smoothed."""
    each = np.clip(np.broadcast_to(np.asarray(smoothing, np.float64), BOARD_SIZE), 0.0, 1.0)
    if not each.any():
        return None
    lowest = HIGHEST_CUTOFF * (LOWEST_CUTOFF / HIGHEST_CUTOFF) ** each
    return _Tuning(lowest.astype(np.float32), (each == 0.0).astype(np.float32))


class OneEuro:
    """The filter of one stream.

    Args:
        smoothing: 0..1 for all channels, or float32 [185] of these; 0 changes nothing, 0.3 puts the cut-off of a
            resting channel at about 10 Hz.
    """

    def __init__(self, smoothing: float | FloatArray = 0.3) -> None:
        omega = 2.0 * math.pi * SPEED_CUTOFF / FPS
        self._speed_share = np.float32(omega / (1.0 + omega))
        self._shown = np.zeros(BOARD_SIZE, dtype=np.float32)
        self._last = np.zeros(BOARD_SIZE, dtype=np.float32)
        self._speed = np.zeros(BOARD_SIZE, dtype=np.float32)
        self._work = np.zeros(BOARD_SIZE, dtype=np.float32)
        self._share = np.zeros(BOARD_SIZE, dtype=np.float32)
        self._begun = False
        self._tuning = _tuning(smoothing)
        self.reset()

    def tune(self, smoothing: float | FloatArray) -> None:
        """Smooth so from the next frame on; from any thread."""
        self._tuning = _tuning(smoothing)

    def reset(self) -> None:
        """Begin anew: the next frame passes unchanged."""
        self._begun = False
        self._speed.fill(0.0)

    def apply(self, board: FloatArray) -> None:
        """Filter ``board``, float32 [185], finite, in place."""
        tuning = self._tuning
        if tuning is None:
            self._begun = False  # what it remembers would be old by the time it is switched on again
            return
        if not self._begun:
            self._begun = True
            np.copyto(self._shown, board)
            np.copyto(self._last, board)
            return
        # speed += share * (measured speed - speed), units per second
        np.subtract(board, self._last, out=self._work)
        np.copyto(self._last, board)
        np.multiply(self._work, np.float32(FPS), out=self._work)
        np.subtract(self._work, self._speed, out=self._share)
        np.multiply(self._share, self._speed_share, out=self._share)
        np.add(self._speed, self._share, out=self._speed)
        # The larger of the smoothed and the present speed decides, so that a closure is let through at once.
        np.abs(self._work, out=self._work)
        np.abs(self._speed, out=self._share)
        np.maximum(self._work, self._share, out=self._share)
        # cut-off -> omega -> share = omega / (1 + omega)
        np.multiply(self._share, np.float32(SPEED_GAIN), out=self._share)
        np.add(self._share, tuning.lowest, out=self._share)
        np.multiply(self._share, np.float32(2.0 * math.pi / FPS), out=self._share)
        np.add(self._share, np.float32(1.0), out=self._work)
        np.divide(self._share, self._work, out=self._share)
        np.maximum(self._share, tuning.least_share, out=self._share)
        np.subtract(board, self._shown, out=self._work)
        np.multiply(self._work, self._share, out=self._work)
        np.add(self._shown, self._work, out=self._shown)
        np.copyto(board, self._shown)
