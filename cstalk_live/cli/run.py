"""``cstalk-live run``: the daemon."""

from __future__ import annotations

import math
import signal
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import typer

from cstalk_live.cli.control_room import control_room, show_room
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
    target_flags,
)
from cstalk_live.compute_device import is_device
from cstalk_live.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cstalk_live.config.keys import LiveConfig
    from cstalk_live.config.load import Flag
    from cstalk_live.live_run import LiveRun
    from cstalk_live.status import StatusPrinter


Summary = TypeVar("Summary", covariant=True)


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
        str | None,
        typer.Option(
            metavar="N|NAME", help="Microphone: number or part of its name; or auto, cpu, cuda[:N] as --compute."
        ),
    ] = None,
    sample_rate: Annotated[
        int | None, typer.Option("--rate", metavar="HZ", help="Of the device, or of the PCM of --input -.")
    ] = None,
    pcm: Annotated[PcmFormat, typer.Option(help="Samples of --input -: mono, little-endian.")] = PcmFormat.s16le,
    emotion: Emotion = "",
    intensity: Intensity = None,
    lookahead: Lookahead = None,
    compute: Compute = None,
    osc: Annotated[list[str] | None, typer.Option(metavar="HOST:PORT", help="Send OSC there; repeat for more.")] = None,
    osc_layout: Annotated[OscLayout, typer.Option(help="What OSC messages carry.")] = OscLayout.raw,
    livelink: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST:PORT", help="Send Live Link Face packets there; repeat for more."),
    ] = None,
    record: Annotated[
        str | None, typer.Option(metavar="DIR", help="Record a take into this folder.", show_default=False)
    ] = None,
    monitor: Annotated[
        str | None,
        typer.Option(metavar="N|NAME", help="Play the voice there, in step with the face.", show_default=False),
    ] = None,
    obs: Annotated[
        str | None,
        typer.Option(metavar="ws://HOST:PORT", help="Let OBS delay a source as the face is.", show_default=False),
    ] = None,
    obs_source: Annotated[
        str | None, typer.Option(metavar="NAME", help="That source's name in OBS.", show_default=False)
    ] = None,
    face: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUBJECT=INPUT",
            help="One of several faces: a sound file, mic, or mic:N|NAME; repeat for each.",
            show_default=False,
        ),
    ] = None,
    page: Annotated[
        bool | None, typer.Option("--ui/--no-ui", help="Serve the control room.", show_default="on")
    ] = None,
    open_: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open it in the browser.", show_default="on")
    ] = None,
    ui_port: Annotated[int | None, typer.Option(metavar="PORT", help="Its TCP port.", show_default="8765")] = None,
    ui_lan: Annotated[
        bool | None, typer.Option("--ui-lan", help="Let the local network in; shows a QR code.", show_default=False)
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(metavar="N", help="Stop after N seconds.", show_default=False)
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="A JSON object a second on standard output.")] = False,
    anyway: Anyway = False,
    bundle: Bundle = None,
    config: ConfigFile = None,
) -> None:
    """Listen, and send the face 60 times a second until the sound ends or Ctrl-C."""
    check_seconds(seconds)
    if device is not None and compute is None and is_device(device):
        device, compute = None, device
    _check_input(input_, device, sample_rate)
    flags = [
        *flag("--device", ("audio", "device"), _device(device)),
        *flag("--rate", ("audio", "sample_rate"), sample_rate),
        *emotion_flags(emotion, intensity),
        *lookahead_flag(lookahead),
        *flag("--compute", ("engine", "device"), compute),
        *flag("--bundle", ("model", "bundle"), bundle),
        *target_flags("--osc", "osc", osc, {"layout": osc_layout.value}),
        *target_flags("--livelink", "livelink", livelink, {}),
        *flag("--record", ("output", "record", "folder"), record),
        *flag("--monitor", ("output", "monitor", "device"), _device(monitor)),
        *flag("--obs", ("output", "obs", "address"), obs),
        *flag("--obs-source", ("output", "obs", "source"), obs_source),
        *_faces(face),
        *flag("--ui", ("ui", "page"), page),
        *flag("--open", ("ui", "open"), open_),
        *flag("--ui-port", ("ui", "port"), ui_port),
        *flag("--ui-lan", ("ui", "lan"), ui_lan or None),
    ]
    from cstalk_live.config.load import load_settings
    from cstalk_live.live_run import prepare
    from cstalk_live.status import StatusPrinter

    config = config if config is not None else _saved_settings()
    settings = load_settings(config, flags)
    if obs_source is not None and settings.config.output.obs.address is None:
        raise UsageError("--obs-source is given, but not where OBS is", "add --obs ws://127.0.0.1:4455")
    printer = StatusPrinter(json_, settings.config.status.interval_s, settings.config.log.level)
    if config is not None and config == _saved_settings():
        printer.say(f"settings: {config}")
    follow = (config, flags) if config is not None else None
    if settings.config.faces:
        if input_ is not None:
            raise UsageError("--input is one sound, and there are several faces", "use --face NAME=FILE for each")
        if page or (page is None and open_):
            printer.say("no page: it shows one face, and there are several - run one face by itself for it", "warning")
        _run_cast(settings.config, seconds, printer, anyway, follow)
        return
    with control_room(settings.config, printer) as room:
        live = prepare(
            settings.config,
            input_,
            seconds,
            printer if room is None else room.told,
            pcm=pcm.value,
            anyway=anyway,
            follow=follow,
            extra_outputs=() if room is None else (room.feed,),
            take_sound=() if room is None else (room.feed.hear,),
        )
        if room is not None:
            show_room(room, live, settings.config, config, printer)
        printer.summary(run_until_interrupted(live.daemon))
    if not _finish_take(live, printer):
        raise typer.Exit(1)


