"""``cstalk-live render``: a clip or a sheet of a speaking face; needs the extra ``render``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.options import Anyway, Bundle, Lookahead
from cstalk_live.cli.train import offline
from cstalk_live.errors import UsageError


class RenderView(StrEnum):
    """Where the camera stands."""

    front = "front"
    side = "side"
    both = "both"


class Comparison(StrEnum):
    """What is shown at the left."""

    real = "real"


def render(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A sound file, or a take's folder.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.mp4", help="The clip to write.", show_default=False)
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="A sheet of moments to write.", show_default=False)
    ] = None,
    emotion: Annotated[
        str,
        typer.Option("--emotion", "--emotions", metavar="NAMES", help="happy; happy,sad; happy=0.7,sad=0.1; or all."),
    ] = "neutral",
    compare: Annotated[
        Comparison | None,
        typer.Option(help="real: the tracked motion of a corpus clip at the left.", show_default=False),
    ] = None,
    view: Annotated[RenderView, typer.Option(help="side is a three-quarter view.")] = RenderView.front,
    size: Annotated[int, typer.Option(metavar="PIXELS", help="Height of a face.")] = 480,
    fps: Annotated[int, typer.Option(metavar="N", help="Pictures a second: 10, 12, 15, 20, 30 or 60.")] = 30,
    columns: Annotated[int, typer.Option(metavar="N", help="Moments on a sheet.")] = 6,
    seconds: Annotated[
        float | None, typer.Option(metavar="N", help="Stop after N seconds.", show_default=False)
    ] = None,
    lookahead: Lookahead = None,
    anyway: Anyway = False,
    bundle: Bundle = None,
) -> None:
    """Draw a face that speaks a sound file, or a recorded take: an mp4 with its sound, a PNG sheet, or both."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cstalk_live.cli.run import check_seconds

    if out is None and sheet is None:
        raise UsageError("nothing to write", "give -o clip.mp4, --sheet moments.png or both")
    check_seconds(seconds)
    motion, drawing = offline("render_motion"), offline("render")
    drawing.check_wishes(source, out, sheet, height=size, fps=fps, columns=columns)
    if source.is_dir():
        if compare is not None:
            raise UsageError("--compare is for clips of a corpus, not for takes", "leave it out")
        shown, sound = motion.recorded(source)
        motions = [shown]
    else:
        sound = source
        from cstalk_live.lookahead import read_lookahead

        wait_ms = read_lookahead(lookahead) if lookahead is not None else None
        motions = motion.spoken(source, emotion, bundle, wait_ms, anyway=anyway)
        if compare is not None:
            ours = [motion.Motion(f"model, {m.label}", m.weights) for m in motions]
            motions = [motion.tracked(source), *ours]
    if seconds is not None:
        motions = [motion.Motion(m.label, m.weights[: max(1, round(seconds * 60))]) for m in motions]
    stage = drawing.Stage(motions, size, view.value)
    console = Console(stderr=True)
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bars, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("drawing", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        if sheet is not None:
            moments = drawing.sheet(stage, sheet, columns, show)
            print(f"{sheet}: {stage.panels} faces at {', '.join(f'{k / 60:.2f}' for k in moments)} s", flush=True)
        if out is not None:
            pictures = drawing.film(stage, sound, out, fps, show)
            print(f"{out}: {stage.panels} faces, {pictures} pictures ({stage.frames / 60:.1f} s)", flush=True)
