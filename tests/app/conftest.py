"""Stand-ins for the parts around the code under test: a network of a few sums, a source, an output."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from cstalk_live.audio.source import Closing, EndOfSound
from cstalk_live.clock import FakeClock
from cstalk_live.emotion import EmotionState
from cstalk_live.errors import DeviceError
from cstalk_live.motion.layer import LayerConfig, MotionLayer
from cstalk_live.output.base import OutputStatus
from cstalk_live.records import Frame, SourceBlock
from cstalk_live.rig import BOARD_INDEX, BOARD_NEUTRAL
from cstalk_live.session import Session

JAW = BOARD_INDEX["CTRL_C_jaw.ty"]
DELAY = 4
DELAYS = (0, 1, 2, 4, 6, 9, 12)
EMOTIONS = ("neutral", "happy")


class FakeNetwork:
    """The jaw of ``delay`` frames ago is a function of that frame's features; the smile is the emotion.

    As a real network's, its answer is a view of one buffer and its memory is zeroed by ``reset`` alone.
    """

    def __init__(self) -> None:
        self.answer = BOARD_NEUTRAL.copy()
        self.past: deque[float] = deque()
        self.resets = 0

    def reset(self) -> None:
        self.past.clear()
        self.resets += 1

    def step(self, features: np.ndarray, emotion: np.ndarray, delay: int) -> np.ndarray:
        self.past.append(float(np.clip((features.max() + 18.5) / 20.0, 0.0, 1.0)))
        while len(self.past) > delay + 1:
            self.past.popleft()
        self.answer[JAW] = self.past[0] if len(self.past) == delay + 1 else 0.0
        return self.answer

    def steps(self, features: np.ndarray, emotion: np.ndarray, delay: int) -> np.ndarray:
        return np.stack([self.step(x, m, delay).copy() for x, m in zip(features, emotion, strict=True)])


class FakeSource(Closing):
    """Blocks of 10 ms at 24 kHz by a clock; a script says when it fails."""

    live = True
    name = "microphone 'fake'"
    sample_rate = 24_000
    block = 240

    def __init__(self, clock: FakeClock, blocks: int, then: type[Exception] = EndOfSound) -> None:
        self.clock, self.blocks, self.then = clock, blocks, then
        self.next_sample = 0
        self.due_us = clock.now_us()
        self.closed = False

    def read(self, timeout_s: float) -> SourceBlock | None:
        if self.next_sample == self.blocks * self.block:
            raise self.then("the fake was unplugged") if self.then is DeviceError else self.then()
        wait_us = self.due_us + 10_000 - self.clock.now_us()
        if wait_us > timeout_s * 1e6:
            self.clock.sleep_us(round(timeout_s * 1e6))
            return None
        self.due_us += 10_000
        self.clock.sleep_us(wait_us)
        first, self.next_sample = self.next_sample, self.next_sample + self.block
        phase = np.arange(first, self.next_sample)
        samples = (0.3 * np.sin(phase * 0.05)).astype(np.float32)
        return SourceBlock(samples, first, self.due_us)

    def close(self) -> None:
        self.closed = True


class Recorder:
    """An output that keeps every frame with the time at which it came."""

    name = "recorder"

    def __init__(self, clock: Any = None, fail_at: int | None = None) -> None:
        self.clock, self.fail_at = clock, fail_at
        self.frames: list[Frame] = []
        self.times: list[int] = []
        self.seconds = 0
        self.closed = 0

    def send(self, frame: Frame) -> None:
        if self.fail_at is not None and len(self.frames) >= self.fail_at:
            raise OSError("the fake output is full")
        self.frames.append(frame)
        self.times.append(self.clock.now_us() if self.clock else 0)

    def second(self, now_us: int) -> None:
        self.seconds += 1

    def status(self) -> OutputStatus:
        return OutputStatus(self.name, "memory", len(self.frames), 0, None, 0)

    def new_error(self) -> str | None:
        return None

    def close(self) -> None:
        self.closed += 1


class Listening:
    """A watcher that keeps what it is told."""

    interval_s = 0.5

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.said: list[str] = []

    def status(self, report: dict[str, Any]) -> None:
        self.reports.append(report)

    def say(self, message: str, severity: str = "info") -> None:
        self.said.append(message)


class Fakes:
    """Everything above, for tests that cannot import one another."""

    Network = FakeNetwork
    Source = FakeSource
    Recorder = Recorder
    Watcher = Listening
    delay = DELAY
    jaw = JAW

    @staticmethod
    def session(delay: int = DELAY, network: FakeNetwork | None = None) -> Session:
        mood = EmotionState(EMOTIONS)
        spare = FakeNetwork()
        motion = MotionLayer(LayerConfig(), delay)
        return Session(network or FakeNetwork(), motion, mood, delay, spare=spare, delays=DELAYS)


@pytest.fixture(scope="session")
def fakes() -> type[Fakes]:
    return Fakes


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WAV of 1.005 s at 48 kHz that is no whole number of frames: bursts of a buzz with pauses."""
    rate, count = 48_000, 48_240
    time = np.arange(count) / rate
    buzz = np.sign(np.sin(2 * np.pi * 120 * time)) * (np.sin(2 * np.pi * 2 * time) > 0)
    path = tmp_path_factory.mktemp("sound") / "voice.wav"
    soundfile.write(path, (0.2 * buzz).astype(np.float32), rate)
    return path
