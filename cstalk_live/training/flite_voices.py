"""Flite's voices (Debian package ``flite``): statistical voices that print when each segment
ends."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import soundfile as sf

from cstalk_live.errors import CorpusError

from .corpus import Phone
from .phones import PHONES
from .utterance import Utterance, Voice, finish

INSTALL = "apt-get install flite"

SPEAKERS = {"rms": ("M", "train"), "slt": ("F", "train"), "awb": ("M", "val")}
"""Statistical voices at 16 kHz; ``awb`` has a Scottish accent. The diphone voice ``kal16`` is left out: its sound is
up to 7 % shorter than the segments it prints."""

STYLES = {"": (1.0, 1.0), ".low": (0.82, 1.12), ".high": (1.22, 0.92)}
"""Each speaker three times: pitch and length times these. Pitch moves without the formants."""

SEGMENTS = {
    "pau": "SIL", "ssil": "SIL", "h#": "SIL", "brth": "SIL", "ax": "AH", "axr": "ER", "dx": "T", "em": "M", "en": "N",
    "nx": "N", "hv": "HH",
}  # fmt: skip
"""Flite's names of segments that are not ARPAbet in small letters."""


def parse_segments(text: str) -> list[Phone]:
    """``name:end`` pairs as ``flite -psdur`` prints them.

    Raises:
        CorpusError: a pair is malformed, goes backwards or names an unknown segment.
    """
    phones: list[Phone] = []
    at = 0.0
    for pair in text.split():
        name, _, end_text = pair.rpartition(":")
        phone = SEGMENTS.get(name, name.upper())
        try:
            end = float(end_text)
        except ValueError:
            end = -1.0
        if phone not in PHONES or end < at:
            raise CorpusError(f"flite printed the segment {pair!r} after {at:.3f} s", "report the sentence")
        phones.append((at, end, phone))
        at = end
    if not any(phone != "SIL" for _start, _end, phone in phones):
        raise CorpusError("flite printed no segment", "give it a sentence with words")
    return phones


class FliteEngine:
    """Runs the program ``flite``.

    Raises:
        CorpusError: it is not installed.
    """

    def __init__(self) -> None:
        program = shutil.which("flite")
        if program is None:
            raise CorpusError("flite is not installed", INSTALL)
        self._program = program

    def voices(self) -> list[Voice]:
        """All its voices."""
        return [
            Voice("flite", speaker + style, sex, split)
            for speaker, (sex, split) in SPEAKERS.items()
            for style in STYLES
        ]

    def speak(self, text: str, voice: Voice) -> Utterance:
        """Say a sentence.

        Raises:
            CorpusError: flite fails or prints what we cannot read.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            speaker, dot, style = voice.name.partition(".")
            pitch, length = STYLES[dot + style]
            manner = ["--setf", f"f0_shift={pitch}", "--setf", f"duration_stretch={length}"]
            command = [self._program, "-voice", speaker, *manner, "-psdur", "-t", text, "-o", str(path)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            if done.returncode or not path.is_file():
                raise CorpusError(f"flite failed on {text!r}: {done.stderr or done.returncode}", "try another sentence")
            samples, rate = sf.read(path, dtype="float32")
        phones = parse_segments(done.stdout)
        end = len(samples) / rate
        if abs(phones[-1][1] - end) > 0.05:
            raise CorpusError(f"flite's segments end at {phones[-1][1]:.3f} s, its sound at {end:.3f} s", INSTALL)
        start, _end, last = phones[-1]
        return finish(samples, rate, [*phones[:-1], (start, end, last)])
