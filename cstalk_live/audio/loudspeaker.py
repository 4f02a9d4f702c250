"""A sound output through PortAudio that plays a :class:`DelayedVoice`.

The callback runs on PortAudio's thread. It asks when the first of its samples will be heard, lets the voice
fill the block, and nothing else.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from cstalk_live.audio.delayed_voice import DelayedVoice
from cstalk_live.audio.devices import PORTAUDIO, OutputDevice, find_output, load_sounddevice, rescans
from cstalk_live.audio.source import Closing
from cstalk_live.clock import Clock, SystemClock
from cstalk_live.errors import DeviceError
from cstalk_live.records import FloatArray

PREFERRED_RATE = 48_000
"""Hz; every system mixes at it. The device's own rate where it does not."""

SILENT_US = 3_000_000
"""Without a callback for this long an open device is lost. Sound servers fill their buffer and then take up to
2 s to wake an idle output; a stream that has stopped by itself is noticed at once."""

FLOWING_S = 0.25
"""Sound that no device takes before it plays."""

LONGEST_LEAD_S = 2.0
"""A device that claims to play a block later than this is not believed."""

_LARGEST_BLOCK = 8192
_FADED_S = 0.1


class Loudspeaker(Closing):
    """Opens the device and plays at once.

    Args:
        device: index, name or name part; ``None`` is the system's default.
        voice: what to play; belongs to this loudspeaker until it is closed.
        latency: seconds of buffer suggested to the operating system.
        clock: the clock of the voice's capture times.

    Raises:
        DeviceError: PortAudio or the device is missing, ambiguous or busy.
    """

    def __init__(
        self, device: int | str | None, voice: DelayedVoice, latency: float = 0.03, clock: Clock | None = None
    ) -> None:
        sd = load_sounddevice()
        self.device: OutputDevice = find_output(device)
        self.name = f"sound output {self.device.name!r}"
        self.broken = 0
        """Times the device ran dry."""
        self.rescanned = False
        """Closed because the machine's devices were looked up anew; it may be opened again."""
        self._voice = voice
        self._clock = clock or SystemClock()
        self._finished = threading.Event()
        self._mono: FloatArray = np.zeros(_LARGEST_BLOCK, np.float32)
        self._taken = 0
        self._usual_lead_s = latency
        self._last_callback_us = self._clock.now_us()
        with PORTAUDIO:
            self.sample_rate = self._choose_rate(sd)
            voice.play_at(self.sample_rate)
            self._stream = self._open(sd, latency)
            self._usual_lead_s = float(self._stream.latency)
            rescans.add(self._abandon)

    @property
    def flowing(self) -> bool:
        """Whether the device plays: at first it only fills its buffer."""
        return self._taken > FLOWING_S * self.sample_rate

    @property
    def problem(self) -> str | None:
        """Why it no longer plays; None while it does."""
        if self._finished.is_set():
            return f"{self.name} was lost"
        if self._clock.now_us() - self._last_callback_us > SILENT_US:
            return f"{self.name} takes no sound"
        return None

    def close(self) -> None:
        """Fade out, let what is buffered be heard, and free the device."""
        if self.problem is None:
            self._voice.close()
            for _ in range(10):
                if self._voice.silent:
                    break
                self._finished.wait(_FADED_S / 10)
        with PORTAUDIO:
            if self._abandon in rescans:
                rescans.discard(self._abandon)
                self._stream.stop(ignore_errors=True)
                self._stream.close(ignore_errors=True)
        self._finished.set()

    def _abandon(self) -> None:
        """PortAudio is about to close every stream by itself, which ours must not live to see."""
        self.rescanned = True
        rescans.discard(self._abandon)
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)
        self._finished.set()

    def _choose_rate(self, sd: Any) -> int:
        try:
            sd.check_output_settings(
                device=self.device.index, channels=self._channels, dtype="float32", samplerate=PREFERRED_RATE
            )
        except (sd.PortAudioError, ValueError):
            return self.device.default_rate
        return PREFERRED_RATE

    @property
    def _channels(self) -> int:
        return min(2, self.device.channels)

    def _open(self, sd: Any, latency: float) -> Any:
        try:
            stream = sd.OutputStream(
                device=self.device.index,
                channels=self._channels,
                samplerate=self.sample_rate,
                blocksize=self.sample_rate // 100,
                latency=latency,
                dtype="float32",
                callback=self._callback,
                finished_callback=self._finished.set,
            )
        except sd.PortAudioError as error:
            raise DeviceError(f"cannot open {self.name}: {error}", _BUSY) from error
        try:
            stream.start()
        except sd.PortAudioError as error:
            stream.close(ignore_errors=True)
            raise DeviceError(f"cannot start {self.name}: {error}", _BUSY) from error
        return stream

    def _callback(self, out: FloatArray, count: int, time: Any, status: Any) -> None:
        """On PortAudio's thread. ``out`` is float32 [count, channels]."""
        now = self._clock.now_us()
        if status.output_underflow and self._taken:
            self.broken += 1
            self._voice.broken()
        lead = time.outputBufferDacTime - time.currentTime
        if not 0.0 < lead < LONGEST_LEAD_S:  # some hosts tell no times
            lead = self._usual_lead_s
        if count > len(self._mono):
            self._mono = np.zeros(count, np.float32)
        mono = self._mono[:count]
        self._voice.render(mono, now + round(lead * 1e6), now)
        out[:] = mono[:, None]
        self._last_callback_us = now
        self._taken += count


_BUSY = "close other programs that use it, or choose another with --monitor"
