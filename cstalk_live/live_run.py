"""Settings -> a :class:`Daemon` ready to run, with its source, outputs and take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cstalk_live.assembly import (
    MicrophoneChoice,
    Networks,
    Pipeline,
    make_outputs,
    make_session,
    microphone,
    sending_delay_us,
    sound_input,
)
from cstalk_live.audio.file import FileSource
from cstalk_live.audio.overheard import overheard
from cstalk_live.audio.pcm import PcmFormat
from cstalk_live.audio.source import Source
from cstalk_live.baking import refuse_flaws
from cstalk_live.clock import Clock, SystemClock
from cstalk_live.companion import Companion
from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.load import Flag
from cstalk_live.config.watch import SettingsWatch
from cstalk_live.daemon import Daemon, RunSettings, Watcher
from cstalk_live.direction import FaceControl
from cstalk_live.in_step import make_monitor, make_obs
from cstalk_live.listening import OpenSource, TakeSound
from cstalk_live.output.base import Output
from cstalk_live.output.outputs import OscFrameOutput
from cstalk_live.output.switch import SwitchedOutput
from cstalk_live.output.take import TakeRecorder
from cstalk_live.output.take_info import TakeInfo
from cstalk_live.output.take_switch import TakeSwitch
from cstalk_live.output.timecode import TimeOfDay
from cstalk_live.reins import Reins, takes_folder
from cstalk_live.return_channel import ReturnChannel
from cstalk_live.steering import Steering

_LONGEST_DEVICE_LATENCY_US = 100_000

IN_PHASE_US = 50_000
"""Three frames, and five blocks of a file: files started on such a grid complete their frames at the same moments."""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run that can begin."""

    daemon: Daemon
    pipeline: Pipeline
    take: TakeRecorder | None
    """What records it, if anything does."""
    delay_us: int
    """From the middle of a frame's sound to its sending."""
    source: Source
    outputs: tuple[Output, ...]
    takes: TakeSwitch
    """Begins and ends takes while it runs."""
    reins: Reins
    steering: Steering
    """The settings, which may be changed while it runs; from any thread."""
    settings: SettingsWatch | None
    """Follows their file, if there is one."""

    @property
    def control(self) -> FaceControl:
        """Changes the face while it runs; from any thread."""
        return self.pipeline.control

    def follow(self, before: LiveConfig, after: LiveConfig) -> None:
        """Take over what has changed in the settings' file, as far as it can change while the run goes on.

        Raises:
            CSTalkError: something of it cannot be had; nothing changes.
        """
        self.steering.follow_file(before, after)

    def abandon(self) -> None:
        """Close everything instead of beginning."""
        self.source.close()
        for output in self.outputs:
            output.close()
        if self.take is not None:
            self.take.close_or_discard()


