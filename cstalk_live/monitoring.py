"""The voice to a sound output, in step with the face: what opens the device, and opens it again.

A recorder or a stream that takes this output has voice and face together. A device that fails is opened again
as a lost microphone is; the face goes on meanwhile.
"""

from __future__ import annotations

from typing import Any

from cstalk_live.audio.delayed_voice import DelayedVoice
from cstalk_live.audio.loudspeaker import Loudspeaker
from cstalk_live.clock import Clock
from cstalk_live.companion import ABOUT_20_HZ_S, Say
from cstalk_live.errors import CSTalkError
from cstalk_live.listening import BACK_OFF_US

DEFAULT_DEVICE = "default"
"""Stands for the system's default output."""

TOLD_LATE_US = 10_000
"""Lateness of the voice that is worth a line: half of what anyone has been shown to notice, and more."""

_SETTLING_US = 5_000_000
_READY_US = 2_000_000
_READY_STEPS = 200


class Monitor:
    """A companion that plays the voice.

    Args:
        device: number, name or name part of the output; :data:`DEFAULT_DEVICE` is the system's.
        latency_s: seconds of buffer to ask the device for.
        extra_us: microseconds of delay on top of the face's, for a renderer that takes longer.
        delay_us: the face's latency to begin with.
        clock: of the capture times.
        say: gets a line when the device is lost, back, or too slow to keep up with the face.
    """

    name = "voice"
    pause_s = ABOUT_20_HZ_S

    def __init__(
        self,
        device: int | str,
        *,
        latency_s: float,
        extra_us: int,
        delay_us: int,
        clock: Clock,
        say: Say,
    ) -> None:
        self.voice = DelayedVoice(max(0, delay_us + extra_us))
        self._device = output_of(device)
        self._latency_s = latency_s
        self._extra_us = extra_us
        self._clock = clock
        self._say = say
        self._speaker: Loudspeaker | None = None
        self._failures = 0
        self._retry_us = 0
        self._opened_us = 0
        self._told_late = False
        self._device_breaks = 0

    def get_ready(self) -> None:
        """Open the device and wait until it plays: sound servers need a second for that."""
        self._open(self._clock.now_us())
        for _ in range(_READY_STEPS):
            if self._speaker is None or self._speaker.flowing:
                return
            self._clock.sleep_us(_READY_US // _READY_STEPS)

    def turn(self, latency_us: int) -> None:
        """Follow the face's latency; open the device if it is not open."""
        self.voice.delay_us = max(0, latency_us + self._extra_us)
        now_us = self._clock.now_us()
        speaker = self._speaker
        if speaker is None:
            if now_us >= self._retry_us:
                self._open(now_us)
        elif speaker.rescanned:
            self._speaker = None
        elif speaker.problem is not None:
            self._lose(speaker.problem, "check its cable and the system's sound settings")
        else:
            self._tell_lateness(now_us)

    def status(self) -> dict[str, Any]:
        voice, speaker = self.voice.status(), self._speaker
        where = repr(speaker.device.name) if speaker is not None else "no device"
        breaks = self._device_breaks + (speaker.broken if speaker is not None else 0)
        return {
            "target": f"{where} {(voice.delay_us + voice.late_us) / 1000.0:+.0f} ms",
            "sent": 0,
            "errors": voice.underruns + breaks,
            "delay_ms": round(voice.delay_us / 1000.0, 2),
            "late_ms": round((voice.late_us + voice.error_us) / 1000.0, 2),
            "underruns": voice.underruns,
            "device_underruns": breaks,
            "drift_ppm": round(voice.drift_ppm, 1),
        }

    def close(self) -> None:
        """Let the voice fade out and free the device."""
        if self._speaker is not None:
            self._speaker.close()
            self._device_breaks += self._speaker.broken
        self._speaker = None

    def _open(self, now_us: int) -> None:
        try:
            self._speaker = Loudspeaker(self._device, self.voice, self._latency_s, self._clock)
        except CSTalkError as error:
            self._lose(error.what, error.fix)
            return
        if self._failures:
            self._say(f"voice is back on {self._speaker.name}", "info")
        self._failures = 0
        self._opened_us = now_us
        self._told_late = False

    def _lose(self, what: str, fix: str) -> None:
        if self._failures == 0:
            self._say(f"voice not heard: {what} - {fix}; trying again, the face goes on", "warning")
        self.close()
        self._retry_us = self._clock.now_us() + BACK_OFF_US[min(self._failures, len(BACK_OFF_US) - 1)]
        self._failures += 1

    def _tell_lateness(self, now_us: int) -> None:
        late_us = self.voice.late_us
        if self._told_late or late_us < TOLD_LATE_US or now_us - self._opened_us < _SETTLING_US:
            return
        self._told_late = True
        name = self._speaker.name if self._speaker is not None else "the output"
        self._say(
            f"the voice is {late_us / 1000:.0f} ms behind the face: {name} takes longer than the face does - "
            "raise --lookahead, lower output.monitor.latency_ms, or use a faster device",
            "warning",
        )


def output_of(device: int | str) -> int | str | None:
    """The device as ``audio.devices`` takes it."""
    return None if device == DEFAULT_DEVICE else device
