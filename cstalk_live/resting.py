"""A face whose next pose has not come: it keeps the last one, then eases to neutral, and back when poses return."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cstalk_live.decibels import SILENCE_DB
from cstalk_live.records import FloatArray, Frame, FrameFlag
from cstalk_live.rig.board import BOARD_NEUTRAL
from cstalk_live.rig.raw import PROPERTY_NEUTRAL

EASE_FRAMES = 18
"""0.3 s: slower than a blink, faster than anyone takes for a frozen face."""

FIRST_EASE_FRAMES = 6
"""0.1 s from rest into the first pose ever, so that a voice that is there at once is seen at once."""

HOLD_FRAMES = 6
"""0.1 s in which the last pose is simply repeated: below what an eye takes for a freeze."""


class RestingFace:
    """Puts frames where there are none, and blends live ones back in; leaves them untouched once that is done."""

    def __init__(self) -> None:
        self._rest = EASE_FRAMES
        """Progress toward neutral in frames, 0..EASE_FRAMES; a face that has not begun is at rest."""
        self._repeated = 0
        self._last: Frame | None = None

    def live(self, frame: Frame) -> Frame:
        """A frame from the session; the very same object unless the face is still coming back from rest."""
        if self._last is None:
            # A network that has just begun is near rest itself: hardly any ease is needed, and none at a file's start.
            self._rest = FIRST_EASE_FRAMES if self._repeated else 1
        self._rest = max(0, self._rest - 1)
        self.know(frame)
        return self._blended(frame) if self._rest else frame

    def know(self, frame: Frame) -> None:
        """A pose that came too late for its own frame: the next one to repeat."""
        self._last = frame
        self._repeated = 0

    def held(self, index: int, capture_us: int) -> Frame:
        """A frame made because its own pose is late, flagged HELD: the last pose for 0.1 s, then easing to rest."""
        self._repeated += 1
        if self._repeated > HOLD_FRAMES:
            self._rest = min(EASE_FRAMES, self._rest + 1)
        elif self._rest:
            self._rest -= 1
        last = self._last if self._last is not None else _neutral_frame()
        flags = (last.flags & FrameFlag.SPEECH) | FrameFlag.HELD
        return self._blended(replace(last, index=index, capture_us=capture_us, flags=flags))

    def neutral(self, index: int, capture_us: int) -> Frame:
        """A frame made for want of sound, flagged NEUTRAL."""
        self._repeated += 1
        self._rest = min(EASE_FRAMES, self._rest + 1)
        last = self._last if self._last is not None else _neutral_frame()
        frame = replace(last, index=index, capture_us=capture_us, flags=FrameFlag.NEUTRAL, level_db=SILENCE_DB)
        return self._blended(frame)

    def _blended(self, frame: Frame) -> Frame:
        if not self._rest:
            return frame
        weight = np.float32(_smooth(self._rest / EASE_FRAMES))
        return replace(
            frame,
            board=_mix(frame.board, BOARD_NEUTRAL, weight),
            properties=_mix(frame.properties, PROPERTY_NEUTRAL, weight),
            network=None,
        )


def _smooth(progress: float) -> float:
    """0..1 to 0..1 with level ends (3 p^2 - 2 p^3), so that the face neither starts nor stops with a jerk."""
    return progress * progress * (3.0 - 2.0 * progress)


def _mix(live: FloatArray, neutral: FloatArray, weight: np.float32) -> FloatArray:
    return live + (neutral - live) * weight


def _neutral_frame() -> Frame:
    return Frame(index=0, capture_us=0, board=BOARD_NEUTRAL, properties=PROPERTY_NEUTRAL)