def _finish_take(live: LiveRun, printer: StatusPrinter) -> bool:
    """Whether what was recorded, if anything was to be, is whole: a script must not take half a take for a take."""
    if live.take is None:
        return True
    if not live.take.close_or_discard():
        printer.say("nothing was recorded: the run ended before its first frame", "warning")
    return live.take.close().error is None  # the reason was told when it happened


def _saved_settings() -> Path | None:
    """What the page saved where no file was named, if it ever did."""
    from cstalk_live.config.places import user_settings

    file = user_settings()
    return file if file.is_file() else None


def _run_cast(
    config: LiveConfig,
    seconds: float | None,
    printer: StatusPrinter,
    anyway: bool,
    follow: tuple[Path, list[Flag]] | None,
) -> None:
    """All faces of the settings, until each has ended."""
    from cstalk_live.cast import Cast

    cast = Cast(config, seconds, printer, anyway=anyway, follow=follow)
    for subject, summary in run_until_interrupted(cast).items():
        printer.summary({"subject": subject, **summary})
    whole = [_finish_take(run, printer) for run in cast.runs.values()]
    if cast.failures or not all(whole):
        raise typer.Exit(1)


def _faces(faces: list[str] | None) -> list[Flag]:
    """``--face SUBJECT=INPUT``, INPUT being a sound file, ``mic``, ``mic:3`` or ``mic:part of its name``."""
    if not faces:
        return []
    found = []
    for face in faces:
        subject, equals, given = face.partition("=")
        if not equals or not subject or not given:
            raise UsageError(f"--face {face!r} is not SUBJECT=INPUT", "write Alice=talk.wav, Bob=mic or Bob=mic:2")
        kind, _, device = given.partition(":")
        microphone = kind == "mic"
        found.append(
            {
                "subject": subject,
                "input": None if microphone else given,
                "device": _device(device or None) if microphone else None,
            }
        )
    return flag("--face", ("faces",), found)


class Run(Protocol[Summary]):
    """What can be started and stopped: a face or a cast of them."""

    def run(self) -> Summary: ...

    def stop(self) -> None: ...


def run_until_interrupted(daemon: Run[Summary]) -> Summary:
    """The first Ctrl-C (or SIGTERM, or the closing of the terminal) ends the run properly; a second one ends the
    program at once.
    """

    def interrupt(_number: int, _frame: object) -> None:
        for number in handled:
            signal.signal(number, signal.default_int_handler)
        daemon.stop()

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # no system has all of them
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # What was ignored on purpose stays so (nohup); but shells ignore SIGINT for every command put behind '&'.
    handled = [number for number in numbers if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN]
    if threading.current_thread() is not threading.main_thread():
        return daemon.run()  # only the main thread may set handlers
    before = [signal.signal(number, interrupt) for number in handled]
    try:
        return daemon.run()
    finally:
        for number, handler in zip(handled, before, strict=True):
            signal.signal(number, handler)


def check_seconds(seconds: float | None) -> None:
    """``--seconds``: more than none, and no NaN, which would never be over.

    Raises:
        UsageError: it is neither.
    """
    if seconds is not None and not 0.0 < seconds < math.inf:
        raise UsageError(f"--seconds: {seconds:g} is no time to run", "give more than 0, or leave it out")


def _check_input(input_: str | None, device: str | None, sample_rate: int | None) -> None:
    """Flags that would do nothing beside ``--input`` are a misunderstanding."""
    if input_ is None:
        return
    if device is not None:
        raise UsageError("--device and --input are both given", "leave one of them out")
    if sample_rate is not None and input_ != "-":
        raise UsageError("--rate is given for a sound file, which states its own", "leave it out")


def _device(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isdecimal() else text
