"""Which microphones there are, and which one a user means."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class InputDevice:
    """A device that can record."""

    index: int
    """PortAudio's number; changes when devices come and go."""
    name: str
    host_api: str
    channels: int
    """Input channels."""
    default_rate: int
    """Hz."""
    is_default: bool

    def __str__(self) -> str:
        return f"{self.index} {self.name!r} ({self.host_api})"


def load_sounddevice() -> Any:
    """The sounddevice module, imported on first use: importing it starts PortAudio.

    Raises:
        DeviceError: PortAudio or sounddevice is not installed; the message says how to install it here.
    """
    try:
        import sounddevice
    except ImportError as error:
        raise DeviceError(f"cannot use microphones: {error}", "pip install sounddevice") from error
    except OSError as error:
        fix = _INSTALL_PORTAUDIO.get(sys.platform, _INSTALL_PORTAUDIO["linux"])
        raise DeviceError(f"cannot use microphones: {error}", fix) from error
    return sounddevice


def rescan_devices() -> None:
    """Make PortAudio look at the machine's devices again. Only while no stream is open: it would be closed.

    PortAudio makes its list once, at start; a microphone plugged in later is not seen without this.

    Raises:
        DeviceError: PortAudio is missing or does not start again.
    """
    sd = load_sounddevice()
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
    sd = load_sounddevice()
    try:
        host_apis = sd.query_hostapis()
        devices = sd.query_devices()
        default = int(sd.default.device[0])
    except sd.PortAudioError as error:
        raise DeviceError(f"cannot list the sound devices: {error}", "check the machine's sound service") from error
    if default < 0 and host_apis:
        default = next((int(api["default_input_device"]) for api in host_apis if api["default_input_device"] >= 0), -1)
    return [
        InputDevice(
            index=index,
            name=str(device["name"]),
            host_api=str(host_apis[device["hostapi"]]["name"]),
            channels=int(device["max_input_channels"]),
            default_rate=int(device["default_samplerate"]),
            is_default=index == default,
        )
        for index, device in enumerate(devices)
        if device["max_input_channels"] > 0
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
    if not devices:
        raise DeviceError("this machine has no sound input", "connect a microphone, or use a sound file as input")
    if which is None:
        default = next((device for device in devices if device.is_default), None)
        if default is None:
            raise DeviceError("this machine has no default sound input", f"name one of: {_listed(devices)}")
        return default
    if isinstance(which, int) or which.strip().isdecimal():
        number = int(which)
        for device in devices:
            if device.index == number:
                return device
        raise DeviceError(f"no sound input has the index {number}", f"available: {_listed(devices)}")
    return _find_by_name(which.strip(), devices)


def _find_by_name(wanted: str, devices: list[InputDevice]) -> InputDevice:
    part = wanted.casefold()
    found = [device for device in devices if part and part in f"{device.name}, {device.host_api}".casefold()]
    exact = [device for device in found if device.name.casefold() == part]
    candidates = exact or found
    if not candidates:
        raise DeviceError(f"no sound input matches {wanted!r}", f"available: {_listed(devices)}")
    for host_api in _HOST_APIS_BY_MERIT:
        best = [device for device in candidates if device.host_api == host_api]
        if best and len({device.host_api for device in candidates}) > 1:
            candidates = best
            break
    if len(candidates) > 1:
        raise DeviceError(f"several sound inputs match {wanted!r}", f"name one of: {_listed(candidates)}")
    return candidates[0]


def _listed(devices: list[InputDevice]) -> str:
    return ", ".join(str(device) for device in devices)
