"""The real source, hub, receiver thread and component against a fake Live Link client, under sanitizers."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from pythonosc.osc_message import OscMessage

import cstalk_live
from cstalk_live.output.frame_packet import FramePacketEncoder
from cstalk_live.output.layout import RAW_LAYOUT
from cstalk_live.records import Frame, FrameFlag

FRAMES = 90
SPEECH = Path(cstalk_live.__file__).parent / "sample" / "demo.flac"


@pytest.mark.parametrize("kind", ["asan", "tsan"])
def test_the_engine_layer_keeps_its_promises(live_check, kind):
    output = live_check(kind).run("unit", timeout=200)
    assert re.fullmatch(r"\d{2,} passed, 0 failed\n", output), output


def test_a_stream_that_python_encoded_arrives_value_by_value(live_check, tmp_path):
    out = tmp_path / "pushed.csv"
    command = [str(live_check("asan").path), "listen", "--frames", str(FRAMES), "--out", str(out)]
    rng = np.random.default_rng(5)
    raw = rng.random((FRAMES, 260)).astype(np.float32)
    raw[:, 251:] = [0, 0, 0, 0, 0, 0, 0, 1, 1]
    encoder = FramePacketEncoder(RAW_LAYOUT, 0xC57A1C0D)
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        assert process.stdout is not None
        port = int(process.stdout.readline().split()[1])
        for index in range(FRAMES):
            now = time.monotonic_ns() // 1000
            frame = Frame(index, now - 40_000, np.zeros(185, np.float32), raw[index], FrameFlag.SPEECH)
            sender.sendto(bytes(encoder.encode(frame, index, now, 4)), ("127.0.0.1", port))
            time.sleep(0.014)
        sender.settimeout(5)
        heartbeat = OscMessage(sender.recv(2048))
        result = json.loads(process.stdout.readline())
        assert process.wait(30) == 0
    assert heartbeat.address == "/cstalk/heartbeat"
    session, protocol, flags, faces, received, applied, *rest = heartbeat.params
    assert (session & 0xFFFFFFFF, protocol, flags, faces, applied) == (0xC57A1C0D, 1, 1, 0, 0.0)
    assert 30 <= received <= 80
    assert rest[-3:] == ["CSTalk", "5.8.0", "0.1.0"]
    assert result == {"frames": FRAMES, "statics": 1, "faults": 0}
    rows = np.loadtxt(out, delimiter=",")
    np.testing.assert_array_equal(rows[:, 1:].astype(np.float32), raw)
    assert (np.diff(rows[:, 0]) > 0).all(), "stamps increase"


def test_the_real_program_drives_the_real_source(live_check, tmp_path):
    out = tmp_path / "pushed.csv"
    listen = [str(live_check("asan").path), "listen", "--frames", "120", "--out", str(out)]
    with subprocess.Popen(listen, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[1]
        command = [sys.executable, "-m", "cstalk_live", "run", "--osc", f"127.0.0.1:{port}", "--input", str(SPEECH)]
        run = subprocess.run([*command, "--seconds", "3"], capture_output=True, text=True, timeout=120, check=False)
        result = json.loads(process.stdout.readline())
        assert process.wait(30) == 0
    assert run.returncode == 0, run.stderr
    assert result == {"frames": result["frames"], "statics": 1, "faults": 0}
    assert result["frames"] >= 120
    rows = np.loadtxt(out, delimiter=",")
    curves = rows[:, 1:252]
    assert 0.0 <= curves.min() <= curves.max() <= 1.0
    assert curves.std(axis=0).max() > 0.05, "the face moves"
    # Live Link wants even stamps: 60 a second, whenever the packets came.
    assert abs(np.median(np.diff(rows[:, 0])) - 1 / 60) < 0.0005
