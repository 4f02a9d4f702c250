"""A real control room: the program's own daemon with a speech file, and clients that talk as pages do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import threading
from dataclasses import dataclass, field

import aiohttp
import numpy as np
import soundfile

from cstalk_live.config.load import load_settings
from cstalk_live.live_run import prepare
from cstalk_live.web.server.control_room import offer

HEAD = struct.Struct("<BBHIddffIBBHBBHI")
TOKEN = "test-token-0123456789abcdef"
FIELDS = (
    *("kind", "version", "flags", "sequence", "capture_us", "sent_us", "rms_db", "peak_db", "index", "lookahead"),
    *("sets", "count", "columns", "clipped", "zero", "hash"),
)


class Silent:
    """A watcher that keeps what is said."""

    interval_s = 1.0

    def __init__(self):
        self.said = []

    def status(self, report):
        pass

    def say(self, message, severity="info"):
        self.said.append((severity, message))


def _demo():
    from importlib import resources

    with resources.as_file(resources.files("cstalk_live") / "sample" / "demo.flac") as sample:
        return soundfile.read(sample, dtype="float32")


def long_speech(path, seconds):
    """The demo's speech and a pause of two seconds, again and again, as a WAV."""
    sound, rate = _demo()
    once = np.concatenate((sound, np.zeros(2 * rate, np.float32)))
    soundfile.write(path, np.tile(once, -(-seconds * rate // len(once)))[: seconds * rate], rate)
    return path


def small_page(folder):
    """Enough of a built page to be served."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>page</title>", encoding="utf-8")
    (folder / "rig.json").write_text('{"names": []}' + " " * 2000, encoding="utf-8")
    (folder / "head.bin").write_bytes(bytes(4096))
    (folder / "assets" / "index-abc.js").write_text("// page\n" * 400, encoding="utf-8")
    return folder


class Running:
    """The daemon and its page, until :meth:`end`."""

    def __init__(self, folder, sound, settings="", port=28765, static=None):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "live.yaml"
        self.file.write_text(
            settings
            + f"\nui: {{port: {port}, token: {TOKEN}}}\nstatus: {{interval_s: 0.2}}\nrun: {{priority: false}}\n",
            encoding="utf-8",
        )
        self.watcher = Silent()
        config = load_settings(self.file).config
        page = static if static is not None else small_page(folder / "static")
        self.room = offer(config.ui, self.watcher, static=page)
        self.live = prepare(
            config,
            str(sound) if sound is not None else None,
            None,
            self.room.told,
            clock=self.room.clock,
            extra_outputs=(self.room.feed,),
            take_sound=(self.room.feed.hear,),
            follow=(self.file, []),
            anyway=True,
        )
        if not self.room.begin(self.live, self.file, presets=folder / "presets"):
            self.live.abandon()
            self.room.close()
            raise AssertionError(self.watcher.said)
        self.summary = None
        self.emotions_seen = set()
        """Every emotion that the face was told by now."""
        self.live.steering.listen(self._see)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        self.summary = self.live.daemon.run()

    def _see(self, change):
        mix = self.live.steering.now.config.emotion.mix
        self.emotions_seen |= {name for name, weight in mix.items() if weight > 0}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.room.port}"

    def end(self):
        self.live.daemon.stop()
        self.thread.join(10)
        self.room.close()


@dataclass
class PageClient:
    """A page without a picture."""

    socket: aiohttp.ClientWebSocketResponse
    heard: list = field(default_factory=list)
    frames: list = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    _next: int = 0

    async def listen(self):
        async for message in self.socket:
            if message.type == aiohttp.WSMsgType.BINARY:
                self.frames.append(read_frame(message.data))
            elif message.type == aiohttp.WSMsgType.TEXT:
                self.heard.append(json.loads(message.data))
        self.closed.set()

    def of(self, kind):
        return [message for message in self.heard if message["type"] == kind]

    @property
    def log(self):
        """All lines that it was sent, as one text."""
        return "\n".join(line["text"] for message in self.of("log") for line in message["lines"])

    @property
    def name(self):
        return self.of("hello")[0]["client"]

    @property
    def values(self):
        """All settings as a page would hold them."""
        held = {}
        for message in self.heard:
            if message["type"] == "state":
                held = dict(message["values"])
            elif message["type"] == "patch":
                held.update(message["values"])
        return held

    async def say(self, **message):
        await self.socket.send_str(json.dumps(message))

    async def set(self, **values):
        """Ask for settings (dots written as __); the patch or the refusal."""
        self._next += 1
        cause = self._next
        await self.say(type="set", id=cause, values={path.replace("__", "."): value for path, value in values.items()})
        return await self.answer_to(cause, ("patch", "reply"))

    async def command(self, name, **args):
        self._next += 1
        cause = self._next
        await self.say(type="command", id=cause, name=name, args=args)
        return await self.answer_to(cause, ("reply",), seconds=20)

    async def answer_to(self, cause, kinds, seconds=10):
        def found():
            return [
                message
                for message in self.heard
                if message["type"] in kinds and message["id"] == cause and message.get("client", self.name) == self.name
            ]

        await until(found, seconds)
        return found()[0]


async def until(condition, seconds=10.0):
    """Wait for something to be true."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < end, "waited in vain"
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def pages(running, count=1, frames=False, before=False):
    """That many connected pages, greeted."""
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        found, listeners = [], []
        for _ in range(count):
            socket = await stack.enter_async_context(
                session.ws_connect(f"{running.url}/ws?token={TOKEN}", origin=running.url, max_msg_size=0)
            )
            page = PageClient(socket)
            listeners.append(asyncio.create_task(page.listen()))
            await page.say(type="want", frames=frames, before=before, log=True)
            found.append(page)
        for page in found:
            await until(lambda page=page: page.of("state") and page.of("log") and page.of("status"))
        try:
            yield found
        finally:
            for listener in listeners:
                listener.cancel()


def read_frame(data):
    """A binary frame by the contract, as a dict."""
    frame = dict(zip(FIELDS, HEAD.unpack_from(data), strict=True))
    start = 48 + 2 * frame["columns"]
    assert len(data) == start + 4 * frame["sets"] * frame["count"]
    frame["wave"] = np.frombuffer(data, np.int8, 2 * frame["columns"], 48).reshape(-1, 2)
    frame["values"] = np.frombuffer(data, "<f4", frame["sets"] * frame["count"], start).reshape(frame["sets"], -1)
    return frame


def speech_and_pauses(path, seconds):
    """The first sentences of the demo and pauses of five seconds, in turn, as a WAV."""
    sound, rate = _demo()
    once = np.concatenate((sound[: 8 * rate], np.zeros(5 * rate, np.float32)))
    soundfile.write(path, np.tile(once, -(-seconds * rate // len(once)))[: seconds * rate], rate)
    return path
