"""One source's sound, kept for a while and read between its samples."""

from __future__ import annotations

import numpy as np

from cstalk_live.audio.fade import FADE_S, smooth_ramp
from cstalk_live.audio.fractional import FractionalFilter, fractional_filter
from cstalk_live.audio.playhead import Passage, Playhead
from cstalk_live.audio.ring import SoundRing
from cstalk_live.audio.source import Source
from cstalk_live.audio.timebase import ExactTimebase, LockedTimebase
from cstalk_live.records import FloatArray, SourceBlock

RING_S = 8
"""Seconds of voice kept: the longest look-ahead and the longest extra delay that can be set, and room."""

MARGIN_US = 8_000
"""How late the thread that reads the source may come: it may have a frame's step to finish."""


class VoiceStream:
    """One uninterrupted run of a source: its sound, and how far it has been played.

    Args:
        source: whose sound it is; only asked for its rate.
        rate_out: Hz of the output device.
        device_latency_us: age of a sample on arrival; subtracted from capture times.
    """

    def __init__(self, source: Source, rate_out: int, device_latency_us: int) -> None:
        rate: int = source.sample_rate
        self.rate = rate
        self.block: int = getattr(source, "block", rate // 100)
        self.ring = SoundRing(RING_S * rate)
        self.reserve = round(FADE_S * rate)
        """Samples beyond a block that must be there, so that the next one can still fade out."""
        timebase = (LockedTimebase if source.live else ExactTimebase)(rate)
        self.head = Playhead(timebase, rate, device_latency_us=device_latency_us)
        self.ended = False
        self._device_latency_us = device_latency_us
        self._level = np.float32(0.0)
        self._gap = False
        self.play_at(rate_out)

    def play_at(self, rate_out: int) -> None:
        """Be read for an output device of that rate from now on."""
        self.rate_out = rate_out
        self.filter: FractionalFilter = fractional_filter(self.rate, rate_out)
        self.head.play_at(rate_out)
        samples = self.block + self.filter.half + self.reserve
        self.ready_after_us = samples * 1_000_000 // self.rate + self._device_latency_us + MARGIN_US
        """Age that a sample has reached before it can be counted on."""

    def hear(self, block: SourceBlock) -> None:
        """What the source delivered next."""
        samples, first = block.samples, block.first_sample
        if block.gap:
            samples = self._ringing_out(samples)
        elif self._gap:
            samples = self._rising(samples)
        self._gap = block.gap
        if len(samples):
            self._level = samples[-1]
        # Whoever plays asks by time, not by count, and never for what is this old: make room.
        self.ring.release(first + len(samples) - self.ring.capacity // 2)
        self.ring.write(first, samples)
        if not block.gap:
            self.head.heard(first + len(samples), block.arrival_us)

    def _ringing_out(self, silence: FloatArray) -> FloatArray:
        """Lost sound begins with a slope from the last sample to 0 instead of a step."""
        sound = silence.copy()
        count = 0 if self._gap else min(len(sound), self.reserve)
        sound[:count] = self._level * smooth_ramp(0, count, self.reserve)[::-1]
        return sound

    def _rising(self, samples: FloatArray) -> FloatArray:
        """What follows lost sound fades in."""
        sound = samples.copy()
        count = min(len(sound), self.reserve)
        sound[:count] *= smooth_ramp(0, count, self.reserve)
        return sound

    def sound(self, passage: Passage, count: int) -> tuple[FloatArray, int]:
        """Float32 [count] of the voice, and how many of them can be played before it must have faded out:
        ``count + 1`` when more is there than this block needs.
        """
        half = self.filter.half
        positions = passage.fraction + passage.ratio * np.arange(count, dtype=np.float64)
        first = passage.whole - half + 1
        stop = passage.whole + int(positions[-1]) + half + 1
        window = np.zeros(stop - first, np.float32)
        oldest, newest = self.ring.oldest, self.ring.newest
        begin, end = max(first, oldest), min(stop, newest)
        if begin < end:
            window[begin - first : end - first] = self.ring.read(begin, end - begin)
        if passage.whole < oldest:
            good = 0
        elif newest >= stop + self.reserve:
            good = count + 1
        else:
            known = newest - passage.whole - (0 if self.ended else half)
            good = int(np.searchsorted(positions, known))
        return self.filter.at(window, positions + (half - 1)), good
