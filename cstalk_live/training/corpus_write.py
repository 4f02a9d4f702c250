"""Writing a corpus folder: sound, clips and phones in the layout that :mod:`.corpus` reads."""

from __future__ import annotations

from pathlib import Path

import soundfile as sf

from cstalk_live.errors import CorpusError

from .corpus import CORPUS_RATE
from .utterance import Utterance

COLUMNS = ("clip", "speaker", "sex", "samples", "split", "phones", "reason", "transcript")


class CorpusWriter:
    """Collects clips; the tables are written by :meth:`close`, so a broken run leaves a folder that is no corpus.

    Raises:
        CorpusError: the folder holds something already, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CorpusError(f"{folder} exists and is not an empty folder", "name another with --out")
        try:
            (folder / "audio").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(f"cannot write {folder}: {error.strerror}", "name another with --out") from error
        self.folder = folder
        self._clips: list[tuple[str, ...]] = []
        self._phones: list[str] = []

    def add(
        self,
        clip: str,
        speaker: str,
        speech: Utterance,
        *,
        sex: str = "-",
        split: str = "train",
        reason: str = "-",
        transcript: str = "-",
    ) -> None:
        """Write a clip's sound and note its rows; without phones it is listed with the ``reason``."""
        sf.write(self.folder / "audio" / f"{clip}.flac", speech.samples, CORPUS_RATE, format="FLAC", subtype="PCM_16")
        labelled = "yes" if speech.phones else "no"
        row = (
            clip,
            speaker,
            sex,
            str(len(speech.samples)),
            split,
            labelled,
            reason,
            " ".join(transcript.split()) or "-",
        )
        self._clips.append(row)
        self._phones += [f"{clip}\t{start:.3f}\t{end:.3f}\t{phone}" for start, end, phone in _rounded(speech)]

    def close(self) -> None:
        """Write the tables."""
        clips = ["\t".join(row) for row in (COLUMNS, *self._clips)]
        phones = ["clip\tstart_s\tend_s\tphone", *self._phones]
        for name, lines in (("phones.tsv", phones), ("clips.tsv", clips)):
            (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _rounded(speech: Utterance) -> list[tuple[float, float, str]]:
    """Rows in whole milliseconds; what vanishes by rounding is left out and its neighbours meet."""
    rows: list[tuple[float, float, str]] = []
    at = 0.0
    for _start, end, phone in speech.phones:
        ms = round(end, 3)
        if ms > at:
            rows.append((at, ms, phone))
            at = ms
    return rows
