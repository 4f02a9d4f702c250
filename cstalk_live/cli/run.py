"""``cstalk-live run``: the daemon."""

from __future__ import annotations

import signal
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cstalk_live.cli.options import Bundle, ConfigFile, Emotion, Intensity, Lookahead, emotion_flags, flag

if TYPE_CHECKING:
    from cstalk_live.config.load import Flag
    from cstalk_live.daemon import Daemon


class OscLayout(StrEnum):
    """What OSC messages carry."""

    raw = "raw"
    board = "board"
    per_control = "per-control"


class PcmFormat(StrEnum):
    """Samples on standard input."""

    s16le = "s16le"
    f32le = "f32le"


def run(
    input_: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE|-", help="A sound file, or - for PCM.", show_default=False),
    ] = None,
    device: Annotated[
        str | None, typer.Option(metavar="N|NAME", help="Microphone: number or part of its name.")
    ] = None,
    sample_rate: Annotated[
        int | None, typer.Option("--rate", metavar="HZ", help="Of the device, or of the PCM of --input -.")
    ] = None,
    pcm: Annotated[PcmFormat, typer.Option(help="Samples of --input -: mono, little-endian.")] = PcmFormat.s16le,
    emotion: Emotion = "",
    intensity: Intensity = None,
    lookahead: Lookahead = None,
    osc: Annotated[list[str] | None, typer.Option(metavar="HOST:PORT", help="Send OSC there; repeat for more.")] = None,
    osc_layout: Annotated[OscLayout, typer.Option(help="What OSC messages carry.")] = OscLayout.raw,
    livelink: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST:PORT", help="Send Live Link Face packets there; repeat for more."),
    ] = None,
    record: Annotated[
        str | None, typer.Option(metavar="DIR", help="Record a take into this folder.", show_default=False)
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, metavar="N", help="Stop after N seconds.", show_default=False)
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="A JSON object a second on standard output.")] = False,
    bundle: Bundle = None,
    config: ConfigFile = None,
) -> None:
    """Listen, and send the face 60 times a second until the sound ends or Ctrl-C."""
    flags = [
        *flag("--device", ("audio", "device"), _device(device)),
        *flag("--rate", ("audio", "sample_rate"), sample_rate),
        *emotion_flags(emotion, intensity),
        *flag("--lookahead", ("model", "lookahead_ms"), lookahead),
        *flag("--bundle", ("model", "bundle"), bundle),
        *_targets("--osc", "osc", osc, {"layout": osc_layout.value}),
        *_targets("--livelink", "livelink", livelink, {}),
        *flag("--record", ("output", "record", "folder"), record),
    ]
    from cstalk_live.config.load import load_settings
    from cstalk_live.live_run import prepare
    from cstalk_live.status import StatusPrinter

    settings = load_settings(config, flags)
    printer = StatusPrinter(json_, settings.config.status.interval_s, settings.config.log.level)
    live = prepare(settings.config, input_, seconds, printer, pcm=pcm.value)
    printer.summary(run_until_interrupted(live.daemon))


def run_until_interrupted(daemon: Daemon) -> dict[str, Any]:
    """The first Ctrl-C (or SIGTERM) ends the run properly; a second one ends the program at once."""

    def interrupt(_number: int, _frame: object) -> None:
        for number in handled:
            signal.signal(number, signal.default_int_handler)
        daemon.stop()

    handled = [signal.SIGINT, signal.SIGTERM]
    if threading.current_thread() is not threading.main_thread():
        return daemon.run()  # only the main thread may set handlers
    before = [signal.signal(number, interrupt) for number in handled]
    try:
        return daemon.run()
    finally:
        for number, handler in zip(handled, before, strict=True):
            signal.signal(number, handler)


def _device(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isdecimal() else text


def _targets(name: str, key: str, targets: list[str] | None, common: dict[str, str]) -> list[Flag]:
    if not targets:
        return []
    return flag(name, ("output", key), [{"target": target, **common} for target in targets])
