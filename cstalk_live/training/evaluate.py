"""Score a bundle as it runs live: ``cstalk-live evaluate --bundle FILE --data DIR --out DIR``.

Every clip goes frame by frame through the ONNX runner, exactly as in the daemon. Filmed validation speakers give
correlations, lag, closures, stillness and jitter, beside ridge regression at the same look-ahead, and the correlations
of face regions; unfilmed voices give closures and openings against phone labels; a classifier reads every emotion.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from rich.console import Console
from rich.progress import Progress

from cstalk_live import __version__
from cstalk_live.errors import UsageError
from cstalk_live.model import OnnxRunner, load_bundle
from cstalk_live.model.spec import EMOTIONS

from .face_measures import correlations
from .label_following import phone_gaps
from .legibility import fit_readers, legibility, teacher_legibility
from .limits import limits_of, trial_warning
from .look_ahead import ridge_ahead
from .measure_delay import emotion_rows, facts_of, film_row, filmed_row, label_rows, pairs_of
from .region_correlation import as_lists, distance
from .regions import REGIONS
from .report_folder import prepare_folder, write_folder
from .report_sheets import every_sheet
from .ridge import score_ridge
from .streaming import Player
from .targets import DELAY
from .track_pictures import TrackPicture, typical_clips
from .validate import Measured
from .validation_clips import MAIN, STRANGERS, UNFILMED_FOLDER, ValidationClips, clip_key, find_data, read_validation

LOOK_AHEADS = (0, 1, 4, 9)
"""Frames of look-ahead that are scored unless others are named."""

EMOTION_CLIPS = 8
"""Clips of the main speaker, and of strangers as many again, that are streamed under every emotion."""


def evaluate(
    bundle: Path | None,
    data: Path | None,
    out: Path | None,
    delays: Sequence[int] | None = None,
    clips: int | None = None,
    command: str = "cstalk-live evaluate",
) -> dict[str, Any]:
    """Score a bundle on the corpus's validation clips; print the tables and write the report to ``out``.

    Args:
        delays: frames of look-ahead; :data:`LOOK_AHEADS`, as far as the bundle knows them, if left out.
        clips: at most this many clips a folder, for a trial.
        command: what was typed, for the report.

    Raises:
        BundleError, CorpusError, OutputError, UsageError: the model, data, folder or look-ahead cannot be used.
    """
    started = time.monotonic()
    runner = OnnxRunner(load_bundle(bundle))
    chosen = _delays(delays, runner.bundle.meta.delays, runner.bundle.path.name)
    root = find_data(data)
    if out is not None:
        prepare_folder(out)
    console = Console()
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("reading clips", total=len(chosen) + 1)
        found = read_validation(root, clips)
        progress.advance(task)
        progress.update(task, description="scoring")
        report, tracks = _measure(runner, found, chosen, lambda: progress.advance(task))
    report |= {
        "clips": {name: len(group) for name, group in found.groups.items()} | {UNFILMED_FOLDER: len(found.unfilmed)},
        "limits": limits_of(found),
        "trial": trial_warning(clips),
        "machine": f"{platform.node()}: {platform.platform()}, {os.cpu_count()} cores",
        "software": _software(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": command,
        "seconds": round(time.monotonic() - started, 1),
    }
    for sheet in every_sheet(report):
        console.print(sheet.terminal())
    if out is not None:
        written, missing = write_folder(report, tracks, out)
        for path in written:
            console.print(f"wrote {path}", highlight=False, soft_wrap=True)
        if missing:
            console.print(missing, highlight=False, markup=False)
    return report


def _software() -> str:
    versions = {
        "cstalk-live": __version__,
        "Python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__,
    }
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _delays(wanted: Sequence[int] | None, known: Sequence[int], name: str) -> list[int]:
    if wanted is None:
        return [delay for delay in LOOK_AHEADS if delay in known] or [known[0]]
    for delay in wanted:
        if delay not in known:
            raise UsageError(f"{name} has no look-ahead of {delay} frames", f"choose from {list(known)}")
    return sorted(set(wanted))


def _measure(
    runner: OnnxRunner, data: ValidationClips, delays: Sequence[int], step: Any
) -> tuple[dict[str, Any], list[TrackPicture]]:
    """All numbers of the report, and the clips to draw; ``step`` is called after every look-ahead."""
    emotions = [name for name in runner.bundle.meta.emotions if name in EMOTIONS]
    expected = phone_gaps([m.clip for m in data.training])
    readers = fit_readers(data.filmed_training, emotions)
    spoken = _emotion_clips(data)
    shown = min(delays, key=lambda delay: abs(delay - DELAY))
    report: dict[str, Any] = {
        **facts_of(Player(runner, shown)),
        "scores": {},
        "ridge": {},
        "labels": {},
        "film_follows_labels": film_row(data, expected),
        "legibility": {},
        "teacher_legibility": teacher_legibility(readers, [data.real[clip_key(m.clip)] for m in spoken], emotions),
    }
    tracks: list[TrackPicture] = []
    for delay in delays:
        player, key = Player(runner, delay), str(delay)
        report["scores"][key] = {name: filmed_row(player, group, data.real) for name, group in data.groups.items()}
        report["ridge"][key] = score_ridge(data.training, dict(data.groups), ridge_ahead(delay))
        report["labels"][key] = label_rows(player, data, expected)
        report["legibility"][key] = legibility(readers, player, spoken, emotions)
        if delay == shown:
            report["emotions"] = emotion_rows(player, spoken, emotions)
            report["correlations"] = _correlations(player, data)
            tracks = typical_clips(player, data)
        step()
    return report, tracks


def _emotion_clips(data: ValidationClips) -> list[Measured]:
    groups = (data.groups.get(MAIN, []), data.groups.get(STRANGERS, []))
    return [m for group in groups for m in group[:: max(1, len(group) // EMOTION_CLIPS)][:EMOTION_CLIPS]]


def _correlations(player: Player, data: ValidationClips) -> dict[str, dict[str, Any]]:
    """Region-by-region correlations of the real motion and of ours on the same clips; NaN becomes None."""
    out: dict[str, dict[str, Any]] = {}
    for name, group in data.groups.items():
        found = correlations(*pairs_of(player, group, data.real))
        apart = distance(found.real, found.model)
        out[name] = {
            "distance": apart if np.isfinite(apart) else None,
            "regions": list(REGIONS),
            "real": as_lists(found.real),
            "model": as_lists(found.model),
        }
    return out
