"""``cstalk-live compare``: other methods beside ours, on the same data with the same budget; needs ``train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.train import offline


def compare(
    config: Annotated[Path, typer.Option("--config", metavar="FILE", help="The recipe.", show_default=False)] = Path(
        "configs/train/compare.yaml"
    ),
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The corpus; the recipe's, CSTALK_DATA, or shared/data beside the project, if left out.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Folder of the results.", show_default=False),
    ] = None,
    methods: Annotated[
        str, typer.Option(metavar="M,...", help="Only these, as ridge,ours; all if left out.", show_default=False)
    ] = "",
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The shipped model; the packaged one if left out.", show_default=False),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do finished methods again.")] = False,
) -> None:
    """Train other methods and ours alike and score them; goes on where it was stopped."""
    chosen = [name.strip() for name in methods.split(",") if name.strip()]
    offline("rivals.compare").compare(config, data, out, chosen, bundle, fresh)
