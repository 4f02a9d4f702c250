"""What the page offers to choose from: microphones, presets, takes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from cstalk_live.audio.devices import InputDevice, find_device, list_devices
from cstalk_live.errors import DeviceError
from cstalk_live.output.take_info import INFO_FILE
from cstalk_live.records import FPS

MOST_TAKES = 20
_LARGEST_INFO = 1_000_000


def listed_devices(chosen: int | str | None) -> list[dict[str, Any]]:
    """The microphones; the one that the settings mean has the settings' word for it as its value.

    Raises:
        DeviceError: PortAudio is missing or fails.
    """
    devices = list_devices()
    meant = None
    if chosen is not None:
        try:
            meant = find_device(chosen, devices)
        except DeviceError:
            meant = None  # the page says that it is not found
    names = Counter(device.name for device in devices)
    return [
        {
            "value": chosen if device == meant else _word_for(device, devices, names),
            "name": device.name,
            "host_api": device.host_api,
            "is_default": device.is_default,
        }
        for device in devices
    ]


def _word_for(device: InputDevice, devices: list[InputDevice], names: Counter[str]) -> str | int:
    """A word that still means this device when others come and go; its number where none does."""
    words = [device.name] if names[device.name] == 1 else []
    for word in (*words, f"{device.name}, {device.host_api}"):
        try:
            if word and not word.isdecimal() and find_device(word, devices) == device:
                return word
        except DeviceError:
            continue
    return device.index


def listed_takes(folder: Path) -> list[dict[str, Any]]:
    """The newest takes, the newest first; none where the folder cannot be read."""
    try:
        found = [entry for entry in folder.iterdir() if (entry / INFO_FILE).is_file()]
        found.sort(key=lambda entry: (entry / INFO_FILE).stat().st_mtime, reverse=True)
    except OSError:
        return []
    takes = (_take(entry) for entry in found[: 2 * MOST_TAKES])
    return [take for take in takes if take is not None][:MOST_TAKES]


def _take(folder: Path) -> dict[str, Any] | None:
    """None where it is no take of ours, or is being written."""
    file = folder / INFO_FILE
    try:
        if file.stat().st_size > _LARGEST_INFO:
            return None
        info = json.loads(file.read_text(encoding="utf-8"))
        return {
            "name": folder.name,
            "seconds": round(float(info["frames"]) / FPS, 2),
            "complete": info["complete"] is True,
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None
