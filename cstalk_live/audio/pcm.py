"""Raw PCM from a pipe: ``... | cstalk-live run --input -``."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cstalk_live.audio.filter_design import check_rate
from cstalk_live.audio.source import Closing, EndOfSound
from cstalk_live.clock import Clock, SystemClock
from cstalk_live.errors import AudioError, UsageError
from cstalk_live.records import FloatArray, SourceBlock

PcmFormat: TypeAlias = Literal["s16le", "f32le"]

_TYPES: dict[str, np.dtype[Any]] = {"s16le": np.dtype("<i2"), "f32le": np.dtype("<f4")}
_HEADERS = {b"RIFF": "a WAV file", b"fLaC": "a FLAC file", b"OggS": "an Ogg file", b"FORM": "an AIFF file"}
_CHUNKS_WAITING = 64
"""The reader thread stops reading when this many chunks wait, so that a fast pipe cannot fill the memory."""

_LOUDEST = 64.0
"""Float PCM above this (+36 dBFS) is something else read as float."""

_Arrival: TypeAlias = tuple[bytes, int]


class StdinSource(Closing):
    """Reads a binary stream on a thread of its own, because pipes cannot be waited for with a timeout on
    Windows.

    Args:
        sample_rate: Hz of the PCM.
        pcm_format: ``s16le`` or ``f32le``.
        channels: interleaved channels, 1..32; mixed down to one.
        stream: where the bytes come from; standard input when omitted.
        live: True if a recorder feeds the pipe: arrival times are measured. False if a file does: they follow
            from the sample count, starting at the first read.
        clock: stamps the arrivals.

    Raises:
        UsageError: unknown format or channel count.
        AudioError: impossible rate, or the program has no standard input.
    """

    def __init__(
        self,
        sample_rate: int,
        pcm_format: PcmFormat = "s16le",
        channels: int = 1,
        *,
        stream: BinaryIO | None = None,
        live: bool = True,
        clock: Clock | None = None,
        name: str = "standard input",
    ) -> None:
        if pcm_format not in _TYPES:
            raise UsageError(f"unknown PCM format {pcm_format!r}", f"use one of {', '.join(_TYPES)}")
        if not 1 <= channels <= 32:
            raise UsageError(f"{channels} channels of PCM", "use 1 to 32")
        self.name = name
        self.sample_rate = check_rate(sample_rate, name)
        self.live = live
        self.notes: list[str] = []
        """Lines worth telling the user."""
        self._type = _TYPES[pcm_format]
        self._channels = channels
        self._stride = self._type.itemsize * channels
        self._clock = clock or SystemClock()
        self._fetch = _reader_of(stream if stream is not None else _standard_input(), sample_rate * self._stride // 100)
        self._arrivals: queue.Queue[_Arrival | OSError | None] = queue.Queue(_CHUNKS_WAITING)
        self._closed = threading.Event()
        self._rest = b""
        self._begun = False
        self._ended = False
        self._start_us = 0
        self._next_sample = 0
        self._thread = threading.Thread(target=self._read_all, name="cstalk-pcm", daemon=True)
        self._thread.start()

    def read(self, timeout_s: float) -> SourceBlock | None:
        """The next block; see :class:`cstalk_live.audio.source.Source`.

        Raises:
            AudioError: the bytes are not PCM of this format, or the pipe broke.
        """
        if self._ended:
            raise EndOfSound
        try:
            arrival = self._arrivals.get(timeout=timeout_s) if timeout_s > 0 else self._arrivals.get_nowait()
        except queue.Empty:
            return None
        if arrival is None:
            self._finish()
            raise EndOfSound
        if isinstance(arrival, OSError):
            raise AudioError(f"{self.name}: {arrival}", "check the program that feeds it") from arrival
        data, arrival_us = arrival
        samples = self._decode(self._rest + data)
        first, self._next_sample = self._next_sample, self._next_sample + len(samples)
        if not self.live:
            self._start_us = self._start_us or arrival_us
            arrival_us = self._start_us + self._next_sample * 1_000_000 // self.sample_rate
        return SourceBlock(samples, first, arrival_us) if len(samples) else None

    def close(self) -> None:
        """Stop reading. A read that is already waiting on the pipe ends with the pipe or the program."""
        self._closed.set()
        self._ended = True

    def _finish(self) -> None:
        self._ended = True
        if not self._next_sample:
            raise AudioError(f"{self.name} is empty", "check the program that feeds it")
        if self._rest:
            self.notes.append(f"{self.name} ended in the middle of a sample: {len(self._rest)} bytes were left over")

    def _decode(self, data: bytes) -> FloatArray:
        """Whole samples of ``data`` as mono float32 [n]; a part of one is kept for the next call."""
        if not self._begun and len(data) >= 4:
            self._begun = True
            if data[:4] in _HEADERS:
                raise AudioError(
                    f"{self.name} is {_HEADERS[data[:4]]}, not raw PCM", "save it and give its path as input"
                )
        whole = len(data) - len(data) % self._stride
        self._rest = data[whole:]
        values = np.frombuffer(data, self._type, whole // self._type.itemsize).reshape(-1, self._channels)
        if self._type.kind == "i":
            return _mixed_down(values) / np.float32(32768)
        wrong = ~(np.abs(values) <= _LOUDEST)
        if wrong.any():
            position, channel = (int(index) for index in np.argwhere(wrong)[0])
            raise AudioError(
                f"{self.name}: sample {self._next_sample + position} is {values[position, channel]:g}",
                "check that the format is really f32le",
            )
        return _mixed_down(values)

    def _read_all(self) -> None:
        """On the reader thread."""
        item: _Arrival | OSError | None = None
        while not self._closed.is_set():
            try:
                data = self._fetch()
                item = (data, self._clock.now_us()) if data else None
            except (OSError, ValueError) as error:  # ValueError: the stream was closed meanwhile
                item = error if isinstance(error, OSError) else None
            while not self._closed.is_set():
                try:
                    self._arrivals.put(item, timeout=0.1)
                    break
                except queue.Full:
                    continue
            if not isinstance(item, tuple):
                return


def _mixed_down(values: NDArray[Any]) -> FloatArray:
    """Mean of the channels of [n, channels] as float32 [n]."""
    mono: FloatArray = values.mean(axis=1, dtype=np.float32)
    return mono


def _standard_input() -> BinaryIO:
    """Unbuffered standard input: a thread waiting inside a buffered one would hold its lock at exit."""
    if sys.stdin is None:
        raise AudioError("this program has no standard input", "give a sound file as input")
    buffer = sys.stdin.buffer
    return getattr(buffer, "raw", buffer)


def _reader_of(stream: BinaryIO, size: int) -> Callable[[], bytes]:
    """A call that returns what has arrived, at most ``size`` bytes, waiting for the first of them."""
    read1 = getattr(stream, "read1", None)
    read = read1 if read1 is not None else stream.read
    return lambda: read(max(1, size)) or b""
