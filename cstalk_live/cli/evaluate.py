"""``cstalk-live evaluate``: score a model on a corpus."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.train import offline
from cstalk_live.errors import UsageError


def evaluate(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The corpus; CSTALK_DATA, or shared/data beside the project, if left out.",
            show_default=False,
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The model; the packaged one if left out.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Folder for report.html, scores.md, scores.json and the pictures.",
            show_default=False,
        ),
    ] = None,
    clips: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="A trial with at most N clips a folder.", show_default=False),
    ] = None,
    delays: Annotated[
        str | None,
        typer.Option(metavar="D,...", help="Look-aheads in frames of 1/60 s; 0,1,4,9 if left out.", show_default=False),
    ] = None,
) -> None:
    """Score a model on the validation speakers of a corpus; write tables, pictures and a report."""
    frames = _frames(delays) if delays is not None else None
    command = shlex.join(["cstalk-live", *sys.argv[1:]])
    offline("evaluate").evaluate(bundle, data, out, frames, clips, command)


def _frames(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"--delays {text} is not a list of frames", "write numbers with commas, as 0,4") from None
