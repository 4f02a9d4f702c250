"""What is wrong with a sound file, found before anything is started."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.audio.filter_design import check_rate
from cstalk_live.errors import AudioError

SCANNED_S = 600
"""Seconds of a file that are looked at beforehand: about 0.3 s of work. Later samples are checked as they are
read."""

SILENT_PEAK = 1e-3
"""-60 dBFS; quieter than any speech that was recorded on purpose."""

CLIPPED_SHARE = 0.005
"""Share of samples on flat tops at full scale from which speech is audibly broken."""

MOST_CHANNELS = 32

_STREAMED_BYTES = 0x7FFF_0000
"""Programs that write WAV into a pipe put an impossible length near 2 or 4 GiB into its header."""

_PLAIN_REASONS = {
    "SF_INFO struct incomplete": "its header states no possible sample rate",
    "samplerate must be specified": "raw PCM has no header; feed it to standard input",
    "File does not exist or is not a regular file": "no sound found in it",  # said of a bad MP3
}


@dataclass(slots=True)
class FileReport:
    """What a scan found."""

    frames: int
    """Samples per channel that the header promises."""
    rate: int
    channels: int
    notes: list[str] = field(default_factory=list)
    """Lines to tell the user; the file is usable all the same."""


def open_sound(path: Path) -> Any:
    """An open ``soundfile.SoundFile``.

    Raises:
        AudioError: missing, not a file, empty, or not a sound file.
    """
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise AudioError(f"cannot read sound files: {error}", "pip install soundfile") from error
    if not path.exists():
        raise AudioError(f"cannot read {str(path)!r}: there is no such file", "check the path")
    if not path.is_file():
        raise AudioError(f"cannot read {str(path)!r}: it is not a file", "give the path of a sound file")
    try:
        size = path.stat().st_size
        if size == 0:
            raise AudioError(f"cannot read {str(path)!r}: the file is empty", "record or copy it again")
        return soundfile.SoundFile(path)
    except OSError as error:
        raise AudioError(f"cannot read {str(path)!r}: {error.strerror or error}", "check its permissions") from error
    except (soundfile.SoundFileError, TypeError, ValueError) as error:
        raise AudioError(
            f"cannot read {str(path)!r}: not a sound file, or damaged ({_reason(error)})",
            "use WAV, FLAC, Ogg, MP3 or AIFF",
        ) from error


def read_block(sound: Any, count: int, path: Path) -> NDArray[np.float32]:
    """Up to ``count`` samples as float32 [n, channels].

    Raises:
        AudioError: the file is damaged at this point, or has NaN or infinite samples there.
    """
    import soundfile

    at = int(sound.tell())
    try:
        values: NDArray[np.float32] = sound.read(count, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise AudioError(
            f"{str(path)!r} is damaged near {at / sound.samplerate:.3f} s ({_reason(error)})",
            "convert or copy it again",
        ) from error
    # A sum is finite only if every term is, and costs a tenth of looking at each.
    with np.errstate(invalid="ignore", over="ignore"):
        suspicious = not np.isfinite(values.sum(dtype=np.float64))
    if suspicious and not np.isfinite(values).all():
        position, channel = (int(index) for index in np.argwhere(~np.isfinite(values))[0])
        seconds = (at + position) / sound.samplerate
        raise AudioError(
            f"{str(path)!r} is not usable: sample {at + position} ({seconds:.3f} s, channel {channel + 1}) "
            f"is {values[position, channel]:g}",
            "export the sound again",
        )
    return values


def check_file(path: Path) -> FileReport:
    """Look a sound file over: header, then its first ten minutes.

    Raises:
        AudioError: missing, empty, corrupt, without samples, of an impossible rate or channel count, or
            holding NaN.
    """
    with open_sound(path) as sound:
        rate, channels, promised = int(sound.samplerate), int(sound.channels), int(sound.frames)
        check_rate(rate, repr(str(path)))
        if not 1 <= channels <= MOST_CHANNELS:
            raise AudioError(f"{str(path)!r} has {channels} channels", f"use 1 to {MOST_CHANNELS}")
        report = FileReport(promised, rate, channels)
        promised = max(promised, _frames_in_header(sound))
        peak, flat, seen = 0.0, 0, 0
        while seen < SCANNED_S * rate:
            values = read_block(sound, rate, path)
            if not len(values):
                break
            seen += len(values)
            magnitude = np.abs(values)
            peak = max(peak, float(magnitude.max()))
            flat += _on_flat_tops(values, magnitude)
        whole = seen < SCANNED_S * rate
    if not seen:
        raise AudioError(f"{str(path)!r} holds no sound", "record or copy it again")
    if whole and 0 < seen < promised:
        report.notes.append(f"{str(path)!r} is cut short: {seen / rate:.1f} s of {promised / rate:.1f} s are there")
    if channels > 2:
        report.notes.append(f"{str(path)!r} has {channels} channels, of which only a mix can be used")
    if whole and peak < SILENT_PEAK:
        report.notes.append(f"{str(path)!r} is silent: nothing in it is louder than -60 dBFS")
    share = flat / (seen * channels)
    if share > CLIPPED_SHARE:
        report.notes.append(f"{str(path)!r} is clipped ({share:.1%} of its samples): record it at a lower level")
    return report


def _reason(error: Exception) -> str:
    """What libsndfile says, or what it means by it."""
    said = str(getattr(error, "error_string", "") or error).rstrip(".")
    return next((plain for cryptic, plain in _PLAIN_REASONS.items() if cryptic in said), said)


def _frames_in_header(sound: Any) -> int:
    """Samples that the header of a WAV or AIFF file promises, 0 when none of them is missing.

    libsndfile reports only those that are there and mentions the difference in its log.
    """
    claim = re.search(r"^\s*(?:data|SSND) : (\d+) \(should be (\d+)\)", sound.extra_info, re.MULTILINE)
    if claim is None or int(claim[1]) >= _STREAMED_BYTES or int(claim[2]) == 0:
        return 0
    return int(sound.frames) * int(claim[1]) // int(claim[2])


def _on_flat_tops(values: NDArray[np.float32], magnitude: NDArray[np.float32]) -> int:
    """Samples within runs of three or more equal ones near or above full scale."""
    if float(magnitude.max()) < 0.99 or len(values) < 3:
        return 0
    same = (values[1:] == values[:-1]) & (magnitude[1:] >= 0.99)
    return int(np.count_nonzero(same[1:] & same[:-1]))
