"""From the microphone to the packet, by a real loopback: who says what time it was is never the program measured.

Bursts of speech, each begun by a click, are played into a virtual microphone. A recorder of our own hears the same
microphone: the earliest arrivals of its samples, joined by a line, say when each click was there (late by one of its
5 ms buffers at the most, which makes the program look that much faster, and is reported). The program records its
take, in which sample 400 n belongs to frame n: the click's sample names the frame, whose packet carries that number.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cstalk_live.bench.program import Receiver, command
from cstalk_live.bench.rows import Row, Section
from cstalk_live.bench.sound import sample_sound
from cstalk_live.bench.virtual_sound import DEVICE, RATE, VirtualSound
from cstalk_live.errors import DeviceError
from cstalk_live.lookahead import frames_ms, nearest_frames, read_lookahead
from cstalk_live.output.frame_packet import FramePacket
from cstalk_live.records import HOP, SAMPLE_RATE, FloatArray
from cstalk_live.rig import PROPERTY_INDEX

_JAW = PROPERTY_INDEX["CTRL_expressions_jawOpen"]
_CLICK = 0.9
_CLICK_FLOOR = 0.5
_QUIET = 0.8
"""Seconds between two bursts."""
_BURST = 0.5
_WAKE_S = 3.0
_RECORDER_MS = 5
_PLAYER_MS = 20

GOALS = {1: (55.0, None), 4: (105.0, 125.0)}
"""p50 and p99 in milliseconds by frames of look-ahead."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the reference recorder heard: float32 samples and, for each of its reads, (samples so far, arrival us)."""

    sound: FloatArray
    reads: NDArray[np.int64]

    def time_us(self, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        """When these samples were at the microphone: below all arrivals, at the nominal rate."""
        ideal = self.reads[:, 0] * (1e6 / RATE)
        late = self.reads[:, 1] - ideal
        # A window of 10 s follows the drift of the server's clock; nothing arrives before it was captured.
        out = np.empty(len(samples))
        for index, sample in enumerate(samples):
            near = np.abs(ideal - sample * 1e6 / RATE) < 5e6
            out[index] = sample * 1e6 / RATE + float(late[near].min())
        return out


def burst_sound(seconds: float) -> FloatArray:
    """float32 at 48 kHz: a click, half a second of speech, then silence, again and again, not quite evenly."""
    speech = np.repeat(sample_sound(), 2)  # 24 to 48 kHz without a filter: images above 12 kHz harm nothing here
    loud = np.abs(speech).reshape(-1, 2 * HOP).max(axis=1) > 0.1
    starts = np.flatnonzero(loud) * 2 * HOP
    random = np.random.default_rng(0)
    parts: list[FloatArray] = [np.zeros(RATE, np.float32)]
    total = RATE
    while total < seconds * RATE:
        at = int(random.choice(starts[starts < len(speech) - RATE]))
        burst = 0.4 * speech[at : at + int(_BURST * RATE)]
        burst[-480:] *= np.linspace(1.0, 0.0, 480, dtype=np.float32)
        burst[:4] = _CLICK
        quiet = np.zeros(int((_QUIET + 0.1 * random.random()) * RATE), np.float32)
        parts += [burst.astype(np.float32), quiet]
        total += len(burst) + len(quiet)
    return np.concatenate(parts)


def clicks(sound: FloatArray, rate: int) -> NDArray[np.int64]:
    """Samples at which a click begins after quiet."""
    loud = np.flatnonzero(np.abs(sound) > _CLICK_FLOOR)
    if not len(loud):
        return np.zeros(0, np.int64)
    return loud[np.diff(loud, prepend=-rate) > 0.6 * rate].astype(np.int64)


def measure_latency(
    seconds: float, profiles: Sequence[str] = ("balanced", "tight"), extra: Sequence[str] = ()
) -> Section:
    """Microphone to packet and microphone to pose, for each look-ahead.

    Raises:
        DeviceError: there is no virtual microphone here, or it gave nothing.
    """
    rows: list[Row] = []
    details = {}
    reference = f"a recorder of {_RECORDER_MS} ms buffers"
    notes = [
        f"time zero: the sound is at the virtual microphone, as {reference} hears it; a sound card adds its own delay"
    ]
    with VirtualSound() as server:
        for profile in profiles:
            found, detail = _one(server, profile, seconds, extra)
            rows += found
            details[profile] = detail
    return Section("microphone to packet, real loopback", rows, notes, details)


def _one(
    server: VirtualSound, profile: str, seconds: float, extra: Sequence[str]
) -> tuple[list[Row], dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="cstalk-bench-") as folder, Receiver() as receiver:
        heard, recorded, start, written_us = _play(server, profile, seconds, extra, Path(folder), receiver.port)
        packets = {packet.frame_index: (when, packet) for when, packet in receiver.packets}
    at = clicks(heard.sound, RATE)
    in_take = clicks(recorded, SAMPLE_RATE)
    pairs = paired(at, in_take)
    if len(pairs) < 3:
        raise DeviceError(
            f"of the clicks played the virtual microphone gave {len(at)}, the program heard {len(in_take)}",
            "the machine is too busy, or another sound server is in the way",
        )
    moments = heard.time_us(np.array([mine for mine, _ in pairs]))
    latencies, errors, poses = [], [], []
    for moment, (_, sample) in zip(moments, pairs, strict=True):
        frame = sample // HOP + start
        if frame not in packets:
            continue
        when, packet = packets[frame]
        middle_us = moment + (frame_middle(sample) - sample) * 1e6 / SAMPLE_RATE
        latencies.append(float(when - middle_us) / 1000.0)
        errors.append(float(packet.capture_us - middle_us) / 1000.0)
        poses.append(_opening_ms(packets, frame, moment))
    every = np.array([when - packet.capture_us for when, packet in receiver.packets]) / 1000.0 + float(
        np.median(errors)
    )
    frames = nearest_frames((0, 1, 2, 4, 6, 9, 12), read_lookahead(profile))
    goal = GOALS.get(frames, (None, None))
    opened = np.array([pose for pose in poses if pose is not None])
    name = f"{profile} ({frames_ms(frames):.0f} ms)"
    rows = [
        Row(f"{name}: p50 of {len(latencies)} clicks", float(np.median(latencies)), "ms", goal[0]),
        Row(f"{name}: largest of the clicks", float(np.max(latencies)), "ms"),
        Row(f"{name}: p50 of all {len(every)} packets", float(np.quantile(every, 0.5)), "ms", goal[0]),
        Row(f"{name}: p99 of all packets", float(np.quantile(every, 0.99)), "ms", goal[1]),
        Row(
            f"{name}: voice to opening of the jaw, p50", float(np.median(opened)) if len(opened) else float("nan"), "ms"
        ),
        Row(
            f"{name}: error of the packets' capture time", float(np.median(errors)), "ms", note="its own word for time"
        ),
    ]
    detail: dict[str, object] = {
        "latencies_ms": [round(value, 3) for value in latencies],
        "capture_errors_ms": [round(value, 3) for value in errors],
        "opening_ms": [None if value is None else round(value, 3) for value in poses],
        "player_ms": round((float(heard.time_us(at[:1])[0]) - written_us) / 1000.0, 3),
    }
    return rows, detail


def frame_middle(sample: int) -> int:
    """The middle of the frame that a sample lies in."""
    return sample // HOP * HOP + HOP // 2


def paired(reference: NDArray[np.int64], taken: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Clicks that both heard: the pauses between them are all different, so the shift that fits most is the one."""
    best: list[tuple[int, int]] = []
    ours, theirs = reference / RATE, taken / SAMPLE_RATE
    for a in ours:
        for b in theirs:
            shift = a - b
            pairs = []
            for index, moment in enumerate(theirs):
                nearest = int(np.argmin(np.abs(ours - shift - moment)))
                if abs(ours[nearest] - shift - moment) < 0.003:
                    pairs.append((int(reference[nearest]), int(taken[index])))
            if len(pairs) > len(best):
                best = pairs
    return best


def _opening_ms(packets: dict[int, tuple[int, FramePacket]], frame: int, moment_us: float) -> float | None:
    """From the voice's first sample to the arrival of the first packet whose jaw is clearly more open than before."""
    rest = [float(packets[n][1].values[_JAW]) for n in range(frame - 30, frame - 15) if n in packets]
    if not rest:
        return None
    floor = float(np.median(rest))
    for number in range(frame - 12, frame + 30):
        if number in packets and float(packets[number][1].values[_JAW]) > floor + 0.05:
            return float(packets[number][0] - moment_us) / 1000.0
    return None


def _play(
    server: VirtualSound, profile: str, seconds: float, extra: Sequence[str], folder: Path, port: int
) -> tuple[Heard, FloatArray, int, float]:
    """Play, record and run the program; what the recorder heard, the take's sound and the stream's number of its first
    frame, and when the first click was written."""
    import soundfile

    run = ["run", "--device", DEVICE, "--osc", f"127.0.0.1:{port}", "--record", str(folder), "--lookahead", profile]
    with server.recorder(_RECORDER_MS) as recorder:
        ears = _Ears(recorder)
        program = subprocess.Popen(
            command([*run, "--seconds", str(seconds + _WAKE_S), *extra]),
            env=server.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        time.sleep(_WAKE_S)
        with server.player(_PLAYER_MS) as player:
            written_us = _write(player, burst_sound(seconds), seconds, program)
            assert player.stdin is not None
            player.stdin.close()
            player.terminate()
        _, errors = program.communicate(timeout=60)
        recorder.terminate()
        heard = ears.stop()
    takes = sorted(folder.glob("*/voice.flac"))
    if program.returncode != 0 or not takes:
        raise DeviceError(f"the program heard nothing: {errors.decode('utf-8', 'replace').strip()[-300:]}")
    recorded, _ = soundfile.read(takes[-1], dtype="float32")
    document = json.loads((takes[-1].parent / "take.json").read_text(encoding="utf-8"))
    return heard, recorded, int(document["stream_frame"]), written_us


def _write(
    player: subprocess.Popen[bytes], sound: FloatArray, seconds: float, program: subprocess.Popen[bytes]
) -> float:
    """Write in real time, 10 ms at a time and 20 ms ahead; when the first click was written, in microseconds."""
    assert player.stdin is not None
    block = RATE // 100
    first = int(clicks(sound, RATE)[0])
    written_us = 0.0
    begin = time.perf_counter()
    for index in range(min(len(sound) // block, round(seconds * 100))):
        wait = begin + (index - 2) * 0.01 - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        if index * block <= first < (index + 1) * block:
            written_us = time.perf_counter_ns() / 1000
        try:
            player.stdin.write(sound[index * block : (index + 1) * block].tobytes())
            player.stdin.flush()
        except OSError:
            break
        if program.poll() is not None:
            break
    return written_us


class _Ears:
    """Reads the recorder on a thread of its own, with the time of every read."""

    def __init__(self, recorder: subprocess.Popen[bytes]) -> None:
        self._recorder = recorder
        self._parts: list[bytes] = []
        self._reads: list[tuple[int, int]] = []
        self._thread = threading.Thread(target=self._read, name="ears", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        from cstalk_live.priority import raise_priority

        raise_priority()
        assert self._recorder.stdout is not None
        total = 0
        while data := self._recorder.stdout.read(1 << 14):
            now_us = time.perf_counter_ns() // 1000
            self._parts.append(data)
            total += len(data)
            self._reads.append((total // 4, now_us))

    def stop(self) -> Heard:
        self._thread.join(5.0)
        data = b"".join(self._parts)
        sound = np.frombuffer(data[: len(data) // 4 * 4], "<f4")
        return Heard(sound, np.array(self._reads, np.int64).reshape(-1, 2))


__all__ = ["Heard", "burst_sound", "clicks", "measure_latency", "paired"]
