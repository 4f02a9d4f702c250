"""``cstalk-live evaluate``: score a model on a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.train import offline


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
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder for scores.json.", show_default=False)
    ] = None,
) -> None:
    """Score a model on the validation speakers of a corpus."""
    offline("evaluate").evaluate(bundle, data, out)
