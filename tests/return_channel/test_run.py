"""The real program and a stand-in of the plugin: what it says is shown, what it asks is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from cstalk_live.assembly import shared_key
from cstalk_live.config.keys import OscConfig
from cstalk_live.config.load import load_settings
from cstalk_live.config.show import show
from cstalk_live.output.command_packet import Verb


class Program:
    """``cstalk-live run --json``, its reports as they come."""

    def __init__(self, folder, *arguments, key=""):
        command = [sys.executable, "-m", "cstalk_live", "run", "--json", *arguments]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "CSTALK_KEY": key},
        )
        self.reports, self.errors = [], []
        self._threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.reports, json.loads)),
            threading.Thread(target=self._read, args=(self.process.stderr, self.errors, str)),
        ]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(stream, into, convert):
        for line in stream:
            into.append(convert(line))

    @property
    def newest(self):
        return self.reports[-1] if self.reports else None

    def end(self):
        self.process.terminate()
        code = self.process.wait(30)
        for thread in self._threads:
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@pytest.fixture
def program(tmp_path):
    made = []

    def start(*arguments, key=""):
        made.append(Program(tmp_path, *arguments, key=key))
        return made[-1]

    yield start
    for one in made:
        if one.process.poll() is None:
            one.end()


@pytest.fixture
def speech(tmp_path):
    """Half a minute of a buzz, so that a run lasts as long as a test needs it."""
    import numpy as np
    import soundfile

    time = np.arange(24_000 * 40) / 24_000
    buzz = 0.2 * np.sign(np.sin(2 * np.pi * 120 * time)) * (np.sin(2 * np.pi * 3 * time) > 0)
    path = tmp_path / "buzz.wav"
    soundfile.write(path, buzz.astype(np.float32), 24_000)
    return path


def receiver_of(program, name="osc raw"):
    report = program.newest
    return report["outputs"][name]["receiver"] if report is not None else {"state": "not yet"}


def test_a_run_shows_its_receiver_and_follows_it(program, speech, stand_ins):
    with stand_ins.plugin() as plugin, stand_ins.plugin(None) as silent:
        live = program("--input", str(speech), "--osc", plugin.target, "--osc", silent.target)
        stand_ins.until(lambda: receiver_of(live)["state"] == "bound", 30)
        report = receiver_of(live)
        assert report["subject"] == "Ana"
        assert 0.0 <= report["round_trip_ms"] < 100.0
        assert receiver_of(live, "osc raw 2")["state"] == "unknown"
        stand_ins.until(lambda: plugin.emotions)
        assert (plugin.emotions[-1].mix, plugin.emotions[-1].muted) == ((), False)
        assert plugin.emotions[-1].session == plugin.session

        stand_ins.until(lambda: live.newest["level_db"] > -30)
        plugin.command(Verb.MUTE, value=1.0)
        plugin.command(Verb.EMOTION, "happy", 0.75, fade_s=0.2)
        stand_ins.until(lambda: plugin.emotions[-1].muted and plugin.emotions[-1].mix == (("happy", 0.75),))
        stand_ins.until(lambda: live.newest["emotion"] == {"mix": {"happy": 0.75}, "intensity": 1.0, "muted": True})
        stand_ins.until(lambda: live.newest["level_db"] < -100)
        plugin.command(Verb.MUTE, value=0.0)
        plugin.command(Verb.INTENSITY, value=0.5)
        plugin.command(Verb.NEUTRAL, fade_s=1.0)
        stand_ins.until(lambda: live.newest["emotion"] == {"mix": {}, "intensity": 0.5, "muted": False})
        stand_ins.until(lambda: live.newest["level_db"] > -30)
        stand_ins.until(lambda: receiver_of(live)["commands"] == 5)
        plugin.beat = replace(plugin.beat, flags=type(plugin.beat.flags)(0))
        stand_ins.until(lambda: receiver_of(live)["state"] == "no subject")
        plugin.beat = None
        stand_ins.until(lambda: receiver_of(live)["state"] == "silent", 15)
        assert live.end() == 0
        assert not plugin.broken
        assert plugin.frames > 60
    told = "".join(live.errors)
    assert "changed from outside: " in told
    assert "has a face bound" in told
    assert "Traceback" not in told
    assert live.reports[-1]["type"] == "summary"
    assert "return channel" not in live.reports[-1]["outputs"]


def test_every_face_has_a_receiver_and_a_will_of_its_own(program, speech, stand_ins):
    with stand_ins.plugin() as plugin:
        faces = ["--face", f"Alice={speech}", "--face", f"Bob={speech}"]
        live = program(*faces, "--osc", plugin.target)

        def newest(subject):
            found = [report for report in live.reports if report.get("subject") == subject]
            return found[-1] if found else None

        # The stand-in answers and commands the face whose frame came last: here one, there the other.
        def either_bound():
            reports = [newest(subject) for subject in ("Alice", "Bob")]
            return all(report and report["outputs"]["osc raw"]["receiver"]["state"] == "bound" for report in reports)

        stand_ins.until(either_bound, 40)
        plugin.command(Verb.EMOTION, "sad", 1.0)

        def mixes():
            return sorted(str(newest(subject)["emotion"]["mix"]) for subject in ("Alice", "Bob"))

        stand_ins.until(lambda: mixes() == ["{'sad': 1.0}", "{}"])
        assert live.end() == 0


def test_with_a_key_from_the_environment_only_signed_commands_count(program, speech, stand_ins):
    with stand_ins.plugin() as plugin:
        live = program("--input", str(speech), "--osc", plugin.target, key="swordfish")
        stand_ins.until(lambda: receiver_of(live)["state"] == "bound", 30)
        plugin.command(Verb.MUTE, value=1.0)
        stand_ins.until(lambda: receiver_of(live)["refused"] == 1)
        plugin.command(Verb.INTENSITY, value=0.25, key="swordfish")
        stand_ins.until(lambda: receiver_of(live)["commands"] == 1)
        stand_ins.until(lambda: live.newest["emotion"] == {"mix": {}, "intensity": 0.25, "muted": False})
        assert live.end() == 0
    told = "".join(live.errors)
    assert "it is not signed" in told
    assert "swordfish" not in told


def test_the_key_comes_from_file_or_environment_and_is_never_shown(tmp_path, monkeypatch):
    path = tmp_path / "live.yaml"
    path.write_text("output:\n  osc:\n    - target: 127.0.0.1:9000\n      key: swordfish\n", encoding="utf-8")
    settings = load_settings(path)
    monkeypatch.setenv("CSTALK_KEY", "from outside")
    assert shared_key(settings.config.output.osc[0]) == "swordfish"
    assert shared_key(OscConfig(target="127.0.0.1:9000")) == "from outside"
    assert "swordfish" not in show(settings)
    assert "swordfish" not in repr(settings.config)
    monkeypatch.delenv("CSTALK_KEY")
    assert shared_key(OscConfig(target="127.0.0.1:9000")) is None
