"""The sync offset against OBS Studio itself, started here with a profile of its own and a screen of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cstalk_live.errors import CSTalkError
from cstalk_live.obs.protocol import parse_obs_address
from cstalk_live.obs.source import look_at
from cstalk_live.obs.sync_offset import ObsOffset

PASSWORD = "battery staple"
START_S = 60.0

GLOBAL_INI = """[General]
FirstRun=true
LastVersion=486539266
[Basic]
Profile=test
ProfileDir=test
SceneCollection=test
SceneCollectionFile=test
[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort={port}
AlertsEnabled=false
AuthRequired=true
ServerPassword={password}
"""

BASIC_INI = """[General]
Name=test
[Video]
BaseCX=320
BaseCY=240
OutputCX=320
OutputCY=240
FPSCommon=10
"""

SCENES = {
    "name": "test",
    "current_scene": "Scene",
    "current_program_scene": "Scene",
    "scene_order": [{"name": "Scene"}],
    "AuxAudioDevice1": {
        "id": "pulse_input_capture",
        "name": "Mic/Aux",
        "settings": {"device_id": "default"},
        "sync": 25_000_000,
    },
    "sources": [
        {
            "id": "scene",
            "name": "Scene",
            "settings": {"items": [{"name": "Voice", "id": 1}, {"name": "Wall", "id": 2}], "id_counter": 2},
        },
        {"id": "ffmpeg_source", "name": "Voice", "settings": {"is_local_file": True, "local_file": ""}},
        {"id": "color_source", "name": "Wall", "settings": {}},
    ],
}


@pytest.fixture(scope="module")
def obs(tmp_path_factory):
    """The address of a running OBS with a microphone, a source 'Voice' and a source without sound."""
    missing = [program for program in ("obs", "Xvfb") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"no OBS Studio to test against: {', '.join(missing)} not installed")
    home = tmp_path_factory.mktemp("obs")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = home / "config" / "obs-studio"
    for path, text in (
        ("global.ini", GLOBAL_INI.format(port=port, password=PASSWORD)),
        ("basic/profiles/test/basic.ini", BASIC_INI),
        ("basic/scenes/test.json", json.dumps(SCENES)),
    ):
        (settings / path).parent.mkdir(parents=True, exist_ok=True)
        (settings / path).write_text(text, encoding="utf-8")
    home.chmod(0o700)
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_RUNTIME_DIR": str(home),
        "PULSE_SERVER": f"unix:{home}/none",
        "QT_QPA_PLATFORM": "xcb",
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    environment["DISPLAY"] = f":{screen.stdout.readline().strip()}"
    log = home / "log"
    with log.open("wb") as file:
        command = ["obs", "--multi", "--minimize-to-tray", "--profile", "test", "--collection", "test"]
        program = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    try:
        wait_for_port(program, port, log)
        yield f"ws://127.0.0.1:{port}"
    finally:
        for process in (program, screen):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        screen.stdout.close()


def wait_for_port(program: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert program.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-2000:]
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"OBS did not open its port: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def offset_of(obs: str, source: str | None) -> tuple[str, int]:
    _, name, offset = asyncio.run(look_at(parse_obs_address(obs), source, PASSWORD))
    return name, offset


def start(obs: str, *arguments: str, password: str = PASSWORD, cwd: Path) -> subprocess.Popen[str]:
    sound = cwd / "voice.wav"
    time_s = np.arange(24_000 * 3) / 24_000
    soundfile.write(sound, (0.3 * np.sin(900 * time_s)).astype(np.float32), 24_000)
    command = [sys.executable, "-m", "cstalk_live", "run", "--input", str(sound), "--json", "--obs", obs, *arguments]
    environment = {**os.environ, "CSTALK_OBS_PASSWORD": password}
    return subprocess.Popen(
        command, env=environment, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(("arguments", "source", "before"), [((), None, 25), (("--obs-source", "voice"), "Voice", 0)])
def test_a_run_sets_the_offset_and_gives_it_back(obs, arguments, source, before, tmp_path, capsys):
    assert offset_of(obs, source) == (source or "Mic/Aux", before)
    program = start(obs, *arguments, cwd=tmp_path)
    try:
        seen = before
        while program.poll() is None and seen == before:
            _, seen = offset_of(obs, source)
        output, errors = program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == 0, errors
    summary = json.loads(output.splitlines()[-1])
    assert f"by {seen} ms (it was {before} ms)" in errors
    assert summary["outputs"]["obs"]["errors"] == 0
    # 67 ms of look-ahead, half a frame, a block of 10 ms and 6 ms for the rest.
    assert seen == 91
    assert offset_of(obs, source) == (source or "Mic/Aux", before)
    with capsys.disabled():
        print(f"\nOBS: {errors.strip().splitlines()[-1]}")


def test_the_offset_follows_and_its_range_is_that_of_obs(obs):
    said: list[str] = []
    offset = ObsOffset(
        parse_obs_address(obs), "Voice", password=PASSWORD, extra_us=0, say=lambda line, _: said.append(line)
    )
    for latency_us, expected in ((60_000, 60), (120_000, 120), (30_000_000, 20_000), (-2_000_000, -950)):
        end = time.monotonic() + 20
        while offset.status()["offset_ms"] != expected:
            offset.turn(latency_us)
            assert time.monotonic() < end, said
        assert offset_of(obs, "Voice") == ("Voice", expected)
    offset.close()
    assert offset_of(obs, "Voice") == ("Voice", 0)


@pytest.mark.parametrize(
    ("source", "password", "line"),
    [
        ("Voice", "wrong", "OBS does not take the password"),
        ("Voice", "", "OBS asks for a password"),
        ("Nobody", PASSWORD, "OBS has no source 'Nobody'.*'Voice'"),
        ("Wall", PASSWORD, "does not support audio"),
    ],
)
def test_what_is_wrong_is_one_clear_line(obs, source, password, line):
    with pytest.raises(CSTalkError, match=line) as caught:
        asyncio.run(look_at(parse_obs_address(obs), source, password or None))
    assert len(str(caught.value).splitlines()) == 1
