"""Settings -> a :class:`Daemon` ready to run, with its source, outputs and take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.assembly import (
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
from cstalk_live.listening import OpenSource
from cstalk_live.output.base import Output
from cstalk_live.output.outputs import OscFrameOutput
from cstalk_live.output.take import TakeRecorder
from cstalk_live.output.take_info import TakeInfo
from cstalk_live.output.timecode import TimeOfDay
from cstalk_live.return_channel import ReturnChannel

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

    @property
    def control(self) -> FaceControl:
        """Changes the face while it runs; from any thread."""
        return self.pipeline.control

    def follow(self, before: LiveConfig, after: LiveConfig) -> None:
        """Change what can change while the run goes on.

        Raises:
            UsageError: an emotion that the model does not know.
        """
        if after.emotion != before.emotion:  # else what was asked for from outside stays
            self.control.set_emotion(after.emotion.mix)
            self.control.set_intensity(after.emotion.intensity)
        if after.model.lookahead_ms != before.model.lookahead_ms:
            self.daemon.set_lookahead(after.model.lookahead_ms)

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
        follow: the settings file whose changes take effect while running, and the flags that beat it.
        networks: what computes; networks of its own if left out.
        wait_us: longest time that a step of these networks waits for other faces; files then start in phase.

    Raises:
        CSTalkError: any part that cannot be made; nothing is left open.
    """
    clock = clock if clock is not None else SystemClock()
    pipeline = make_session(config, lambda message: watcher.say(message, "warning"), networks)
    open_source = _opener(config, input_name, pcm, clock, IN_PHASE_US if wait_us else 1)
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
        outputs += extra_outputs
        monitor = make_monitor(config.output.monitor, delay_us, clock, watcher.say)
        obs = make_obs(config.output.obs, watcher.say)
        take = _take(config, source.name, source.live, pipeline, clock)
    except BaseException:
        source.close()
        for output in outputs:
            output.close()
        raise
    if take is not None:
        outputs.append(take)
        watcher.say(f"recording to {take.folder}")
    if not outputs:
        watcher.say("nothing is sent: add --osc HOST:PORT, --livelink HOST:PORT or --record DIR", "warning")
    open_source = _first(source, open_source)
    if monitor is not None:
        open_source = overheard(open_source, monitor.voice, latency_us)
    companions: list[Companion] = [companion for companion in (monitor, obs) if companion is not None]
    hearing = [output for output in outputs if isinstance(output, OscFrameOutput)]
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
        take_sound=[take.write_sound] if take is not None else [],
        companions=companions,
        each_second=polls,
        directed=lambda: pipeline.control.direction,
    )
    run = LiveRun(daemon, pipeline, take, delay_us, source, tuple(outputs))
    if follow is not None and config.run.reload:
        file, flags = follow
        watch = SettingsWatch(file, flags, config, run.follow, lambda text: watcher.say(text, "warning"))
        polls.append(watch.poll)
    return run


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


def _opener(config: LiveConfig, input_name: str | None, pcm: PcmFormat, clock: Clock, grid_us: int) -> OpenSource:
    if input_name is None:
        return microphone(config, clock)
    return sound_input(input_name, config.audio.sample_rate, pcm, clock, grid_us)


def _take(config: LiveConfig, source_name: str, live: bool, pipeline: Pipeline, clock: Clock) -> TakeRecorder | None:
    record = config.output.record
    if record.folder is None:
        return None
    info = TakeInfo(
        slate=record.slate,
        source=source_name,
        bundle_name=pipeline.bundle_name,
        bundle_hash=pipeline.bundle_hash,
        emotion=config.emotion.mix,
        intensity=config.emotion.intensity,
        lookahead_frames=pipeline.delay_frames,
    )
    return TakeRecorder(Path(record.folder), info, time_of_day=TimeOfDay.local(clock), lossless=not live)
