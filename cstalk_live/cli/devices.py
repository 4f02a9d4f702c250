"""``cstalk-live devices``: the machine's microphones and sound outputs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cstalk_live.audio.devices import SoundDevice


def devices(
    json_: Annotated[bool, typer.Option("--json", help="As JSON on standard output.")] = False,
) -> None:
    """List the sound inputs and outputs; the default ones carry a star."""
    from cstalk_live.audio.devices import list_devices, list_outputs

    inputs, outputs = list_devices(), list_outputs()
    if json_:
        listed = [("input", device) for device in inputs] + [("output", device) for device in outputs]
        print(json.dumps([{"kind": kind, **asdict(device)} for kind, device in listed], indent=2))
        return
    if inputs:
        _print("inputs (--device)", inputs)
    else:
        print("no sound inputs - connect a microphone, or use 'cstalk-live run --input FILE'")
    if outputs:
        _print("outputs (--monitor)", outputs)


def _print(title: str, found: Sequence[SoundDevice]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for heading, right in (("", False), ("no.", True), (title, False), ("interface", False)):
        table.add_column(heading, justify="right" if right else "left")
    table.add_column("channels", justify="right")
    table.add_column("rate", justify="right")
    for device in found:
        mark = "*" if device.is_default else ""
        number, channels, rate = str(device.index), str(device.channels), f"{device.default_rate} Hz"
        table.add_row(mark, number, device.name, device.host_api, channels, rate)
    Console().print(table)
