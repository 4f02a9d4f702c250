"""A stand-in for the program: serves the built page and speaks its wire; the demo's speech goes through the network.

    python tests/web/stand_in.py [--port 8765] [--static FOLDER]

Enough to look at the page, to photograph it and to test it without sound card, daemon and outputs. Settings are kept in
memory; there is no security.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import struct
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from aiohttp import WSMsgType, web

from cstalk_live.audio.file import FileSource
from cstalk_live.audio.intake import Intake
from cstalk_live.audio.source import EndOfSound
from cstalk_live.emotion import EmotionState
from cstalk_live.model.bundle import load_bundle
from cstalk_live.model.runner import OnnxRunner
from cstalk_live.motion.layer import LayerConfig, MotionLayer
from cstalk_live.records import FPS, HOP
from cstalk_live.rig import PROPERTY_SIZE, RAW_NEUTRAL, RAW_REGION, RAW_SCHEMA_HASH, RAW_SIZE
from cstalk_live.session import Session

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "cstalk_live" / "web" / "static"
SPEECH = ROOT / "cstalk_live" / "sample" / "demo.flac"
DELAY = 4
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page must live with."""
WAVE_COLUMNS = 8
REGIONS = [
    ("brow", "Brows", ("brow",)),
    ("eye", "Eyes", ("eye",)),
    ("cheek", "Nose, cheeks", ("nose", "cheek")),
    ("mouth", "Mouth", ("mouth", "lips")),
    ("jaw", "Jaw, teeth", ("jaw", "teeth")),
    ("tongue", "Tongue", ("tongue",)),
    ("neck", "Neck, ears", ("neck", "ear")),
]
_HEAD = struct.Struct("<BBHIddffIBBHBBHI")
assert _HEAD.size == 48


