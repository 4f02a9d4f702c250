"""What goes along with a run: told the face's latency, never in its way; and its settings, checks and messages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from cstalk_live.clock import FakeClock
from cstalk_live.config.keys import LiveConfig, MonitorConfig, ObsConfig
from cstalk_live.config.load import load_settings
from cstalk_live.config.show import show
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.in_step import make_monitor, make_obs, obs_password
from cstalk_live.in_step_check import check_in_step
from cstalk_live.lookahead import frames_us

DELAY_US = 91_000


class Follower:
    """A companion that keeps what it is told and fails when it is asked to."""

    name = "follower"
    pause_s = 0.05

    def __init__(self, fail_at=None):
        self.latencies, self.order, self.fail_at = [], [], fail_at

    def get_ready(self):
        self.order.append("ready")

    def turn(self, latency_us):
        if len(self.latencies) == self.fail_at:
            raise RuntimeError("out of step")
        self.latencies.append(latency_us)

    def status(self):
        return {"target": "here", "sent": len(self.latencies), "errors": 0, "more": 1}

    def close(self):
        self.order.append("closed")


def run(fakes, follower, live=False, threads=False):
    clock = FakeClock()
    source = fakes.Source(clock, 100)
    watcher, recorder = fakes.Watcher(), fakes.Recorder(clock)
    settings = RunSettings(delay_us=DELAY_US, live=live, threads=threads)
    daemon = Daemon(lambda: source, fakes.session(), [recorder], watcher, clock, settings, companions=[follower])
    return daemon.run(), recorder, watcher, daemon


@pytest.mark.parametrize("threads", [False, True])
def test_a_companion_is_told_the_latency_and_closed_at_the_end(fakes, threads):
    follower = Follower()
    summary, recorder, _, _ = run(fakes, follower, threads=threads)
    assert follower.order == ["ready", "closed"]
    assert all(DELAY_US <= latency < DELAY_US + 5_000 for latency in follower.latencies)
    assert follower.latencies
    assert summary["outputs"]["follower"]["more"] == 1
    assert len(recorder.frames) == 60


def test_a_microphone_does_not_wait_for_companions(fakes):
    follower = Follower()
    run(fakes, follower, live=True)
    assert follower.order == ["closed"]


@pytest.mark.parametrize("threads", [False, True])
def test_a_companion_that_fails_is_left_out_and_the_face_goes_on(fakes, threads):
    follower = Follower(fail_at=0)
    _, recorder, watcher, _ = run(fakes, follower, threads=threads)
    assert len(recorder.frames) == 60
    assert watcher.said == ["follower failed and is left out: out of step"]
    assert follower.order == ["ready", "closed"]


def test_a_look_ahead_that_turns_is_passed_on(fakes):
    class Turning(Follower):
        def turn(self, latency_us):
            super().turn(latency_us)
            if len(self.latencies) == 20:
                daemon.set_lookahead(150.0)

    follower, clock = Turning(), FakeClock()
    source = fakes.Source(clock, 400)
    daemon = Daemon(
        lambda: source,
        fakes.session(),
        [fakes.Recorder(clock)],
        fakes.Watcher(),
        clock,
        RunSettings(delay_us=DELAY_US, live=False, threads=False),
        companions=[follower],
    )
    daemon.run()
    assert DELAY_US <= follower.latencies[0] < DELAY_US + 1_000
    more_us = frames_us(9) - frames_us(fakes.delay)
    assert follower.latencies[-1] == pytest.approx(follower.latencies[0] + more_us, abs=1_000)
    assert (np.diff(follower.latencies) <= 17_000).all(), "it glides"


def test_without_settings_nothing_goes_along():
    assert make_monitor(LiveConfig().output.monitor, DELAY_US, FakeClock(), print) is None
    assert make_obs(LiveConfig().output.obs, print) is None


def test_the_password_comes_from_file_or_environment_and_is_never_shown(tmp_path, monkeypatch):
    path = tmp_path / "live.yaml"
    path.write_text("output:\n  obs:\n    address: ws://127.0.0.1\n    password: swordfish\n", encoding="utf-8")
    settings = load_settings(path)
    monkeypatch.setenv("CSTALK_OBS_PASSWORD", "from outside")
    assert obs_password(settings.config.output.obs) == "swordfish"
    assert obs_password(ObsConfig()) == "from outside"
    assert "swordfish" not in show(settings)
    assert "swordfish" not in repr(settings.config)
    monkeypatch.delenv("CSTALK_OBS_PASSWORD")
    assert obs_password(ObsConfig()) is None


def test_the_doctor_tells_what_stands_in_the_way():
    voice, obs = check_in_step(MonitorConfig(device="no such thing"), ObsConfig(address="ws://127.0.0.1:1"))
    assert (voice.check, voice.verdict) == ("voice", "FAIL")
    assert voice.fix
    assert (obs.check, obs.verdict) == ("obs", "WARN")
    assert "OBS does not answer at ws://127.0.0.1:1" in obs.found
    assert "WebSocket Server Settings" in obs.fix


def test_obs_that_is_not_there_is_one_line_and_the_face_is_whole(voice, tmp_path):
    program = [sys.executable, "-m", "cstalk_live", "run", "--input", str(voice), "--json", "--record", "takes"]
    result = subprocess.run(
        [*program, "--obs", "ws://127.0.0.1:1"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    told = [line for line in result.stderr.splitlines() if "OBS" in line]
    assert len(told) == 1
    assert told[0].endswith("(the face goes on)")
    assert json.loads(result.stdout.splitlines()[-1])["frames"] == 61


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--monitor", "no such thing"], "sound output"),
        (["--monitor", ""], "output.monitor.device: it is empty"),
        (["--obs", "http://127.0.0.1"], "write ws://127.0.0.1:4455"),
        (["--obs-source", "Mic"], "--obs-source is given, but not where OBS is - add --obs ws://"),
        (["--obs", "ws://127.0.0.1:1", "--obs-source", ""], "output.obs.source: it is empty"),
    ],
)
def test_wrong_flags_are_one_line(voice, tmp_path, arguments, line):
    begin = time.monotonic()
    environment = {**os.environ, "PULSE_SERVER": "unix:/none"}
    result = subprocess.run(
        [sys.executable, "-m", "cstalk_live", "run", "--input", str(voice), *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode in (1, 2)
    told = [text for text in result.stderr.splitlines() if text.startswith("cstalk-live: ")]
    assert len(told) == 1
    assert line in told[0]
    assert "Traceback" not in result.stderr
    assert time.monotonic() - begin < 60
