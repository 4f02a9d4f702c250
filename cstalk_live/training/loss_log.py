"""``log.jsonl``: a line of losses for every step of a run, with the validation scores where they were taken."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cstalk_live.errors import CorpusError, OutputError

LOG_NAME = "log.jsonl"


class LossLog:
    """Appends to a run's log; every line is on disk before the next step.

    Raises:
        OutputError: on any call, if the file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOG_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            cut = self.path.is_file() and not self.path.read_bytes().endswith(b"\n")
            self._file = self.path.open("a", encoding="utf-8")
            if cut and self._file.tell():
                self._file.write("\n")  # a kill left half a line; the next one must not be joined to it
        except OSError as error:
            raise self._unwritable(error) from error

    def add(self, entry: dict[str, Any]) -> None:
        """Write one step."""
        try:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            f"cannot write {self.path}: {error.strerror or error}", "make room, then start the same command again"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as failure:  # the rest of a line that did not fit
            if error is None:
                raise self._unwritable(failure) from failure


def read_log(folder: Path) -> list[dict[str, Any]]:
    """All steps of a run in order. A step that a resumed run took again counts once, as it went the last time; lines
    that a kill cut short are passed over.

    Raises:
        CorpusError: there is no log, or nothing in it.
    """
    path = folder / LOG_NAME
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise CorpusError(
            f"cannot read {path}: {error.strerror}", "name the folder of a training run, e.g. runs/cstalk-base"
        ) from error
    steps: dict[int, dict[str, Any]] = {}
    for line in lines:
        try:
            entry = json.loads(line)
            steps[int(entry["step"])] = entry
        except (ValueError, KeyError, TypeError):
            continue
    if not steps:
        raise CorpusError(f"{path} holds no steps", "wait for the first one, or name another run")
    return [steps[step] for step in sorted(steps)]
