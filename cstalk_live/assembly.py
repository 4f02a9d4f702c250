"""Settings -> the parts of a run. Every command builds its session, source and outputs here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cstalk_live.clock import Clock
from cstalk_live.config.keys import LiveConfig, MotionConfig, OscConfig
from cstalk_live.direction import FaceControl
from cstalk_live.emotion import EmotionState
from cstalk_live.lookahead import describe, nearest_frames
from cstalk_live.model.bundle import Bundle, load_bundle
from cstalk_live.model.compute import open_runner
from cstalk_live.model.runner import Runner
from cstalk_live.motion.gate import GateConfig
from cstalk_live.motion.layer import LayerConfig, MotionLayer
from cstalk_live.output.command_gate import ReplayGuard
from cstalk_live.output.layout import layout_named
from cstalk_live.output.outputs import LiveLinkFaceOutput, OscControlsOutput, OscFrameOutput, new_session
from cstalk_live.output.target import parse_target
from cstalk_live.output.timecode import TimeOfDay
from cstalk_live.records import FPS
from cstalk_live.session import Session

if TYPE_CHECKING:
    from cstalk_live.audio.pcm import PcmFormat
    from cstalk_live.audio.source import Source
    from cstalk_live.output.base import Output

LIVELINK_PORT = 11111
"""Where Unreal's Live Link Face source listens."""

KEY_VARIABLE = "CSTALK_KEY"

MARGIN_US = 6_000
"""For the resampler's wait (0.6 ms), one step and one sending, at their 99th percentile."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A session and what is known of its model."""

    session: Session
    bundle_name: str
    bundle_hash: str
    """SHA-256 of the file, in hexadecimal."""
    computes: str
    """Runtime and device of the network, for people."""
    delay_frames: int
    mood: EmotionState
    """Its target is set by ``control``."""
    layer: MotionLayer
    """May be steered at any time."""
    control: FaceControl
    """Emotion, intensity and mute may be changed at any time."""
    lookahead: str
    """What the look-ahead of the settings came to, in words."""


def say_aside(message: str) -> None:
    """Standard error, for commands that show no status."""
    print(f"cstalk-live: {message}", file=sys.stderr)


class Networks(Protocol):
    """What gives a face its network and a spare one for changing the look-ahead, warmed up."""

    @property
    def bundle(self) -> Bundle: ...

    def pair(self) -> tuple[Runner, Runner]: ...


class OwnNetworks:
    """Every face computes by itself.

    Args:
        say: told what computes where that is not plain, and of a GPU that fails, then or later.

    Raises:
        BundleError: the model file is missing, damaged or made for another program.
    """

    def __init__(self, config: LiveConfig, say: Callable[[str], None] = say_aside) -> None:
        self.bundle = bundle_of(config)
        self._engine = config.engine
        self._say = once(say)

    def pair(self) -> tuple[Runner, Runner]:
        """See :class:`Networks`.

        Raises:
            EngineError: the settings name a GPU or a runtime that cannot be used.
        """
        return self._open(), self._open()

    def _open(self) -> Runner:
        return open_runner(self.bundle, self._engine.runtime, self._engine.device, say=self._say)


def bundle_of(config: LiveConfig) -> Bundle:
    """The model of the settings.

    Raises:
        BundleError: its file is missing, damaged or made for another program.
    """
    return load_bundle(Path(config.model.bundle) if config.model.bundle else None)


def make_session(
    config: LiveConfig, say: Callable[[str], None] = say_aside, networks: Networks | None = None
) -> Pipeline:
    """Load the model, warm it up, and join it with emotion and motion.

    Args:
        say: told what computes where that is not plain, and of a GPU that fails, then or later.
        networks: what computes; networks of its own if left out.

    Raises:
        BundleError: the model file is missing, damaged or made for another program.
        EngineError: the settings name a GPU or a runtime that cannot be used.
        UsageError: an emotion that the model does not know.
    """
    networks = networks if networks is not None else OwnNetworks(config, say)
    bundle = networks.bundle
    wanted_ms = config.model.lookahead_ms
    delay = nearest_frames(bundle.meta.delays, wanted_ms)
    mood = EmotionState(bundle.meta.emotions, config.emotion.attack_s, config.emotion.release_s)
    mood.set_target(config.emotion.mix, config.emotion.intensity)
    mood.snap()
    runner, spare = networks.pair()
    layer = MotionLayer(layer_config(config.motion), delay)
    session = Session(runner, layer, mood, delay, spare=spare, delays=bundle.meta.delays)
    lookahead = describe(bundle.meta.delays, wanted_ms)
    control = FaceControl(mood, config.emotion.mix, config.emotion.intensity)
    control.mute(config.audio.mute)
    return Pipeline(session, bundle.meta.name, bundle.sha256, runner.name, delay, mood, layer, control, lookahead)


