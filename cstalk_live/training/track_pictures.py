"""Pictures of single clips: the predicted lip gap over the measured one, with the phones. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cstalk_live.records import FPS

from .closures import BILABIALS, CLOSED
from .corpus import Phone
from .label_following import LOW_VOWELS
from .labiodental import LABIODENTALS
from .streaming import Player
from .track_measures import PICTURE_FPS, Track, centres, correlation
from .validate import Measured, lips
from .validation_clips import STRANGERS, ValidationClips, clip_key

BANDS = (
    (BILABIALS, "#0072B2", "B P M: lips shut"),
    (LABIODENTALS, "#CC79A7", "F V: lip to teeth"),
    (LOW_VOWELS, "#E69F00", "AE AA AY AW: open"),
)


@dataclass(frozen=True, slots=True)
class TrackPicture:
    """The lip gap of one clip, eye distances."""

    title: str
    predicted: Track
    measured: Track
    phones: Sequence[Phone]
    r: float


def track_picture(group: str, m: Measured, player: Player) -> TrackPicture:
    """The streamed and the measured lip gap of a clip."""
    gap = lips(player.play(clip_key(m.clip), m.features))["lip_aperture"]
    measured = m.tracks["lip_aperture"]
    at = np.interp(centres(len(measured), PICTURE_FPS), centres(len(gap), FPS), gap)
    r = correlation(at, measured)
    return TrackPicture(f"{group}, clip {m.clip.name}, r {r:.2f}", gap, measured, m.clip.phones, r)


def typical_clips(player: Player, data: ValidationClips) -> list[TrackPicture]:
    """Of every group the clip with the median r: neither the best nor the worst is a fair picture."""
    chosen = []
    for group, clips in data.groups.items():
        if group != STRANGERS:
            pictures = sorted((track_picture(group, m, player) for m in clips), key=lambda p: p.r)
            chosen.append(pictures[len(pictures) // 2])
    return chosen


def draw_tracks(pictures: Sequence[TrackPicture], ahead: str, path: Path) -> Path:
    """One panel per clip; writes a PNG.

    Args:
        ahead: the look-ahead in words.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    figure = Figure(figsize=(12, 2.9 * len(pictures) + 0.5), layout="constrained")
    panels = figure.subplots(len(pictures), 1, squeeze=False)[:, 0]
    for axes, picture in zip(panels, pictures, strict=True):
        top = 1.2 * max(float(picture.predicted.max()), float(picture.measured.max()), 0.05)
        for start, end, phone in picture.phones:
            if phone == "SIL":
                continue
            colour = next((c for wanted, c, _ in BANDS if phone in wanted), None)
            if colour is not None:
                axes.axvspan(start, end, color=colour, alpha=0.18, linewidth=0)
            axes.text((start + end) / 2, top * 0.985, phone, ha="center", va="top", fontsize=7)
            axes.axvline(start, color="grey", alpha=0.25, linewidth=0.5)
        axes.plot(centres(len(picture.measured), PICTURE_FPS), picture.measured, color="black", linewidth=1.3,
                  marker=".", markersize=3, label="measured")  # fmt: skip
        axes.plot(centres(len(picture.predicted), FPS), picture.predicted, color="#D55E00", linewidth=1.6,
                  label=f"streamed, {ahead} ahead")  # fmt: skip
        axes.axhline(CLOSED, color="grey", linestyle=":", linewidth=1.0)
        speech = [(s, e) for s, e, phone in picture.phones if phone != "SIL"]
        axes.set_xlim(max(0.0, speech[0][0] - 0.3) if speech else 0.0, speech[-1][1] + 0.3 if speech else None)
        axes.set_ylim(0.0, top)
        axes.set_ylabel("lip gap, eye distances", fontsize=8)
        axes.set_title(picture.title, loc="left", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("seconds")
    handles, _ = panels[0].get_legend_handles_labels()
    bands = [Patch(color=colour, alpha=0.3, label=text) for _, colour, text in BANDS]
    figure.legend(handles=[*handles, *bands], loc="outside lower center", ncols=5, frameon=False)
    figure.savefig(path, dpi=110)
    return path
