"""Checkpoints that survive a kill and a full disk: written beside, then renamed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import torch

from cstalk_live.errors import CorpusError, OutputError


def save_checkpoint(path: Path, content: dict[str, Any]) -> None:
    """Write ``content`` so that ``path`` is always either the old or the new checkpoint, whole.

    Raises:
        OutputError: the disk is full or cannot be written to; the old checkpoint is untouched.
    """
    # torch writes through C++ and reports a full disk as an assertion's traceback; a buffer leaves the writing to us.
    buffer = io.BytesIO()
    torch.save(content, buffer)
    beside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        _remove(beside)
        kept = "the checkpoint before it is whole; " if path.is_file() else ""
        raise OutputError(
            f"cannot save {path}: {error.strerror or error} ({len(buffer.getbuffer()) / 1e6:.0f} MB)",
            f"{kept}make room, then start the same command again",
        ) from error


def _remove(beside: Path) -> None:
    """Give back what a failed write took, if the folder lets us."""
    try:
        beside.unlink(missing_ok=True)
    except OSError:
        return


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU.

    Raises:
        CorpusError: the file is missing or not one of ours.
    """
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise CorpusError(f"cannot read checkpoint {path}: {error}", "remove it to start again") from error
    return content
