"""What can be wrong with training data: the kinds of fault, what each means for training, and what to do about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault."""

    refuse: bool
    """Training does not start with it; otherwise it is a warning."""
    fix: str


KINDS = {
    "missing table": Kind(True, "restore the file"),
    "unreadable table": Kind(True, "restore it: UTF-8, tab separated, one header line"),
    "bad row": Kind(True, "correct the row"),
    "missing audio": Kind(True, "restore the file or remove its row in clips.tsv"),
    "unreadable audio": Kind(True, "restore the file or remove its row in clips.tsv"),
    "wrong sample rate": Kind(True, "convert it to 16 kHz"),
    "not mono": Kind(True, "mix it down to one channel"),
    "NaN audio": Kind(True, "restore the file or remove its row in clips.tsv"),
    "length mismatch": Kind(True, "restore the folder: sound, picture and tables must tell the same length"),
    "unreadable motion": Kind(True, "restore the file"),
    "NaN motion": Kind(True, "restore the file or remove the clips"),
    "blendshape out of range": Kind(True, "blendshapes lie within 0..1: restore the file"),
    "unknown phone": Kind(True, "use the 39 ARPAbet phones without stress, and SIL"),
    "hole in phones": Kind(True, "fill it with SIL: the rows of a clip tile it"),
    "overlapping phones": Kind(True, "correct the times: the rows of a clip tile it"),
    "unknown emotion": Kind(True, "use one of the emotions that the model knows, or leave the field empty"),
    "unknown split": Kind(True, "write train or val"),
    "duplicate name": Kind(True, "give every clip its own name"),
    "split leak": Kind(True, "remove the clip from train or from val"),
    "no phones": Kind(False, "the clip is skipped: label it with corpus align"),
    "phones without clip": Kind(False, "the rows are not used"),
    "no motion": Kind(False, "the clip counts as unfilmed"),
    "motion without clip": Kind(False, "the motion is not used"),
    "duplicate sound": Kind(False, "it counts twice: remove one"),
    "silent clip": Kind(False, "nothing can be learned from it: remove it"),
    "clipped clip": Kind(False, "record at a lower level, or remove it"),
    "speaker in both splits": Kind(False, "scores on this speaker's val clips do not speak of strangers"),
}
"""Every kind of fault, those that refuse training first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    kind: str
    """A key of :data:`KINDS`."""
    file: str
    """Path from the corpus folder, with forward slashes."""
    clip: str
    """The clip's name; empty if it is the whole file."""
    detail: str

    @property
    def refuses(self) -> bool:
        return KINDS[self.kind].refuse


@dataclass(slots=True)
class FolderSize:
    """What one sub-folder holds."""

    clips: int = 0
    filmed: int = 0
    speakers: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Report:
    """All that was found in a corpus."""

    thorough: bool
    faults: list[Fault] = field(default_factory=list)
    folders: dict[str, FolderSize] = field(default_factory=dict)

    def add(self, kind: str, file: str, clip: str, detail: str) -> None:
        """Note a fault.

        Raises:
            KeyError: the kind is not one of :data:`KINDS`, which is a defect of this program.
        """
        assert KINDS[kind]
        self.faults.append(Fault(kind, file, clip, " ".join(detail.split())))

    @property
    def refused(self) -> bool:
        return any(fault.refuses for fault in self.faults)

    def counts(self) -> dict[str, int]:
        """How often each kind occurs, in the order of :data:`KINDS`."""
        seen = Counter(fault.kind for fault in self.faults)
        return {kind: seen[kind] for kind in KINDS if kind in seen}

    def lines(self) -> list[str]:
        """One line per kind and file: verdict, kind, file, what is wrong, what to do."""
        groups: dict[tuple[str, str], list[Fault]] = {}
        for fault in self.faults:
            groups.setdefault((fault.kind, fault.file), []).append(fault)
        order = list(KINDS)
        lines = []
        for (kind, file), faults in sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
            first = faults[0]
            what = f"{first.clip}: {first.detail}" if first.clip else first.detail
            if len(faults) > 1:
                others = [fault.clip for fault in faults[1:4] if fault.clip]
                named = f" ({', '.join(others)}{', ...' if len(faults) > 4 else ''})" if others else ""
                what += f"; and {len(faults) - 1} more{named}"
            verdict = "refuse" if KINDS[kind].refuse else "warn"
            lines.append(f"{verdict:6s}  {kind}: {file}: {what} - {KINDS[kind].fix}")
        return lines

    def as_json(self) -> dict[str, object]:
        """The report for machines; every fault by itself."""
        return {
            "thorough": self.thorough,
            "refused": self.refused,
            "counts": self.counts(),
            "folders": {
                name: {
                    "clips": size.clips,
                    "filmed": size.filmed,
                    "speakers": size.speakers,
                    "seconds": round(size.seconds, 3),
                }
                for name, size in self.folders.items()
            },
            "faults": [
                {
                    "kind": fault.kind,
                    "refuses": fault.refuses,
                    "file": fault.file,
                    "clip": fault.clip,
                    "detail": fault.detail,
                }
                for fault in self.faults
            ],
        }
