"""``cstalk-live demo``: a bundled voice through the real path, with nothing to set up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cstalk_live.cli.options import Bundle, Emotion, Intensity, Lookahead, emotion_flags, flag, lookahead_flag

if TYPE_CHECKING:
    from cstalk_live.config.load import Flag


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the take.")] = Path("takes"),
    seconds: Annotated[
        float | None, typer.Option(metavar="N", help="Stop after N seconds.", show_default=False)
    ] = None,
    play: Annotated[bool, typer.Option("--play/--no-play", help="Let the voice be heard, if possible.")] = True,
    emotion: Emotion = "",
    intensity: Intensity = None,
    lookahead: Lookahead = None,
    bundle: Bundle = None,
) -> None:
    """Speak a bundled sample: live bars of the face, a take, and a picture of its curves."""
    from importlib import resources

    from cstalk_live.cli.face_bars import FaceBars, NewestFrame
    from cstalk_live.cli.run import check_seconds, run_until_interrupted
    from cstalk_live.config.load import Flag, load_settings
    from cstalk_live.live_run import prepare
    from cstalk_live.status import summary_line

    check_seconds(seconds)
    heard, problem = _output() if play else ([], "")
    settings = load_settings(
        None,
        [
            *emotion_flags(emotion, intensity),
            *lookahead_flag(lookahead),
            *flag("--bundle", ("model", "bundle"), bundle),
            Flag("--out", ("output", "record", "folder"), str(out)),
            Flag("--slate", ("output", "record", "slate"), "demo"),
            *heard,
        ],
    )
    newest = NewestFrame()
    bars = FaceBars("cstalk-live demo", newest)
    sample = resources.files("cstalk_live") / "sample" / "demo.flac"
    with resources.as_file(sample) as path:
        live = prepare(settings.config, str(path), seconds, bars, extra_outputs=(newest,))
        with bars:
            report = run_until_interrupted(live.daemon)
    if problem:
        print(f"not heard, this machine plays no sound: {problem}")
    print(summary_line(report))
    if live.take is not None and live.take.close_or_discard():
        print(f"take: {live.take.folder}")
        _picture(newest, live.take.folder)


def _output() -> tuple[list[Flag], str]:
    """The setting that lets the voice be heard, or why nothing can: a machine without loudspeakers is no reason
    to fail.
    """
    from cstalk_live.audio.devices import find_output
    from cstalk_live.errors import DeviceError
    from cstalk_live.monitoring import DEFAULT_DEVICE

    try:
        find_output()
    except DeviceError as error:
        return [], error.what
    return flag("--play", ("output", "monitor", "device"), DEFAULT_DEVICE), ""


def _picture(newest: object, folder: Path) -> None:
    """A picture beside the take, where matplotlib is present."""
    from cstalk_live.cli.face_bars import NewestFrame

    assert isinstance(newest, NewestFrame)
    try:
        import matplotlib as mpl
    except ImportError:
        print("no picture of the curves - pip install 'cstalk-live[plots]'")
        return
    mpl.use("Agg")
    import soundfile

    from cstalk_live.cli.curves_picture import draw

    voice, _ = soundfile.read(folder / "voice.flac", dtype="float32")
    print(f"picture: {draw(newest.history, voice, folder / 'curves.png')}")
