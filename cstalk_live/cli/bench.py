"""``cstalk-live bench``: what this machine does, in one table and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cstalk_live.cli.options import Bundle, Compute, ConfigFile, Lookahead, flag, lookahead_flag
from cstalk_live.errors import UsageError

if TYPE_CHECKING:
    from cstalk_live.bench.rows import Section
    from cstalk_live.config.keys import LiveConfig


def bench(
    latency: Annotated[
        bool, typer.Option("--latency", help="Microphone to packet, through a virtual microphone (PulseAudio).")
    ] = False,
    fidelity: Annotated[
        bool, typer.Option("--fidelity", help="Quality against look-ahead; needs the corpus and the extra 'train'.")
    ] = False,
    streams: Annotated[bool, typer.Option("--streams", help="How many faces one core holds.")] = False,
    soak: Annotated[bool, typer.Option("--soak", help="Memory and drift over --minutes of sound.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Beside what else could be installed here; needs the corpus.")
    ] = False,
    seconds: Annotated[float, typer.Option(metavar="N", min=2.0, help="Length of each timed measurement.")] = 20.0,
    minutes: Annotated[float, typer.Option(metavar="N", help="Minutes of sound of --soak.")] = 10.0,
    real_time: Annotated[bool, typer.Option("--real-time", help="--soak on the machine's own clock.")] = False,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The corpus, as in 'evaluate'.", show_default=False)
    ] = None,
    clips: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="At most N clips a folder.", show_default=False)
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Picture of --fidelity.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write JSON there.", show_default=False)
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="JSON on standard output instead of the table.")] = False,
    lookahead: Lookahead = None,
    compute: Compute = None,
    bundle: Bundle = None,
    config: ConfigFile = None,
) -> None:
    """Measure: step, whole program, bake and start; or what is named instead."""
    import json
    import shlex
    import sys
    from dataclasses import replace

    from rich.console import Console

    from cstalk_live.bench.rows import machine, machine_line
    from cstalk_live.bench.table import print_table
    from cstalk_live.config.load import load_settings

    flags = [
        *lookahead_flag(lookahead),
        *flag("--compute", ("engine", "device"), compute),
        *flag("--bundle", ("model", "bundle"), bundle),
    ]
    settings = load_settings(config, flags).config
    facts = machine()
    progress = Console(stderr=True)
    chosen = [name for name, on in zip(_EXTRA, (latency, fidelity, streams, soak, compare), strict=True) if on]
    sections: list[Section] = []
    for name in chosen or _DEFAULT:
        for device in _devices(name, settings, compute):
            progress.print(f"measuring {name} on {device} ...", highlight=False)
            engine = settings.engine.model_copy(update={"device": device})
            on_device = settings.model_copy(update={"engine": engine})
            section = _measure(name, on_device, seconds, minutes, real_time, data, clips, plot, lookahead)
            sections.append(section if device == "cpu" else replace(section, title=f"{section.title}, {device}"))
    document = {
        "machine": facts,
        "command": shlex.join(["cstalk-live", *sys.argv[1:]]),
        "sections": {
            section.title: {
                "rows": [row.document() for row in section.rows],
                "notes": list(section.notes),
                "details": section.details,
            }
            for section in sections
        },
    }
    text = json.dumps(_without_nan(document), indent=2)
    if out is not None:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write '{out}': {error.strerror or error}", "choose another place") from None
    if json_:
        print(text)
        return
    console = Console()
    print_table(machine_line(facts), sections, console if console.is_terminal else Console(width=_PAGE))
    if out is not None:
        print(f"wrote {out}")


_PAGE = 132
"""Columns of a table that goes to a file or a pipe."""

_ON_GPU = ("step", "program", "streams")
"""What is measured a second time where there is a GPU."""


def _devices(name: str, settings: LiveConfig, compute: str | None) -> list[str]:
    """What to measure on: what was asked for; otherwise the CPU, and the GPU if ONNX Runtime can use one."""
    from cstalk_live.assembly import bundle_of
    from cstalk_live.errors import CSTalkError
    from cstalk_live.model.compute import open_engine

    if compute is not None or settings.engine.device != "cpu" or name not in _ON_GPU:
        return [settings.engine.device]
    try:
        open_engine(bundle_of(settings), "onnx", "cuda", say=lambda _: None)
    except CSTalkError:
        return ["cpu"]
    return ["cpu", "cuda:0"]


_DEFAULT = ("step", "program", "bake", "start")
_EXTRA = ("latency", "fidelity", "streams", "soak", "compare")


def _measure(
    name: str,
    settings: LiveConfig,
    seconds: float,
    minutes: float,
    real_time: bool,
    data: Path | None,
    clips: int | None,
    plot: Path | None,
    lookahead: str | None,
) -> Section:
    """One section; each imports what it needs."""
    import tempfile

    model = ["--bundle", settings.model.bundle] if settings.model.bundle else []
    model += ["--compute", settings.engine.device] if settings.engine.device != "cpu" else []
    bundle = Path(settings.model.bundle) if settings.model.bundle else None
    ahead = ["--lookahead", lookahead] if lookahead else []
    if name == "latency":
        from cstalk_live.bench.latency import measure_latency

        return measure_latency(seconds, (lookahead,) if lookahead else ("balanced", "tight"), model)
    if name == "fidelity":
        from cstalk_live.bench.fidelity import measure_fidelity

        return measure_fidelity(bundle, data, clips, None, plot)
    if name == "streams":
        from cstalk_live.bench.streams import measure_streams

        return measure_streams(settings, min(seconds, 10.0), [*model, *ahead])
    if name == "soak":
        from cstalk_live.bench.soak import measure_soak

        return measure_soak(settings, minutes, real_time)
    if name == "compare":
        from cstalk_live.bench.compare import measure_compare

        return measure_compare(bundle, data, clips)
    from cstalk_live.bench import paced

    if name == "step":
        return paced.measure_steps(settings, seconds)
    if name == "bake":
        with tempfile.TemporaryDirectory(prefix="cstalk-bench-") as folder:
            return paced.measure_bake(settings, Path(folder))
    if name == "start":
        return paced.measure_first_second(settings)
    from cstalk_live.bench.program import measure_program

    return measure_program(seconds, [*model, *ahead])


def _without_nan(value: object) -> object:
    """JSON has no NaN: null stands for what could not be measured."""
    if isinstance(value, dict):
        return {str(key): _without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and value != value else value
