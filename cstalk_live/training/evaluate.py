"""Score a bundle as it runs live: ``cstalk-live evaluate --bundle FILE --data DIR --out DIR``.

Every clip goes frame by frame through the ONNX runner, exactly as in the daemon. Filmed validation speakers give
correlations, lag, closures and stillness, beside ridge regression at the same look-ahead; unfilmed voices give
closures against phone labels; every emotion is compared with neutral speech, region by region.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cstalk_live.features.logmel import LOG_FLOOR
from cstalk_live.model import OnnxRunner, load_bundle
from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_REGION

from .corpus import Clip, blendshape_names, find_corpus, read_corpus
from .lessons import clip_features
from .region_correlation import correlation_matrix, distance, draw, real_motion, region_axes
from .regions import REGIONS
from .ridge import score_ridge
from .score import Scores
from .validate import Measured, lips, measured, score_generator

COLUMNS = {
    "lip_aperture.r": "lip gap r",
    "lip_width.r": "width r",
    "chin_drop.r": "chin r",
    "jawOpen.r": "jaw r",
    "mouthPucker.r": "pucker r",
    "lag_ms": "lag ms",
    "closure.recall_given_ref": "closure recall",
    "closure.precision_ref": "precision",
    "stillness": "stillness",
}

RIDGE_AHEAD = {0: 0, 4: 2, 9: 4, 12: 5}
"""Look-ahead in frames (1/60 s) and the picture frames (1/25 s) that ridge may see: never less time than ours."""


def stream(runner: OnnxRunner, features: FloatArray, delay: int, emotion: FloatArray) -> FloatArray:
    """Run one clip live: float32 [n, 185], row ``k`` the pose of frame ``k``; silence follows the clip."""
    runner.reset()
    silence = np.full(features.shape[1], np.log(LOG_FLOOR), np.float32)
    poses = [runner.step(column, emotion, delay).copy() for column in features]
    poses += [runner.step(silence, emotion, delay).copy() for _ in range(delay)]
    return np.stack(poses[delay:])


def mix(runner: OnnxRunner, name: str = "neutral") -> FloatArray:
    """One emotion at full intensity as the runner takes it."""
    emotions = runner.bundle.meta.emotions
    vector = np.zeros(len(emotions) + 1, np.float32)
    vector[emotions.index(name)] = vector[-1] = 1.0
    return vector


def evaluate(
    bundle: Path | None, data: Path | None, out: Path | None, delays: Sequence[int] = (0, 1, 4, 9)
) -> dict[str, Any]:
    """Score a bundle on the corpus's validation clips; print the tables and write ``scores.json`` to ``out``.

    Raises:
        BundleError, CorpusError: the model or the data cannot be used.
    """
    runner = OnnxRunner(load_bundle(bundle))
    root = find_corpus(str(data) if data else None, Path(__file__).resolve().parents[2])
    names = blendshape_names(root)
    filmed = list(read_corpus(root, ("grid_s1", "grid_speakers", "grid_more")))
    groups: dict[str, Sequence[Measured]] = {
        "s1 (heard in training)": _measured(filmed, names, lambda c: c.speaker == "s1"),
        "grid_speakers (strangers)": _measured(filmed, names, lambda c: c.speaker not in {"s1", "s4", "s31", "s26"}),
        "s26 (stranger)": _measured(filmed, names, lambda c: c.speaker == "s26"),
    }
    training = measured([c for c in filmed if c.split == "train" and c.speaker == "s1"], names)
    unfilmed = [c for c in read_corpus(root, ("librispeech",)) if c.split == "val"]
    neutral = mix(runner)
    report: dict[str, Any] = {
        "bundle": runner.bundle.path.name,
        "sha256": runner.bundle.sha256,
        "machine": f"{platform.machine()} {platform.system()}",
        "clips": {name: len(clips) for name, clips in groups.items()},
        "scores": {},
        "ridge": {},
    }
    console = Console()
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("scoring", total=len(delays) * (len(groups) + 1) + 1)
        for delay in delays:
            rows = report["scores"][str(delay)] = {}
            for name, clips in groups.items():
                rows[name] = score_generator(lambda f, d: stream(runner, f, d, neutral), clips, delay)
                progress.advance(task)
            if delay in RIDGE_AHEAD:
                report["ridge"][str(delay)] = score_ridge(training, groups, RIDGE_AHEAD[delay])
            progress.advance(task)
        report["librispeech"] = _unfilmed(runner, unfilmed, neutral)
        report["emotions"] = _emotions(runner, groups["s1 (heard in training)"][:12])
        report["correlations"] = _correlations(runner, groups, names)
        progress.advance(task)
    _print(console, report)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "scores.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        console.print(f"wrote {out / 'scores.json'}", highlight=False)
        _draw_correlations(console, report, out / "correlations.png")
    return report


def _measured(clips: Sequence[Clip], names: list[str], wanted: Any) -> list[Measured]:
    return measured([c for c in clips if c.split == "val" and wanted(c)], names)


def _unfilmed(runner: OnnxRunner, clips: Sequence[Clip], neutral: FloatArray) -> dict[str, float]:
    """Closures on the B, P and M that the labels name, for voices without a picture, at 67 ms."""
    scores = Scores()
    for clip in clips:
        scores.add(lips(stream(runner, clip_features(clip), 4, neutral)), {}, clip.phones)
    return {"clips": float(len(clips)), **scores.closures.ratios(), "stillness": scores.result()["stillness"]}


def _emotions(runner: OnnxRunner, clips: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """Each emotion against neutral on the same speech: mean change per region (control units), closures kept."""
    regions = sorted(set(BOARD_REGION) & {"brow", "eye", "cheek", "nose", "mouth", "lips", "jaw"})
    calm = [stream(runner, m.features, 4, mix(runner)) for m in clips]
    out: dict[str, dict[str, float]] = {}
    for name in runner.bundle.meta.emotions:
        played = [stream(runner, m.features, 4, mix(runner, name)) for m in clips]
        change = np.abs(np.concatenate(played) - np.concatenate(calm))
        scores = Scores()
        for board, m in zip(played, clips, strict=True):
            scores.add(lips(board), m.tracks, m.clip.phones)
        largest = {r: float(change[:, np.array(BOARD_REGION) == r].mean(axis=0).max()) for r in regions}
        out[name] = {**largest, "closure recall": scores.result()["closure.recall_given_ref"]}
    return out


def _correlations(
    runner: OnnxRunner, groups: dict[str, Sequence[Measured]], names: list[str]
) -> dict[str, dict[str, Any]]:
    """Region-by-region correlations of the real motion and of ours on the same clips, at 67 ms; NaN becomes None."""

    def plain(matrix: Any) -> list[list[float | None]]:
        return [[None if np.isnan(value) else round(float(value), 4) for value in row] for row in matrix]

    out: dict[str, dict[str, Any]] = {}
    for name, clips in groups.items():
        if not clips:
            continue
        real = real_motion([m.clip for m in clips], names)
        axes = region_axes(real)
        made = correlation_matrix([stream(runner, m.features, 4, mix(runner)) for m in clips], axes)
        truth = correlation_matrix(real, axes)
        apart = distance(truth, made)
        out[name] = {
            "distance": apart if np.isfinite(apart) else None,
            "regions": list(REGIONS),
            "real": plain(truth),
            "model": plain(made),
        }
    return out


def _draw_correlations(console: Console, report: dict[str, Any], path: Path) -> None:
    """The picture of the voice heard in training, where matplotlib is present."""
    found = next(iter(report["correlations"].values()), None)
    if found is None:
        return
    real, made = (np.array(found[key], np.float64) for key in ("real", "model"))
    try:
        draw(real, {report["bundle"]: made}, path)
    except ModuleNotFoundError as error:
        console.print(f"no picture of correlations: {error.name} is missing (pip install 'cstalk-live[plots]')")
        return
    console.print(f"wrote {path}", highlight=False)


def _print(console: Console, report: dict[str, Any]) -> None:
    table = Table("look-ahead", "method", "speakers", *COLUMNS.values(), title=f"{report['bundle']} on filmed speech")
    for delay, rows in report["scores"].items():
        ahead = f"{round(int(delay) * 1000 / 60)} ms"
        for method, results in (("ours", rows), ("ridge", report["ridge"].get(delay, {}))):
            for name, row in results.items():
                table.add_row(ahead, method, name, *(_number(key, row[key]) for key in COLUMNS))
    console.print(table)
    lines = Table(
        "emotion",
        *next(iter(report["emotions"].values())),
        title="largest mean change of a control, by region",
    )
    for name, row in report["emotions"].items():
        lines.add_row(name, *(f"{value:.2f}" for value in row.values()))
    console.print(lines)
    for name, row in report["correlations"].items():
        if row["distance"] is not None:
            console.print(f"{name}: region correlations are {row['distance']:.3f} from the real ones", highlight=False)
    heard = report["librispeech"]
    console.print(
        f"{heard['clips']:.0f} unfilmed voices: lips close on {heard['recall']:.0%} of the labelled B P M; "
        f"{heard['precision']:.0%} of closures touch one",
        highlight=False,
    )


def _number(key: str, value: float) -> str:
    return f"{value:+.0f}" if key == "lag_ms" else f"{value:.2f}"
