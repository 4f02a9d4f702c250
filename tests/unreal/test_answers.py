"""The real program and a receiver made of the plugin's core speak with each other, in both directions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import cstalk_live
from cstalk_live.config.keys import OscConfig
from cstalk_live.receiver_check import check_receivers

SPEECH = Path(cstalk_live.__file__).parent / "sample" / "demo.flac"
CORE = Path(__file__).parents[2] / "unreal_plugin" / "CSTalkLive" / "Source" / "CSTalkCore"
KEY = "swordfish"


@pytest.fixture(scope="module")
def answerer(tmp_path_factory):
    """The program of ``answer.cpp``."""
    compiler = shutil.which("c++")
    if compiler is None:
        pytest.skip("no C++ compiler (c++) installed")
    folder = tmp_path_factory.mktemp("answer")
    sources = [path for path in sorted(CORE.glob("Private/*.cpp")) if path.name != "CSTalkCoreModule.cpp"]
    unit = folder / "unit.cpp"
    lines = [f'#include "{path}"\n' for path in (*sources, Path(__file__).parent / "answer" / "answer.cpp")]
    unit.write_text("".join(lines), encoding="utf-8")
    program = folder / "answer"
    paths = ["-I", str(CORE / "Public"), "-I", str(CORE / "Private")]
    command = [compiler, "-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", *paths, str(unit), "-o", str(program)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr[-4000:]
    return program


class Process:
    """A program whose lines are kept as they come."""

    def __init__(self, command, **more):
        self.process = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )
        self.lines, self.errors = [], []
        pairs = ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        self._threads = [threading.Thread(target=self._read, args=pair) for pair in pairs]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(stream, into):
        for line in stream:
            into.append(line)

    def tell(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)
        for thread in self._threads:
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()


def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


@pytest.fixture
def start():
    made = []

    def begin(*command, **more):
        made.append(Process(command, **more))
        return made[-1]

    yield begin
    for one in reversed(made):
        one.close()


def receiver_at(start, answerer, *arguments):
    receiver = start(answerer, *arguments)
    until(lambda: receiver.lines)
    return receiver, f"127.0.0.1:{receiver.lines[0].split()[1]}"


def test_heartbeats_commands_and_emotions_are_understood_on_both_sides(start, answerer, tmp_path):
    receiver, target = receiver_at(start, answerer, KEY)
    program = [sys.executable, "-m", "cstalk_live", "run", "--json", "--input", SPEECH, "--seconds", "40"]
    live = start(*program, "--osc", target, cwd=tmp_path, env={**os.environ, "CSTALK_KEY": KEY})

    def report():
        found = json.loads(live.lines[-1]) if live.lines else {}
        return found["outputs"]["osc raw"]["receiver"] if found else {"state": "not yet"}

    until(lambda: report()["state"] == "no face", 30)
    receiver.tell("face 1")
    until(lambda: report()["state"] == "bound" and report()["applied_fps"] > 50)
    bound = report()
    assert (bound["subject"], bound["engine"], bound["plugin"], bound["faces"]) == ("CSTalk", "no engine", "core", 1)
    assert bound["received_fps"] == pytest.approx(60, abs=6)
    assert bound["missing"] == 0
    assert 0.0 <= bound["round_trip_ms"] < 50.0
    assert 50.0 < bound["pose_delay_ms"] < 400.0, "the run's latency and the core's 30 ms"

    until(lambda: receiver.lines[-1] == "emotion 1 0\n")
    receiver.tell("emotion happy 0.75 0.5")
    until(lambda: receiver.lines[-1] == "emotion 1 0 happy=0.75\n")
    receiver.tell("mute - 1 0")
    until(lambda: receiver.lines[-1] == "emotion 1 1 happy=0.75\n")
    receiver.tell("intensity - 0.5 0")
    until(lambda: receiver.lines[-1] == "emotion 0.5 1 happy=0.75\n")
    receiver.tell("neutral - 0 1")
    until(lambda: receiver.lines[-1] == "emotion 0.5 1\n")
    until(lambda: report()["commands"] == 4)
    assert report()["refused"] == 0
    receiver.tell("face 0")
    until(lambda: report()["state"] == "no face")


def test_a_key_on_one_side_only_is_refused(start, answerer, tmp_path):
    receiver, target = receiver_at(start, answerer, "another key")
    program = [sys.executable, "-m", "cstalk_live", "run", "--json", "--input", SPEECH, "--seconds", "30"]
    live = start(*program, "--osc", target, cwd=tmp_path, env={**os.environ, "CSTALK_KEY": KEY})
    until(lambda: live.lines and "emotion 1 0\n" in receiver.lines, 30)
    receiver.tell("mute - 1 0")
    until(lambda: json.loads(live.lines[-1])["outputs"]["osc raw"]["receiver"]["refused"] == 1)
    assert any("signed with another key" in line for line in live.errors)
    assert receiver.lines[-1] == "emotion 1 0\n"


def test_doctor_asks_the_core(start, answerer):
    receiver, target = receiver_at(start, answerer)
    (broken, way) = check_receivers([OscConfig(target=target)])
    assert (broken.verdict, way.verdict) == ("WARN", "OK")
    assert "no face is bound" in broken.found
    receiver.tell("face 1")
    time.sleep(1.2)  # a receiver takes another sender when the first has been silent for a second
    findings = check_receivers([OscConfig(target=target)])
    assert [finding.verdict for finding in findings] == ["OK"] * 4, findings
