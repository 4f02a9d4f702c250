"""Sound in: sources, the way to 24 kHz, and the ring the rest reads from."""

from cstalk_live.audio.devices import InputDevice, find_device, list_devices, rescan_devices
from cstalk_live.audio.file import FileSource
from cstalk_live.audio.intake import Intake, SoundBlock
from cstalk_live.audio.level import LevelMeter
from cstalk_live.audio.microphone import MicrophoneSource
from cstalk_live.audio.pcm import PcmFormat, StdinSource
from cstalk_live.audio.resample import Resampler
from cstalk_live.audio.ring import SoundRing
from cstalk_live.audio.source import EndOfSound, Source
from cstalk_live.audio.timebase import ExactTimebase, LockedTimebase, Timebase

__all__ = [
    "EndOfSound",
    "ExactTimebase",
    "FileSource",
    "InputDevice",
    "Intake",
    "LevelMeter",
    "LockedTimebase",
    "MicrophoneSource",
    "PcmFormat",
    "Resampler",
    "SoundBlock",
    "SoundRing",
    "Source",
    "StdinSource",
    "Timebase",
    "find_device",
    "list_devices",
    "rescan_devices",
]
