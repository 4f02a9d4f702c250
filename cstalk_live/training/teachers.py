"""All that gives motion to a voice nobody filmed: the teacher that reads phones, and the one that hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray

from .constraints import constrain
from .corpus import CORPUS_RATE, Clip, most_filmed
from .recogniser_features import Projection, RecogniserFeatures
from .settings import Recipe
from .sound_teacher import HeardLesson, SoundTeacher, fit_sound_teacher, hear
from .teach import Lesson, PhoneTeacher, fit_teacher, teach

OTHERS_DRAWN = 3.0
"""A clip of a speaker other than the most-filmed one is drawn this many times as often."""


@dataclass(frozen=True, slots=True)
class Ear:
    """The sound teacher with the features it reads."""

    features: RecogniserFeatures
    teacher: SoundTeacher
    projection: Projection
    share: float
    """Of its voice in a label, the phone teacher's is the rest."""


@dataclass(frozen=True, slots=True)
class Teachers:
    """What labels a clip."""

    phones: PhoneTeacher
    ear: Ear | None = None

    def label(self, clip: Clip, features: FloatArray, speed: float = 1.0) -> FloatArray:
        """Mouth code of a clip without a picture.

        Args:
            features: log-mel [n, 160] of the clip played ``speed`` times as fast.

        Returns:
            float32 [n, 13]; the rules of :mod:`.constraints` hold (lips shut on B, P and M).
        """
        read = teach(self.phones, clip.phones, features, speed)
        if self.ear is None:
            return read
        heard = hear(self.ear.teacher, self.ear.features.of(clip, len(features), speed))
        return constrain(self.ear.share * heard + (1.0 - self.ear.share) * read, clip.phones, speed)

    def heard(self, clip: Clip, frames: int, speed: float = 1.0) -> FloatArray:
        """What the recogniser makes of a clip: float32 [frames, K], K = 0 without an ear."""
        if self.ear is None:
            return np.zeros((frames, 0), np.float32)
        return self.ear.projection(self.ear.features.of(clip, frames, speed))


def fit_teachers(
    recipe: Recipe, train: Sequence[Clip], lessons: Sequence[Lesson], report: Callable[[str, int, int, float], None]
) -> Teachers:
    """Fit all the teachers a recipe asks for.

    Args:
        train: all training clips.
        lessons: of the filmed ones among them, in their order.
        report: called with the teacher's name, the passes it will make, those done, and the last one's loss.

    Raises:
        UsageError: the recogniser is not installed.
    """
    ears = RecogniserFeatures() if recipe.sound_teacher.members else None
    passes = recipe.teacher_epochs
    phones = fit_teacher(
        lessons, passes, recipe.seed, lambda at, loss: report("fitting the phone teacher", passes, at + 1, loss)
    )
    return Teachers(phones, None if ears is None else _fit_ear(ears, recipe, train, lessons, report))


def _fit_ear(
    ears: RecogniserFeatures,
    recipe: Recipe,
    train: Sequence[Clip],
    lessons: Sequence[Lesson],
    report: Callable[[str, int, int, float], None],
) -> Ear:
    filmed = [clip for clip in train if clip.face is not None]
    main = most_filmed(clip.speaker for clip in filmed)
    heard = [
        HeardLesson(ears.of(clip, len(lesson.code)), lesson.code, 1.0 if clip.speaker == main else OTHERS_DRAWN)
        for clip, lesson in zip(filmed, lessons, strict=True)
    ]
    wanted = recipe.sound_teacher
    passes = wanted.members * wanted.epochs
    teacher = fit_sound_teacher(
        heard,
        wanted.members,
        wanted.epochs,
        recipe.seed,
        lambda at, loss: report("fitting the sound teacher", passes, at, loss),
    )
    seen = [lesson.features[::7] for lesson in heard]
    # The main speaker's voice is most of the filmed sound: without the others its own colour would be a component.
    unfilmed = [clip for clip in train if clip.face is None]
    seen += [ears.of(clip, int(len(clip.audio()) / CORPUS_RATE * FPS))[::7] for clip in unfilmed]
    return Ear(ears, teacher, Projection.fitted(np.concatenate(seen), wanted.components), wanted.share)
