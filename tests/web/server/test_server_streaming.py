"""Many pages, stalled pages, hidden pages and a long day: the face, and every other page, go on as if alone."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from cstalk_live.records import Frame
from cstalk_live.rig import BOARD_NEUTRAL, PROPERTY_NEUTRAL
from cstalk_live.web.server.feed import FrameFeed
from cstalk_live.web.server.page import MOST_WAITING, Page
from cstalk_live.web.server.told import KEPT, Told

CLIENT = Path(__file__).with_name("load_client.py")


def share_of_a_core(seconds):
    """CPU time of this process over wall time."""
    process, begin = psutil.Process(), time.monotonic()
    before = process.cpu_times()
    time.sleep(seconds)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / (time.monotonic() - begin)


def server_share(running, seconds):
    """The same of the server's thread alone."""

    def used():
        async def here():
            return time.thread_time()

        return asyncio.run_coroutine_threadsafe(here(), running.room._loop).result(10)

    begin, before = time.monotonic(), used()
    time.sleep(seconds)
    return (used() - before) / (time.monotonic() - begin)


def test_twenty_pages_at_sixty_frames_cost_little_of_a_core(web, running):
    time.sleep(0.5)
    alone = share_of_a_core(2.0)
    command = [sys.executable, str(CLIENT), running.url, web.TOKEN, "20", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as clients:
        time.sleep(1.5)
        process, begin, sent = psutil.Process().cpu_times(), time.monotonic(), running.room.feed.frames
        server = server_share(running, 2.5)
        after, elapsed = psutil.Process().cpu_times(), time.monotonic() - begin
        fps = (running.room.feed.frames - sent) / elapsed
        frames = json.loads(clients.communicate(timeout=30)[0])
    more = (after.user + after.system - process.user - process.system) / elapsed - alone
    print(
        f"\n20 pages: the server's thread takes {100 * server:.1f} % of a core, the program {100 * more:+.1f} % more"
        f" than alone ({100 * alone:.1f} %); {fps:.1f} frames a second, of which each page got {min(frames) / 5:.1f}"
        f" to {max(frames) / 5:.1f}"
    )
    assert server <= 0.15
    assert more <= 0.15
    assert fps > 57
    assert min(frames) > 0.8 * 60 * 5


def stalled_socket(running, token):
    """A page that opens its socket, wants frames, and never reads again."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", running.room.port))
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET /ws?token={token} HTTP/1.1\r\nHost: 127.0.0.1:{running.room.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    want = b'{"type":"want","frames":true,"before":true,"log":true}'
    mask = b"\x00\x00\x00\x00"
    raw.sendall(bytes([0x81, 0x80 | len(want)]) + mask + want)
    return raw


def test_a_stalled_page_slows_nobody_and_loses_only_its_own_frames(web, running):
    async def watch():
        async with web.pages(running, frames=True) as (page,):
            await web.until(lambda: page.frames)
            with stalled_socket(running, web.TOKEN) as raw:
                await web.until(lambda: running.room.room.pages == 2)
                await asyncio.sleep(2.0)
                stalled = next(one for one in running.room.room._pages.values() if one.name != page.name)
                sent, first, made = stalled.sent_frames, len(page.frames), running.room.feed.frames
                await asyncio.sleep(2.0)
                assert stalled.sent_frames == sent, "a socket that takes nothing was written to"
                assert sent < 150, "that is a past of more than two seconds"
                got, made = page.frames[first:], running.room.feed.frames - made
                assert len(got) > 0.9 * made > 100
                assert (await page.set(**{"motion.head": True}))["type"] == "patch"
                # When it reads again, it is soon with the others, not minutes behind.
                raw.settimeout(1.0)
                end = time.monotonic() + 3.0
                while time.monotonic() < end and stalled.sent_frames < sent + 20:
                    await asyncio.to_thread(raw.recv, 65536)
                assert stalled.sent_frames >= sent + 20
            await web.until(lambda: running.room.room.pages == 1)
        await web.until(lambda: running.room.room.pages == 0)

    asyncio.run(watch())
    frames = running.live.daemon.metrics.interval_us
    assert frames.quantile_us(0.99) < 30_000, "the face was held up"


def test_a_server_that_hangs_holds_up_no_frame(web, running):
    async def hang():
        async with web.pages(running, frames=True) as (page,):
            await web.until(lambda: len(page.frames) > 10)
            made = running.room.feed.frames
            running.room._loop.call_soon_threadsafe(time.sleep, 1.0)
            await asyncio.sleep(0.9)
            assert running.room.feed.frames - made > 48, "frames went on meanwhile"
            await web.until(lambda: page.frames[-1]["sequence"] > made + 70)

    asyncio.run(hang())
    assert running.live.daemon.metrics.send_us.quantile_us(0.99) < 10_000


def test_a_hidden_page_is_sent_no_frames_and_a_page_that_asks_for_the_networks_face_gets_two(web, running):
    async def watch():
        async with web.pages(running, 3) as (hidden, plain, both):
            await plain.say(type="want", frames=True, before=False, log=False)
            await both.say(type="want", frames=True, before=True, log=True)
            await web.until(lambda: len(plain.frames) > 30 and len(both.frames) > 30)
            assert hidden.frames == []
            assert {frame["sets"] for frame in plain.frames[2:]} == {1}
            assert {frame["sets"] for frame in both.frames[2:]} == {2}
            numbers = [frame["sequence"] for frame in plain.frames]
            assert numbers == sorted(set(numbers))
            await both.say(type="want", frames=False, before=False, log=True)
            await asyncio.sleep(0.3)
            seen = len(both.frames)
            await asyncio.sleep(0.5)
            assert len(both.frames) == seen
            assert len(both.of("status")) >= 4, "the sign of life goes on"
            running.room.told.say("something to log")
            await web.until(lambda: "something to log" in both.log)
            assert "something to log" not in plain.log

    asyncio.run(watch())


def test_the_status_tells_every_stage_and_every_output(web, running):
    async def watch():
        async with web.pages(running) as (page,):
            await web.until(lambda: page.of("status")[-1]["latency"][-1]["p50_ms"] > 0 and len(page.of("status")) > 12)
            times = [message["time_us"] for message in page.of("status")]
            return page.of("status")[-1], np.diff(times)

    status, steps = asyncio.run(watch())
    stages = [stage["stage"] for stage in status["latency"]]
    assert stages == [
        *("device", "half a frame", "features", "network", "motion", "look-ahead", "pacing", "send", "total")
    ]
    parts = sum(stage["p50_ms"] for stage in status["latency"][:-1])
    assert parts == pytest.approx(status["latency"][-1]["p50_ms"], abs=12), "the stages make up the whole"
    assert status["fps"] == pytest.approx(60, abs=4)
    assert status["source"] == {"state": "live", "name": status["source"]["name"], "message": ""}
    assert [(output["path"], output["kind"]) for output in status["outputs"]] == [
        ("output.osc.0.on", "osc"),
        ("output.livelink.0.on", "livelink"),
    ]
    assert status["outputs"][0]["state"] in ("sending", "error"), "nobody listens; never connected"
    assert 100_000 < np.median(steps) < 400_000


def test_a_page_that_takes_no_messages_is_closed_before_they_pile_up():
    class Socket:
        closed = False

        async def send_str(self, text):
            await asyncio.sleep(3600)

        async def close(self, code, message):
            Socket.closed, self.why = True, message

    async def pile():
        page = Page("page-1", Socket())
        sender = asyncio.create_task(page.send_all())
        for number in range(10 * MOST_WAITING):
            page.tell(str(number))
            page.show(b"frame")
        assert len(page._texts) <= MOST_WAITING
        sender.cancel()
        page._wake.set()
        again = asyncio.create_task(page.send_all())
        await asyncio.wait_for(again, 5)
        assert page.socket.why == b"too slow"

    asyncio.run(pile())


def test_a_day_of_frames_and_messages_leaves_nothing_behind():
    """5.2 million frames through the slot, every 40th to two pages, one of which takes nothing; a line a second."""
    feed = FrameFeed(lambda: 0)
    taken = []

    class Taking:
        closed = False

        async def send_str(self, text):
            taken.append(len(text))
            taken.clear()

        async def send_bytes(self, data):
            taken.append(len(data))
            taken.clear()

    class Watcher:
        interval_s = 1.0

        def say(self, message, severity="info"):
            pass

    told = Told(Watcher())
    frame = Frame(0, 0, BOARD_NEUTRAL, PROPERTY_NEUTRAL)
    sound = np.full(400, 0.1, np.float32)

    async def day():
        pages = [Page("taking", Taking()), Page("stalled", Taking())]
        sender = asyncio.create_task(pages[0].send_all())
        grown = []
        for _ in range(4):
            for number in range(5_184_000 // 4):
                feed.send(frame)
                if number % 40 == 0:
                    feed.hear(number * 400, sound)
                    message = feed.message(before=False)
                    for page in pages:
                        page.show(message)
                        page.tell_status(f'{{"type":"status","n":{number}}}')
                    told.say(f"line {number}")
                if number % 400 == 0:
                    await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            gc.collect()
            grown.append(sys.getallocatedblocks())
        sender.cancel()
        return grown

    grown = asyncio.run(day())
    assert feed.frames == 5_184_000
    assert len(told.lines()) == KEPT
    assert grown[-1] - grown[0] < 200, grown
