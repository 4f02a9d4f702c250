"""All that gives motion to a voice nobody filmed: the teacher that reads phones, and the one that hears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cstalk_live.records import FPS, FloatArray

from .constraints import constrain
from .corpus import CORPUS_RATE, Clip
from .recogniser_features import Projection, RecogniserFeatures
from .settings import SoundTeacherRecipe
from .sound_teacher import HeardLesson, SoundTeacher, fit_sound_teacher, hear
from .teach import PhoneTeacher, teach

FITTED_FRAMES = 3 * FPS
"""Tracked clips are 3 s long."""

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


def fit_ear(
    recipe: SoundTeacherRecipe,
    filmed: Sequence[Clip],
    codes: Sequence[FloatArray],
    others: Sequence[Clip],
    seed: int,
    report: Callable[[int, float], None],
) -> Ear:
    """Fit the sound teacher to tracked clips and the mouth codes measured on them ([180, 13] each).

    Args:
        others: unfilmed clips, of which only the principal components hear.

    Raises:
        UsageError: the recogniser is not installed.
    """
    ears = RecogniserFeatures()
    counts = Counter(clip.speaker for clip in filmed)
    main = counts.most_common(1)[0][0]
    lessons = [
        HeardLesson(ears.of(clip, len(code)), code, 1.0 if clip.speaker == main else OTHERS_DRAWN)
        for clip, code in zip(filmed, codes, strict=True)
    ]
    teacher = fit_sound_teacher(lessons, recipe.members, recipe.epochs, seed, report)
    seen = [lesson.features[::7] for lesson in lessons]
    seen += [ears.of(clip, int(len(clip.audio()) / CORPUS_RATE * FPS))[::7] for clip in others]
    projection = Projection(np.concatenate(seen), recipe.components)
    return Ear(ears, teacher, projection, recipe.share)