def prepare(
    config: LiveConfig,
    input_name: str | None,
    seconds: float | None,
    watcher: Watcher,
    *,
    pcm: PcmFormat = "s16le",
    anyway: bool = False,
    clock: Clock | None = None,
    extra_outputs: tuple[Output, ...] = (),
    take_sound: Sequence[TakeSound] = (),
    follow: tuple[Path, Sequence[Flag]] | None = None,
    networks: Networks | None = None,
    wait_us: int = 0,
) -> LiveRun:
    """Everything a run needs, the model warmed up, before the source is opened.

    Args:
        input_name: a sound file, ``-`` for raw PCM on standard input, or None for the microphone.
        seconds: end after this long.
        pcm: samples of ``-``.
        anyway: use a file that is silent, clipped, cut short or has many channels.
        watcher: shows the run.
        clock: the machine's when left out.
        extra_outputs: displays.
        take_sound: also get the 24 kHz sound, as it is heard.
        follow: the settings file whose changes take effect while running, and the flags that beat it.
        networks: what computes; networks of its own if left out.
        wait_us: longest time that a step of these networks waits for other faces; files then start in phase.

    Raises:
        CSTalkError: any part that cannot be made; nothing is left open.
    """
    clock = clock if clock is not None else SystemClock()
    pipeline = make_session(config, lambda message: watcher.say(message, "warning"), networks)
    choice = MicrophoneChoice(config.audio.device) if input_name is None else None
    open_source = _opener(config, input_name, pcm, clock, IN_PHASE_US if wait_us else 1, choice)
    source = open_source()
    outputs: list[Output] = []
    if isinstance(source, FileSource) and not anyway:
        refuse_flaws(source)
    latency_us = _device_latency_us(source)
    delay_us = sending_delay_us(pipeline.delay_frames, _block_us(source)) + latency_us + wait_us
    try:
        for note in getattr(source, "notes", ()):
            watcher.say(note, "warning")
        outputs += make_outputs(config, clock, pipeline)
        hearing = [output for output in outputs if isinstance(output, OscFrameOutput)]
        switches = _switched(config, outputs)
        outputs[:] = [*switches.values(), *extra_outputs]
        monitor = make_monitor(config.output.monitor, delay_us, clock, watcher.say)
        obs = make_obs(config.output.obs, watcher.say)
        begin_take = partial(_begin_take, config, pipeline, clock, source.live)
        record = config.output.record
        records = record.folder is not None and record.at_start
        take = begin_take(source.name, record.slate, record.take) if records else None
    except BaseException:
        source.close()
        for output in outputs:
            output.close()
        raise
    if take is not None:
        watcher.say(f"recording to {take.folder}")
    elif not outputs:
        watcher.say("nothing is sent: add --osc HOST:PORT, --livelink HOST:PORT or --record DIR", "warning")
    # Whoever begins a take later may have another microphone by then.
    takes = TakeSwitch(lambda slate, number: begin_take(daemon.source.name, slate, number), take)
    outputs.append(takes)
    open_source = _first(source, open_source)
    if monitor is not None:
        open_source = overheard(open_source, monitor.voice, latency_us)
    companions: list[Companion] = [companion for companion in (monitor, obs) if companion is not None]
    if hearing:
        companions.append(ReturnChannel(hearing, pipeline.control, clock, watcher.say))
    if config.model.lookahead_ms != LiveConfig().model.lookahead_ms:
        watcher.say(pipeline.lookahead)
    polls: list[Callable[[], None]] = []
    daemon = Daemon(
        open_source,
        pipeline.session,
        outputs,
        watcher,
        clock,
        RunSettings(
            delay_us=delay_us,
            live=input_name is None,
            seconds=seconds,
            gain_db=config.audio.gain_db,
            device_latency_us=latency_us,
            priority=config.run.priority,
        ),
        take_sound=[takes.write_sound, *take_sound],
        companions=companions,
        each_second=polls,
        directed=lambda: pipeline.control.direction,
    )
    reins = Reins(daemon, pipeline, switches, choice)
    steering = Steering(config, pipeline.mood.names, reins.follow, reins.limit, reins.absent)
    watch = None
    if follow is not None and config.run.reload:
        file, flags = follow
        say = partial(watcher.say, severity="warning")
        watch = SettingsWatch(file, flags, config, steering.follow_file, say)
        polls.append(watch.poll)
    return LiveRun(daemon, pipeline, take, delay_us, source, tuple(outputs), takes, reins, steering, watch)


def _switched(config: LiveConfig, outputs: Sequence[Output]) -> dict[str, SwitchedOutput]:
    """``outputs`` of the settings, in their order, by the paths of their switches."""
    output = config.output
    on = {f"output.osc.{number}.on": osc.on for number, osc in enumerate(output.osc)}
    on |= {f"output.livelink.{number}.on": link.on for number, link in enumerate(output.livelink)}
    return {path: SwitchedOutput(output, on[path]) for path, output in zip(on, outputs, strict=True)}


def _first(source: Source, open_again: OpenSource) -> OpenSource:
    """Gives ``source`` first, which was opened before anything was written; then opens it again."""
    opened = [source]
    return lambda: opened.pop() if opened else open_again()


def _block_us(source: Source) -> int:
    """Longest time between two blocks; pipes and files come in blocks of 10 ms."""
    block: int = getattr(source, "block", source.sample_rate // 100)
    return block * 1_000_000 // source.sample_rate


def _device_latency_us(source: Source) -> int:
    """What the device says, within reason: some sound servers report nonsense."""
    latency: int = getattr(source, "latency_us", 0)
    return max(0, min(latency, _LONGEST_DEVICE_LATENCY_US))


def _opener(
    config: LiveConfig,
    input_name: str | None,
    pcm: PcmFormat,
    clock: Clock,
    grid_us: int,
    choice: MicrophoneChoice | None,
) -> OpenSource:
    if input_name is None:
        return microphone(config, clock, choice)
    return sound_input(input_name, config.audio.sample_rate, pcm, clock, grid_us)


def _begin_take(
    config: LiveConfig, pipeline: Pipeline, clock: Clock, live: bool, source_name: str, slate: str, number: int
) -> TakeRecorder:
    """Raises: OutputError: the folder cannot be written."""
    direction = pipeline.control.direction
    info = TakeInfo(
        slate=slate,
        take=number,
        source=source_name,
        bundle_name=pipeline.bundle_name,
        bundle_hash=pipeline.bundle_hash,
        emotion=dict(direction.mix),
        intensity=direction.intensity,
        lookahead_frames=pipeline.session.delay_frames,
    )
    folder = takes_folder(config.output.record.folder)
    return TakeRecorder(folder, info, time_of_day=TimeOfDay.local(clock), lossless=not live)
