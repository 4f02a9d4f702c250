"""``cstalk-live export``: a training checkpoint becomes a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.train import offline


def export(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A checkpoint of 'train'.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Bundle to write (.onnx).")],
) -> None:
    """Write the bundle that 'run --bundle' takes."""
    print(f"wrote {offline('export').export(checkpoint, out)}")
