"""The last check before the wire: no NaN or infinity ever leaves, whatever happened upstream."""

from __future__ import annotations

import numpy as np

from cstalk_live.records import FloatArray


class FiniteGuard:
    """Passes values on; replaces those that are not finite by 0 and counts the frames in which it had to.

    A receiver that gets a NaN may keep it for ever in its filters; a 0 is gone with the next frame.

    Args:
        size: values per frame.
    """

    __slots__ = ("_finite", "_values", "frames")

    def __init__(self, size: int) -> None:
        self.frames = 0
        """Frames that held something to replace."""
        self._finite = np.empty(size, dtype=np.bool_)
        self._values = np.empty(size, dtype=np.float32)

    def __call__(self, values: FloatArray) -> FloatArray:
        """``values`` (float32 [size]) if all are finite, else a repaired copy valid until the next call."""
        if np.isfinite(values, out=self._finite).all():
            return values
        self.frames += 1
        self._values.fill(0.0)
        np.copyto(self._values, values, where=self._finite)
        return self._values
