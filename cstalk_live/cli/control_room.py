"""The control room of ``cstalk-live run``: begun before the sound, shown in the browser, ended with the run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cstalk_live.config.keys import LiveConfig
    from cstalk_live.live_run import LiveRun
    from cstalk_live.status import StatusPrinter
    from cstalk_live.web.server.control_room import ControlRoom


@contextmanager
def control_room(config: LiveConfig, printer: StatusPrinter) -> Iterator[ControlRoom | None]:
    """A room that can begin, and its end; None where none is wanted or none can be had, which is said."""
    if not config.ui.page:
        yield None
        return
    from cstalk_live.web.server.control_room import offer

    room = offer(config.ui, printer)
    try:
        yield room
    finally:
        if room is not None:
            room.close()


def show_room(room: ControlRoom, live: LiveRun, config: LiveConfig, file: Path | None, printer: StatusPrinter) -> None:
    """Let the page be seen: print its address, open it where there is a screen and somebody at the terminal."""
    from cstalk_live.web.server.opening import has_screen, open_browser

    if not room.begin(live, file):
        return
    if room.port != config.ui.port:
        printer.say(f"port {config.ui.port} is taken by another program, so the page is at port {room.port}")
    printer.say(f"control room: {room.url}")
    if config.ui.lan:
        _show_to_others(room, printer)
    if config.ui.open and not printer.as_json and sys.stderr.isatty() and has_screen():
        open_browser(room.url_once)


def _show_to_others(room: ControlRoom, printer: StatusPrinter) -> None:
    from cstalk_live.web.server.opening import qr_code

    if not room.addresses:
        printer.say("no other machine can see the page: this one is in no network", "warning")
        return
    url = room.url_at(room.addresses[0])
    printer.say(f"for other machines, unencrypted, so in a network that you trust: {url}")
    printer.say(qr_code(url).rstrip("\n"))
