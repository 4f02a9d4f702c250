"""How well a predicted mouth follows a measured one: the row of a table.

The measures are those the project's data set defines for its final measurement: Pearson r per clip, lag of best
correlation, closures on B P M against closures that the measured lips make, stillness in silence, jitter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cstalk_live.records import FPS

from .closures import Closures
from .corpus import Phone
from .track_measures import PICTURE_FPS, Track, centres, correlation, jitter, lag_ms, mean_of, ratio, stillness

__all__ = ["Closures", "Scores", "Track"]

GAP = "lip_aperture"


def _at_picture(predicted: Track, measured: Track) -> Track:
    """The prediction at the times of the measured frames."""
    return np.interp(centres(len(measured), PICTURE_FPS), centres(len(predicted), FPS), predicted)


@dataclass(frozen=True, slots=True)
class Pair:
    """The lip gap of one filmed clip, predicted and measured."""

    predicted: Track
    measured: Track
    phones: Sequence[Phone]


@dataclass(slots=True)
class Scores:
    """Collects clips of one set; :meth:`result` gives the table row."""

    tracks: dict[str, list[tuple[Track, Track]]] = field(default_factory=dict)
    closures: Closures = field(default_factory=Closures)
    still: list[tuple[float, int]] = field(default_factory=list)
    shaky: list[tuple[float, float]] = field(default_factory=list)
    gaps: list[Pair] = field(default_factory=list)

    def add(self, predicted: dict[str, Track], measured: dict[str, Track], phones: Sequence[Phone]) -> None:
        """One clip: tracks by name (``lip_aperture``, ``lip_width``, ``chin_drop``, ``jawOpen`` ...)."""
        for name in predicted.keys() & measured.keys():
            self.tracks.setdefault(name, []).append((predicted[name], measured[name]))
        gap, truth = predicted[GAP], measured.get(GAP)
        self.closures.count(gap, phones, truth)
        self.still.append(stillness(gap, phones))
        self.shaky.append(jitter(gap))
        if truth is not None:
            self.gaps.append(Pair(gap, truth, phones))

    def result(self) -> dict[str, float]:
        """r per track (mean over clips), lag, closures, stillness and jitter of the lip gap; ``ref_*``: of the film."""
        out: dict[str, float] = {}
        for name, pairs in sorted(self.tracks.items()):
            at = [_at_picture(p, m) for p, m in pairs]
            out[f"{name}.r"] = mean_of([correlation(a, m) for a, (_, m) in zip(at, pairs, strict=True)])
            error = np.concatenate(at) - np.concatenate([m for _, m in pairs])
            out[f"{name}.rmse"] = float(np.sqrt(np.mean(error**2)))
        if self.gaps:
            out["lag_ms"] = lag_ms([g.measured for g in self.gaps], [g.predicted for g in self.gaps])
        out.update({f"closure.{k}": v for k, v in self.closures.ratios().items()})
        out.update({f"closure_matched.{k}": v for k, v in self._matched().ratios().items()})
        out["stillness"] = _mean_speed(self.still)
        out["ref_stillness"] = _mean_speed([stillness(g.measured, g.phones, PICTURE_FPS) for g in self.gaps])
        out["jitter"] = mean_of([own for own, _ in self.shaky])
        out["jitter_25"] = mean_of([common for _, common in self.shaky])
        out["ref_jitter_25"] = mean_of([jitter(g.measured, PICTURE_FPS)[1] for g in self.gaps])
        return out

    def _matched(self) -> Closures:
        """Closures after the prediction's mean and spread over the set are made the reference's: fair to a mouth
        of another size."""
        counts = Closures()
        if not self.gaps:
            return counts
        at = np.concatenate([_at_picture(g.predicted, g.measured) for g in self.gaps])
        ref = np.concatenate([g.measured for g in self.gaps])
        gain = ref.std() / max(at.std(), 1e-9) * (-1.0 if correlation(at, ref) < 0 else 1.0)
        for g in self.gaps:
            counts.count((g.predicted - at.mean()) * gain + ref.mean(), g.phones, g.measured)
        return counts


def _mean_speed(sums: Sequence[tuple[float, int]]) -> float:
    return ratio(sum(s for s, _ in sums), sum(n for _, n in sums))
