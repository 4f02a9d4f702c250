"""Faults of the sound files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import soundfile as sf

from .check_tables import ClipRow
from .corpus import CORPUS_RATE
from .corpus_faults import Report

FULL_SCALE = 0.9995
CLIPPED_SHARE = 1e-3
"""A clip counts as clipped from one sample in a thousand at full scale: a corpus decoded from MP3 touches full scale
here and there without harm."""

SILENT_RMS = 1e-3
"""-60 dB below full scale, in the loudest tenth of a second."""


def flac_digest(path: Path) -> str:
    """The MD5 of the samples that a FLAC file carries in its header (RFC 9639, 8.2), or empty if it has none."""
    with path.open("rb") as file:
        head = file.read(42)
    if head[:4] != b"fLaC" or len(head) < 42:
        return ""
    digest = head[26:42]
    return digest.hex() if any(digest) else ""


def check_sound(path: Path, shown: str, clip: ClipRow, report: Report) -> tuple[float, str] | None:
    """Look at one file: its header, and in a thorough report every sample.

    Returns:
        Its length in seconds and a digest of its content (empty if unknown), or ``None`` after reporting why it
        cannot be used.
    """
    if not path.is_file():
        report.add("missing audio", shown, clip.name, "no such file")
        return None
    try:
        head = sf.info(str(path))
        digest = flac_digest(path)
    except (sf.LibsndfileError, OSError) as error:
        report.add("unreadable audio", shown, clip.name, str(error))
        return None
    usable = True
    if head.samplerate != CORPUS_RATE:
        report.add("wrong sample rate", shown, clip.name, f"{head.samplerate} Hz")
        usable = False
    if head.channels != 1:
        report.add("not mono", shown, clip.name, f"{head.channels} channels")
        usable = False
    if head.frames < CORPUS_RATE // 10:
        report.add("unreadable audio", shown, clip.name, f"only {head.frames} samples")
        usable = False
    if usable and clip.samples is not None and clip.samples != head.frames:
        report.add("length mismatch", shown, clip.name, f"{head.frames} samples, clips.tsv says {clip.samples}")
    if usable and report.thorough:
        digest = _check_samples(path, shown, clip.name, digest, report)
    return (head.frames / head.samplerate, digest) if usable else None


def _check_samples(path: Path, shown: str, name: str, digest: str, report: Report) -> str:
    try:
        samples, _rate = sf.read(str(path), dtype="float32")
    except (sf.LibsndfileError, OSError) as error:
        report.add("unreadable audio", shown, name, str(error))
        return ""
    if not np.isfinite(samples).all():
        report.add("NaN audio", shown, name, f"{int((~np.isfinite(samples)).sum())} samples are NaN or infinite")
        return ""
    block = CORPUS_RATE // 10
    power = np.square(samples[: len(samples) // block * block].reshape(-1, block)).mean(axis=1)
    if float(power.max()) < SILENT_RMS**2:
        report.add("silent clip", shown, name, "never louder than -60 dB")
    full = float((np.abs(samples) >= FULL_SCALE).mean())
    if full >= CLIPPED_SHARE:
        report.add("clipped clip", shown, name, f"{100 * full:.1f} % of the samples are at full scale")
    return digest or hashlib.sha256(samples.tobytes()).hexdigest()
