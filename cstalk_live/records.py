"""What the stages hand to each other, and the integer clock they share.

Time is counted in samples and frames from the start of the stream: frame ``k`` covers samples
``[400 k, 400 k + 400)`` of the 24 kHz signal, exactly 60 frames a second. Seconds appear only at the edges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntFlag
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cstalk_live.decibels import SILENCE_DB

FloatArray: TypeAlias = NDArray[np.float32]

SAMPLE_RATE = 24_000
"""Hz. 48 kHz capture halves to it exactly, and 400 of its samples are 1/60 s (16 kHz gives 266.67)."""

HOP = 400
"""Samples of one frame."""

FPS = SAMPLE_RATE // HOP
"""Frames per second: 60, an exact integer."""


class FrameFlag(IntFlag):
    """Status bits that travel with every frame."""

    NONE = 0
    SPEECH = 1
    """The gate hears a voice."""
    GAP = 2
    """Some of the frame's sound was lost and replaced by silence."""
    RESET = 4
    """The stream state was zeroed just before this frame."""
    NEUTRAL = 8
    """No sound source at present: the face eases to, or rests at, neutral."""
    HELD = 16
    """A late step: this is the last pose again."""


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """Sound as a source delivers it."""

    samples: FloatArray
    """float32 [n], mono, -1..1, at the source's own rate."""
    first_sample: int
    """Index of ``samples[0]`` in the source's stream, counted from its start, gaps included."""
    arrival_us: int
    """Monotonic microseconds at which the last of these samples reached us."""
    gap: bool = False
    """These samples are silence put in place of lost ones."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One pose of the face: 1/60 s of the stream."""

    index: int
    """Frames since the stream started; the sound of it is samples [400 index, 400 index + 400)."""
    capture_us: int
    """Monotonic microseconds at which the middle of that sound was captured (sample 400 index + 200)."""
    board: FloatArray
    """float32 [185], control-board values in the ranges of ``rig.board``."""
    properties: FloatArray
    """float32 [260], 251 raw controls (0..1) and the 9 Live Link extras, in ``rig.raw.PROPERTY_NAMES`` order."""
    flags: FrameFlag = FrameFlag.NONE
    level_db: float = SILENCE_DB
    """RMS of the frame's sound in dBFS."""
    lookahead_us: int = 0
    """Microseconds that this pose waits for later sound. It is that of the network's delay, and glides from one to
    the other while the look-ahead is being changed; the time of sending follows it."""
    network: FloatArray | None = None
    """float32 [185], what the network itself said, without gate, gains, blinks and limits; None where it said
    nothing."""

    def at(self, capture_us: int) -> Frame:
        """The same pose stamped with another capture time."""
        return replace(self, capture_us=capture_us)