def layer_config(motion: MotionConfig) -> LayerConfig:
    """The motion layer's settings."""
    return LayerConfig(
        gate=motion.gate,
        blinks=motion.blinks,
        gaze=motion.gaze,
        head=motion.head,
        smoothing=motion.smoothing,
        region_gain=motion.gain.model_dump(),
        region_smoothing=motion.smooth.model_dump(),
        gate_config=GateConfig(quietest_db=motion.gate_db),
    )


def once(say: Callable[[str], None]) -> Callable[[str], None]:
    """``say`` for a message's first time: the network and its spare meet the same trouble."""
    told: set[str] = set()

    def say_once(message: str) -> None:
        if message not in told:
            told.add(message)
            say(message)

    return say_once


def sending_delay_us(delay_frames: int, block_us: int) -> int:
    """From the middle of a frame's sound to its sending: half a frame, the look-ahead, a block, a margin."""
    return (2 * delay_frames + 1) * 1_000_000 // (2 * FPS) + block_us + MARGIN_US


@dataclass(slots=True)
class MicrophoneChoice:
    """The microphone to open next; set it from any thread."""

    device: int | str | None


def microphone(config: LiveConfig, clock: Clock, choice: MicrophoneChoice | None = None) -> Callable[[], Source]:
    """Opens the chosen device, that of the settings when left out; before a second attempt the machine's devices are
    looked up anew, unless that would disturb other microphones too often."""
    from cstalk_live.audio.devices import rescan_devices
    from cstalk_live.audio.microphone import MicrophoneSource, may_rescan

    audio = config.audio
    chosen = choice if choice is not None else MicrophoneChoice(audio.device)
    attempts = 0

    def open_microphone() -> Source:
        nonlocal attempts
        attempts += 1
        if attempts > 1 and may_rescan(clock):
            rescan_devices()
        return MicrophoneSource(
            device=chosen.device,
            sample_rate=audio.sample_rate,
            block=audio.block,
            latency=audio.latency_ms / 1000.0,
            clock=clock,
        )

    return open_microphone


def sound_input(
    name: str, sample_rate: int | None, pcm: PcmFormat, clock: Clock, grid_us: int = 1
) -> Callable[[], Source]:
    """A file, started on a grid of the clock's, or mono raw PCM from standard input for ``-``."""
    if name == "-":
        from cstalk_live.audio.pcm import StdinSource

        return lambda: StdinSource(sample_rate or 48_000, pcm, clock=clock)
    from cstalk_live.audio.file import FileSource

    return lambda: FileSource(name, clock, paced=True, grid_us=grid_us)


def make_outputs(config: LiveConfig, clock: Clock, pipeline: Pipeline) -> list[Output]:
    """All network outputs of the settings, for the face of ``pipeline``.

    Raises:
        OutputError: an address that cannot be used; nothing is left open.
    """
    run, guard = new_session(), ReplayGuard()
    outputs: list[Output] = []
    try:
        outputs.extend(_osc(osc, clock, pipeline, run, guard) for osc in config.output.osc)
        for link in config.output.livelink:
            target = parse_target(link.target, LIVELINK_PORT)
            outputs.append(
                LiveLinkFaceOutput(
                    target, time_of_day=TimeOfDay.local(clock), subject=link.subject, device_id=link.device_id
                )
            )
    except BaseException:
        for output in outputs:
            output.close()
        raise
    return outputs


def _osc(osc: OscConfig, clock: Clock, pipeline: Pipeline, run: int, guard: ReplayGuard) -> Output:
    target = parse_target(osc.target)
    if osc.layout == "per-control":
        values = layout_named(osc.values)
        if osc.address is None:
            return OscControlsOutput(target, values)
        return OscControlsOutput(target, values, template=osc.address)
    layout = layout_named(osc.layout)
    return OscFrameOutput(
        target,
        layout,
        clock=clock,
        subject=osc.subject,
        lookahead_frames=pipeline.delay_frames,
        session=run,
        directed=lambda: pipeline.control.direction,
        key=shared_key(osc),
        guard=guard,
    )


def shared_key(osc: OscConfig) -> str | None:
    """From the settings, else from the environment: never from the command line, which others can read."""
    return osc.key or os.environ.get(KEY_VARIABLE) or None
