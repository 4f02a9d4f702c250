"""Faults of ``motion.npz`` and ``measures.npz``."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .check_tables import ClipRow
from .corpus_faults import Report

PICTURE_FPS = 25.0

LENGTH_SLACK = 0.15
"""Seconds by which sound and picture of a clip may differ: one source's sound ends 126 ms before its picture."""

RANGE_SLACK = 2e-3
"""Half floats near 1 are 0.0005 apart."""

Arrays = dict[str, NDArray[np.generic]]


def _arrays(path: Path, shown: str, keys: tuple[str, ...], report: Report) -> Arrays | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            absent = [key for key in keys if key not in file]
            if absent:
                report.add("unreadable motion", shown, "", f"no array {', '.join(absent)}")
                return None
            return {key: file[key] for key in keys}
    except FileNotFoundError:
        report.add("unreadable motion", shown, "", "no such file")
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        report.add("unreadable motion", shown, "", str(error))
    return None


def check_motion(folder: Path, clips: list[ClipRow], seconds: dict[str, float], report: Report) -> set[str]:
    """Faults of a filmed folder's arrays.

    Args:
        seconds: length of the sound of each clip, for those that could be read.

    Returns:
        The clips that have motion; empty for an unfilmed folder.
    """
    if not (folder / "motion.npz").is_file() and not (folder / "measures.npz").is_file():
        return set()
    shown = f"{folder.name}/motion.npz"
    motion = _arrays(
        folder / "motion.npz", shown, ("clip_names", "clip_offsets", "blendshapes", "blendshape_names"), report
    )
    other = f"{folder.name}/measures.npz"
    measures = _arrays(folder / "measures.npz", other, ("lip_aperture", "lip_width", "chin_drop"), report)
    if motion is None:
        return set()
    names = [str(name) for name in motion["clip_names"]]
    offsets = np.asarray(motion["clip_offsets"], np.int64)
    if len(offsets) != len(names) + 1 or offsets[0] != 0 or (np.diff(offsets) <= 0).any():
        report.add("length mismatch", shown, "", f"clip_offsets do not fit {len(names)} clips")
        return set(names)
    tracks = [(shown, "blendshapes", motion["blendshapes"])]
    tracks += [(other, key, values) for key, values in (measures or {}).items()]
    for file, key, values in tracks:
        _check_track(file, key, np.asarray(values, np.float32), names, offsets, report)
    listed = {clip.name for clip in clips}
    for name in sorted(set(names) - listed):
        report.add("motion without clip", shown, name, "clips.tsv has no such clip")
    for clip in sorted(listed - set(names)):
        report.add("no motion", shown, clip, "no frames")
    for name, frames in zip(names, np.diff(offsets), strict=True):
        length = seconds.get(name)
        if length is not None and abs(frames / PICTURE_FPS - length) > LENGTH_SLACK:
            report.add(
                "length mismatch",
                shown,
                name,
                f"{frames} frames are {frames / PICTURE_FPS:.2f} s, sound {length:.2f} s",
            )
    return set(names)


def _check_track(
    file: str, key: str, values: NDArray[np.float32], names: list[str], offsets: NDArray[np.int64], report: Report
) -> None:
    if len(values) != offsets[-1]:
        report.add("length mismatch", file, "", f"{key} has {len(values)} frames, the clips {offsets[-1]}")
        return
    rows = values.reshape(len(values), -1)
    broken = np.asarray(~np.isfinite(rows).all(axis=1))
    outside = np.zeros(len(rows), bool)
    if key == "blendshapes":
        outside = np.asarray(~broken & ((rows < -RANGE_SLACK) | (rows > 1.0 + RANGE_SLACK)).any(axis=1))
    for kind, bad in (("NaN motion", broken), ("blendshape out of range", outside)):
        for i in np.flatnonzero(np.add.reduceat(bad, offsets[:-1]) if bad.any() else []):
            count = int(bad[offsets[i] : offsets[i + 1]].sum())
            report.add(kind, file, names[i], f"{key} in {count} frames")
