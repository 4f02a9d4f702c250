"""How well a predicted mouth follows a measured one.

The measures are those the project's data set defines for its final measurement: Pearson r per clip, lag of best
correlation, closures on B P M against closures that the measured lips make, stillness in silence. Predictions are
60 frames a second, measurements 25; both are centred at (k + 0.5) / fps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cstalk_live.records import FPS

from .corpus import Phone

Track = NDArray[np.float64]

CLOSED = 0.025
"""Lip gap in eye distances below which lips count as shut (holds for 94-99 % of the measured B, P and M)."""

TOLERANCE_S = 0.04
"""One frame of the 25 fps picture, the precision with which a closure's time is known."""


def centres(count: int, fps: float) -> Track:
    """Times in seconds of the middles of ``count`` frames."""
    return np.asarray((np.arange(count) + 0.5) / fps)


def correlation(a: Track, b: Track) -> float:
    """Pearson r; NaN for a constant."""
    if len(a) < 3 or a.std() < 1e-9 or b.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def lag_ms(reference: Sequence[Track], predicted: Sequence[Track], fps: float = 25.0) -> float:
    """Shift of best mean correlation within +-300 ms in 5 ms steps, parabola-refined; positive: prediction late."""
    shifts = np.arange(-300, 305, 5)
    curves = []
    for ref, pred in zip(reference, predicted, strict=True):
        t_ref, t_pred = centres(len(ref), fps), centres(len(pred), FPS)
        curve = []
        for shift in shifts:
            t = t_ref + shift / 1000
            inside = (t >= t_pred[0]) & (t <= t_pred[-1])
            curve.append(correlation(np.interp(t[inside], t_pred, pred), ref[inside]))
        if np.isfinite(curve).any():
            curves.append(curve)
    if not curves:
        return float("nan")
    mean = np.nan_to_num(np.nanmean(curves, axis=0), nan=-2.0)
    best = int(np.argmax(mean))
    if 0 < best < len(mean) - 1:
        left, middle, right = mean[best - 1 : best + 2]
        bend = left - 2 * middle + right
        if bend < -1e-12:
            return float(shifts[best] + 2.5 * (left - right) / bend)
    return float(shifts[best])


@dataclass(slots=True)
class Closures:
    """Counts of lip closures, summed over clips."""

    intervals: int = 0
    hit: int = 0
    reference_intervals: int = 0
    reference_hit: int = 0
    stretches: int = 0
    stretches_on_phone: int = 0
    stretches_on_reference: int = 0

    def count(self, predicted: Track, phones: Sequence[Phone], reference: Track | None, fps: float = 25.0) -> None:
        """Add one clip: lip gaps in eye distances, predicted at 60 and measured at ``fps`` frames a second."""
        t = centres(len(predicted), FPS)
        t_ref = centres(len(reference), fps) if reference is not None else None

        def shut(times: Track, gap: Track, start: float, end: float) -> bool:
            near = (times >= start - TOLERANCE_S) & (times <= end + TOLERANCE_S)
            return bool(near.any() and gap[near].min() < CLOSED)

        bilabials = [(s, e) for s, e, phone in phones if phone in {"B", "P", "M"}]
        for start, end in bilabials:
            hit = shut(t, predicted, start, end)
            self.intervals += 1
            self.hit += hit
            if t_ref is not None and reference is not None and shut(t_ref, reference, start, end):
                self.reference_intervals += 1
                self.reference_hit += hit
        spoken = np.ones(len(t), bool)
        for start, end, phone in phones:
            if phone == "SIL":
                spoken &= (t < start - 0.06) | (t > end + 0.06)
        closed = np.concatenate(([False], (predicted < CLOSED) & spoken, [False])).astype(np.int8)
        for first, last in zip(
            np.flatnonzero(np.diff(closed) == 1), np.flatnonzero(np.diff(closed) == -1) - 1, strict=True
        ):
            self.stretches += 1
            self.stretches_on_phone += any(
                s - TOLERANCE_S <= t[last] and e + TOLERANCE_S >= t[first] for s, e in bilabials
            )
            if t_ref is not None and reference is not None:
                self.stretches_on_reference += shut(t_ref, reference, t[first], t[last])

    def ratios(self) -> dict[str, float]:
        """Recall and precision; ``*_ref`` count only closures that the measured lips make."""

        def ratio(a: int, b: int) -> float:
            return a / b if b else float("nan")

        return {
            "recall": ratio(self.hit, self.intervals),
            "recall_given_ref": ratio(self.reference_hit, self.reference_intervals),
            "precision": ratio(self.stretches_on_phone, self.stretches),
            "precision_ref": ratio(self.stretches_on_reference, self.stretches),
        }


