"""Blinks: when, and how the lids go.

* When: 17 a minute at rest, log-normal (A. R. Bentivoglio et al., "Analysis of blink rate patterns in normal
  subjects", Movement Disorders 12(6), 1997; 26 in conversation, 4.5 reading). A blink that is due soon comes
  early when the voice pauses.
* How: closing takes about half of the time that opening takes, and both lids go together (L. C. Trutoiu et
  al., "Modeling and animating eye blinks", ACM Trans. Applied Perception 8(3), 2011).

The number of double blinks and the pull of a pause are our choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray
from cstalk_live.rig import BOARD_INDEX

LIDS = np.array([BOARD_INDEX["CTRL_L_eye_blink.ty"], BOARD_INDEX["CTRL_R_eye_blink.ty"]], dtype=np.intp)
"""Board indices of the lids: 1 shut, -1 wide open."""


@dataclass(frozen=True, slots=True)
class BlinkConfig:
    """Times in seconds."""

    per_minute: float = 17.0
    """Mean rate, double blinks counted as two."""
    spread: float = 0.55
    """Standard deviation of the interval's logarithm."""
    shortest_s: float = 0.8
    """Least time between two blinks, a double blink's halves apart."""
    close_s: float = 0.1
    shut_s: float = 0.017
    open_s: float = 0.2
    double_share: float = 0.06
    """Share of blinks that are followed by a second one at once."""
    pause_share: float = 0.5
    """Chance that a blink due within ``pause_reach_s`` comes now because the voice has paused."""
    pause_reach_s: float = 1.5


class Blinks:
    """The lids of one stream, random but the same for the same seed."""

    def __init__(self, config: BlinkConfig | None = None, seed: int = 0) -> None:
        self.config = config or BlinkConfig()
        self._seed = seed
        mean_s = 60.0 / self.config.per_minute * (1.0 + self.config.double_share)
        # A log-normal's mean is exp(mu + spread^2 / 2).
        self._mu = math.log(mean_s) - 0.5 * self.config.spread**2
        self.reset()

    def reset(self) -> None:
        """Begin the same sequence again."""
        self._random = np.random.default_rng((self._seed, 1))
        self._next = -1
        self._start = -1
        self._depth = 1.0
        self._again = False
        self._close = self._open = 1.0
        self._shut = 1.0
        self._speech = False
        self.closure = 0.0
        """0..1, how far the blink has closed the lids in the last frame."""
        self.count = 0
        """Blinks begun so far."""

    def _interval(self) -> int:
        seconds = math.exp(self._mu + self.config.spread * float(self._random.standard_normal()))
        return round(max(self.config.shortest_s, seconds) * FPS)

    def _begin(self, frame_index: int) -> None:
        pace = math.exp(0.12 * float(self._random.standard_normal()))
        self._close = max(2.0, self.config.close_s * FPS * pace)
        self._shut = self.config.shut_s * FPS
        self._open = max(3.0, self.config.open_s * FPS * pace)
        # Spontaneous blinks often stop short of shut; they still have to read as blinks.
        self._depth = 1.0 - 0.12 * float(self._random.random())
        self._start = frame_index
        self.count += 1
        if not self._again and float(self._random.random()) < self.config.double_share:
            self._again = True
            self._next = frame_index + math.ceil(self._close + self._shut + self._open) + 2
        else:
            self._again = False
            self._next = frame_index + max(self._interval(), math.ceil(self._close + self._shut + self._open))

    def _closure(self, age: float) -> float:
        """0..1 at ``age`` frames after the blink began."""
        if age < self._close:
            share = age / self._close
        elif age < self._close + self._shut:
            share = 1.0
        else:
            share = max(0.0, 1.0 - (age - self._close - self._shut) / self._open)
        return self._depth * share * share * (3.0 - 2.0 * share)

    def apply(self, board: FloatArray, frame_index: int, speech: bool, *, begin: bool = True) -> None:
        """Close the lids of ``board`` (float32 [185], in place) as far as the blink of this frame goes.

        Args:
            board: what the lids do without blinks; kept between its own value and shut.
            frame_index: frames of the stream, rising.
            speech: a voice is heard; its end is a good moment.
            begin: a blink may begin; one that has begun is always finished.
        """
        if self._next < 0:
            self._next = frame_index + self._interval()
        if self._speech and not speech:
            due = self._next - frame_index
            if 6 < due < self.config.pause_reach_s * FPS and float(self._random.random()) < self.config.pause_share:
                self._next = max(frame_index + 3, self._start + round(self.config.shortest_s * FPS))
        self._speech = speech
        if not begin:
            self._next = max(self._next, frame_index + 1)
        elif frame_index >= self._next:
            self._begin(frame_index)
        if self._start < 0:
            return
        self.closure = self._closure(float(frame_index - self._start))
        if self.closure > 0.0:
            for lid in LIDS:
                board[lid] += self.closure * (1.0 - board[lid])
