"""A face without a voice: eases to neutral over 0.3 s, rests there, and eases back when the voice returns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cstalk_live.decibels import SILENCE_DB
from cstalk_live.records import FloatArray, Frame, FrameFlag
from cstalk_live.rig.board import BOARD_NEUTRAL
from cstalk_live.rig.raw import PROPERTY_NEUTRAL

EASE_FRAMES = 18
"""0.3 s: slower than a blink, faster than anyone takes for a frozen face."""


class RestingFace:
    """Blends live frames with the neutral pose; leaves them untouched once the voice is fully back."""

    def __init__(self) -> None:
        self._rest = 0
        """Progress toward neutral in frames, 0..EASE_FRAMES."""
        self._last: Frame | None = None

    def live(self, frame: Frame) -> Frame:
        """A frame from the session; the very same object unless the face is still coming back from rest."""
        self._last = frame
        self._rest = max(0, self._rest - 1)
        return self._blended(frame) if self._rest else frame

    def neutral(self, index: int, capture_us: int) -> Frame:
        """A frame made for want of sound, flagged NEUTRAL."""
        self._rest = min(EASE_FRAMES, self._rest + 1)
        last = self._last if self._last is not None else _neutral_frame()
        frame = replace(last, index=index, capture_us=capture_us, flags=FrameFlag.NEUTRAL, level_db=SILENCE_DB)
        return self._blended(frame)

    def _blended(self, frame: Frame) -> Frame:
        weight = np.float32(_smooth(self._rest / EASE_FRAMES))
        return replace(
            frame,
            board=_mix(frame.board, BOARD_NEUTRAL, weight),
            properties=_mix(frame.properties, PROPERTY_NEUTRAL, weight),
        )


def _smooth(progress: float) -> float:
    """0..1 to 0..1 with level ends (3 p^2 - 2 p^3), so that the face neither starts nor stops with a jerk."""
    return progress * progress * (3.0 - 2.0 * progress)


def _mix(live: FloatArray, neutral: FloatArray, weight: np.float32) -> FloatArray:
    return live + (neutral - live) * weight


def _neutral_frame() -> Frame:
    return Frame(index=0, capture_us=0, board=BOARD_NEUTRAL, properties=PROPERTY_NEUTRAL)
