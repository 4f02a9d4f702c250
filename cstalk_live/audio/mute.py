"""Silence instead of the sound, for as long as someone wishes."""

from __future__ import annotations

import numpy as np

from cstalk_live.audio.fade import FADE_S, Fader
from cstalk_live.records import SAMPLE_RATE, FloatArray


class Mute:
    """A gain that is 1 or, muted, 0. It changes within 5 ms: a click would be heard as a consonant, and seen as one."""

    def __init__(self) -> None:
        self._fader = Fader(round(FADE_S * SAMPLE_RATE))
        self._fader.open(np.zeros(self._fader.length, np.float32))  # at full gain
        self._used = False

    def apply(self, sound: FloatArray, muted: bool) -> FloatArray:
        """Float32 [n] of 24 kHz sound as it is to be heard; ``sound`` itself until it is muted for the first time."""
        self._used = self._used or muted
        if not self._used:
            return sound
        heard = sound.copy()
        if muted:
            self._fader.shut(heard, self._fader.length)
        else:
            self._fader.open(heard)
        return heard
