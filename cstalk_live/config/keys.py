"""The settings of a live run: every key, its type, its range and its default, in one place.

These models are frozen and know nothing of files: :mod:`cstalk_live.config.load` fills them from YAML and the
command line and turns what pydantic finds into one line per problem. ``configs/live.yaml`` shows the same
keys with the same defaults and one line of meaning each; a test compares the two.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from cstalk_live.compute_device import is_device
from cstalk_live.errors import OutputError
from cstalk_live.lookahead import LONGEST_MS, PROFILES, frames_ms

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A weight, 0..1."""

Gain = Annotated[float, Field(ge=0.0, le=2.0)]
"""How far something moves, 1 being its own way."""

MOST_FACES = 64
"""Faces of one program; far more than a machine holds."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _address(text: str) -> str:
    """Addresses are read here too, so that a wrong one is reported with its line in the file."""
    from cstalk_live.output.target import parse_target

    try:
        parse_target(text)
    except OutputError as error:
        raise ValueError(str(error)) from None
    return text


def _profile_ms(value: object) -> object:
    """The milliseconds of ``tight``, ``balanced`` or ``quality``; anything else is left to the type."""
    return frames_ms(PROFILES[value]) if isinstance(value, str) and value in PROFILES else value


Address = Annotated[Text, AfterValidator(_address)]
"""``HOST:PORT``; see ``output.target``."""


def _compute(text: str) -> str:
    if not is_device(text):
        raise ValueError(f"'{text}' does not name what computes - choose auto, cpu, cuda or cuda:N")
    return text


Compute = Annotated[Text, AfterValidator(_compute)]
"""``auto``, ``cpu``, ``cuda`` or ``cuda:N``."""


class Section(BaseModel):
    """A group of keys: unknown keys, wrong types and non-finite numbers are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class AudioConfig(Section):
    """Where the sound comes from."""

    device: int | Text | None = None
    """Input device: its number, a part of its name, or null for the system's default."""
    sample_rate: Annotated[int, Field(ge=8_000, le=384_000)] | None = None
    """Hz to ask the device for; null tries 48000 first, then the device's own rate."""
    block: Annotated[int, Field(ge=0, le=48_000)] = 480
    """Samples a callback delivers; 480 (10 ms at 48 kHz) is steadiest; 0 is 10 ms at any rate."""
    latency_ms: Annotated[float, Field(gt=0.0, le=1000.0)] = 20.0
    """Input latency to ask the device for."""
    gain_db: Annotated[float, Field(ge=-60.0, le=60.0)] = 0.0
    """Gain on the sound before anything listens to it."""
    mute: bool = False
    """The face hears silence."""


class ModelConfig(Section):
    """The network."""

    bundle: Text | None = None
    """Path of an ONNX bundle; null is the one that comes with the program."""
    lookahead_ms: Annotated[float, BeforeValidator(_profile_ms), Field(ge=0.0, le=LONGEST_MS)] = 67.0
    """How much sound after a frame the network may hear, or tight, balanced or quality; the bundle's nearest delay is
    used. May be changed while a run goes on."""


class EngineConfig(Section):
    """What computes the network."""

    runtime: Literal["onnx", "torch"] = "onnx"
    """ONNX Runtime, or PyTorch (needs the extra ``torch``)."""
    device: Compute = "cpu"
    """``cpu``, ``cuda`` or ``cuda:N``; ``auto`` takes the first GPU that can be used, else the CPU."""


Slot = Literal["1", "2", "3", "4", "5", "6", "7", "8"]
"""A number key."""


class EmotionConfig(Section):
    """The mood of the voice."""

    mix: dict[str, Share] = Field(default_factory=dict)
    """Weight of each of the bundle's emotions; a mix, not a choice; empty is neutral."""
    intensity: Share = 1.0
    attack_s: Annotated[float, Field(ge=0.0, le=60.0)] = 0.3
    """Seconds for a weight to rise from 0 to 1."""
    release_s: Annotated[float, Field(ge=0.0, le=60.0)] = 0.6
    """Seconds for a weight to fall from 1 to 0."""
    key_mode: Literal["hold", "toggle"] = "hold"
    """What the page's keys 1 to 8 do: bring a mix while they are held, or until they are pressed again."""
    slots: dict[Slot, dict[str, Share] | None] = Field(default_factory=dict)
    """Mix of each of these keys; those left out bring one emotion each."""


