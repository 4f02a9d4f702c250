"""The control room's server: a thread with an event loop of its own, beside the running face.

It is there before the sound begins and ends after it. Whatever happens to it, the face goes on: what cannot be had is
said in one line.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
import threading
from pathlib import Path

from aiohttp import web

from cstalk_live.clock import Clock, SystemClock
from cstalk_live.config.keys import UiConfig
from cstalk_live.config.places import presets_folder, user_settings
from cstalk_live.config.presets import Presets
from cstalk_live.daemon import Watcher
from cstalk_live.live_run import LiveRun
from cstalk_live.web.server.admission import Admission, new_token
from cstalk_live.web.server.desk import Desk
from cstalk_live.web.server.feed import FrameFeed
from cstalk_live.web.server.opening import lan_addresses, machine_names
from cstalk_live.web.server.room import Room
from cstalk_live.web.server.serving import STATIC, built_page, make_application
from cstalk_live.web.server.told import Told

PORTS_TRIED = 10

_START_S = 10.0
_END_S = 5.0

_SEND_BUFFER = 64 * 1024
"""Bytes of a page's frames that the system may hold back, so that a page that stops reading sees no long past."""


class ControlRoom:
    """One run's page.

    Args:
        bound: listening socket.
        settings: of the page.
        watcher: who is shown the run besides.
        clock: of the frames.
        static: the built page.
    """

    def __init__(
        self,
        bound: socket.socket,
        settings: UiConfig,
        watcher: Watcher,
        clock: Clock | None = None,
        static: Path = STATIC,
    ) -> None:
        self.clock = clock if clock is not None else SystemClock()
        self.told = Told(watcher)
        self.feed = FrameFeed(self.clock.now_us)
        self.port: int = bound.getsockname()[1]
        self.addresses = lan_addresses() if settings.lan else ()
        names = (*self.addresses, *machine_names()) if settings.lan else ()
        self.admission = Admission(self.port, settings.token or new_token(), names)
        self.room: Room | None = None
        self._bound = bound
        self._static = static
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: Exception | None = None

    @property
    def url(self) -> str:
        """The page's address on this machine, with the key."""
        return self.url_at("127.0.0.1")

    @property
    def url_once(self) -> str:
        """An address that opens the page once."""
        return f"http://127.0.0.1:{self.port}/?ticket={self.admission.ticket()}"

    def url_at(self, host: str) -> str:
        """The same as it is from ``host``."""
        return f"http://{host}:{self.port}/?token={self.admission.token}"

    def begin(self, run: LiveRun, file: Path | None, presets: Path | None = None) -> bool:
        """Serve this face; False where that fails, which is said.

        Args:
            file: its settings, if any was named.
            presets: folder of the presets; the user's when left out.
        """
        settings = file if file is not None else user_settings()
        kept = Presets(presets if presets is not None else presets_folder())
        desk = Desk(run, self.feed, self.told, self.clock, settings, kept, (self.admission.token,))
        self._thread = threading.Thread(target=self._serve, args=(desk,), name="control room", daemon=True)
        self._thread.start()
        self._ready.wait(_START_S)
        if self._failure is not None or not self._ready.is_set():
            why = self._failure or "it does not answer"
            self.told.say(f"no page: its server failed: {why} - the run goes on without it", "warning")
            return False
        return True

    def close(self) -> None:
        """End the server; may be called twice."""
        self.feed.close()
        loop, ending = self._loop, self._ending
        if self._thread is not None and self._thread.is_alive() and loop is not None and ending is not None:
            loop.call_soon_threadsafe(ending.set)
            self._thread.join(_END_S)
        self._bound.close()

    def _serve(self, desk: Desk) -> None:
        try:
            asyncio.run(self._live(desk))
        except Exception as error:  # noqa: BLE001 - the face goes on without its page, whatever it is
            if self._ready.is_set():
                self.told.say(f"the page's server failed: {error} - the run goes on without it", "error")
            else:
                self._failure = error
                self._ready.set()

    async def _live(self, desk: Desk) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        self.room = Room(desk, self._loop)
        runner = web.AppRunner(
            make_application(self.room, self.admission, self._static), access_log=None, shutdown_timeout=1.0
        )
        await runner.setup()
        try:
            await web.SockSite(runner, self._bound).start()
            await self.room.begin()
            self._ready.set()
            await self._ending.wait()
            await self.room.end()
        finally:
            await runner.cleanup()


def bind(settings: UiConfig, watcher: Watcher) -> socket.socket | None:
    """A listening socket at the first free port; None where there is none, which is said."""
    host = "0.0.0.0" if settings.lan else "127.0.0.1"
    problem = ""
    for port in range(settings.port, min(65_535, settings.port + PORTS_TRIED - 1) + 1):
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if sys.platform == "win32":
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # else two programs share a port
            else:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            bound.bind((host, port))
            bound.listen(64)
        except OSError as error:
            bound.close()
            problem = f"port {port}: {error.strerror or error}"
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                break
            continue
        return bound
    watcher.say(f"no page: {problem} - the run goes on without it; --ui-port chooses another port", "warning")
    return None


def offer(
    settings: UiConfig, watcher: Watcher, clock: Clock | None = None, static: Path = STATIC
) -> ControlRoom | None:
    """A control room that can begin; None where there is none to be had, which is said."""
    if not built_page(static):
        watcher.say(
            "no page: it is not built - the run goes on without it; build it with "
            "'python -m cstalk_live.web.build_page', or install the wheel, which has it",
            "warning",
        )
        return None
    bound = bind(settings, watcher)
    return ControlRoom(bound, settings, watcher, clock, static) if bound is not None else None
