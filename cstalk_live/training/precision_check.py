"""What fewer bits cost, in control units and at the lips, and how much is too much.

Both bundles stream the sample of speech that comes with the package, as they would live; where the corpus is present,
also clips of people the model was not trained on, whose lips were filmed. What counts are differences to float32:
the measures do not ask whether float32 is right.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import soundfile
from rich.console import Console

from cstalk_live.audio.resample import Resampler
from cstalk_live.errors import BundleError, CorpusError
from cstalk_live.features.logmel import logmel
from cstalk_live.model import OnnxRunner, load_bundle
from cstalk_live.records import FPS, FloatArray

from .closures import CLOSED, stretches, touches
from .measure_delay import filmed_row
from .sheet import Sheet
from .streaming import Player, mix, stream
from .track_measures import Track, centres
from .validate import lips
from .validation_clips import find_data, read_validation

LOOK_AHEAD = 4
"""Frames: the default of a live run."""

CLIPS = 4
"""Filmed clips a group of speakers."""

_TIMED_STEPS, _TIMED_TURNS = 3, 80


@dataclass(frozen=True, slots=True)
class Measure:
    """One number and the most, or the least, that it may be."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def check_precision(reference: Path, candidate: Path, data: Path | None = None) -> list[Measure]:
    """Print what the candidate's fewer bits change.

    Raises:
        BundleError: too much; the message names the measures.
        CorpusError: the corpus that was named cannot be read.
    """
    exact, fewer = (OnnxRunner(load_bundle(path)) for path in (reference, candidate))
    measures = on_speech(exact, fewer, demo_features())
    try:
        measures += on_film(exact, fewer, find_data(data))
    except CorpusError as error:
        if data is not None:
            raise
        print(f"no corpus, so measured on the sample of speech alone: {error.what}")
    size = candidate.stat().st_size / reference.stat().st_size
    ratio = step_ratio(exact, fewer)
    rows = [(m.name, f"{m.value:.5f}", f"{'>=' if m.at_least else '<='} {m.limit:g}") for m in measures]
    rows += [("file, share of float32's", f"{size:.2f}", ""), ("CPU time of a step, share", f"{ratio:.2f}", "")]
    precision = fewer.bundle.meta.precision
    title = f"{precision} against {exact.bundle.meta.precision}"
    Console().print(Sheet(title, "", ("measure", "found", "allowed"), tuple(rows)).terminal())
    broken = [f"{m.name} {m.value:.4f} (allowed {m.limit:g})" for m in measures if not m.holds]
    if broken:
        raise BundleError(f"{precision} costs too much: {'; '.join(broken)}", "keep float32, or try float16")
    return measures


def on_speech(exact: OnnxRunner, fewer: OnnxRunner, features: FloatArray) -> list[Measure]:
    """Differences over one stream of log-mel [n, 160], control units (0..1 or -1..1) and eye distances."""
    before, after = (stream(runner, features, LOOK_AHEAD, mix(runner)) for runner in (exact, fewer))
    gap_before, gap_after = (lips(board)["lip_aperture"] for board in (before, after))
    return [
        Measure("controls, largest difference", float(np.abs(after - before).max()), 0.05),
        Measure("controls, RMS difference", _rms(after - before), 0.002),
        Measure("lip gap, largest difference (eye distances)", float(np.abs(gap_after - gap_before).max()), 0.01),
        Measure("lip gap, RMS difference (eye distances)", _rms(gap_after - gap_before), 0.001),
        Measure("closures kept", kept(gap_before, gap_after), 0.98, at_least=True),
        Measure("closures that float32 has too", kept(gap_after, gap_before), 0.98, at_least=True),
    ]


def on_film(exact: OnnxRunner, fewer: OnnxRunner, root: Path) -> list[Measure]:
    """What filmed speakers' scores lose, the worst group's."""
    data = read_validation(root, CLIPS)
    losses: dict[str, list[float]] = {"lip_aperture.r": [], "closure.recall": []}
    for clips in data.groups.values():
        rows = [filmed_row(Player(runner, LOOK_AHEAD), clips, data.real) for runner in (exact, fewer)]
        for name, lost in losses.items():
            lost.append(rows[0][name] - rows[1][name])
    return [
        Measure("filmed speakers' lip gap r, loss", max(losses["lip_aperture.r"], default=0.0), 0.005),
        Measure("filmed speakers' closure recall, loss", max(losses["closure.recall"], default=0.0), 0.01),
    ]


def kept(reference: Track, other: Track) -> float:
    """Share of the reference's closures on which the other lip gap shuts too, to within a picture of 40 ms."""
    times = centres(len(reference), FPS)
    mine, others = (
        [(float(times[first]), float(times[last])) for first, last in stretches(gap < CLOSED)]
        for gap in (reference, other)
    )
    return sum(touches(others, *interval) for interval in mine) / len(mine) if mine else 1.0


def demo_features() -> FloatArray:
    """Log-mel [n, 160] of the sample of speech."""
    sample = resources.files("cstalk_live") / "sample" / "demo.flac"
    with resources.as_file(sample) as path:
        sound, rate = soundfile.read(path, dtype="float32")
    resampler = Resampler(rate)
    return logmel(np.concatenate((resampler.push(sound), resampler.flush())))


def step_ratio(exact: OnnxRunner, fewer: OnnxRunner) -> float:
    """CPU time of a step of the second over the first: medians of steps that take turns."""
    features = np.zeros(exact.bundle.meta.features, np.float32)
    spent: tuple[list[int], list[int]] = ([], [])
    for _ in range(_TIMED_TURNS):
        for runner, times in zip((exact, fewer), spent, strict=True):
            for _ in range(_TIMED_STEPS):
                begin = time.thread_time_ns()
                runner.step(features, mix(runner), LOOK_AHEAD)
                times.append(time.thread_time_ns() - begin)
    return float(np.median(spent[1]) / np.median(spent[0]))


def _rms(difference: FloatArray | Track) -> float:
    return float(np.sqrt(np.mean(np.square(difference, dtype=np.float64))))