def stillness(track: Track, phones: Sequence[Phone], fps: float = FPS) -> tuple[float, int]:
    """(sum of |velocity| in units per second, frames) inside silences of 0.2 s and more, 80 ms off either end."""
    t = centres(len(track), fps)
    speed, middle = np.abs(np.diff(track)) * fps, (t[1:] + t[:-1]) / 2
    inside = np.zeros(len(speed), bool)
    for start, end, phone in phones:
        if phone == "SIL" and end - start >= 0.2:
            inside |= (middle >= start + 0.08) & (middle <= end - 0.08)
    return float(speed[inside].sum()), int(inside.sum())


@dataclass(slots=True)
class Scores:
    """Collects clips of one set; :meth:`result` gives the table row."""

    tracks: dict[str, list[tuple[Track, Track]]] = field(default_factory=dict)
    closures: Closures = field(default_factory=Closures)
    still: list[tuple[float, int]] = field(default_factory=list)
    matched_with: list[tuple[Track, Track, Sequence[Phone]]] = field(default_factory=list)

    def add(self, predicted: dict[str, Track], measured: dict[str, Track], phones: Sequence[Phone]) -> None:
        """One clip: tracks by name (``lip_aperture``, ``lip_width``, ``chin_drop``, ``jawOpen`` ...)."""
        for name in predicted.keys() & measured.keys():
            self.tracks.setdefault(name, []).append((predicted[name], measured[name]))
        gap, truth = predicted["lip_aperture"], measured.get("lip_aperture")
        self.closures.count(gap, phones, truth)
        self.still.append(stillness(gap, phones))
        if truth is not None:
            self.matched_with.append((gap, truth, phones))

    def result(self) -> dict[str, float]:
        """r per track (mean over clips), lag and closures of the lips, stillness."""
        out: dict[str, float] = {}
        for name, pairs in sorted(self.tracks.items()):
            at = [np.interp(centres(len(m), 25.0), centres(len(p), FPS), p) for p, m in pairs]
            values = [correlation(a, m) for a, (_, m) in zip(at, pairs, strict=True)]
            out[f"{name}.r"] = float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
            error = np.concatenate(at) - np.concatenate([m for _, m in pairs])
            out[f"{name}.rmse"] = float(np.sqrt(np.mean(error**2)))
        if "lip_aperture" in self.tracks:
            pairs = self.tracks["lip_aperture"]
            out["lag_ms"] = lag_ms([m for _, m in pairs], [p for p, _ in pairs])
        out.update({f"closure.{k}": v for k, v in self.closures.ratios().items()})
        out.update({f"closure_matched.{k}": v for k, v in self._matched().ratios().items()})
        frames = sum(n for _, n in self.still)
        out["stillness"] = sum(s for s, _ in self.still) / frames if frames else float("nan")
        return out

    def _matched(self) -> Closures:
        """Closures after the prediction's mean and spread over the set are made the reference's: fair to a mouth
        of another size."""
        counts = Closures()
        if not self.matched_with:
            return counts
        at = np.concatenate(
            [np.interp(centres(len(m), 25.0), centres(len(p), FPS), p) for p, m, _ in self.matched_with]
        )
        ref = np.concatenate([m for _, m, _ in self.matched_with])
        gain = ref.std() / max(at.std(), 1e-9)
        for predicted, measured, phones in self.matched_with:
            counts.count((predicted - at.mean()) * gain + ref.mean(), phones, measured)
        return counts
