"""A microphone as a source, through PortAudio.

Latency: one block (10 ms unless told otherwise) plus what the operating system holds back (``latency_us``).

The audio callback runs on PortAudio's thread: it copies into a preallocated ring and counts, nothing else.
Lost sound is found by counting samples against the clock (:mod:`cstalk_live.audio.gaps`), not from
PortAudio's overflow flag.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from cstalk_live.audio.capture import Captured, CaptureRing
from cstalk_live.audio.devices import PORTAUDIO, InputDevice, find_device, load_sounddevice, rescans
from cstalk_live.audio.filter_design import check_rate
from cstalk_live.audio.gaps import GapWatch
from cstalk_live.audio.source import Closing
from cstalk_live.clock import Clock, SystemClock
from cstalk_live.errors import DeviceError
from cstalk_live.records import FloatArray, SourceBlock

PREFERRED_RATES = (48_000, 96_000, 44_100, 192_000, 88_200, 24_000, 32_000, 16_000)
"""Hz, in order. 48 kHz halves to 24 kHz with the shortest filter, and every system mixes at it."""

SILENT_US = 500_000
"""Without a callback for this long an open device is lost. Stalls of 0.5 s have been seen to come back whole
as one burst, so less would throw away good sound; a stream that has stopped by itself is noticed at once."""

FIRST_CALLBACK_US = 3_000_000
"""Sound servers take 0.7 to 1.8 s to wake an idle input."""

RESCAN_US = 30_000_000
"""Between two new lists of the machine's devices while other microphones run: each costs them a quarter of a second."""

_RING_S = 2
_POLL_US = 1_000


