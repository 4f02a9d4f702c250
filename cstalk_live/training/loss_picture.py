"""The losses and scores of a run as a picture that is drawn again while it trains.

``<run>/loss.png`` is replaced whole every minute; ``<run>/loss.html`` shows it in a browser and fetches it again by
itself. Both can be made later from ``log.jsonl``: ``cstalk-live train --plot-only RUN``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import OutputError, UsageError

from .loss_log import read_log

EVERY = 60.0
"""Seconds between two drawings; one takes about half a second of a core."""

FIRST = 10.0
"""Seconds until the first one."""

SCORES = {
    "lip_aperture.r": "lip gap r",
    "chin_drop.r": "chin r",
    "jawOpen.r": "jaw r",
    "closure.recall_given_ref": "closures",
}
"""Of the validation, all 1 at best."""

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{name}: training</title>
<style>body {{ margin: 0; background: #fff; text-align: center }} img {{ max-width: 100%; max-height: 99vh }}</style>
<img id="picture" src="loss.png" alt="Losses and validation scores by step">
<script>
setInterval(() => {{ document.getElementById("picture").src = "loss.png?" + Date.now() }}, 10000)
</script></html>
"""


def draw_run(folder: Path) -> Path:
    """Draw a run from its log; the picture's path.

    Raises:
        CorpusError: no log there.
        UsageError: matplotlib is missing.
        OutputError: the folder cannot be written to.
    """
    entries = read_log(folder)
    picture = folder / "loss.png"
    beside = folder / "loss.png.tmp"
    name = folder.resolve().name
    try:
        figure = _figure(name, entries)
        figure.savefig(beside, format="png", dpi=110)
        beside.replace(picture)
        (folder / "loss.html").write_text(PAGE.format(name=name), encoding="utf-8")
    except ModuleNotFoundError as error:
        raise UsageError(
            f"a picture needs the package '{error.name}'", "pip install 'cstalk-live[plots]', or train with --no-plot"
        ) from None
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(f"cannot write {picture}: {error.strerror or error}", "make room or free the file") from error
    return picture


class LivePicture:
    """Draws a run again when its time has come. What goes wrong with it is said once and never stops the training."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder, self._say = folder, say
        self._due = time.monotonic() + FIRST
        self._failed = False

    def update(self, now: bool = False) -> None:
        """Draw if it is time, or ``now``."""
        if self._failed or (time.monotonic() < self._due and not now):
            return
        self._due = time.monotonic() + EVERY
        try:
            draw_run(self._folder)
        except (UsageError, OutputError) as error:
            self._failed = True
            self._say(f"training goes on without a picture: {error}")


def smooth(values: NDArray[np.float64], span: int) -> NDArray[np.float64]:
    """Mean of each value and those up to ``span - 1`` before it; NaN are left out."""
    known = np.isfinite(values)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, values, 0.0))))
    count = np.concatenate(([0], np.cumsum(known)))
    stop = np.arange(1, len(values) + 1)
    start = np.maximum(0, stop - span)
    seen = count[stop] - count[start]
    mean: NDArray[np.float64] = np.where(seen > 0, (total[stop] - total[start]) / np.maximum(seen, 1), np.nan)
    return mean


def _column(entries: Sequence[dict[str, Any]], name: str) -> NDArray[np.float64]:
    return np.array([_number(entry.get(name)) for entry in entries], np.float64)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _figure(name: str, entries: Sequence[dict[str, Any]]) -> Any:
    from matplotlib.figure import Figure  # no pyplot: nothing global, no window, any thread

    steps = _column(entries, "step")
    span = max(1, len(entries) // 60)
    figure: Any = Figure(figsize=(11.0, 7.0), layout="constrained")
    upper = figure.subplot_mosaic([["loss", "parts"], ["main", "others"]])
    pace = float(np.nanmedian(np.append(_column(entries, "seconds")[-200:], np.nan))) if len(entries) else math.nan
    figure.suptitle(f"{name}: step {int(steps[-1])}, {pace:.2f} s a step", fontsize=12)
    loss = _column(entries, "loss")
    upper["loss"].plot(steps, loss, color="0.8", linewidth=0.6)
    upper["loss"].plot(steps, smooth(loss, span), color="tab:blue", label=f"loss, mean of {span} steps")
    _finish(upper["loss"], "loss", "log")
    parts = [key for key in entries[-1] if key not in {"step", "seconds", "loss", "validation"}]
    for part in parts:
        upper["parts"].plot(steps, smooth(_column(entries, part), span), label=part, linewidth=1.2)
    _finish(upper["parts"], "its parts", "log")
    scored = [entry for entry in entries if isinstance(entry.get("validation"), dict)]
    at = _column(scored, "step")
    for group, title in (("main", "validation: main speaker"), ("others", "validation: other speakers")):
        rows = [entry["validation"].get(group, {}) for entry in scored]
        for key, label in SCORES.items():
            upper[group].plot(at, _column(rows, key), marker="o", markersize=3, label=label)
        upper[group].set_xlim(upper["loss"].get_xlim())
        _finish(upper[group], title, "linear")
    upper["others"].sharey(upper["main"])
    scores = [row.get(key) for entry in scored for row in entry["validation"].values() for key in SCORES]
    low = min((x for x in map(_number, scores) if math.isfinite(x)), default=0.0)
    upper["main"].set_ylim(max(-0.1, math.floor(10 * low) / 10), 1.02)
    return figure


def _finish(axes: Any, title: str, scale: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("step", fontsize=9)
    axes.set_yscale(scale)
    if scale == "log":
        from matplotlib.ticker import LogLocator, NullFormatter

        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(alpha=0.25)
    axes.tick_params(labelsize=8)
    if axes.get_legend_handles_labels()[0]:
        # Below the axes, where it never hides a curve.
        axes.legend(fontsize=7, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.15), frameon=False)
