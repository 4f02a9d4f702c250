"""``cstalk-live bake``: sound files to CSV, faster than real time."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cstalk_live.cli.options import (
    Anyway,
    Bundle,
    Compute,
    ConfigFile,
    Emotion,
    Intensity,
    Lookahead,
    emotion_flags,
    flag,
    lookahead_flag,
)
from cstalk_live.errors import CSTalkError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress

    from cstalk_live.session import Session


class BakeLayout(StrEnum):
    """Columns of the CSV."""

    raw = "raw"
    board = "board"
    arkit = "arkit"


def bake(
    inputs: Annotated[list[Path], typer.Argument(metavar="IN...", help="Sound files.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT", help="CSV to write; a folder for several inputs.")],
    layout: Annotated[BakeLayout, typer.Option(help="raw: 260 curves; board: 185; arkit: 61.")] = BakeLayout.raw,
    emotion: Emotion = "",
    intensity: Intensity = None,
    lookahead: Lookahead = None,
    compute: Compute = None,
    anyway: Anyway = False,
    bundle: Bundle = None,
    config: ConfigFile = None,
) -> None:
    """Turn sound files into CSV tables of the face, one row for every 1/60 s."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cstalk_live.assembly import make_session
    from cstalk_live.config.load import load_settings

    flags = [
        *emotion_flags(emotion, intensity),
        *lookahead_flag(lookahead),
        *flag("--compute", ("engine", "device"), compute),
        *flag("--bundle", ("model", "bundle"), bundle),
    ]
    settings = load_settings(config, flags)
    targets = _targets(inputs, out)
    session = make_session(settings.config).session
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    failed = 0
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        for source, target in zip(inputs, targets, strict=True):
            try:
                print(_bake_one(source, target, layout.value, session, progress, anyway), flush=True)
            except CSTalkError as error:
                failed += 1
                for line in str(error).splitlines():
                    print(f"cstalk-live: {line}", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


def _targets(inputs: list[Path], out: Path) -> list[Path]:
    """Where each input goes.

    Raises:
        UsageError: two inputs would write the same file, or several inputs were given one file.
    """
    if len(inputs) == 1 and not out.is_dir():
        return [out]
    if out.exists() and not out.is_dir():
        raise UsageError(f"-o '{out}' is a file, and there are {len(inputs)} inputs", "give a folder")
    targets = [out / f"{source.stem}.csv" for source in inputs]
    for index, target in enumerate(targets):
        if target in targets[:index]:
            raise UsageError(
                f"'{inputs[targets.index(target)]}' and '{inputs[index]}' would both become '{target}'",
                "rename one or bake them apart",
            )
    return targets


def _bake_one(source: Path, target: Path, layout: str, session: Session, progress: Progress, anyway: bool) -> str:
    """Bake one file; the line that says so."""
    import time

    from cstalk_live.baking import bake_file

    task = progress.add_task(source.name, total=None)

    def show(done_frames: int, total_frames: int) -> None:
        progress.update(task, completed=done_frames, total=total_frames)

    begin = time.monotonic()
    frames = bake_file(source, target, layout, session, show, anyway=anyway)
    progress.remove_task(task)
    took = time.monotonic() - begin
    return f"{target}: {frames} frames ({frames / 60:.1f} s) in {took:.1f} s"
