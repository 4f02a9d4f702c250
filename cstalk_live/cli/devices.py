"""``cstalk-live devices``: the machine's microphones."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer


def devices(
    json_: Annotated[bool, typer.Option("--json", help="As JSON on standard output.")] = False,
) -> None:
    """List the sound inputs; the default one carries a star."""
    from cstalk_live.audio.devices import list_devices

    found = list_devices()
    if json_:
        print(json.dumps([asdict(device) for device in found], indent=2))
        return
    if not found:
        print("no sound inputs - connect a microphone, or use 'cstalk-live run --input FILE'")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for heading, right in (("", False), ("no.", True), ("name", False), ("interface", False)):
        table.add_column(heading, justify="right" if right else "left")
    table.add_column("channels", justify="right")
    table.add_column("rate", justify="right")
    for device in found:
        mark = "*" if device.is_default else ""
        number, channels, rate = str(device.index), str(device.channels), f"{device.default_rate} Hz"
        table.add_row(mark, number, device.name, device.host_api, channels, rate)
    Console().print(table)
