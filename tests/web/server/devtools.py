"""Headless Chromium through its DevTools protocol: enough to open pages, press keys, look and listen."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import aiohttp
import numpy as np
from PIL import Image

FLAGS = (
    *("--headless", "--no-sandbox", "--no-first-run", "--disable-quic", "--disable-sync", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--mute-audio"),
    *("--remote-debugging-port=0", "--window-size=1440,1000", "--force-color-profile=srgb", "--lang=en-US"),
)
SOFTWARE_GL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")

KEYS = {
    **{f"Arrow{way}": (37 + number, "") for number, way in enumerate(("Left", "Up", "Right", "Down"))},
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    " ": (32, " "),
    "Home": (36, ""),
    "End": (35, ""),
    "Delete": (46, ""),
}
CTRL, SHIFT = 2, 8


def chromium():
    """Where it is; None where it is not."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Browser:
    """One browser with a profile of its own."""

    def __init__(self, flags=SOFTWARE_GL):
        self.loop = asyncio.new_event_loop()
        self.profile = tempfile.mkdtemp(prefix="cstalk-chromium-")
        command = [chromium(), *FLAGS, *flags, f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.session = self.run(self._session())
        port_file = Path(self.profile, "DevToolsActivePort")
        end = time.monotonic() + 30
        while not (port_file.exists() and len(port_file.read_text().splitlines()) == 2):
            assert time.monotonic() < end, "chromium did not start"
            assert self.process.poll() is None, "chromium ended"
            time.sleep(0.05)
        self.port = int(port_file.read_text().splitlines()[0])

    def run(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    @staticmethod
    async def _session():
        return aiohttp.ClientSession()

    def open(self, url):
        """A new tab."""
        return Tab(self, self.run(self._open(url)))

    async def _open(self, url):
        async with self.session.put(f"http://127.0.0.1:{self.port}/json/new?about:blank") as answer:
            target = await answer.json(content_type=None)
        socket = await self.session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0)
        return socket, url

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.run(self.session.close())
        self.run(asyncio.sleep(0.05))
        self.loop.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class Tab:
    """One page; what it complains of is in :attr:`complaints`."""

    def __init__(self, browser, opened):
        self.browser = browser
        self.socket, url = opened
        self.number = 0
        self.complaints = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=url)

    def call(self, method, **parameters):
        return self.browser.run(self._call(method, parameters))

    async def _call(self, method, parameters):
        self.number += 1
        await self.socket.send_str(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads((await asyncio.wait_for(self.socket.receive(), 60)).data)
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message):
        parameters = message.get("params", {})
        if message["method"] == "Runtime.exceptionThrown":
            self.complaints.append(parameters["exceptionDetails"].get("exception", {}).get("description", "exception"))
        elif message["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.complaints.append(parameters["entry"]["text"])
        elif message["method"] == "Runtime.consoleAPICalled" and parameters["type"] == "error":
            self.complaints.append(str([value.get("value") for value in parameters["args"]]))

    def js(self, expression):
        """The value of an expression, awaited if it is a promise."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, (expression, result["exceptionDetails"])
        return result["result"].get("value")

    def until(self, expression, seconds=30.0):
        """Wait until an expression is true; its value."""
        end = time.monotonic() + seconds
        while not (value := self.js(expression)):
            assert time.monotonic() < end, f"waited in vain for {expression}"
            time.sleep(0.05)
        return value

    def press(self, key, modifiers=0, hold_s=0.0):
        """A key, down and up, as a keyboard sends it."""
        code, text = KEYS.get(key, (ord(key.upper()) if len(key) == 1 else 0, key))
        name = f"Digit{key}" if key.isdecimal() else f"Key{key.upper()}" if len(key) == 1 and key.isalpha() else key
        event = {"key": key, "code": "Space" if key == " " else name, "modifiers": modifiers}
        event |= {"windowsVirtualKeyCode": code}
        typed = {"text": text} if text and not modifiers & CTRL else {}
        self.call("Input.dispatchKeyEvent", type="keyDown" if typed else "rawKeyDown", **event, **typed)
        time.sleep(hold_s)
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def picture(self, selector="#face canvas"):
        """What an element looks like: int16 [height, width, 3]."""
        box = self.js(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return {x: b.x + scrollX, y: b.y + scrollY, width: b.width, height: b.height}; })()"
        )
        shot = self.call("Page.captureScreenshot", format="png", clip={**box, "scale": 1}, captureBeyondViewport=True)
        image = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
        return np.asarray(image, np.int16)

    def save(self, path):
        """Keep what is seen."""
        shot = self.call("Page.captureScreenshot", format="png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.call("Page.navigate", url="about:blank")
        self.browser.run(self.socket.close())
