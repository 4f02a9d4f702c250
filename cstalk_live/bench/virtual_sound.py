"""A sound server of our own whose null sink is heard as a microphone: a loopback without any hardware."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from cstalk_live.errors import DeviceError

SINK = "cstalk_sink"
SOURCE = "cstalk_microphone"
DEVICE = "pulse"
"""PortAudio's name for the server's default source."""
RATE = 48_000

_PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")
_START_S = 10.0


class VirtualSound:
    """A private PulseAudio server within a ``with`` block; :attr:`environment` leads programs to it.

    Raises:
        DeviceError: PulseAudio is not installed or does not start.
    """

    def __init__(self) -> None:
        missing = [program for program in _PROGRAMS if shutil.which(program) is None]
        if missing:
            raise DeviceError(
                f"no virtual microphone here: {', '.join(missing)} not found",
                "on Debian: apt-get install pulseaudio pulseaudio-utils libasound2-plugins libportaudio2; on Windows "
                "and macOS there is no null sink to measure with",
            )
        self._folder = tempfile.TemporaryDirectory(prefix="cstalk-bench-")
        folder = self._folder.name
        names = ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH", "XDG_CONFIG_HOME")
        own = {**dict.fromkeys(names, folder), "PULSE_SERVER": f"unix:{folder}/native"}
        self.environment = {**os.environ, **own, "PULSE_SINK": SINK, "PULSE_SOURCE": SOURCE}
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        folder = self._folder.name
        modules = (
            f"module-native-protocol-unix auth-anonymous=1 socket={folder}/native",
            f"module-null-sink sink_name={SINK} rate={RATE} channels=1",
            f"module-remap-source source_name={SOURCE} master={SINK}.monitor channels=1",
        )
        options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes")
        arguments = ["pulseaudio", *options, *(f"--load={module}" for module in modules)]
        log = Path(folder, "log")
        with log.open("wb") as output:
            self._server = subprocess.Popen(arguments, stdout=output, stderr=output, env=self.environment)
        give_up = time.monotonic() + _START_S
        asked = ["pactl", "info"]
        while subprocess.run(asked, capture_output=True, check=False, env=self.environment).returncode != 0:
            if self._server.poll() is not None or time.monotonic() > give_up:
                said = log.read_text("utf-8", errors="replace")[-200:]
                self.__exit__(None, None, None)
                raise DeviceError(f"the virtual sound server did not start: {said.strip()}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._folder.cleanup()

    def player(self, latency_ms: int) -> subprocess.Popen[bytes]:
        """Plays float32 mono of 48 kHz from its standard input into the microphone."""
        shape = ["--raw", "--format=float32le", "--channels=1", f"--rate={RATE}", f"--latency-msec={latency_ms}"]
        return subprocess.Popen(
            ["pacat", "--playback", *shape, f"--device={SINK}"], stdin=subprocess.PIPE, env=self.environment
        )

    def recorder(self, latency_ms: int) -> subprocess.Popen[bytes]:
        """Gives what the microphone hears, float32 mono of 48 kHz, on its standard output."""
        shape = ["--raw", "--format=float32le", "--channels=1", f"--rate={RATE}", f"--latency-msec={latency_ms}"]
        return subprocess.Popen(
            ["parec", *shape, f"--device={SOURCE}"], stdout=subprocess.PIPE, env=self.environment, bufsize=0
        )
