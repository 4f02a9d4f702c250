"""``cstalk-live evaluate``: score a model on a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.train import offline


def evaluate(
    data: Annotated[Path, typer.Option(metavar="DIR", help="The corpus.", show_default=False)],
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The model; the packaged one if left out.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="JSON to write.", show_default=False)
    ] = None,
) -> None:
    """Score a model on the validation speakers of a corpus."""
    offline("evaluate").evaluate(bundle, data, out)
