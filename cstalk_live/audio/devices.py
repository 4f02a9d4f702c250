"""Which sound inputs and outputs there are, and which one a user means."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cstalk_live.errors import DeviceError

_INSTALL_PORTAUDIO = {
    "linux": "install it with 'sudo apt install libportaudio2' (Debian, Ubuntu), 'sudo dnf install "
    "portaudio' (Fedora) or 'sudo pacman -S portaudio' (Arch), or use a sound file as input",
    "darwin": "run 'pip install --force-reinstall sounddevice', whose macOS wheel contains PortAudio, or use "
    "a sound file as input",
    "win32": "run 'pip install --force-reinstall sounddevice', whose Windows wheel contains PortAudio, or "
    "use a sound file as input",
}

_HOST_APIS_BY_MERIT = (
    "Windows WASAPI",
    "Core Audio",
    "ALSA",
    "JACK Audio Connection Kit",
    "Windows DirectSound",
    "MME",
)
"""Windows lists each device once per interface: WASAPI has full names and low latency, MME cuts names at 31
letters."""


PORTAUDIO = threading.RLock()
"""Held while a stream is opened or closed, or the devices are looked up anew: PortAudio does neither at once."""

rescans: set[Callable[[], None]] = set()
"""Called before the devices are looked up anew: each closes one stream that would otherwise be closed under it."""


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """A device as PortAudio lists it."""

    index: int
    """PortAudio's number; changes when devices come and go."""
    name: str
    host_api: str
    channels: int
    """In the direction that is meant: a headset has two entries."""
    default_rate: int
    """Hz."""
    is_default: bool

    def __str__(self) -> str:
        return f"{self.index} {self.name!r} ({self.host_api})"


@dataclass(frozen=True, slots=True)
class InputDevice(SoundDevice):
    """A device that can record."""


@dataclass(frozen=True, slots=True)
class OutputDevice(SoundDevice):
    """A device that can play."""


_Device = TypeVar("_Device", bound=SoundDevice)


def load_sounddevice() -> Any:
    """The sounddevice module, imported on first use: importing it starts PortAudio.

    Raises:
        DeviceError: PortAudio or sounddevice is not installed; the message says how to install it here.
    """
    try:
        import sounddevice
    except ImportError as error:
        raise DeviceError(f"cannot use sound devices: {error}", "pip install sounddevice") from error
    except OSError as error:
        fix = _INSTALL_PORTAUDIO.get(sys.platform, _INSTALL_PORTAUDIO["linux"])
        raise DeviceError(f"cannot use sound devices: {error}", fix) from error
    return sounddevice


def rescan_devices() -> None:
    """Make PortAudio look at the machine's devices again. It closes every stream: those that are in ``rescans``
    are told beforehand, others must not be open.

    PortAudio makes its list once, at start; a microphone plugged in later is not seen without this.

    Raises:
        DeviceError: PortAudio is missing or does not start again.
    """
    sd = load_sounddevice()
    with PORTAUDIO:
        for close in tuple(rescans):
            close()
        try:
            sd._terminate()
            sd._initialize()
        except sd.PortAudioError as error:
            raise DeviceError(
                f"PortAudio does not start: {error}", "restart the program or the machine's sound service"
            ) from error


def list_devices() -> list[InputDevice]:
    """All devices with at least one input channel, in PortAudio's order; may be empty.

    Raises:
        DeviceError: PortAudio is missing or fails.
    """
    return _listed_as(InputDevice, "input", 0)


def list_outputs() -> list[OutputDevice]:
    """All devices with at least one output channel, in PortAudio's order; may be empty.

    Raises:
        DeviceError: PortAudio is missing or fails.
    """
    return _listed_as(OutputDevice, "output", 1)


def _listed_as(kind: type[_Device], direction: str, place: int) -> list[_Device]:
    sd = load_sounddevice()
    try:
        host_apis = sd.query_hostapis()
        devices = sd.query_devices()
        default = int(sd.default.device[place])
    except sd.PortAudioError as error:
        raise DeviceError(f"cannot list the sound devices: {error}", "check the machine's sound service") from error
    if default < 0 and host_apis:
        key = f"default_{direction}_device"
        default = next((int(api[key]) for api in host_apis if api[key] >= 0), -1)
    return [
        kind(
            index=index,
            name=str(device["name"]),
            host_api=str(host_apis[device["hostapi"]]["name"]),
            channels=int(device[f"max_{direction}_channels"]),
            default_rate=int(device["default_samplerate"]),
            is_default=index == default,
        )
        for index, device in enumerate(devices)
        if device[f"max_{direction}_channels"] > 0
    ]


def find_device(which: int | str | None = None, devices: list[InputDevice] | None = None) -> InputDevice:
    """The input device that ``which`` means.

    Args:
        which: its index (also as text), its name or part of it in any case, optionally "name, host API" or
            part of that; ``None`` is the system's default.
        devices: where to look; all present ones when omitted.

    Raises:
        DeviceError: none or several fit; the message lists the candidates.
    """
    devices = list_devices() if devices is None else devices
    return _find(which, devices, "sound input", "connect a microphone, or use a sound file as input")


def find_output(which: int | str | None = None, devices: list[OutputDevice] | None = None) -> OutputDevice:
    """The output device that ``which`` means, as :func:`find_device` reads it.

    Raises:
        DeviceError: none or several fit; the message lists the candidates.
    """
    devices = list_outputs() if devices is None else devices
    return _find(which, devices, "sound output", "connect loudspeakers or install a virtual cable")


def _find(which: int | str | None, devices: Sequence[_Device], kind: str, remedy: str) -> _Device:
    if not devices:
        raise DeviceError(f"this machine has no {kind}", remedy)
    if which is None:
        default = next((device for device in devices if device.is_default), None)
        if default is None:
            raise DeviceError(f"this machine has no default {kind}", f"name one of: {_listed(devices)}")
        return default
    if isinstance(which, int) or which.strip().isdecimal():
        number = int(which)
        for device in devices:
            if device.index == number:
                return device
        raise DeviceError(f"no {kind} has the index {number}", f"available: {_listed(devices)}")
    return _find_by_name(which.strip(), devices, kind)


def _find_by_name(wanted: str, devices: Sequence[_Device], kind: str) -> _Device:
    part = wanted.casefold()
    found = [device for device in devices if part and part in f"{device.name}, {device.host_api}".casefold()]
    exact = [device for device in found if device.name.casefold() == part]
    candidates = exact or found
    if not candidates:
        raise DeviceError(f"no {kind} matches {wanted!r}", f"available: {_listed(devices)}")
    for host_api in _HOST_APIS_BY_MERIT:
        best = [device for device in candidates if device.host_api == host_api]
        if best and len({device.host_api for device in candidates}) > 1:
            candidates = best
            break
    if len(candidates) > 1:
        raise DeviceError(f"several {kind}s match {wanted!r}", f"name one of: {_listed(candidates)}")
    return candidates[0]


def _listed(devices: Sequence[SoundDevice]) -> str:
    return ", ".join(str(device) for device in devices)
