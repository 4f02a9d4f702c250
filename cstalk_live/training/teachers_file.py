"""Fitted teachers in a run's folder, so that a resumed run need not fit them again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from .checkpoint import load_checkpoint, save_checkpoint
from .corpus import Clip
from .recogniser_features import Projection, RecogniserFeatures
from .settings import Recipe
from .sound_teacher import SoundTeacher
from .teach import Lesson, PhoneTeacher
from .teachers import Ear, Teachers, fit_teachers

FORMAT = 1
"""Changes when a teacher's shape or meaning does."""


def fingerprint(recipe: Recipe, train: Sequence[Clip]) -> str:
    """What the teachers were fitted to: recipe keys and clips, as a SHA-256."""
    said = [FORMAT, recipe.teacher_epochs, recipe.seed, recipe.sound_teacher.model_dump_json()]
    clips = sorted(f"{clip.audio_path.parent.parent.name}/{clip.name}/{clip.face is not None}" for clip in train)
    return hashlib.sha256(json.dumps([said, clips]).encode()).hexdigest()


def save_teachers(path: Path, teachers: Teachers, mark: str) -> None:
    """Write the teachers with the mark of what they were fitted to.

    Raises:
        OutputError: the file cannot be written.
    """
    content = {"mark": mark, "phones": teachers.phones.state_dict()}
    if teachers.ear is not None:
        content["sound"] = teachers.ear.teacher.state_dict()
        content["mean"] = torch.from_numpy(teachers.ear.projection.mean)
        content["axes"] = torch.from_numpy(teachers.ear.projection.axes)
    save_checkpoint(path, content)


def load_teachers(path: Path, recipe: Recipe, mark: str) -> Teachers | None:
    """The teachers of a file, or None if they were fitted to something else.

    Raises:
        CorpusError: the file is not readable.
    """
    saved = load_checkpoint(path)
    if saved.get("mark") != mark:
        return None
    phones = PhoneTeacher()
    phones.load_state_dict(saved["phones"])
    phones.eval()
    wanted = recipe.sound_teacher
    if not wanted.members:
        return Teachers(phones)
    sound = SoundTeacher(wanted.members)
    sound.load_state_dict(saved["sound"])
    projection = Projection(saved["mean"].numpy(), saved["axes"].numpy())
    return Teachers(phones, Ear(RecogniserFeatures(), sound.eval(), projection, wanted.share))


def teachers_of(
    recipe: Recipe,
    train: Sequence[Clip],
    lessons: Sequence[Lesson],
    report: Callable[[str, int, int, float], None],
    keep: bool = True,
) -> Teachers:
    """The teachers of a recipe: those in the run's folder if they fit it, else newly fitted ones.

    Args:
        keep: write newly fitted ones to the run's folder.
    """
    path, mark = recipe.output / recipe.name / "teachers.pt", fingerprint(recipe, train)
    if path.is_file():
        found = load_teachers(path, recipe, mark)
        if found is not None:
            return found
    teachers = fit_teachers(recipe, train, lessons, report)
    if keep:
        save_teachers(path, teachers, mark)
    return teachers
