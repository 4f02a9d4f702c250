"""Checkpoints that survive a kill: written beside, then renamed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from cstalk_live.errors import CorpusError


def save_checkpoint(path: Path, content: dict[str, Any]) -> None:
    """Write ``content`` so that ``path`` is always either the old or the new checkpoint, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    torch.save(content, beside)
    beside.replace(path)


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
