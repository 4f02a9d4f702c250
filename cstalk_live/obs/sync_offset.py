"""Keeps the sync offset of one OBS source at the face's latency, and gives it back at the end.

OBS delays the source by its offset, so a voice that OBS captures by itself meets the face that it shows. OBS
may be started, stopped and reconfigured at any time; the face never waits for it.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from cstalk_live.companion import ABOUT_20_HZ_S, Say
from cstalk_live.errors import CSTalkError
from cstalk_live.obs.link import ObsLink, connected
from cstalk_live.obs.protocol import NoSuchSourceError, ObsAddress, ObsRefusedError, offset_ms
from cstalk_live.obs.source import find_source, read_offset, write_offset

HYSTERESIS_MS = 3
"""Latency that changes by no more than this leaves the offset as it is: OBS restarts the source's buffer."""

RETRY_S = (1.0, 2.0, 4.0)

FAREWELL_S = 2.0
"""How long the end of a run waits for OBS to take the former offset back."""

_SLICE_S = 0.02
_NAP_S = 0.1


class ObsOffset:
    """A companion that sets the offset.

    Args:
        address: of OBS.
        source: its name in OBS; None is OBS's first microphone of the global audio devices.
        password: of the WebSocket server.
        extra_us: microseconds on top of the face's latency, for a renderer that takes longer.
        say: gets one line per state: set, no such source, not running, password refused.
    """

    name = "obs"
    pause_s = ABOUT_20_HZ_S

    def __init__(
        self, address: ObsAddress, source: str | None, *, password: str | None, extra_us: int, say: Say
    ) -> None:
        self._address = address
        self._source = source
        self._password = password
        self._extra_us = extra_us
        self._say = say
        self._wanted_ms = 0
        self._offset_ms = 0
        """What OBS has from us, once ``_former`` is known."""
        self._former: tuple[str, int] | None = None
        """The source and what OBS had before us."""
        self._name = ""
        self._renamed = ""
        self._told = ""
        self._connected = False
        self._sets = 0
        self._failures = 0
        self._closing = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._life: asyncio.Task[None] | None = None

    def get_ready(self) -> None:
        """Nothing: OBS delays whatever it hears, from when it answers on."""

    def turn(self, latency_us: int) -> None:
        """Give the connection 20 ms."""
        self._wanted_ms = offset_ms(latency_us + self._extra_us)
        if self._closing.is_set():
            return
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._life = self._loop.create_task(self._live())
        self._run(_SLICE_S)

    def status(self) -> dict[str, Any]:
        offset = self._offset_ms if self._connected else None
        shown = "not connected" if offset is None else f"{self._name!r} {offset:+d} ms"
        return {
            "target": f"{self._address} {shown}",
            "sent": self._sets,
            "errors": self._failures,
            "offset_ms": offset,
        }

    def close(self) -> None:
        """Give OBS the former offset back, if it can be reached, and disconnect."""
        self._closing.set()
        if self._loop is None or self._life is None:
            return
        if not self._life.done():
            self._run(FAREWELL_S)
        if not self._life.done():
            self._life.cancel()
            self._run(FAREWELL_S)
        loop, self._loop = self._loop, None
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def _run(self, seconds: float) -> None:
        assert self._loop is not None
        assert self._life is not None
        life = self._life
        self._loop.run_until_complete(asyncio.wait({life}, timeout=seconds))
        if life.done() and not life.cancelled() and (error := life.exception()) is not None:
            raise error

    async def _live(self) -> None:
        """Connect, serve, and connect again, until the run ends or OBS refuses us."""
        attempt = 0
        while not self._closing.is_set():
            try:
                async with connected(self._address, self._password, self._hear) as link:
                    attempt = 0
                    await self._serve(link)
            except ObsRefusedError as error:
                self._fail(error)
                return  # the same password will not be right later
            except CSTalkError as error:
                self._fail(error)
            finally:
                self._connected = False
            for _ in range(round(RETRY_S[min(attempt, len(RETRY_S) - 1)] / _NAP_S)):
                if self._closing.is_set():
                    return
                await asyncio.sleep(_NAP_S)
            attempt += 1

    async def _serve(self, link: ObsLink) -> None:
        """Keep the offset right for as long as the connection lasts."""
        while not self._closing.is_set():
            try:
                self._name = await find_source(link, self._source)
                await self._follow(link, self._name)
            except NoSuchSourceError as error:
                self._fail(error)
                await link.listen(1.0)
            finally:
                self._connected = False

    async def _follow(self, link: ObsLink, name: str) -> None:
        """Set the offset whenever the latency has changed, until the source goes or the run ends.

        The offset to give back is what OBS had before us, also when it was away in between.
        """
        before = await read_offset(link, name)
        if self._former is None or self._former[0] != name or before != self._offset_ms:
            self._former = (name, before)
        await self._set(link, name)
        while not self._closing.is_set():
            if abs(self._wanted_ms - self._offset_ms) > HYSTERESIS_MS:
                await self._set(link, name)
            await link.listen(_NAP_S)
            if self._renamed:
                name, self._renamed = self._renamed, ""
                self._former = (name, self._former[1])
                self._name = name
            if not self._name:
                return
        if await read_offset(link, name) == self._offset_ms:  # else someone has set it by hand, and knows why
            await write_offset(link, name, self._former[1])

    async def _set(self, link: ObsLink, name: str) -> None:
        offset = self._wanted_ms
        await write_offset(link, name, offset)
        self._offset_ms = offset
        self._connected = True
        self._sets += 1
        if self._sets == 1 or self._told:
            before = self._former[1] if self._former else 0
            self._say(f"OBS delays {name!r} by {offset} ms (it was {before} ms)", "info")
        self._told = ""

    def _hear(self, event: str, data: dict[str, Any]) -> None:
        if event == "InputNameChanged" and data.get("oldInputName") == self._name:
            self._renamed = str(data.get("inputName"))
        elif event == "InputRemoved" and data.get("inputName") == self._name:
            self._name = ""

    def _fail(self, error: CSTalkError) -> None:
        """Tell a failure once, and again only after something else happened."""
        self._failures += 1
        if str(error) != self._told:
            self._told = str(error)
            self._say(f"{error} (the face goes on)", "warning")
