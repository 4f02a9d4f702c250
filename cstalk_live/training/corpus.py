"""Speech and motion corpora on disk: read, checked, and handed out clip by clip.

A corpus folder holds sub-folders in the layout of the project's data set: ``audio/<clip>.flac`` (16 kHz mono),
``clips.tsv``, ``phones.tsv`` (clip, start, end, ARPAbet phone, times in seconds) and, where a face was tracked,
``motion.npz`` and ``measures.npz`` (25 frames a second, frame ``k`` centred at ``(k + 0.5) / 25`` s).
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from cstalk_live.errors import CorpusError
from cstalk_live.records import FloatArray

from .solid_measures import chin_distance

CORPUS_RATE = 16_000

Phone = tuple[float, float, str]
"""Start and end in seconds from the first sample, ARPAbet without stress or ``SIL``."""


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """What was measured on the picture of one clip, at 25 frames a second."""

    aperture: FloatArray
    """float32 [n], gap between the inner lip edges in eye distances."""
    width: FloatArray
    """float32 [n], distance of the mouth corners in eye distances."""
    chin_drop: FloatArray
    """float32 [n], drop of the chin below its rest in eye distances."""
    blendshapes: FloatArray
    """float32 [n, 52], 0..1."""
    fps: float = 25.0
    chin_distance: FloatArray | None = None
    """float32 [n], bridge of the nose to chin in eye distances, along the mesh and not in the picture: turning or
    nodding the head does not shorten it. None where the corpus stores no landmarks."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance."""

    name: str
    speaker: str
    split: str
    """``train`` or ``val``."""
    audio_path: Path
    phones: tuple[Phone, ...]
    face: TrackedFace | None

    def audio(self) -> FloatArray:
        """float32 [n], 16 kHz mono."""
        try:
            samples, rate = sf.read(self.audio_path, dtype="float32")
        except (sf.LibsndfileError, OSError) as error:
            raise CorpusError(
                f"cannot read {self.audio_path}: {error}", "restore the file or remove its clip"
            ) from error
        if rate != CORPUS_RATE or samples.ndim != 1:
            raise CorpusError(
                f"{self.audio_path} is {rate} Hz with {samples.ndim} dimensions", "convert it to 16 kHz mono"
            )
        audio: FloatArray = samples
        return audio


def most_filmed(speakers: Iterable[str]) -> str:
    """The speaker of most clips, given one name a clip; the first by name if several have as many, "" if there is
    none."""
    names = list(speakers)
    return max(sorted(set(names)), key=names.count, default="")


def find_corpus(configured: str | None, beside: Path) -> Path:
    """The data folder: the configured one, else ``CSTALK_DATA``, else ``shared/data`` next to the project.

    Raises:
        CorpusError: there is none.
    """
    tried = [Path(p) for p in (configured, os.environ.get("CSTALK_DATA")) if p]
    tried.append(beside.parent / "shared" / "data")
    for folder in tried:
        if (folder / "grid_s1" / "motion.npz").is_file():
            return folder
    raise CorpusError(
        f"no training data in {', '.join(str(p) for p in tried)}",
        "name the folder that holds grid_s1/ and librispeech/ with --data or CSTALK_DATA",
    )


def _table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise CorpusError(f"cannot read {path}: {error}", "restore the corpus folder") from error


def _phones(folder: Path) -> dict[str, list[Phone]]:
    phones: dict[str, list[Phone]] = {}
    for row in _table(folder / "phones.tsv"):
        phones.setdefault(row["clip"], []).append((float(row["start_s"]), float(row["end_s"]), row["phone"]))
    return phones


def clip_split(row: dict[str, str], folder: str) -> str:
    """``train`` or ``val``; a table without that column is validation in ``grid_speakers`` and training elsewhere."""
    return row.get("split") or ("val" if folder == "grid_speakers" else "train")


def _faces(folder: Path) -> dict[str, TrackedFace]:
    if not (folder / "motion.npz").is_file():
        return {}
    with np.load(folder / "motion.npz") as motion, np.load(folder / "measures.npz") as measures:
        names = [str(n) for n in motion["clip_names"]]
        offsets = motion["clip_offsets"]
        shapes = motion["blendshapes"].astype(np.float32)
        tracks = {k: measures[k].astype(np.float32) for k in ("lip_aperture", "lip_width", "chin_drop")}
        if {"landmarks", "landmark_indices"} <= set(motion.files):
            tracks["chin_distance"] = chin_distance(motion["landmarks"], motion["landmark_indices"])
    for key, values in (("blendshapes", shapes), *tracks.items()):
        if len(values) != offsets[-1]:
            raise CorpusError(
                f"{folder}: {key} has {len(values)} frames, the clips {offsets[-1]}", "restore the folder"
            )
        if not np.isfinite(values).all():
            raise CorpusError(f"{folder}: {key} holds NaN or infinite values", "restore the folder")
    faces = {}
    for i, name in enumerate(names):
        part = slice(int(offsets[i]), int(offsets[i + 1]))
        aperture, width, chin = (tracks[k][part] for k in ("lip_aperture", "lip_width", "chin_drop"))
        solid = tracks["chin_distance"][part] if "chin_distance" in tracks else None
        faces[name] = TrackedFace(aperture, width, chin, shapes[part], chin_distance=solid)
    return faces


def read_corpus(root: Path, folders: tuple[str, ...]) -> Iterator[Clip]:
    """All clips of the named sub-folders; of ``librispeech`` only those with phones.

    Raises:
        CorpusError: a table, an array or an audio file is missing or inconsistent.
    """
    for name in folders:
        folder = root / name
        phones, faces = _phones(folder), _faces(folder)
        for row in _table(folder / "clips.tsv"):
            clip = row["clip"]
            if clip not in phones:
                continue
            path = folder / "audio" / f"{clip}.flac"
            if not path.is_file():
                raise CorpusError(f"{folder}/clips.tsv names {clip} but {path} is missing", "restore the file")
            speaker = row.get("speaker") or name.removeprefix("grid_")
            yield Clip(clip, speaker, clip_split(row, name), path, tuple(phones[clip]), faces.get(clip))


def blendshape_names(root: Path) -> list[str]:
    """The tracker's 52 names in the order of :attr:`TrackedFace.blendshapes`."""
    with np.load(root / "grid_s1" / "motion.npz") as motion:
        return [str(n) for n in motion["blendshape_names"]]
