"""Gain that never jumps: a sound that starts, stops or changes its place does so without a click."""

from __future__ import annotations

import numpy as np

from cstalk_live.records import FloatArray

FADE_S = 0.005
"""Below 2 ms a ramp is heard as a click, above 10 ms as a swell."""


def smooth_ramp(first: int, count: int, length: int, start: float = 0.0) -> FloatArray:
    """Steps ``first`` to ``first + count`` of a gain that goes from ``start`` (0..1) to 1 at a pace of
    ``length`` steps from 0 to 1, and stays there; float32 [count].

    Its ends are level (3 p^2 - 2 p^3): a straight ramp has corners that can be heard.
    """
    held = np.clip(start + np.arange(first, first + count) / length, 0.0, 1.0)
    return (held * held * (3.0 - 2.0 * held)).astype(np.float32)


class Fader:
    """The gain of one stream of sound, 0 at first. Applied block by block, in place.

    Args:
        length: samples that a whole ramp takes.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self._progress = 0.0

    @property
    def silent(self) -> bool:
        return self._progress == 0.0

    def open(self, sound: FloatArray) -> None:
        """Rise toward full gain over float32 [n]."""
        if self._progress < 1.0:
            sound *= smooth_ramp(1, len(sound), self.length, self._progress)
            self._progress = min(1.0, self._progress + len(sound) / self.length)

    def shut(self, sound: FloatArray, good: int) -> None:
        """Fall to silence by sample ``good`` of float32 [n] and stay there.

        Only a block with less than a ramp's length of good sound ends steeper than that.
        """
        good = min(good, len(sound))
        sound[good:] = 0.0
        if self.silent:
            sound[:good] = 0.0
            return
        steps = min(good, self.length)
        if steps:
            sound[good - steps : good] *= smooth_ramp(0, steps, steps)[::-1]
            sound[:good] *= smooth_ramp(0, 1, self.length, self._progress)
        self._progress = 0.0
