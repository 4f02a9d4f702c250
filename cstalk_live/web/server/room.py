"""The control room: all pages of one running face, and what they are told."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from cstalk_live import __version__
from cstalk_live.errors import CSTalkError, UsageError
from cstalk_live.lookahead import frames_ms
from cstalk_live.steering import Change
from cstalk_live.web.server import messages
from cstalk_live.web.server.commands import Commands
from cstalk_live.web.server.desk import Desk
from cstalk_live.web.server.facts import StatusFacts
from cstalk_live.web.server.page import Page

MOST_PAGES = 64

STATUS_S = 0.2
LOG_S = 0.1
"""Also how soon a change is seen that a receiver, or somebody in the settings file, made."""

_MOST_AT_ONCE = 100
"""Commands and changes of one page that may be under way; a dragged slider has one or two."""

_GOODBYE_S = 1.0


class Room:
    """Used on the server's thread, but :meth:`frame_is_there` and :meth:`changed` by any.

    Args:
        desk: the face.
        loop: of the server's thread.
    """

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
        self._desk = desk
        self._loop = loop
        self._pages: dict[str, Page] = {}
        self._session = secrets.randbits(31)
        self._numbers = itertools.count(1)
        # One thread for settings, so that they hold in the order in which they were asked for.
        self._steerer = ThreadPoolExecutor(1, thread_name_prefix="page-settings")
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="page-work")
        self._facts = StatusFacts(desk.run, desk.clock.now_us())
        self._status = self._facts.message(desk.clock.now_us(), 0)
        self.commands = Commands(desk, self._workers, lambda: self._status, self._lists_changed, self._restate)
        self._banners: dict[str, tuple[str, str]] = {}
        self._signalled = False
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def pages(self) -> int:
        """Connected pages."""
        return len(self._pages)

    async def begin(self) -> None:
        """Start telling."""
        self._desk.run.steering.listen(self.changed)
        self._keep(asyncio.create_task(self._tell_status()))
        self._keep(asyncio.create_task(self._tell_log()))
        trouble = await self.commands.look_up_devices()
        if trouble:
            self._desk.told.say(f"no list of microphones for the page: {trouble}")
        self._desk.feed.wake_by(self.frame_is_there)

    async def end(self) -> None:
        """Say good-bye to every page."""
        self._desk.feed.wake_by(None)
        goodbyes = [
            page.socket.close(code=WSCloseCode.GOING_AWAY, message=b"the run is over") for page in self._pages.values()
        ]
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.gather(*goodbyes, return_exceptions=True), _GOODBYE_S)
        for task in tuple(self._tasks):
            task.cancel()
        self._steerer.shutdown(wait=False, cancel_futures=True)
        self._workers.shutdown(wait=False, cancel_futures=True)

    def frame_is_there(self) -> None:
        """The feed has a new frame. On the hot path: leaves a note at most, and only where somebody looks."""
        if self._signalled or not self._pages:
            return
        self._signalled = True
        with suppress(RuntimeError):  # the server has ended in this very moment
            self._loop.call_soon_threadsafe(self._show_frame)

    def changed(self, change: Change) -> None:
        """Settings have changed."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._tell_change, change)

    async def talk(self, socket: web.WebSocketResponse) -> None:
        """Serve one opened socket until it closes."""
        if len(self._pages) >= MOST_PAGES:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"too many pages")
            return
        page = Page(f"page-{next(self._numbers)}", socket)
        await self._greet(page)
        self._pages[page.name] = page
        sender = asyncio.create_task(page.send_all())
        busy: set[asyncio.Task[None]] = set()
        try:
            async for message in socket:
                if message.type != WSMsgType.TEXT:
                    break
                if not await self._hear(page, message.data, busy):
                    break
        finally:
            del self._pages[page.name]
            sender.cancel()
            with suppress(asyncio.CancelledError):
                await sender
        if not socket.closed:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"not a page of this program")

    async def _greet(self, page: Page) -> None:
        run = self._desk.run
        file = str(self._desk.file) if self._desk.file.exists() else None
        delays = [frames_ms(delay) for delay in run.pipeline.session.delays]
        page.tell(
            messages.encode(messages.hello(page.name, __version__, self._session, run.steering.emotions, delays, file))
        )
        page.tell(messages.encode(await self.commands.lists()))
        now = run.steering.now
        page.revision = now.revision
        page.tell(messages.encode(messages.state(now, run.steering)))
        lines = self._desk.told.lines()
        page.last_line = lines[-1].number if lines else 0
        page.tell(messages.encode({"type": "log", "lines": [line.message() for line in lines]}))
        for identity, (level, text) in self._banners.items():
            page.tell(messages.encode({"type": "banner", "id": identity, "level": level, "text": text}))
        page.tell_status(messages.encode(self._status))

    async def _hear(self, page: Page, text: str, busy: set[asyncio.Task[None]]) -> bool:
        """False when this is no page of ours."""
        try:
            asked = messages.read(text)
        except UsageError:
            return False
        if asked.kind == "want":
            page.want(asked.body)
        elif len(busy) >= _MOST_AT_ONCE:
            page.tell(messages.encode(messages.reply(asked.cause, False, "Too much at once: wait a moment.")))
        else:
            does = self._set if asked.kind == "set" else self._command
            task = asyncio.create_task(does(page, asked))
            busy.add(task)
            task.add_done_callback(busy.discard)
            self._keep(task)
        return True

    async def _set(self, page: Page, asked: messages.Asked) -> None:
        change = partial(self._desk.run.steering.change, asked.body["values"], "page", page.name, asked.cause)
        try:
            await self._loop.run_in_executor(self._steerer, change)
        except CSTalkError as error:
            text = "; ".join(str(error).splitlines())
            self._desk.told.say(f"not changed: {text}", "warning")
            page.tell(messages.encode(messages.reply(asked.cause, False, text)))

    async def _command(self, page: Page, asked: messages.Asked) -> None:
        body = asked.body
        answer = await self.commands.do(page.name, asked.cause, body["name"], body.get("args", {}))
        page.tell(messages.encode(answer))

    def _show_frame(self) -> None:
        self._signalled = False
        made: dict[bool, bytes | None] = {}
        for page in self._pages.values():
            if page.wants_frames:
                if page.wants_before not in made:
                    made[page.wants_before] = self._desk.feed.message(page.wants_before)
                frame = made[page.wants_before]
                if frame is not None:
                    page.show(frame)

    def _tell_change(self, change: Change) -> None:
        text = messages.encode(messages.patch(change))
        for page in self._pages.values():
            if change.revision > page.revision:
                page.revision = change.revision
                page.tell(text)
        if "output.record.slate" in change.values:
            self._lists_changed()

    def _restate(self) -> None:
        now = self._desk.run.steering.now
        self._everyone(messages.state(now, self._desk.run.steering))

    def _lists_changed(self) -> None:
        self._keep(asyncio.create_task(self._tell_lists()))

    async def _tell_lists(self) -> None:
        self._everyone(await self.commands.lists())

    def _everyone(self, message: dict[str, Any]) -> None:
        text = messages.encode(message)
        for page in self._pages.values():
            page.tell(text)

    async def _tell_status(self) -> None:
        while True:
            now_us = self._desk.clock.now_us()
            self._status = self._facts.message(now_us, self.pages)
            text = messages.encode(self._status)
            for page in self._pages.values():
                page.tell_status(text)
            self._look_for_trouble()
            await asyncio.sleep(STATUS_S)

    async def _tell_log(self) -> None:
        while True:
            for page in self._pages.values():
                lines = self._desk.told.lines(page.last_line) if page.wants_log else []
                if lines:
                    page.last_line = lines[-1].number
                    page.tell(messages.encode({"type": "log", "lines": [line.message() for line in lines]}))
            await self._loop.run_in_executor(self._steerer, self._look_elsewhere)
            await asyncio.sleep(LOG_S)

    def _look_elsewhere(self) -> None:
        """Has a receiver changed the face, or somebody the settings file?"""
        run = self._desk.run
        run.steering.follow_direction(lambda: run.control.direction)
        if run.settings is not None:
            run.settings.poll()

    def _look_for_trouble(self) -> None:
        """Banners: what is wrong until it is not."""
        run = self._desk.run
        source = run.daemon.source
        recorder = run.takes.recorder
        disk = recorder.status().last_error if recorder is not None else None
        self._banner("settings", "warning", run.settings.problem if run.settings is not None else "")
        lost = source.state == "lost" and source.message
        self._banner("sound", "error", f"No sound: {source.message}. The face rests meanwhile." if lost else "")
        self._banner("record", "error", f"The take is incomplete: {disk}" if disk else "")

    def _banner(self, identity: str, level: str, text: str) -> None:
        if self._banners.get(identity, ("", ""))[1] == text:
            return
        if text:
            self._banners[identity] = (level, text)
        else:
            self._banners.pop(identity, None)
        self._everyone({"type": "banner", "id": identity, "level": level, "text": text})

    def _keep(self, task: asyncio.Task[Any]) -> None:
        """Nobody else holds a task while it runs."""
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._desk.told.say(f"the page's server: {type(failure).__name__}: {failure}", "error")
