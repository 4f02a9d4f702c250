"""Clips to training items: features of many voices, and the neutral board motion that goes with them.

Every clip appears in several renditions. Playing the sound faster or slower moves pitch, formants and tempo together;
warping the mel axis moves the formants alone; the two at random stand in for voices the corpus does not have (only
three people were filmed for training). The motion is resampled to match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstalk_live.audio.resample import Resampler
from cstalk_live.features import logmel
from cstalk_live.records import FPS, SAMPLE_RATE, FloatArray
from cstalk_live.rig import clamp_board

from .corpus import CORPUS_RATE, Clip
from .face_to_rig import compose
from .mouth_code import SpeakerScale, mouth_code, speaker_scale, to_frames
from .phones import hidden_controls
from .teach import Lesson, articulation
from .teachers import Teachers


@dataclass(frozen=True, slots=True)
class Rendition:
    """How a clip is played."""

    speed: float = 1.0
    """Tempo, pitch and formants times this."""
    warp: float = 1.0
    """Formants divided by this."""


Listen = Callable[["Clip", Rendition], FloatArray]
"""What the network is to hear of a clip, float32 [n, F]; log-mel if none is given."""


@dataclass(frozen=True, slots=True)
class Item:
    """One clip in one rendition, ready to train on."""

    clip: str
    speaker: str
    filmed: bool
    """The motion was tracked; otherwise the teachers gave it."""
    features: NDArray[np.float16]
    """[n, 160] log-mel, or what another front end hears."""
    board: NDArray[np.float16]
    """[n, 185], neutral."""
    heard: NDArray[np.float16]
    """[n, K], what the phone recogniser makes of it (see :class:`.recogniser_features.Projection`); K is 0 without."""
    speed: float = 1.0
    """Of the rendition: the clip's times divided by this are the item's."""


def sound_24k(samples: FloatArray, speed: float = 1.0) -> FloatArray:
    """Corpus sound (16 kHz) through the daemon's own resampler: float32 at 24 kHz, ``speed`` times as fast."""
    resampler = Resampler(round(CORPUS_RATE * speed))
    return np.concatenate((resampler.push(samples), resampler.flush()))


def clip_sound(clip: Clip, speed: float = 1.0) -> FloatArray:
    """float32 [n] at 24 kHz; filmed clips are padded with silence to the length of their picture."""
    sound = sound_24k(clip.audio(), speed)
    if clip.face is not None:
        seconds = len(clip.face.aperture) / clip.face.fps / speed
        sound = np.pad(sound, (0, max(0, round(seconds * SAMPLE_RATE) - len(sound))))
    return sound


def clip_features(clip: Clip, rendition: Rendition = Rendition()) -> FloatArray:
    """float32 [n, 160] of :func:`clip_sound`."""
    return logmel(clip_sound(clip, rendition.speed), rendition.warp)


def scales(clips: Iterable[Clip], names: list[str]) -> dict[str, SpeakerScale]:
    """Mouth sizes of all filmed speakers."""
    by_speaker: dict[str, list[Clip]] = {}
    for clip in clips:
        if clip.face is not None:
            by_speaker.setdefault(clip.speaker, []).append(clip)
    return {speaker: speaker_scale(group, names) for speaker, group in by_speaker.items()}


def filmed_code(clip: Clip, names: list[str], scale: SpeakerScale, frames: int, speed: float = 1.0) -> FloatArray:
    """Mouth code of a tracked clip, float32 [frames, 13] at 60 frames a second."""
    assert clip.face is not None
    return to_frames(mouth_code(clip.face, names, scale), clip.face.fps, frames, speed)


def teacher_lessons(clips: Sequence[Clip], names: list[str], sizes: dict[str, SpeakerScale]) -> list[Lesson]:
    """What the phone teacher learns from: all filmed clips, 3 s each."""
    lessons = []
    for clip in clips:
        features = clip_features(clip)[: 3 * FPS]
        code = filmed_code(clip, names, sizes[clip.speaker], len(features))
        lessons.append(Lesson(articulation(clip.phones, features), code))
    return lessons


def make_item(
    clip: Clip,
    rendition: Rendition,
    names: list[str],
    sizes: dict[str, SpeakerScale],
    teachers: Teachers,
    listen: Listen | None = None,
) -> Item:
    """Features and neutral motion of a clip in a rendition."""
    features = clip_features(clip, rendition)
    if clip.face is not None:
        code = filmed_code(clip, names, sizes[clip.speaker], len(features), rendition.speed)
    else:
        code = teachers.label(clip, features, rendition.speed)
    board = clamp_board(compose(code) + hidden_controls(clip.phones, len(code), rendition.speed))
    heard = teachers.heard(clip, len(features), rendition.speed)
    sound = features if listen is None else listen(clip, rendition)
    f, b, h = (array.astype(np.float16) for array in (sound, board, heard))
    return Item(clip.name, clip.speaker, clip.face is not None, f, b, h, rendition.speed)


def renditions(count: int, rng: np.random.Generator) -> list[Rendition]:
    """The clip as it is, and ``count - 1`` other voices: tempo and pitch 0.82..1.28, formants 0.84..1.19."""
    varied = []
    for _ in range(count - 1):
        speed = float(np.exp(rng.uniform(np.log(0.82), np.log(1.28))))
        formants = float(np.exp(rng.uniform(np.log(0.84), np.log(1.19))))
        # Playing faster moved the formants up by ``speed`` already; the warp brings them to the wanted place.
        varied.append(Rendition(round(speed, 2), round(speed / formants, 2)))
    return [Rendition(), *varied]


def make_items(
    clips: Sequence[Clip],
    count: Callable[[Clip], int],
    names: list[str],
    sizes: dict[str, SpeakerScale],
    teachers: Teachers,
    seed: int,
    listen: Listen | None = None,
) -> Iterable[Item]:
    """All clips in ``count(clip)`` renditions each, the same for the same seed."""
    rng = np.random.default_rng(seed)
    for clip in clips:
        for rendition in renditions(count(clip), rng):
            yield make_item(clip, rendition, names, sizes, teachers, listen)
