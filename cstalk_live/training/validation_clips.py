"""What a model is scored on: held-out clips of the voice it was trained on, strangers, and voices without a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.errors import CorpusError
from cstalk_live.records import FloatArray

from .corpus import Clip, blendshape_names, find_corpus, read_corpus
from .corpus_check import require_sound
from .lessons import clip_features
from .region_correlation import real_motion
from .validate import Measured, measured

MAIN, STRANGERS = "main speaker", "all strangers"

MAIN_FOLDER, STRANGER_FOLDERS, UNFILMED_FOLDER = "grid_s1", ("grid_speakers", "grid_more"), "librispeech"
FILMED_FOLDERS = (MAIN_FOLDER, *STRANGER_FOLDERS)

BESIDE = Path(__file__).resolve().parents[2]
"""The project; its neighbour ``shared/data`` is the corpus where nothing else is named."""

NAMES = {UNFILMED_FOLDER: "LibriSpeech val"}
"""What readers know a set of clips by, where that is not its own name."""

TRIAL_SHARE = 10
"""In a trial with N clips a group, whatever is fitted for comparison sees this many times N training clips."""


@dataclass(frozen=True, slots=True)
class ValidationClips:
    """The clips of one evaluation."""

    root: Path
    groups: dict[str, list[Measured]]
    """Filmed clips not trained on, by group of speakers; empty groups are left out."""
    real: dict[str, FloatArray]
    """The tracked motion of every clip of the groups on the rig, by :func:`clip_key`: float32 [n, 185], 60 a second."""
    unfilmed: list[tuple[Clip, FloatArray]]
    """Validation clips without a picture, with features [n, 160]."""
    training: list[Measured]
    """The main speaker's training clips."""
    filmed_training: list[FloatArray]
    """Tracked motion of training clips of all filmed speakers: float32 [n, 185] each, 60 a second."""


def clip_key(clip: Clip) -> str:
    """A name that no clip of another folder has."""
    return f"{_folder(clip)}/{clip.name}"


def _folder(clip: Clip) -> str:
    return clip.audio_path.parent.parent.name


def find_data(data: Path | None) -> Path:
    """The corpus: the folder that was named and no other, else ``CSTALK_DATA`` or the one beside the project.

    Raises:
        CorpusError: it holds no filmed clips.
    """
    if data is None:
        return find_corpus(None, BESIDE)
    if not any((data / name / "motion.npz").is_file() for name in FILMED_FOLDERS):
        what = "is not a folder" if not data.is_dir() else f"holds no motion.npz in {', '.join(FILMED_FOLDERS)}"
        raise CorpusError(f"{data} {what}", "name the folder that holds grid_s1/, grid_speakers/ and librispeech/")
    return data


def training_clips(root: Path, clips: Sequence[Clip]) -> tuple[Path, list[Clip]]:
    """The training clips among ``clips``, with their corpus; for clips to score alone, those of the usual corpus.

    Raises:
        CorpusError: there are none anywhere.
    """
    own = [c for c in clips if c.split == "train"]
    if any(_folder(c) == MAIN_FOLDER for c in own):
        return root, own
    try:
        usual = find_corpus(None, BESIDE)
    except CorpusError as error:
        raise CorpusError(
            f"{root} has no training clips, on which ridge, the comparison, is fitted",
            "set CSTALK_DATA to the corpus that the model was trained on",
        ) from error
    return usual, [
        c for c in read_corpus(usual, (MAIN_FOLDER, "grid_more")) if c.face is not None and c.split == "train"
    ]


def read_validation(root: Path, limit: int | None = None, spread: int = 60) -> ValidationClips:
    """Read and prepare the clips of a corpus.

    Args:
        limit: at most this many clips of each folder, for a trial.
        spread: how many filmed training clips, evenly picked, give :attr:`ValidationClips.filmed_training`.

    Raises:
        CorpusError: the corpus has faults, or no filmed validation clips.
    """
    filmed = [name for name in FILMED_FOLDERS if (root / name).is_dir()]
    unfilmed = [UNFILMED_FOLDER] if (root / UNFILMED_FOLDER).is_dir() else []
    require_sound(root, [root / name for name in (*filmed, *unfilmed)])
    clips = [c for c in read_corpus(root, tuple(filmed)) if c.face is not None]
    held = {name: [c for c in clips if c.split == "val" and _folder(c) == name][:limit] for name in filmed}
    if not any(held.values()):
        raise CorpusError(
            f"{root} has no filmed validation clips", "mark some clips 'val' in the column split of clips.tsv"
        )
    taught, training = training_clips(root, clips)
    main = [c for c in training if _folder(c) == MAIN_FOLDER]
    names = blendshape_names(taught)
    if limit is not None:
        main, spread = main[: TRIAL_SHARE * limit], min(spread, TRIAL_SHARE * limit)
    some = training[:: max(1, len(training) // spread)][:spread]
    every = [clip for group in held.values() for clip in group]
    return ValidationClips(
        root,
        _groups({folder: measured(group, names) for folder, group in held.items()}),
        dict(zip(map(clip_key, every), real_motion(every, names), strict=True)),
        [(c, clip_features(c)) for c in read_corpus(root, tuple(unfilmed)) if c.split == "val"][:limit],
        measured(main, names),
        real_motion(some, names),
    )


def _groups(by_folder: dict[str, list[Measured]]) -> dict[str, list[Measured]]:
    groups: dict[str, list[Measured]] = {}
    strangers: list[Measured] = []
    for folder, clips in by_folder.items():
        if folder == MAIN_FOLDER:
            groups[MAIN] = clips
            continue
        groups[_label(folder, clips)] = clips
        strangers += clips
    groups[STRANGERS] = strangers
    return {name: clips for name, clips in groups.items() if clips}


def _label(folder: str, clips: Sequence[Measured]) -> str:
    """A folder whose clips are all of one person is called after that person, where the person has a name."""
    speakers = {m.clip.speaker for m in clips}
    return speakers.pop() if len(speakers) == 1 and all(m.clip.speaker != m.clip.name for m in clips) else folder
