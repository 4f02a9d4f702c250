"""A picture of a short run's curves. Needs matplotlib (the extra ``plots``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from cstalk_live.cli.face_bars import BARS
from cstalk_live.records import FPS, HOP, FloatArray


def draw(history: Sequence[tuple[float, ...]], voice: FloatArray, path: Path) -> Path:
    """The voice, then one row per bar of the demo, time in seconds to the right, each curve 0..1; writes a PNG.

    Args:
        history: values of ``BARS``, one entry per frame.
        voice: float32 [n], 24 kHz, the sound of these frames.
    """
    values = np.array(history, np.float32).reshape(-1, len(BARS))
    seconds = np.arange(len(values)) / FPS
    figure = Figure(figsize=(12, 0.62 * (len(BARS) + 1)), layout="constrained")
    rows = figure.subplots(len(BARS) + 1, 1, sharex=True)
    sound = voice[: len(values) * HOP]
    sound = np.pad(sound, (0, len(values) * HOP - len(sound))).reshape(-1, HOP)
    rows[0].fill_between(seconds, sound.min(axis=1), sound.max(axis=1), color="tab:gray", linewidth=0)
    rows[0].set_ylabel("voice", rotation=0, ha="right", va="center")
    for row, bar, curve in zip(rows[1:], BARS, values.T, strict=True):
        row.fill_between(seconds, curve, color="tab:cyan", linewidth=0)
        row.set_ylim(0, 1)
        row.set_ylabel(bar.label, rotation=0, ha="right", va="center")
    for row in rows:
        row.set_yticks([])
        for side in ("top", "right", "left"):
            row.spines[side].set_visible(False)
    rows[-1].set_xlabel("seconds")
    figure.savefig(path, dpi=100)
    return path
