"""Voice and face as someone else hears and sees them: a sound server's outputs are recorded, packets received.

Clicks go in; each is looked for in what the monitor's sink plays, and the packet of the frame that holds it is
stamped on arrival. Both stamps are this process's clock, so nothing the program claims is believed.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import soundfile

from cstalk_live.audio.timebase import LockedTimebase
from cstalk_live.output import decode_frame

pytestmark = pytest.mark.virtualmic

RATE = 48_000
CLICKS = np.cumsum([30_000, 21_000, 27_000, 18_000, 24_000, 33_000, 22_000, 20_000])
"""Samples at which the clicks lie: at distances that occur once."""


@pytest.fixture(scope="module")
def ears(virtual_microphone):
    """A sink for the program to play to, apart from the one that the microphone hears."""
    module = subprocess.run(
        ["pactl", "load-module", "module-null-sink", "sink_name=cstalk_ears", "rate=48000", "channels=2"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    yield "cstalk_ears"
    subprocess.run(["pactl", "unload-module", module], check=True)


@pytest.fixture(scope="module")
def clicks(tmp_path_factory):
    sound = np.zeros(CLICKS[-1] + RATE, np.float32)
    sound[CLICKS] = 0.9
    path = tmp_path_factory.mktemp("sound") / "clicks.wav"
    soundfile.write(path, sound, RATE)
    return path


class SinkRecorder:
    """What a sink plays, and when."""

    def __init__(self, sink):
        command = ["parec", f"--device={sink}.monitor", "--format=float32le", f"--rate={RATE}", "--channels=1"]
        self.process = subprocess.Popen([*command, "--latency-msec=5", "--raw"], stdout=subprocess.PIPE)
        self.sound, self.times = [], LockedTimebase(RATE)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        count = 0
        while data := os.read(self.process.stdout.fileno(), 4 * 4096):
            now_us = time.perf_counter_ns() // 1000
            part = np.frombuffer(data[: len(data) // 4 * 4], np.float32)
            self.sound.append(part)
            count += len(part)
            self.times.update(count, now_us)

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.thread.join(10)
        self.process.stdout.close()

    def clicks(self):
        """Times in microseconds at which clicks were heard."""
        self.close()
        sound = np.abs(np.concatenate(self.sound))
        loud = np.flatnonzero(sound > 0.3)
        groups = np.split(loud, np.flatnonzero(np.diff(loud) > 1_000) + 1) if len(loud) else []
        return np.array([self.times.time_us(int(group[np.argmax(sound[group])])) for group in groups])


class FaceReceiver:
    """Packets with the times at which they came."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.target = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.came = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        while not self.over.is_set():
            try:
                data = self.socket.recv(4096)
            except TimeoutError:
                continue
            now_us = time.perf_counter_ns() // 1000
            if data.startswith(b"/cstalk/frame\0"):
                packet = decode_frame(data)
                self.came[packet.frame_index] = now_us

    def close(self):
        self.over.set()
        self.thread.join(10)
        self.socket.close()

    def face_of(self, sample):
        """When the face of 24 kHz sample ``sample`` came: the median over the frames around it."""
        index = sample // 400
        near = [self.came[k] + (sample - 400 * k - 200) / 0.024 for k in range(index - 6, index + 7) if k in self.came]
        assert near, f"no packet around frame {index}"
        return float(np.median(near))


def lateness(heard_us, shown_us):
    """Milliseconds by which clicks were heard after they were shown, for all that were heard."""
    late = [heard_us[np.argmin(np.abs(heard_us - shown))] - shown for shown in shown_us]
    return np.array([one / 1000 for one in late if abs(one) < 150_000])


def assert_together(late_ms):
    """Within 10 ms, but for one click in four: a null sink plays by a timer, which on a busy machine is late."""
    assert abs(np.median(late_ms)) < 10.0
    assert np.mean(np.abs(late_ms) < 10.0) >= 0.75
    assert np.abs(late_ms).max() < 40.0


def run(*arguments, cwd):
    environment = {**os.environ, "PULSE_SINK": "cstalk_ears"}
    command = [sys.executable, "-m", "cstalk_live", "run", "--json", "--monitor", "pulse", *arguments]
    return subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(program):
    output, errors = program.communicate(timeout=60)
    assert program.returncode == 0, errors
    summary = json.loads(output.splitlines()[-1])
    voice = summary["outputs"]["voice"]
    if summary["latency_p95_ms"] > voice["delay_ms"] + 20 or voice["device_underruns"]:
        pytest.skip(
            f"this machine is too busy to tell: frames {summary['latency_p95_ms']:.0f} ms after their sound instead of "
            f"{voice['delay_ms']:.0f}, and the sound server ran dry {voice['device_underruns']} times"
        )
    return voice, errors


def test_a_file_is_heard_when_its_face_is_shown(ears, clicks, tmp_path, capsys):
    face, recorder = FaceReceiver(), SinkRecorder(ears)
    try:
        voice, errors = finished(run("--input", str(clicks), "--anyway", "--osc", face.target, cwd=tmp_path))
        heard = recorder.clicks()
    finally:
        recorder.close()
        face.close()
    late = lateness(heard, [face.face_of(int(click) // 2) for click in CLICKS])
    with capsys.disabled():
        print(f"\nfile: voice {np.round(late, 1)} ms after its face; drift {voice['drift_ppm']} ppm")
    assert len(late) == len(CLICKS), errors
    assert voice["underruns"] == 0
    assert_together(late)


def test_a_microphone_is_heard_when_its_face_is_shown(virtual_microphone, ears, clicks, tmp_path, capsys):
    """The clicks' place in the program's stream is read from the sound of its own take."""
    face, recorder = FaceReceiver(), SinkRecorder(ears)
    source = ["--device", virtual_microphone.device, "--seconds", "6", "--record", "takes"]
    program = run(*source, "--osc", face.target, cwd=tmp_path)
    try:
        time.sleep(1.0)  # both devices take a second to open
        virtual_microphone.play(clicks, wait=True)
        voice, errors = finished(program)
        heard = recorder.clicks()
    finally:
        program.kill()
        recorder.close()
        face.close()
    (take,) = (tmp_path / "takes").iterdir()
    sound = np.abs(soundfile.read(take / "voice.flac")[0])
    loud = np.flatnonzero(sound > 0.2)
    late = lateness(heard, [face.face_of(int(click)) for click in loud[np.diff(loud, prepend=-100) > 50]])
    with capsys.disabled():
        print(f"\nmicrophone: voice {np.round(late, 1)} ms after its face, {voice['delay_ms']} ms after its capture")
    assert len(late) >= 4, errors
    assert_together(late)
