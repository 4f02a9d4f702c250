"""Fit the teachers, keep them, score them: ``cstalk-live teach --config configs/train/base.yaml``.

Training takes the teachers that lie in its run's folder, so this command is for looking at them first: how well the
labels that each would give follow the lips of the people it was fitted to and of strangers, and which constants the
coarticulation model found for every phone (``phones.csv``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from cstalk_live.records import FloatArray
from cstalk_live.rig import clamp_board

from .constraints import constrain
from .dominance import write_table
from .face_to_rig import compose
from .prepare import read_and_teach
from .progress import Bars
from .score import Scores
from .settings import read_recipe
from .sheet import Sheet, number
from .sound_teacher import hear
from .teach import teach as read_phones
from .teachers import Teachers
from .validate import Measured, lips

COLUMNS = {
    "lip_aperture.r": "lip gap r", "lip_width.r": "width r", "chin_drop.r": "chin r", "jawOpen.r": "jaw r",
    "closure.recall_given_ref": "closure recall", "closure.precision_ref": "precision",
}  # fmt: skip

Label = Callable[[Measured], FloatArray]


def _labellers(teachers: Teachers) -> dict[str, Label]:
    """Who can label: clip -> mouth code [n, 13]."""
    who: dict[str, Label] = {"phones": lambda m: read_phones(teachers.phones, m.clip.phones, m.features)}
    ear = teachers.ear
    if ear is not None:

        def sound(m: Measured) -> FloatArray:
            return constrain(hear(ear.teacher, ear.features.of(m.clip, len(m.features))), m.clip.phones)

        who |= {"sound": sound, "both": lambda m: teachers.label(m.clip, m.features)}
    return who


def score_labels(label: Label, clips: Sequence[Measured]) -> dict[str, float]:
    """How well labels follow the filmed lips; see :class:`.score.Scores`."""
    scores = Scores()
    for clip in clips:
        scores.add(lips(clamp_board(compose(label(clip)))), clip.tracks, clip.clip.phones)
    return scores.result()


def teach(config: Path) -> Path:
    """Fit the teachers of a recipe and print how good they are.

    Returns:
        The folder with ``teachers.pt``, ``phones.csv`` and ``teachers.md``.

    Raises:
        ConfigError, CorpusError, UsageError: the recipe, its data or the recogniser cannot be used.
    """
    recipe = read_recipe(config)
    with Bars() as bars:
        taught = read_and_teach(recipe, bars.say, bars.passes, keep=True)
    teachers, validation = taught.teachers, taught.validation
    fitted_to = {clip.speaker for clip in taught.train}
    groups = {
        "main speaker": [m for m in validation if m.clip.speaker in fitted_to],
        "all strangers": [m for m in validation if m.clip.speaker not in fitted_to],
    }
    rows = []
    for who, label in _labellers(teachers).items():
        for group, held in groups.items():
            found = score_labels(label, held) if held else {}
            rows.append((who, f"{group}, {len(held)} clips", *(number(found.get(key), ".3f") for key in COLUMNS)))
    note = "Clips not fitted to, with their phone labels: what is known of a voice that the teachers label."
    sheet = Sheet("Teachers", note, ("hears", "speakers", *COLUMNS.values()), tuple(rows), heads=2)
    folder = recipe.output / recipe.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "teachers.md").write_text(sheet.markdown(), encoding="utf-8")
    write_table(teachers.phones, folder / "phones.csv")
    Console().print(sheet.terminal())
    print(f"wrote {folder / 'teachers.pt'}, phones.csv and teachers.md")
    return folder
