"""The checks of ``cstalk-live doctor``. Each looks at one thing and says what it found and what to do."""

from __future__ import annotations

import os
import platform
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cstalk_live import __version__
from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.load import Flag, load_settings
from cstalk_live.errors import CSTalkError, DeviceError
from cstalk_live.findings import FAIL, OK, WARN, Finding
from cstalk_live.in_step_check import check_in_step
from cstalk_live.records import FPS

STEP_BUDGET_US = 8_000
"""Half a frame. Above it a busy machine drops frames; above a whole frame every machine does."""

_PACED_STEPS = 90
_PORTS = ((9000, "OSC"), (11111, "Live Link"))


def examine(config_file: Path | None, flags: Sequence[Flag]) -> list[Finding]:
    """All checks, in order; none of them raises for what it is there to find."""
    finding, config = check_config(config_file, flags)
    checks: list[Callable[[], Finding]] = [check_python, check_sound_files, check_microphones]
    findings = [check() for check in checks]
    findings.append(finding)
    findings += check_model(config)
    findings += check_in_step(config.output.monitor, config.output.obs)
    findings += [check_port(port, use) for port, use in _PORTS]
    findings.append(check_priority())
    return findings


def check_python() -> Finding:
    found = f"cstalk-live {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return Finding("python", OK, found)


def check_sound_files() -> Finding:
    """libsndfile comes inside the wheel of soundfile, except on rare platforms."""
    try:
        import soundfile
    except (ImportError, OSError) as error:
        return Finding("files", FAIL, f"cannot read sound files: {error}", "pip install soundfile")
    return Finding("files", OK, f"sound files through libsndfile {soundfile.__libsndfile_version__}")


def check_microphones() -> Finding:
    from cstalk_live.audio.devices import list_devices

    try:
        devices = list_devices()
    except DeviceError as error:
        return Finding("sound", WARN, error.what, error.fix)
    if not devices:
        return Finding("sound", WARN, "no sound input", "connect a microphone; files work without one")
    default = next((device for device in devices if device.is_default), devices[0])
    return Finding("sound", OK, f"{len(devices)} inputs, default {default}")


def check_config(file: Path | None, flags: Sequence[Flag]) -> tuple[Finding, LiveConfig]:
    """The finding and the settings that the other checks use: the defaults where the file is wrong."""
    name = str(file) if file is not None else "defaults (no file given)"
    try:
        return Finding("settings", OK, name), load_settings(file, flags).config
    except CSTalkError as error:
        problem = "; ".join(str(error).splitlines())
        return Finding("settings", FAIL, problem, "correct it, then 'cstalk-live config check'"), LiveConfig()


def check_model(config: LiveConfig) -> list[Finding]:
    """The bundle, and one step's time at the pace of a run: 60 a second, with the pauses that cool caches."""
    from cstalk_live.model.bundle import load_bundle
    from cstalk_live.model.compute import UNTRIED, open_runner
    from cstalk_live.model.onnx_cuda import why_not_cuda

    notes: list[str] = []
    try:
        bundle = load_bundle(Path(config.model.bundle) if config.model.bundle else None)
        runner = open_runner(bundle, config.engine.runtime, config.engine.device, say=notes.append)
    except CSTalkError as error:
        return [Finding("model", FAIL, error.what, error.fix)]
    size_mb = bundle.path.stat().st_size / 1e6
    model = Finding("model", OK, f"{bundle.meta.name}, {size_mb:.1f} MB, SHA-256 {bundle.sha256[:16]}")
    compute = Finding("compute", OK, f"{runner.name}; GPU: {why_not_cuda(bundle) or UNTRIED}")
    features = np.zeros(bundle.meta.features, np.float32)
    emotion = np.zeros(len(bundle.meta.emotions) + 1, np.float32)
    times = []
    for _ in range(_PACED_STEPS):
        begin = time.perf_counter_ns()
        runner.step(features, emotion, bundle.meta.delays[0])
        took_us = (time.perf_counter_ns() - begin) // 1000
        times.append(took_us)
        time.sleep(max(0.0, 1.0 / FPS - took_us / 1e6))
    more = [Finding("compute", WARN, note) for note in notes]
    return [model, compute, *more, _speed(int(np.median(times)), int(np.percentile(times, 99)))]


def _speed(median_us: int, slowest_us: int) -> Finding:
    found = f"one step takes {median_us / 1000:.1f} ms (p99 {slowest_us / 1000:.1f} ms) of the 16.7 ms of a frame"
    if median_us > 1_000_000 // FPS:
        return Finding("speed", FAIL, found, "use a faster machine or a smaller bundle (--bundle)")
    if median_us > STEP_BUDGET_US:
        return Finding("speed", WARN, found, "close other programs, or use a smaller bundle (--bundle)")
    return Finding("speed", OK, found)


def check_port(port: int, use: str) -> Finding:
    """Sending needs no port of our own; a receiver on this machine does, and then the port is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Finding("port", OK, f"{use} {port}: a program on this machine listens")
    return Finding("port", OK, f"{use} {port}: free; nobody on this machine listens yet")


def check_priority() -> Finding:
    """Only tells: the program runs at ordinary priority and never needs more."""
    cores = os.cpu_count() or 1
    found = f"{cores} cores, ordinary thread priority"
    if cores < 2:
        return Finding("threads", WARN, found, "with one core other programs may delay frames")
    return Finding("threads", OK, found)
