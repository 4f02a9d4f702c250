"""The virtual microphone: a private PulseAudio server whose null sink is heard by PortAudio as its input."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cstalk_live.audio import list_devices, rescan_devices
from cstalk_live.errors import DeviceError

_START_S = 10.0


@dataclass(frozen=True)
class VirtualMicrophone:
    """What a test needs of it."""

    device: str
    """Name to open it by."""
    sink: str

    def play(self, path: Path | str, wait: bool = False) -> subprocess.Popen[bytes]:
        """Let the microphone hear a sound file; the process ends when the file has been played."""
        player = subprocess.Popen(["paplay", f"--device={self.sink}", str(path)])
        if wait:
            player.wait()
        return player


@pytest.fixture(scope="module")
def virtual_microphone() -> Iterator[VirtualMicrophone]:
    """A microphone that hears what the test plays; skips where PulseAudio or PortAudio is absent."""
    missing = [program for program in ("pulseaudio", "pactl", "paplay") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"no virtual microphone: {', '.join(missing)} not installed")
    with tempfile.TemporaryDirectory(prefix="cstalk-pulse-") as folder, pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH", "XDG_CONFIG_HOME"):
            patch.setenv(name, folder)
        patch.setenv("PULSE_SERVER", f"unix:{folder}/native")
        patch.setenv("PULSE_SINK", "cstalk_sink")
        patch.setenv("PULSE_SOURCE", "cstalk_microphone")
        server = _start_server(folder)
        try:
            try:
                rescan_devices()
                names = [device.name for device in list_devices()]
            except DeviceError as error:
                pytest.skip(f"no virtual microphone: {error}")
            if "pulse" not in names:
                pytest.skip(f"no virtual microphone: PortAudio lists {names}, not 'pulse' of libasound2-plugins")
            yield VirtualMicrophone("pulse", "cstalk_sink")
        finally:
            server.terminate()
            server.wait(10)
        rescan_devices()  # so that later tests do not see a device whose server is gone


def _start_server(folder: str) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers."""
    modules = (
        f"module-native-protocol-unix auth-anonymous=1 socket={folder}/native",
        "module-null-sink sink_name=cstalk_sink rate=48000 channels=1",
        "module-remap-source source_name=cstalk_microphone master=cstalk_sink.monitor channels=1",
    )
    options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes")
    command = ["pulseaudio", *options, *(f"--load={module}" for module in modules)]
    log = Path(folder, "log")
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output)
    give_up = time.monotonic() + _START_S
    while subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > give_up:
            server.kill()
            server.wait()
            pytest.skip(f"no virtual microphone: pulseaudio did not start: {log.read_text('utf-8')[-300:]}")
        time.sleep(0.05)
    return server
