"""The folder of an evaluation: numbers, tables, pictures and the page that holds them all."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import OutputError

from .look_ahead import Report, milliseconds, shown_delay
from .region_correlation import draw
from .report_page import Picture, markdown, page
from .report_plots import draw_confusion, draw_quality
from .track_pictures import TrackPicture, draw_tracks


def prepare_folder(out: Path) -> Path:
    """Make the folder before anything is computed.

    Raises:
        OutputError: it cannot be written to.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file", "name a folder with --out")
    probe = out / ".writable"
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(f"cannot write to {out}: {error.strerror}", "name another folder with --out") from error
    return out


def write_folder(report: Report, tracks: Sequence[TrackPicture], out: Path) -> tuple[list[Path], str]:
    """Write ``scores.json``, ``scores.md``, the pictures and ``report.html``.

    Returns:
        The files, and one line about what is missing (empty if nothing is).

    Raises:
        OutputError: a file cannot be written.
    """
    try:
        written = [_write(out / "scores.json", json.dumps(without_nan(report), indent=1, allow_nan=False) + "\n")]
        written.append(_write(out / "scores.md", markdown(report)))
        pictures, missing = _pictures(report, tracks, out)
        written += [picture.path for picture in pictures]
        written.append(_write(out / "report.html", page(report, pictures)))
    except OSError as error:
        raise OutputError(f"cannot write to {out}: {error.strerror}", "make room or name another folder") from error
    return written, missing


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def without_nan(value: Any) -> Any:
    """The same with None for every number that JSON does not know."""
    if isinstance(value, Mapping):
        return {key: without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _matrix(rows: Any) -> NDArray[np.float64]:
    return np.array(rows, np.float64)


def _pictures(report: Report, tracks: Sequence[TrackPicture], out: Path) -> tuple[list[Picture], str]:
    ahead = milliseconds(shown_delay(report))
    try:
        quality = draw_quality(report, out / "quality.png")
        gaps = draw_tracks(tracks, ahead, out / "tracks.png")
        confusion = draw_confusion(report, out / "confusion.png")
        group, found = next(iter(report["correlations"].items()))
        regions = draw(_matrix(found["real"]), {"streamed": _matrix(found["model"])}, out / "correlations.png")
    except ModuleNotFoundError as error:
        package = (error.name or "matplotlib").partition(".")[0]
        return [], f"no pictures: {package} is missing (pip install 'cstalk-live[plots]')"
    return [
        Picture(
            quality,
            "Quality against look-ahead: solid lines ours, dashed lines ridge regression.",
            "Six line charts over look-ahead, one line per group of speakers: lip gap r, jaw r, closure recall, "
            "closure precision, region distance and speed of the lips in silence. The tables hold the same numbers.",
        ),
        Picture(
            gaps,
            f"The lip gap streamed {ahead} ahead over the measured one, for the clip with the median r of each group. "
            "The dotted line is the gap below which lips count as shut.",
            "Lip gap over time, streamed and measured, with the phones: " + "; ".join(t.title for t in tracks) + ".",
        ),
        Picture(
            confusion,
            "Seconds of held-out speech by emotion shown and emotion read by the classifier.",
            "Confusion matrices of the emotion classifier at full and half intensity: " + _confusion_words(report),
        ),
        Picture(
            regions,
            f"How face regions move together, {group}: the film, the streamed face, and the difference.",
            f"Three matrices of correlations between face regions; their distance is {found['distance'] or 0:.3f}.",
        ),
    ], ""


def _confusion_words(report: Report) -> str:
    found = report["legibility"][shown_delay(report)]["accuracy"]
    return ", ".join(f"{looks['whole face']:.0%} right at intensity {float(i):.0%}" for i, looks in found.items()) + "."
