"""Faults of ``clips.tsv`` and ``phones.tsv``."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.model.spec import EMOTIONS

from .corpus import clip_split
from .corpus_faults import Report
from .phones import PHONES

TOUCH = 0.0015
"""Seconds by which neighbouring rows may miss each other: times are written with three decimals."""

END_SLACK = 0.06
"""Seconds by which the phones may end before or after the sound: the sound of a filmed clip of 75 frames is 22 ms
shorter than its picture, and aligners step by 10 ms."""


@dataclass(frozen=True, slots=True)
class ClipRow:
    """What ``clips.tsv`` says of a clip."""

    name: str
    speaker: str
    split: str
    samples: int | None
    labelled: bool
    """``False`` where the table itself says that the clip has no phones."""


def table(path: Path, shown: str, columns: tuple[str, ...], report: Report) -> list[dict[str, str]]:
    """Rows with all the ``columns``; what is wrong with the file goes to the report."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            rows = list(reader)
            header = reader.fieldnames or []
    except FileNotFoundError:
        report.add("missing table", shown, "", "no such file")
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        report.add("unreadable table", shown, "", str(error))
        return []
    absent = [column for column in columns if column not in header]
    if absent:
        report.add("unreadable table", shown, "", f"no column {', '.join(absent)}")
        return []
    whole = []
    for line, row in enumerate(rows, start=2):
        if any(not row.get(column) for column in columns) or None in row or None in row.values():
            report.add("bad row", shown, row.get("clip") or "", f"line {line} has too few or too many fields")
        else:
            whole.append(row)
    return whole


def check_clips(folder: Path, report: Report) -> list[ClipRow]:
    """The usable rows of ``clips.tsv``."""
    shown = f"{folder.name}/clips.tsv"
    found: dict[str, ClipRow] = {}
    for row in table(folder / "clips.tsv", shown, ("clip",), report):
        name = row["clip"]
        if name in found:
            report.add("duplicate name", shown, name, "two rows have this name")
            continue
        split = clip_split(row, folder.name)
        if split not in {"train", "val"}:
            report.add("unknown split", shown, name, f"split {split!r}")
        emotion = row.get("emotion")
        if emotion and emotion not in EMOTIONS:
            report.add("unknown emotion", shown, name, f"emotion {emotion!r}; known are {', '.join(EMOTIONS)}")
        samples = row.get("samples")
        if samples is not None and not samples.isdecimal():
            report.add("bad row", shown, name, f"samples is {samples!r}")
            samples = None
        speaker = row.get("speaker") or folder.name.removeprefix("grid_")
        found[name] = ClipRow(name, speaker, split, int(samples) if samples else None, row.get("phones") != "no")
    return list(found.values())


def check_phones(folder: Path, clips: list[ClipRow], seconds: dict[str, float], report: Report) -> None:
    """Faults of the phone table.

    Args:
        seconds: length of the sound of each clip, for those that could be read.
    """
    shown = f"{folder.name}/phones.tsv"
    by_clip: dict[str, list[tuple[float, float]]] = {}
    strange: dict[str, set[str]] = {}
    for row in table(folder / "phones.tsv", shown, ("clip", "start_s", "end_s", "phone"), report):
        name = row["clip"]
        times = by_clip.setdefault(name, [])
        if row["phone"] not in PHONES:
            strange.setdefault(name, set()).add(row["phone"])
        try:
            start, end = float(row["start_s"]), float(row["end_s"])
        except ValueError:
            start = end = math.nan
        if not 0.0 <= start < end < math.inf:
            report.add("bad row", shown, name, f"{row['phone']} from {row['start_s']} to {row['end_s']} s")
        else:
            times.append((start, end))
    if not by_clip:
        return
    for name, phones in strange.items():
        report.add("unknown phone", shown, name, ", ".join(sorted(phones)))
    named = {clip.name for clip in clips}
    for name in sorted(by_clip.keys() - named):
        report.add("phones without clip", shown, name, "clips.tsv has no such clip")
    for clip in clips:
        if clip.name in by_clip:
            _tiling(shown, clip.name, by_clip[clip.name], seconds.get(clip.name), report)
        elif clip.labelled:
            report.add("no phones", shown, clip.name, "no rows")


def _tiling(shown: str, name: str, times: list[tuple[float, float]], length: float | None, report: Report) -> None:
    """The first hole, the first overlap, and an end that is not the end of the sound."""
    at = 0.0
    kinds = set()
    for start, end in times:
        kind = "hole in phones" if start > at + TOUCH else "overlapping phones" if start < at - TOUCH else ""
        if kind and kind not in kinds:
            kinds.add(kind)
            report.add(kind, shown, name, f"{abs(start - at):.3f} s at {min(at, start):.3f} s")
        at = end
    if times and length is not None and abs(at - length) > END_SLACK:
        report.add("length mismatch", shown, name, f"phones end at {at:.3f} s, the sound at {length:.3f} s")
