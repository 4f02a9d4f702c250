"""The checks of ``cstalk-live doctor``. Each looks at one thing and says what it found and what to do."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cstalk_live import __version__
from cstalk_live.clock import SystemClock
from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.load import Flag, load_settings
from cstalk_live.errors import CSTalkError, DeviceError
from cstalk_live.findings import FAIL, OK, WARN, Finding
from cstalk_live.in_step_check import check_in_step
from cstalk_live.metrics import Metrics
from cstalk_live.receiver_check import check_receivers, is_taken
from cstalk_live.records import FPS, HOP

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
    findings.append(check_page())
    findings += check_receivers(config.output.osc)
    findings += [check_priority(), check_denormals()]
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
    """The bundle, and what a frame costs at the pace of a run: 60 a second, with the pauses that cool caches."""
    from cstalk_live.assembly import OwnNetworks, make_session
    from cstalk_live.model.compute import UNTRIED
    from cstalk_live.model.onnx_cuda import why_not_cuda
    from cstalk_live.output.frame_packet import FramePacketEncoder
    from cstalk_live.output.layout import RAW_LAYOUT

    notes: list[str] = []
    try:
        networks = OwnNetworks(config, notes.append)
        pipeline = make_session(config, notes.append, networks)
    except CSTalkError as error:
        return [Finding("model", FAIL, error.what, error.fix)]
    bundle = networks.bundle
    size_mb = bundle.path.stat().st_size / 1e6
    found = f"{bundle.meta.name}, {size_mb:.1f} MB, SHA-256 {bundle.sha256[:16]}, {pipeline.lookahead}"
    metrics, clock = Metrics(), SystemClock()
    session = pipeline.session
    session.time_stages(clock.now_us, metrics)
    session.start()
    encoder = FramePacketEncoder(RAW_LAYOUT, 0)
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, HOP).astype(np.float32)
    for _ in range(_PACED_STEPS):
        begin_us = clock.now_us()
        frames = session.push(noise)
        made_us = clock.now_us()
        for frame in frames:
            encoder.encode(frame, frame.index, made_us, 0)
            metrics.send_us.add(clock.now_us() - made_us)
        clock.sleep_us(1_000_000 // FPS - (clock.now_us() - begin_us))
    median_us, slowest_us = metrics.step_us.quantiles_us(0.5, 0.99)
    model = Finding("model", OK, found)
    compute = Finding("compute", OK, f"{pipeline.computes}; GPU: {why_not_cuda(bundle) or UNTRIED}")
    more = [Finding("compute", WARN, note) for note in notes]
    return [model, compute, *more, _speed(median_us, slowest_us), _stages(metrics)]


def _stages(metrics: Metrics) -> Finding:
    """The other stages that can be measured without a device."""
    times = {
        name: metrics.stages()[name].quantiles_us(0.5, 0.95, 0.99) for name in ("features", "step", "motion", "send")
    }
    words = [f"{name} {'/'.join(f'{us / 1000:.1f}' for us in quantiles)}" for name, quantiles in times.items()]
    return Finding("stages", OK, f"p50/p95/p99 in ms: {', '.join(words)}")


def _speed(median_us: int, slowest_us: int) -> Finding:
    found = f"one step takes {median_us / 1000:.1f} ms (p99 {slowest_us / 1000:.1f} ms) of the 16.7 ms of a frame"
    if median_us > 1_000_000 // FPS:
        return Finding("speed", FAIL, found, "use a faster machine or a smaller bundle (--bundle)")
    if median_us > STEP_BUDGET_US:
        return Finding("speed", WARN, found, "close other programs, or use a smaller bundle (--bundle)")
    return Finding("speed", OK, found)


def check_port(port: int, use: str) -> Finding:
    """Sending needs no port of our own; a receiver on this machine does, and then the port is taken."""
    if is_taken("127.0.0.1", port):
        return Finding("port", OK, f"{use} {port}: a program on this machine listens")
    return Finding("port", OK, f"{use} {port}: free; nobody on this machine listens yet")


def check_page() -> Finding:
    """The control room; a run does without it."""
    from cstalk_live.web.server.serving import built_page

    if built_page():
        return Finding("page", OK, "the control room's page is built")
    return Finding("page", WARN, "the control room's page is not built", "python -m cstalk_live.web.build_page")


def check_priority() -> Finding:
    """What the threads of a run would get; the program never needs it."""
    from cstalk_live.priority import obtainable

    cores = os.cpu_count() or 1
    priority = obtainable()
    found = f"{cores} cores, {priority.what}"
    if cores < 2:
        return Finding("threads", WARN, found, "with one core other programs may delay frames")
    return Finding("threads", OK if priority.raised else WARN, found, priority.fix)


def check_denormals() -> Finding:
    """Whether a thread of this program can take tiny numbers as zero."""
    from cstalk_live.denormals import flush_denormals

    flushed: list[bool] = []
    thread = threading.Thread(target=lambda: flushed.append(flush_denormals()), name="denormals")
    thread.start()
    thread.join()
    if flushed[0]:
        return Finding("denormals", OK, "tiny numbers count as zero")
    return Finding("denormals", WARN, "this processor keeps computing with tiny numbers", "steps may slow in silence")
