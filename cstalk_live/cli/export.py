"""``cstalk-live export``: a training checkpoint becomes a bundle."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.train import offline


class Precision(StrEnum):
    """How a bundle holds its weights."""

    float32 = "float32"
    float16 = "float16"
    int8 = "int8"


def export(
    source: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT|BUNDLE", help="A checkpoint of 'train', or a float32 bundle.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Bundle to write (.onnx).")],
    precision: Annotated[
        Precision,
        typer.Option(help="float16: half the file; int8: smaller and faster. Refused if lips or closures suffer."),
    ] = Precision.float32,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: measure FILE, which is there, against the bundle BUNDLE.")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Corpus to measure on too; CSTALK_DATA, or shared/data beside the project, if left out.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the bundle that 'run --bundle' takes."""
    if check:
        offline("precision_check").check_precision(source, out, data)
        return
    print(f"wrote {offline('export').export(source, out, precision.value, data)}")
