"""A picture of a short run's curves. Needs matplotlib (the extra ``plots``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from cstalk_live.cli.face_bars import BARS
from cstalk_live.records import FPS


def draw(history: Sequence[tuple[float, ...]], path: Path) -> Path:
    """One row per bar of the demo, time in seconds to the right, each curve 0..1; writes a PNG.

    Args:
        history: values of ``BARS``, one entry per frame.
    """
    values = np.array(history, np.float32).reshape(-1, len(BARS))
    seconds = np.arange(len(values)) / FPS
    figure = Figure(figsize=(12, 0.62 * len(BARS)), layout="constrained")
    rows = figure.subplots(len(BARS), 1, sharex=True)
    for row, bar, curve in zip(rows, BARS, values.T, strict=True):
        row.fill_between(seconds, curve, color="tab:cyan", linewidth=0)
        row.set_ylim(0, 1)
        row.set_yticks([])
        row.set_ylabel(bar.label, rotation=0, ha="right", va="center")
        for side in ("top", "right", "left"):
            row.spines[side].set_visible(False)
    rows[-1].set_xlabel("seconds")
    figure.savefig(path, dpi=100)
    return path
