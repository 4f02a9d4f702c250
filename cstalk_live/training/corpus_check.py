"""Training data looked over before anything is computed from it: ``cstalk-live corpus check``.

The command reads every sample; ``train`` looks at tables, arrays and the headers of the sound files, which takes a
second or two, and refuses to begin with data that would stop it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cstalk_live.errors import CorpusError

from .check_audio import check_sound
from .check_motion import check_motion
from .check_tables import ClipRow, check_clips, check_phones
from .corpus_faults import FolderSize, Report

MARKS = ("clips.tsv", "phones.tsv", "motion.npz")
"""A folder with one of these is meant to be a corpus folder."""


def corpus_folders(root: Path) -> list[Path]:
    """The corpus folders in ``root``, or ``root`` alone if it is one itself.

    Raises:
        CorpusError: there is none.
    """
    if not root.is_dir():
        raise CorpusError(f"{root} is not a folder", "name the folder that holds the corpus")
    if any((root / mark).is_file() for mark in MARKS):
        return [root]
    found = sorted(p for p in root.iterdir() if p.is_dir() and any((p / mark).is_file() for mark in MARKS))
    if not found:
        raise CorpusError(f"{root} holds no corpus folder", "a corpus folder has clips.tsv, phones.tsv and audio/")
    return found


def check_corpus(folders: Sequence[Path], thorough: bool) -> Report:
    """Look a corpus over.

    Args:
        folders: the corpus folders; what one has in common with another is a fault too.
        thorough: read every sample, not only the headers of the sound files.
    """
    report = Report(thorough)
    heard: dict[str, tuple[str, ClipRow]] = {}
    splits: dict[str, dict[str, str]] = {}
    for folder in folders:
        clips = check_clips(folder, report)
        seconds: dict[str, float] = {}
        for clip in clips:
            shown = f"{folder.name}/audio/{clip.name}.flac"
            found = check_sound(folder / "audio" / f"{clip.name}.flac", shown, clip, report)
            if found is None:
                continue
            seconds[clip.name], digest = found
            if digest in heard:
                _same_sound(shown, clip, *heard[digest], report)
            elif digest:
                heard[digest] = (shown, clip)
        check_phones(folder, clips, seconds, report)
        filmed = check_motion(folder, clips, seconds, report)
        for clip in clips:
            if clip.name in filmed:
                splits.setdefault(clip.speaker, {}).setdefault(clip.split, f"{folder.name}/clips.tsv")
        names = {clip.name for clip in clips}
        report.folders[str(folder) if folder.name in report.folders else folder.name] = FolderSize(
            len(clips), len(filmed & names), len({clip.speaker for clip in clips}), sum(seconds.values())
        )
    for speaker, where in sorted(splits.items()):
        if len(where) > 1:
            report.add(
                "speaker in both splits",
                where["val"],
                "",
                f"filmed speaker {speaker} is in {' and '.join(sorted(where))}",
            )
    return report


def _same_sound(shown: str, clip: ClipRow, other_file: str, other: ClipRow, report: Report) -> None:
    if clip.split == other.split:
        report.add("duplicate sound", shown, clip.name, f"the same samples as {other_file}")
    else:
        report.add(
            "split leak", shown, clip.name, f"{clip.split} has the same samples as {other_file} in {other.split}"
        )


def require_sound(root: Path, folders: Sequence[Path]) -> str:
    """The quick check before training.

    Args:
        root: the corpus, as the user may name it.
        folders: those of it and any others.

    Returns:
        One line about warnings, empty if there are none.

    Raises:
        CorpusError: training must not begin with this data.
    """
    report = check_corpus(folders, thorough=False)
    others = [folder for folder in folders if folder.parent != root]
    command = " ".join(["cstalk-live corpus check", *(f"--data {path}" for path in (root, *others))])
    bad = [fault for fault in report.faults if fault.refuses]
    if bad:
        first = bad[0]
        rest = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
        who = f"{first.clip}: " if first.clip else ""
        raise CorpusError(f"{first.kind}: {first.file}: {who}{first.detail}{rest}", f"see {command}")
    if not report.faults:
        return ""
    told = ", ".join(f"{count} x {kind}" for kind, count in report.counts().items())
    return f"the corpus has {told}; see {command}"
