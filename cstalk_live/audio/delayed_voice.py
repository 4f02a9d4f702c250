"""The voice, a fixed time after it was captured, for whoever plays or records it.

One thread hands in what a source delivers (``begin``, ``hear``, ``end``), another asks for what is to be heard
at a given time (``render``). They share a ring and never wait for each other. Nothing here knows a device.
"""

from __future__ import annotations

from dataclasses import dataclass

from cstalk_live.audio.fade import FADE_S, Fader, smooth_ramp
from cstalk_live.audio.playhead import OutputClock, Passage
from cstalk_live.audio.source import Source
from cstalk_live.audio.voice_stream import VoiceStream
from cstalk_live.records import FloatArray, SourceBlock

CROSS_FADE_S = 0.020
"""Length of the change from one place of the voice to another."""

WINDOW_US = 2_000_000
"""Time after which the least delay that is possible is judged anew."""

SLACK_US = 10_000
"""Delay above the least possible that is kept for good; only more than this is given back."""


@dataclass(frozen=True, slots=True)
class VoiceStatus:
    """How the voice fares."""

    delay_us: int
    """From capture to being heard, as wanted."""
    late_us: int
    """More delay than wanted, because the devices need it."""
    error_us: int
    """How far the voice was from its place when the last block was planned; positive is late."""
    underruns: int
    """Times the voice fell silent because its sound had not come in time."""
    drift_ppm: float
    """How much faster than nominal the output device runs."""
    playing: bool


class DelayedVoice:
    """One voice at a time, heard ``delay_us`` after it was captured.

    Args:
        delay_us: microseconds from the capture of a sample to its being heard; may be set at any time.
    """

    def __init__(self, delay_us: int) -> None:
        self.delay_us = delay_us
        self.underruns = 0
        """Times the voice fell silent because its sound had not come in time."""
        self.late_us = 0
        """Delay above the wanted one that the devices need: sound cannot be played before it has come."""
        self._rate = 48_000
        self._stream: VoiceStream | None = None
        self._closing = False
        self.play_at(self._rate)

    def play_at(self, rate: int) -> None:
        """Begin to be played by a device of ``rate`` Hz. Only while nobody renders.

        Raises:
            AudioError: the rate is outside 8,000..384,000 Hz.
        """
        stream = self._stream
        if stream is not None:
            stream.play_at(rate)
        self._rate = rate
        self._clock = OutputClock(rate)
        self._fader = Fader(round(FADE_S * rate))
        self._cross = round(CROSS_FADE_S * rate)
        self._playing = stream
        self._left: Passage | None = None
        self._crossed = 0
        self._closing = False
        self._lack_us = 0
        self._window_end_us = 0
        self.late_us = 0

    def begin(self, source: Source, device_latency_us: int = 0) -> None:
        """A source was opened; its sound replaces that of the source before once its time has come."""
        self._stream = VoiceStream(source, self._rate, device_latency_us)

    def hear(self, block: SourceBlock) -> None:
        """What the source of the latest ``begin`` delivered next."""
        if self._stream is not None:
            self._stream.hear(block)

    def end(self) -> None:
        """That source has ended or was lost: what was heard of it is played to its end."""
        if self._stream is not None:
            self._stream.ended = True

    def close(self) -> None:
        """Fade out and stay silent; ``silent`` tells when that is done."""
        self._closing = True

    @property
    def silent(self) -> bool:
        """Whether nothing is audible at present."""
        return self._fader.silent

    def broken(self) -> None:
        """The device ran dry; what comes next is heard later than counted. For the rendering thread."""
        self._clock.broken()

    def status(self) -> VoiceStatus:
        stream = self._playing
        return VoiceStatus(
            delay_us=self.delay_us,
            late_us=self.late_us,
            error_us=round(stream.head.error_us) if stream is not None else 0,
            underruns=self.underruns,
            drift_ppm=self._clock.drift_ppm,
            playing=not self._fader.silent,
        )

    def render(self, out: FloatArray, heard_us: int, now_us: int) -> None:
        """Fill float32 [n] with the next samples of the output.

        Args:
            out: mono.
            heard_us: when its first sample will be heard, by the device.
            now_us: the clock.
        """
        count = len(out)
        begin_us = self._clock.block(count, heard_us)
        stream = self._playing_stream()
        if stream is None or not stream.head.started:
            out[:] = 0.0
            return
        length_us = count * 1_000_000 // self._rate
        self._judge_lateness(begin_us + length_us - self.delay_us + stream.ready_after_us - now_us, now_us)
        delay_us = self.delay_us + self.late_us
        passage, left = stream.head.plan(count, begin_us, self._clock.drift_ppm, delay_us)
        sound, good = stream.sound(passage, count)
        if left is not None and not self._fader.silent and self._left is None:
            self._left, self._crossed = left, 0
        if self._left is not None:
            self._cross_fade(stream, sound)
        if self._closing:
            good = min(good, count)
        if good > count:
            self._fader.open(sound)
        else:
            if good < count and not (self._fader.silent or stream.ended or self._closing):
                self.underruns += 1
            self._fader.shut(sound, good)
            self._left = None
        out[:] = sound

    def _playing_stream(self) -> VoiceStream | None:
        """The stream to play: the newest, once the one before has been played to its end."""
        newest = self._stream
        if self._playing is not newest and (self._playing is None or self._fader.silent):
            self._playing = newest
        playing = self._playing
        if playing is not None and playing.rate_out != self._rate:  # it began while the device was being opened
            playing.play_at(self._rate)
        return playing

    def _cross_fade(self, stream: VoiceStream, sound: FloatArray) -> None:
        """Go from the passage that was left to the one jumped to, over CROSS_FADE_S whatever the blocks."""
        assert self._left is not None
        count = len(sound)
        old, _ = stream.sound(self._left, count)
        weight = smooth_ramp(self._crossed + 1, count, self._cross)
        sound *= weight
        sound += old * (1.0 - weight)
        self._crossed += count
        self._left = self._left.after(count) if self._crossed < self._cross else None

    def _judge_lateness(self, lack_us: int, now_us: int) -> None:
        """Play later than wanted where sound cannot have come by then, by no more than the last seconds ask for.

        Args:
            lack_us: how much the block's last sample is asked for before it can be counted on.
        """
        if now_us >= self._window_end_us:
            if self._window_end_us and self._lack_us < self.late_us - SLACK_US:
                self.late_us = max(0, self._lack_us)
            self._window_end_us = now_us + WINDOW_US
            self._lack_us = lack_us
        self._lack_us = max(self._lack_us, lack_us)
        if lack_us > self.late_us:
            self.late_us = lack_us + (SLACK_US // 5 if lack_us > 0 else 0)
