"""Says in words, once, what a microphone's counters and its silence mean; the numbers go on in the status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cstalk_live.records import FloatArray

SILENT_US = 5_000_000
"""A room is never as silent as this for so long; a microphone that is muted or forbidden is."""

QUIETEST = 2.0**-15
"""One step of a 16-bit converter: peaks below it are digital silence."""

CALM_US = 60_000_000
"""Without a further one for this long, the same trouble is news again."""

MEANINGS = {
    "lost_samples": "sound was lost on its way here and is taken as silence - the machine is busy, or a cable is loose",
    "bad_samples": "sends samples that are no numbers, taken as silence - its driver is at fault; restart it",
    "clock_jumps": "and the machine's clock ran apart, as they do when a machine sleeps - timed anew from here",
}


@dataclass(frozen=True, slots=True)
class SourceState:
    """How the sound fares, for whoever shows it."""

    state: Literal["live", "silent", "lost", "none"]
    name: str
    """Of the source; empty while there is none."""
    message: str
    """What is wrong and what to do; empty where nothing is."""


class SourceNews:
    """One source's troubles. Used by the thread that hears it.

    Args:
        say: gets one line for each new trouble.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._known = dict.fromkeys(MEANINGS, 0)
        self._last_us = dict.fromkeys(MEANINGS, -CALM_US)
        self._sound_us: int | None = None
        self._told_silent = False
        self.silence = ""
        """What the silence means, while there is one that a room never has."""

    def begin(self, now_us: int) -> None:
        """A source was opened: its silence is counted from here."""
        self._sound_us = now_us
        self._told_silent = False
        self.silence = ""

    def count(self, name: str, counts: Mapping[str, int], now_us: int) -> None:
        """Look at the counters of the source called ``name``; they only rise."""
        for kind, meaning in MEANINGS.items():
            count = counts.get(kind, 0)
            if count > self._known[kind]:
                if now_us - self._last_us[kind] >= CALM_US:
                    self._say(f"{name}: {meaning}")
                self._known[kind], self._last_us[kind] = count, now_us

    def hear(self, name: str, samples: FloatArray, now_us: int) -> None:
        """Sound of the source, float32 [n]."""
        if self._sound_us is None or np.abs(samples).max(initial=0.0) >= QUIETEST:
            if self._told_silent:
                self._say(f"{name}: there is sound again")
            self._told_silent = False
            self.silence = ""
            self._sound_us = now_us
        elif not self._told_silent and now_us - self._sound_us >= SILENT_US:
            self._told_silent = True
            self.silence = (
                f"{name}: perfectly silent for {SILENT_US // 1_000_000} s - is it muted, or does the system's "
                "privacy setting keep the microphone from this program?"
            )
            self._say(self.silence)