class RegionGains(Section):
    """How far each region of the face moves: 0 not at all, 1 as the network says, 2 twice as far."""

    brow: Gain = 1.0
    eye: Gain = 1.0
    nose_cheek: Gain = 1.0
    mouth: Gain = 1.0
    jaw: Gain = 1.0
    tongue: Gain = 1.0
    neck_ear: Gain = 1.0


class RegionSmoothing(Section):
    """Smoothing of each region of the face on top of ``motion.smoothing``: of the two the stronger holds."""

    brow: Share = 0.0
    eye: Share = 0.0
    nose_cheek: Share = 0.0
    mouth: Share = 0.0
    jaw: Share = 0.0
    tongue: Share = 0.0
    neck_ear: Share = 0.0


class MotionConfig(Section):
    """What speech alone does not give."""

    gate: bool = True
    """Close the mouth gently where there is no voice."""
    gate_db: Annotated[float, Field(ge=-90.0, le=-20.0)] = -72.0
    """Sound below this level is never a voice; "calibrate" measures it."""
    blinks: bool = True
    gaze: bool = True
    head: bool = False
    smoothing: Share = 0.0
    """0 sends the network's curves as they are, 1 smooths most."""
    gain: RegionGains = RegionGains()
    smooth: RegionSmoothing = RegionSmoothing()


class OscConfig(Section):
    """One OSC target."""

    target: Address
    on: bool = True
    """Frames go there."""
    layout: Literal["raw", "board", "per-control"] = "raw"
    address: Text | None = None
    """Address template of the per-control layout; ``{name}`` stands for the control."""
    values: Literal["raw", "board", "arkit"] = "raw"
    """What the per-control layout sends: 260 raw values, 185 board values or 61 ARKit values."""
    subject: Text = "CSTalk"
    key: Text | None = Field(default=None, repr=False)
    """Shared with the plugin, whose commands must then be signed; null takes the environment's CSTALK_KEY."""


class LiveLinkConfig(Section):
    """One Live Link Face target."""

    target: Address
    on: bool = True
    """Frames go there."""
    subject: Text = "CSTalk"
    device_id: Text | None = None
    """36 characters; null makes one that stays the same for this subject on this machine."""


class RecordConfig(Section):
    """Takes on disk."""

    folder: Text | None = None
    """Folder that takes are written to; null records nothing, unless the page asks for it, which then takes ./takes."""
    at_start: bool = True
    """With a folder: record from the beginning of the run; else when the page asks for it."""
    slate: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] = "cstalk"
    """First part of a take's name; the take number follows it."""
    take: Annotated[int, Field(ge=1, le=99_999)] = 1
    """Number of the next take, at least; numbers up to the highest that exists are passed over."""


def _obs_address(text: str) -> str:
    from cstalk_live.obs.protocol import parse_obs_address

    try:
        parse_obs_address(text)
    except OutputError as error:
        raise ValueError(str(error)) from None
    return text


class MonitorConfig(Section):
    """The voice, delayed as the face is, to a sound output."""

    device: int | Text | None = None
    """Output device: its number, a part of its name, or "default"; null plays nothing."""
    latency_ms: Annotated[float, Field(gt=0.0, le=1000.0)] = 30.0
    """Output latency to ask the device for."""
    extra_ms: Annotated[float, Field(ge=-1000.0, le=2000.0)] = 0.0
    """Delay on top of the face's own, for a renderer that shows the face later still."""


class ObsConfig(Section):
    """A source of OBS Studio that is delayed as the face is."""

    address: Annotated[Text, AfterValidator(_obs_address)] | None = None
    """``ws://HOST:PORT`` of its WebSocket server; null leaves OBS alone."""
    source: Text | None = None
    """The source's name; null is OBS's first global microphone."""
    password: Text | None = Field(default=None, repr=False)
    """Of the WebSocket server; null takes the environment's CSTALK_OBS_PASSWORD."""
    extra_ms: Annotated[float, Field(ge=-2000.0, le=10_000.0)] = 0.0
    """Delay on top of the face's own, for a renderer that shows the face later still."""


