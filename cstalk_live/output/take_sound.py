"""The sound of a take: 24 kHz, mono, 16 bits, FLAC, aligned to the sample with the take's frame 0."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import soundfile

from cstalk_live.output.spans import Spans
from cstalk_live.records import SAMPLE_RATE, FloatArray

_BLOCK = 4096
"""Samples of a FLAC block as libsndfile writes it; checked against the file's own header."""

_STREAMINFO_AT = 8
"""The first block of every FLAC file (RFC 9639, section 8.2): 4 bytes "fLaC", 4 bytes block header."""

_LENGTH_AT = _STREAMINFO_AT + 10
"""64 bits: rate (20), channels - 1 (3), bits - 1 (5), samples (36)."""

_LENGTH = struct.Struct(">Q")
_FORMAT_BITS = SAMPLE_RATE << 44 | (1 - 1) << 41 | (16 - 1) << 36

_SILENCE = np.zeros(SAMPLE_RATE, dtype=np.int16)


class _GuardedFile:
    """A file for libsndfile's callbacks, which cannot raise: the first failure is kept instead."""

    def __init__(self, path: Path) -> None:
        self.error: OSError | None = None
        self._file = path.open("xb", buffering=0)

    def write(self, data: bytes) -> int:
        if self.error is None:
            try:
                if self._file.write(data) == len(data):
                    return len(data)
                self.error = OSError("the disk took only a part")
            except OSError as error:
                self.error = error
        return 0

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002
        return b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


class TakeSound:
    """Writes sound at its place; what is missing before it becomes silence, what came already is left out.

    Args:
        path: a file that does not exist yet.
        start: index, in the stream, of the sample that becomes the file's first.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path, start: int) -> None:
        self._start = start
        self._disk = _GuardedFile(path)
        self._flac = soundfile.SoundFile(
            self._disk, "w", samplerate=SAMPLE_RATE, channels=1, subtype="PCM_16", format="FLAC"
        )
        self.samples = 0
        """Samples written, silence included."""
        self.silence = Spans()
        """Samples of the file that are silence in place of sound."""

    def write(self, first_sample: int, samples: FloatArray) -> None:
        """Put ``samples`` (float32 [n], -1..1) where ``first_sample`` of the stream belongs.

        Raises:
            OSError: the disk refuses.
        """
        place = first_sample - self._start
        known = self.samples - place
        if known >= len(samples):
            return
        if known > 0:
            samples = samples[known:]
        elif known < 0:
            self.silence.add(self.samples, -known)
            for at in range(0, -known, len(_SILENCE)):
                self._write(_SILENCE[: -known - at])
        finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
        self._write(np.rint(np.clip(finite, -1.0, 1.0) * 32_767.0).astype(np.int16))

    def _write(self, samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
        try:
            self._flac.write(samples)
        except (soundfile.SoundFileError, AssertionError) as error:
            # AssertionError is how soundfile says that libsndfile took fewer samples.
            raise self._disk.error or OSError(f"the FLAC encoder failed: {error}") from None
        if self._disk.error is not None:
            raise self._disk.error
        self.samples += len(samples)

    def flush(self) -> None:
        """State in the header how many samples are on the disk, so that a file cut off here can be read.

        libsndfile does so only when it closes; until then the length reads as unknown, which many readers,
        itself included, take for an endless file. The encoder holds back the block it works on and one sample
        more.

        Raises:
            OSError: the disk refuses.
        """
        whole = max(0, self.samples - 1) // _BLOCK * _BLOCK
        place = self._disk.tell()
        self._disk.seek(_LENGTH_AT)
        self._disk.write(_LENGTH.pack(_FORMAT_BITS | whole))
        self._disk.seek(place)
        if self._disk.error is not None:
            raise self._disk.error

    def close(self) -> None:
        """Finish the file.

        Raises:
            OSError: the disk refuses.
        """
        try:
            self._flac.close()
        except soundfile.SoundFileError as error:
            raise self._disk.error or OSError(f"the FLAC encoder failed: {error}") from None
        finally:
            self._disk.close()
        if self._disk.error is not None:
            raise self._disk.error
