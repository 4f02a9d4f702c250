"""Pictures of an evaluation's numbers. Needs matplotlib (the extra ``plots``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cstalk_live.records import FPS

from .look_ahead import Report, milliseconds, shown_delay

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""Told apart by colour-blind readers (Okabe and Ito, "Color Universal Design", 2008)."""

QUALITY = {
    "lip_aperture.r": "lip gap r",
    "jawOpen.r": "jaw r",
    "closure.recall_given_ref": "closure recall (B P M)",
    "closure.precision_ref": "closure precision",
    "region_distance": "region distance",
    "stillness": "speed of lips in silence",
}


def draw_quality(report: Report, path: Path) -> Path:
    """Quality against look-ahead, one line per group of speakers, ridge dashed; writes a PNG."""
    from matplotlib.figure import Figure

    delays = sorted(report["scores"], key=int)
    ahead = [int(delay) * 1000 / FPS for delay in delays]
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    for axes, (key, title) in zip(figure.subplots(2, 3).flat, QUALITY.items(), strict=True):
        for colour, group in zip(COLOURS, report["scores"][delays[0]], strict=False):
            ours = [report["scores"][d][group].get(key, np.nan) for d in delays]
            ridge = [report["ridge"][d][group].get(key, np.nan) for d in delays]
            axes.plot(ahead, ours, "o-", color=colour, markersize=4, label=group)
            axes.plot(ahead, ridge, "s--", color=colour, markersize=3, alpha=0.55)
        axes.set_title(title, fontsize=10, loc="left")
        axes.set_xticks(ahead, [f"{ms:.0f}" for ms in ahead])
        axes.grid(alpha=0.25, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in figure.axes[3:]:
        axes.set_xlabel("look-ahead, ms")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    (dashed,) = figure.axes[0].plot([], [], "s--", color="grey", markersize=3)
    figure.legend([*handles, dashed], [*labels, "ridge"], loc="outside lower center", ncols=5, frameon=False)
    figure.savefig(path, dpi=110)
    return path


def draw_confusion(report: Report, path: Path) -> Path:
    """Confusions of the emotion reader at the shown look-ahead, by intensity; writes a PNG."""
    from matplotlib.figure import Figure

    delay = shown_delay(report)
    found = report["legibility"][delay]
    tables, names = found["confusion"], found["emotions"]
    figure = Figure(figsize=(5.2 * len(tables), 4.6), layout="constrained")
    panels = figure.subplots(1, len(tables), squeeze=False)[0]
    for axes, (intensity, rows) in zip(panels, tables.items(), strict=True):
        share = np.array(rows, np.float64)
        share /= np.maximum(share.sum(axis=1, keepdims=True), 1.0)
        axes.imshow(share, cmap="Blues", vmin=0.0, vmax=1.0)
        for row, column in np.ndindex(*share.shape):
            dark = share[row, column] > 0.55
            axes.text(column, row, f"{share[row, column]:.0%}", ha="center", va="center", fontsize=9,
                      color="white" if dark else "black")  # fmt: skip
        axes.set_xticks(range(len(names)), names, rotation=35, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set_xlabel("read")
        axes.set_ylabel("shown")
        correct = found["accuracy"][intensity]["whole face"]
        axes.set_title(f"intensity {float(intensity):.0%}, {milliseconds(delay)}: {correct:.0%} right", fontsize=10)
    figure.savefig(path, dpi=110)
    return path