class OutputConfig(Section):
    """Where the frames go; every kind can be given several times."""

    osc: Annotated[tuple[OscConfig, ...], Field(strict=False, max_length=16)] = ()
    livelink: Annotated[tuple[LiveLinkConfig, ...], Field(strict=False, max_length=16)] = ()
    record: RecordConfig = RecordConfig()
    monitor: MonitorConfig = MonitorConfig()
    obs: ObsConfig = ObsConfig()


class FaceConfig(Section):
    """One of several faces."""

    subject: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    """The subject's name on the wire, and the slate of its takes."""
    input: Text | None = None
    """A sound file; null is a microphone."""
    device: int | Text | None = None
    """Its microphone, as ``audio.device``; null is the system's default."""
    mix: dict[str, Share] | None = None
    """Its emotions; null takes ``emotion.mix``."""
    intensity: Share | None = None
    """Null takes ``emotion.intensity``."""
    osc: Address | None = None
    """Where this face's OSC frames go, layout raw; null takes ``output.osc``. For receivers of one face a port."""


def _own_names(faces: tuple[FaceConfig, ...]) -> tuple[FaceConfig, ...]:
    """Receivers tell faces apart by name, case aside."""
    names = [face.subject.casefold() for face in faces]
    for face in faces:
        if names.count(face.subject.casefold()) > 1:
            raise ValueError(f"several faces are called '{face.subject}' - give each a name of its own")
    return faces


class RunConfig(Section):
    """How the program behaves on the machine."""

    priority: bool = True
    """Ask the system for more priority for the threads that must be in time."""
    reload: bool = True
    """Follow changes of the settings file while running: look-ahead and emotion."""


class LogConfig(Section):
    """What is said on standard error."""

    level: Literal["info", "warning", "error"] = "info"
    """info says everything; warning leaves out notices and the status line; error also leaves out losses."""


class StatusConfig(Section):
    """The status line."""

    interval_s: Annotated[float, Field(ge=0.1, le=3600.0)] = 1.0


class UiConfig(Section):
    """The control room, a page in the browser."""

    page: bool = True
    """Serve it; needs the built page."""
    open: bool = True
    """Open it in the browser when the run begins, where there is a screen."""
    port: Annotated[int, Field(ge=1, le=65_535)] = 8765
    """TCP port; where it is taken, the next free one of the ten from there."""
    lan: bool = False
    """Let other machines of the local network in, with the key in the printed address."""
    token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,128}$")] | None = Field(
        default=None, repr=False
    )
    """Key in the page's address; null makes a new one at every start. Give one to keep an OBS source's address."""


class LiveConfig(Section):
    """All settings of ``cstalk-live run``."""

    audio: AudioConfig = AudioConfig()
    model: ModelConfig = ModelConfig()
    engine: EngineConfig = EngineConfig()
    emotion: EmotionConfig = EmotionConfig()
    motion: MotionConfig = MotionConfig()
    output: OutputConfig = OutputConfig()
    faces: Annotated[
        tuple[FaceConfig, ...], Field(strict=False, max_length=MOST_FACES), AfterValidator(_own_names)
    ] = ()
    """Several faces in one program instead of one; what they share is above."""
    run: RunConfig = RunConfig()
    log: LogConfig = LogConfig()
    status: StatusConfig = StatusConfig()
    ui: UiConfig = UiConfig()


__all__ = [
    "AudioConfig",
    "EmotionConfig",
    "EngineConfig",
    "FaceConfig",
    "LiveConfig",
    "LiveLinkConfig",
    "LogConfig",
    "ModelConfig",
    "MonitorConfig",
    "MotionConfig",
    "ObsConfig",
    "OscConfig",
    "OutputConfig",
    "RecordConfig",
    "RegionGains",
    "RegionSmoothing",
    "RunConfig",
    "Section",
    "StatusConfig",
    "UiConfig",
]
