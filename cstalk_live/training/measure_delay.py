"""Everything that is measured at one look-ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cstalk_live.records import FloatArray
from cstalk_live.rig import BOARD_REGION

from .closures import Closures
from .face_measures import whole_face
from .label_following import LabelScores
from .labiodental import Contacts
from .score import Scores
from .streaming import Player
from .track_measures import PICTURE_FPS
from .validate import Measured, lips
from .validation_clips import MAIN, UNFILMED_FOLDER, ValidationClips, clip_key

MOVING_REGIONS = ("brow", "cheek", "eye", "jaw", "lips", "mouth", "nose")


def pairs_of(
    player: Player, clips: Sequence[Measured], real: Mapping[str, FloatArray]
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Streamed and real motion of clips, cut to one length: float32 [n, 185] each."""
    streamed, tracked = [], []
    for m in clips:
        key = clip_key(m.clip)
        board, truth = player.play(key, m.features), real[key]
        frames = min(len(board), len(truth))
        streamed.append(board[:frames])
        tracked.append(truth[:frames])
    return streamed, tracked


def filmed_row(player: Player, clips: Sequence[Measured], real: Mapping[str, FloatArray]) -> dict[str, float]:
    """Table row of one group of filmed speakers."""
    scores, contacts = Scores(), Contacts()
    for m in clips:
        board = player.play(clip_key(m.clip), m.features)
        scores.add(lips(board), m.tracks, m.clip.phones)
        contacts.count(board, m.clip.phones)
    touching = {f"labiodental.{key}": value for key, value in contacts.ratios().items()}
    return {**scores.result(), **touching, **whole_face(*pairs_of(player, clips, real))}


def label_rows(player: Player, data: ValidationClips, expected: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """How the lips follow phone labels: the main speaker's held-out clips, and voices that nobody filmed."""
    sets = {
        MAIN: [(m.clip, m.features) for m in data.groups.get(MAIN, [])],
        UNFILMED_FOLDER: data.unfilmed,
    }
    rows = {}
    for name, clips in sets.items():
        scores, still, contacts = LabelScores(expected), Scores(), Contacts()
        for clip, features in clips:
            board = player.play(clip_key(clip), features)
            gap = lips(board)["lip_aperture"]
            scores.add(gap, clip.phones)
            still.add({"lip_aperture": gap}, {}, clip.phones)
            contacts.count(board, clip.phones)
        if clips:
            touching = {f"labiodental {key}": value for key, value in contacts.ratios().items()}
            rows[name] = {**scores.result(), **touching, "stillness": still.result()["stillness"]}
    return rows


def film_row(data: ValidationClips, expected: Mapping[str, float]) -> dict[str, float]:
    """How the main speaker's measured lips follow the labels: no model is asked to do better."""
    scores = LabelScores(expected)
    for m in data.groups.get(MAIN, []):
        scores.add(m.tracks["lip_aperture"], m.clip.phones, PICTURE_FPS)
    return scores.result()


def emotion_rows(player: Player, clips: Sequence[Measured], emotions: Sequence[str]) -> dict[str, dict[str, float]]:
    """Each emotion against neutral on the same speech: mean change per region (control units), closures kept."""
    regions = [region for region in MOVING_REGIONS if region in BOARD_REGION]
    calm = np.concatenate([player.play(clip_key(m.clip), m.features) for m in clips])
    out: dict[str, dict[str, float]] = {}
    for name in emotions:
        played = [player.play(clip_key(m.clip), m.features, name) for m in clips]
        change = np.abs(np.concatenate(played) - calm)
        closures = Closures()
        for board, m in zip(played, clips, strict=True):
            closures.count(lips(board)["lip_aperture"], m.clip.phones, m.tracks["lip_aperture"])
        largest = {r: float(change[:, np.array(BOARD_REGION) == r].mean(axis=0).max()) for r in regions}
        out[name] = {**largest, "closure recall": closures.ratios()["recall_given_ref"]}
    return out


def facts_of(player: Player) -> dict[str, Any]:
    """What a reader must know of the model."""
    bundle = player.runner.bundle
    return {
        "bundle": bundle.path.name,
        "sha256": bundle.sha256,
        "megabytes": round(bundle.path.stat().st_size / 1e6, 2),
    }