def demo_sound():
    """The demo's speech at 24 kHz, float32 [n], whole frames, with a second of silence at its end."""
    found = []
    with FileSource(SPEECH, paced=False) as source:
        intake = Intake(source)
        while True:
            try:
                found += [block.samples for block in intake.pull(0.0)]
            except EndOfSound:
                break
    sound = np.concatenate([*found, np.zeros(FPS * HOP, np.float32)])
    return sound[: len(sound) // HOP * HOP]


def frame_message(sequence, frame, newest, capture_us, now_us, values, before=None):
    """One binary frame as the page's contract lays it out; ``newest`` is the newest frame of sound, float32 [400]."""
    columns = newest.reshape(WAVE_COLUMNS, -1)
    wave = np.stack((columns.min(axis=1), columns.max(axis=1)), axis=1)
    rms, peak = (20.0 * np.log10(max(1e-6, v)) for v in (np.sqrt(np.mean(newest**2)), np.abs(newest).max()))
    sets = [values] if before is None else [values, before]
    head = _HEAD.pack(
        1, 1, int(frame.flags), sequence & 0xFFFFFFFF, capture_us, now_us, rms, peak, frame.index & 0xFFFFFFFF, DELAY,
        len(sets), PROPERTY_SIZE, WAVE_COLUMNS, min(255, int((np.abs(newest) >= 0.999).sum())), 0, RAW_SCHEMA_HASH,
    )  # fmt: skip
    body = np.clip(np.round(127.0 * wave), -127, 127).astype(np.int8).tobytes()
    return head + body + np.concatenate(sets).astype("<f4").tobytes()


class StandIn:
    """The program as a page sees it."""

    def __init__(self):
        self.bundle = load_bundle(None)
        self.emotions = self.bundle.meta.emotions
        self.mood = EmotionState(self.emotions)
        runner = OnnxRunner(self.bundle)
        runner.warm_up()
        self.session = Session(runner, MotionLayer(LayerConfig(head=True), DELAY), self.mood, DELAY)
        self.session.start(0)
        self.pages = {}
        self.wants = {}
        self.revision = 0
        self.unsaved = False
        self.recording_since = None
        self.frames = 0
        self.presets = {"Calm": {"emotion.intensity": 0.6, "motion.gain.brow": 0.7}}
        self.takes = [{"name": "cstalk_take001", "seconds": 12.4, "complete": True}]
        self.lines = [self.line("info", "the model cstalk-base is ready: 185 controls, look-ahead 67 ms")]
        self.values = {
            "audio.device": None, "audio.gain_db": 0.0, "audio.mute": False, "model.lookahead_ms": 67.0,
            "motion.gate": True, "motion.blinks": True, "motion.gaze": True, "motion.head": True,
            "motion.smoothing": 0.0, "emotion.intensity": 1.0, "emotion.attack_s": 0.3, "emotion.release_s": 0.6,
            "emotion.key_mode": "hold", "output.record.slate": "cstalk", "output.record.take": 2,
            "output.osc.0.on": True, "output.livelink.0.on": True,
        }  # fmt: skip
        self.values |= {f"emotion.mix.{name}": float(name == "neutral") for name in self.emotions}
        self.values |= {f"motion.gain.{name}": 1.0 for name, _, _ in REGIONS}
        self.values |= {f"motion.smooth.{name}": 0.0 for name, _, _ in REGIONS}
        self.values |= {f"emotion.slots.{n}": None for n in range(6, 9)}
        self.values["emotion.slots.6"] = {"happy": 0.6, "surprised": 0.4}
        self.defaults = dict(self.values)

    def line(self, level, text):
        return {"n": time.monotonic_ns() // 1000, "time_ms": int(time.time() * 1000), "level": level, "text": text}

    async def everyone(self, message):
        for page in list(self.pages.values()):
            with suppress(ConnectionError):  # it left a moment ago
                await page.send_json(message)

    async def apply(self, values, source, client=None, cause=None):
        limits = {"motion.gain": (0.0, 2.0), "emotion.mix": (0.0, 1.0), "audio.gain_db": (-60.0, 60.0)}
        for path, value in values.items():
            for start, (low, high) in limits.items():
                if path.startswith(start):
                    values[path] = min(high, max(low, value))
        self.values |= values
        self.revision += 1
        self.unsaved = True
        mix = {name: self.values[f"emotion.mix.{name}"] for name in self.emotions}
        self.mood.set_target(mix, self.values["emotion.intensity"])
        await self.everyone(
            {"type": "patch", "revision": self.revision, "unsaved": True, "source": source, "client": client,
             "id": cause, "values": values}
        )  # fmt: skip

    async def talk(self, request):
        page = web.WebSocketResponse()
        await page.prepare(request)
        client = f"page-{id(page)}"
        self.pages[client], self.wants[client] = page, {"frames": True, "before": False}
        meta = self.bundle.meta
        await page.send_json(
            {"type": "hello", "protocol": 1, "client": client, "version": "stand-in", "session": id(self),
             "schema_hash": RAW_SCHEMA_HASH, "rate": FPS, "emotions": list(self.emotions),
             "lookahead_ms": [delay * 1000.0 / FPS for delay in meta.delays],
             "regions": [{"name": name, "label": label} for name, label, _ in REGIONS], "config_file": "live.yaml"}
        )  # fmt: skip
        await page.send_json(self.lists())
        await page.send_json({"type": "state", "revision": self.revision, "unsaved": self.unsaved,
                              "values": self.values, "defaults": self.defaults})  # fmt: skip
        await page.send_json({"type": "log", "lines": self.lines})
        try:
            async for message in page:
                if message.type == WSMsgType.TEXT:
                    await self.heard(client, json.loads(message.data))
        finally:
            del self.pages[client], self.wants[client]
        return page

    def lists(self):
        devices = [
            {"value": 0, "name": "Studio microphone", "host_api": "ALSA", "is_default": True},
            {"value": 3, "name": "Webcam", "host_api": "ALSA", "is_default": False},
        ]
        return {"type": "lists", "devices": devices, "presets": sorted(self.presets), "takes": self.takes}

    async def heard(self, client, message):
        if message["type"] == "want":
            self.wants[client] = message
        elif message["type"] == "set":
            await self.apply(message["values"], "page", client, message["id"])
        else:
            await self.command(client, message["id"], message["name"], message["args"])

    async def command(self, client, cause, name, args):
        reply = {"type": "reply", "id": cause, "ok": True, "message": ""}
        match name:
            case "record.start":
                self.recording_since = time.monotonic()
            case "record.stop":
                take = f"{self.values['output.record.slate']}_take{self.values['output.record.take']:03d}"
                seconds = time.monotonic() - (self.recording_since or time.monotonic())
                self.takes.insert(0, {"name": take, "seconds": seconds, "complete": True})
                self.recording_since = None
                reply |= {"message": f"Recorded {take}.", "data": {"take": take}}
                await self.apply({"output.record.take": self.values["output.record.take"] + 1}, "program")
            case "preset.save":
                keep = ("emotion.mix", "emotion.intensity", "motion.")
                self.presets[args["preset"]] = {k: v for k, v in self.values.items() if k.startswith(keep)}
            case "preset.load":
                await self.apply(dict(self.presets[args["preset"]]), "preset", client, cause)
            case "preset.delete":
                self.presets.pop(args["preset"], None)
            case "calibrate":
                await asyncio.sleep(args["seconds"])
                reply["message"] = "Calibrated: the room's noise is at -62 dB."
            case "config.save":
                self.unsaved = False
                reply["message"] = "Saved in live.yaml."
                await self.everyone({"type": "state", "revision": self.revision, "unsaved": False,
                                     "values": self.values, "defaults": self.defaults})  # fmt: skip
            case "report":
                reply["data"] = {"url": "/notices.txt"}
        self.lines.append(self.line("info", f"{name} {args or ''}".strip()))
        await self.everyone({"type": "log", "lines": self.lines[-1:]})
        await self.everyone(self.lists())
        await self.pages[client].send_json(reply)

    def steered(self, values):
        """The values with the regions' gains."""
        out = values.copy()
        for name, _, parts in REGIONS:
            rows = np.isin(RAW_REGION, parts)
            raw = out[:RAW_SIZE]
            raw[rows] = RAW_NEUTRAL[rows] + self.values[f"motion.gain.{name}"] * (raw[rows] - RAW_NEUTRAL[rows])
        out[:RAW_SIZE] = np.clip(out[:RAW_SIZE], 0.0, 1.0)
        return out

    async def play(self):
        """The speech again and again, 60 frames a second."""
        sound = demo_sound()
        begin = asyncio.get_running_loop().time()
        for number in range(1 << 40):
            at = number * HOP % len(sound)
            gain = 0.0 if self.values["audio.mute"] else 10.0 ** (self.values["audio.gain_db"] / 20.0)
            newest = np.clip(gain * sound[at : at + HOP], -1.0, 1.0).astype(np.float32)
            for frame in self.session.push(newest):
                self.frames += 1
                now_us = time.monotonic_ns() / 1000
                for client, page in list(self.pages.items()):
                    if self.wants[client]["frames"]:
                        before = frame.properties if self.wants[client]["before"] else None
                        shown = self.steered(frame.properties)
                        message = frame_message(self.frames, frame, newest, now_us - 93e3, now_us, shown, before)
                        with suppress(ConnectionError):
                            await page.send_bytes(message)
            if number % 12 == 0:
                await self.everyone(self.status(time.monotonic()))
            await asyncio.sleep(max(0.0, begin + (number + 1) / FPS - asyncio.get_running_loop().time()))

    def status(self, now):
        shake = 0.4 * np.sin(now) + 0.3 * np.sin(3.1 * now)
        stages = {"device": 10.0, "features, network": 2.1, "look-ahead": 66.7, "pacing": 13.6, "send": 0.2}
        latency = [{"stage": k, "p50_ms": v, "p95_ms": v * 1.06 + 0.3} for k, v in stages.items()]
        total = sum(stages.values()) + shake
        latency.append({"stage": "total", "p50_ms": total, "p95_ms": total + 1.2 + abs(shake)})
        outputs = [
            ("osc", "OSC raw", "127.0.0.1:9000", "heard", 400.0),
            ("livelink", "Live Link CSTalk", "127.0.0.1:11111", "sending", None),
        ]
        return {
            "type": "status", "time_us": int(now * 1e6), "fps": 60.0 + 0.05 * shake, "frames": self.frames, "drops": 0,
            "gaps": 0, "reconnects": 0, "latency": latency, "clients": len(self.pages),
            "source": {"state": "muted" if self.values["audio.mute"] else "live", "name": "demo.flac", "message": ""},
            "outputs": [
                {"path": f"output.{kind}.0.on", "kind": kind, "name": name, "target": target,
                 "state": state if self.values[f"output.{kind}.0.on"] else "off", "heard_ms": heard,
                 "sent": self.frames, "errors": 0, "message": ""}
                for kind, name, target, state, heard in outputs
            ],
            "record": {"on": self.recording_since is not None, "name": self.values["output.record.slate"],
                       "seconds": now - self.recording_since if self.recording_since else 0.0},
        }  # fmt: skip

    def application(self, static):
        async def index(_request):
            return web.FileResponse(static / "index.html", headers={"Content-Security-Policy": POLICY})

        async def playing(app):
            task = asyncio.create_task(self.play())
            yield
            task.cancel()

        app = web.Application()
        app.router.add_get("/", index)
        app.router.add_get("/ws", self.talk)
        app.router.add_static("/", static)
        app.cleanup_ctx.append(playing)
        return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--static", type=Path, default=STATIC)
    options = parser.parse_args()
    web.run_app(StandIn().application(options.static), host="127.0.0.1", port=options.port, print=None)