class MicrophoneSource(Closing):
    """Opens the device and starts recording at once.

    Args:
        device: index, name or name part; ``None`` is the system's default.
        sample_rate: Hz; by default 48,000 if the device offers it, else the next best.
        block: samples per callback; 10 ms by default.
        latency: seconds of buffer suggested to the operating system.
        clock: stamps the arrivals.
        lost_after_us: microseconds without a callback after which the device counts as lost.

    Raises:
        DeviceError: PortAudio or the device is missing, ambiguous, busy, or refuses the rate.
        AudioError: ``sample_rate`` is outside 8,000..384,000 Hz.
    """

    live = True

    def __init__(
        self,
        device: int | str | None = None,
        sample_rate: int | None = None,
        block: int | None = None,
        latency: float = 0.02,
        clock: Clock | None = None,
        lost_after_us: int = SILENT_US,
    ) -> None:
        sd = load_sounddevice()
        self.device: InputDevice = find_device(device)
        self.name = f"microphone {self.device.name!r}"
        self.sample_rate = _choose_rate(sd, self.device, sample_rate)
        self.block = block or self.sample_rate // 100
        self.overflows = 0
        """Callbacks that PortAudio flagged with a loss; a hint only."""
        self.lost_samples = 0
        """Samples replaced by silence so far."""
        self.bad_samples = 0
        """NaN or infinite samples replaced by silence so far."""
        self._clock = clock or SystemClock()
        self._lost_after_us = lost_after_us
        self._ring = CaptureRing(_RING_S * self.sample_rate)
        self._gaps = GapWatch(self.sample_rate, self.block)
        self._total = 0
        self._next_sample = 0
        self._ready: deque[SourceBlock] = deque()
        self._finished = False
        self._rescanned = False
        self._heard = False
        self._last_callback_us = self._clock.now_us()
        with PORTAUDIO:
            self._stream = self._open(sd, latency)
            rescans.add(self._abandon)
            _running.add(self)
        self._latency_us = round(float(self._stream.latency) * 1e6)

    @property
    def latency_us(self) -> int:
        """Age of a sample when it arrives, as PortAudio estimates it; not reliable on every system."""
        return self._latency_us

    @property
    def clock_jumps(self) -> int:
        """Times the clock ran away from the sound, as it does when the machine sleeps."""
        return self._gaps.jumps

    def read(self, timeout_s: float) -> SourceBlock | None:
        """The next block; see :class:`cstalk_live.audio.source.Source`. Never raises EndOfSound."""
        deadline = self._clock.now_us() + round(timeout_s * 1e6)
        while True:
            if self._ready:
                return self._ready.popleft()
            captured = self._ring.read()
            if captured is not None:
                self._accept(captured)
                continue
            now = self._clock.now_us()
            self._check_alive(now)
            if now >= deadline:
                return None
            due = self._last_callback_us + self.block * 1_000_000 // self.sample_rate
            self._clock.sleep_us(min(deadline - now, max(_POLL_US, due - now)))

    def close(self) -> None:
        """Stop recording and free the device."""
        with PORTAUDIO:
            if self in _running:
                self._abandon()

    def _abandon(self) -> None:
        """Free the device; also when PortAudio is about to close every stream, which ours must not live to see."""
        self._rescanned = True
        rescans.discard(self._abandon)
        _running.discard(self)
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _open(self, sd: Any, latency: float) -> Any:
        try:
            stream = sd.InputStream(
                device=self.device.index,
                channels=1,
                samplerate=self.sample_rate,
                blocksize=self.block,
                latency=latency,
                dtype="float32",
                callback=self._callback,
                finished_callback=self._on_finished,
            )
        except sd.PortAudioError as error:
            raise DeviceError(f"cannot open {self.name}: {error}", _BUSY) from error
        try:
            stream.start()
        except sd.PortAudioError as error:
            stream.close(ignore_errors=True)
            raise DeviceError(f"cannot start {self.name}: {error}", _BUSY) from error
        return stream

    def _callback(self, sound: FloatArray, _count: int, _time: object, status: Any) -> None:
        """On PortAudio's thread. ``sound`` is float32 [n, 1] and is reused after return."""
        now = self._clock.now_us()
        if status.input_overflow:
            self.overflows += 1
        self._ring.write(sound[:, 0], now)
        self._last_callback_us = now
        self._heard = True

    def _on_finished(self) -> None:
        self._finished = True

    def _check_alive(self, now: int) -> None:
        silent_us = now - self._last_callback_us
        if self._rescanned:
            raise DeviceError(f"{self.name} was closed to look for other devices", "it is opened again by itself")
        if self._finished:
            raise DeviceError(f"{self.name} was lost", "check its cable and the system's sound settings")
        if self._heard and silent_us > self._lost_after_us:
            raise DeviceError(
                f"{self.name} was lost: no sound for {silent_us // 1000} ms",
                "check its cable and the system's sound settings",
            )
        if not self._heard and silent_us > FIRST_CALLBACK_US:
            raise DeviceError(
                f"{self.name} delivers no sound",
                "check that it is not muted and that this program may use it",
            )

    def _accept(self, captured: Captured) -> None:
        """Queue a captured block, preceded by silence for what was lost before it."""
        samples = captured.samples
        bad = len(samples) - int(np.count_nonzero(np.isfinite(samples)))
        if bad:
            self.bad_samples += bad
            samples = np.nan_to_num(samples, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        self._total += len(samples) + captured.lost_before
        lost = captured.lost_before + self._gaps.arrived(self._total, captured.arrival_us)
        if lost:
            self.lost_samples += lost
            before_us = captured.arrival_us - len(samples) * 1_000_000 // self.sample_rate
            self._queue(np.zeros(lost, np.float32), before_us, gap=True)
        self._queue(samples, captured.arrival_us, gap=False)

    def _queue(self, samples: FloatArray, arrival_us: int, gap: bool) -> None:
        self._ready.append(SourceBlock(samples, self._next_sample, arrival_us, gap))
        self._next_sample += len(samples)


_running: set[MicrophoneSource] = set()
"""Microphones that run; guarded by PORTAUDIO."""

_rescanned_us = -RESCAN_US
"""When the machine's devices were last looked up anew for a lost microphone."""


def may_rescan(clock: Clock) -> bool:
    """Whether a lost microphone may have the machine's devices looked up anew: always while no other one runs, for
    that closes them all; else every RESCAN_US. Ask once for each attempt."""
    global _rescanned_us
    with PORTAUDIO:
        now_us = clock.now_us()
        if _running and now_us - _rescanned_us < RESCAN_US:
            return False
        _rescanned_us = now_us
        return True


_BUSY = "close other programs that use it, or choose another with --device"


def _choose_rate(sd: Any, device: InputDevice, wanted: int | None) -> int:
    """The rate to open ``device`` with; raises DeviceError if it refuses ``wanted`` or every known rate."""
    if wanted is not None:
        check_rate(wanted, "the microphone setting")
        if not _offers(sd, device, wanted):
            offered = [str(rate) for rate in PREFERRED_RATES if _offers(sd, device, rate)]
            raise DeviceError(
                f"microphone {device.name!r} does not offer {wanted} Hz",
                f"it offers {', '.join(offered) or 'none'}",
            )
        return wanted
    for rate in dict.fromkeys((*PREFERRED_RATES[:2], device.default_rate, *PREFERRED_RATES[2:])):
        if _offers(sd, device, rate):
            return check_rate(rate, f"microphone {device.name!r}")
    raise DeviceError(f"microphone {device.name!r} offers no usable sample rate", _BUSY)


def _offers(sd: Any, device: InputDevice, rate: int) -> bool:
    try:
        sd.check_input_settings(device=device.index, channels=1, dtype="float32", samplerate=rate)
    except (sd.PortAudioError, ValueError):
        return False
    return True
