"""Beside what else a user could install here, on the same sound: cost, lateness, closures.

Every method gives one opening of the mouth 60 times a second. Mean and spread are made those of the film before
closures are counted, so that nobody loses for a mouth of another size. Lateness is against the filmed lips, plus the
time that the method waits for later sound, so it is what a live audience would see. Nothing is installed by this.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.bench.rows import Row, Section
from cstalk_live.errors import UsageError
from cstalk_live.lookahead import frames_ms
from cstalk_live.model.engine import MAX_FRAMES
from cstalk_live.records import FPS, FloatArray

if TYPE_CHECKING:
    from cstalk_live.model.runner import OnnxRunner
    from cstalk_live.training.validate import Measured

Opening = NDArray[np.float64]

WINDOW = 120
"""Frames that the re-run window hears anew for every frame: 2 s."""

_SAMPLED = 30
"""Of the re-run window only one frame in so many is run for its cost; its poses are the stream's."""

_HALF_FRAME_MS = frames_ms(1) / 2

_JAW_OF_VISEME = {
    "viseme_aa": 1.0,
    "viseme_E": 0.6,
    "viseme_I": 0.4,
    "viseme_O": 0.8,
    "viseme_U": 0.4,
    "viseme_SS": 0.2,
    "viseme_TH": 0.3,
    "viseme_DD": 0.3,
    "viseme_FF": 0.15,
    "viseme_kk": 0.4,
    "viseme_nn": 0.3,
    "viseme_RR": 0.35,
    "viseme_CH": 0.35,
}
"""How far each viseme opens the mouth; ours, since the package leaves that to the avatar. PP and sil shut it."""


@dataclass(frozen=True, slots=True)
class _Played:
    """One method on one clip."""

    opening: Opening
    cpu_s: float


@dataclass(frozen=True, slots=True)
class _Method:
    name: str
    wait_ms: float
    """How much later than the middle of a frame's sound its value can be known."""
    play: Callable[[Measured], _Played]
    note: str = ""


def measure_compare(bundle: Path | None, data: Path | None, clips: int | None) -> Section:
    """Our network and whatever else is installed, on the corpus's held-out filmed clips.

    Raises:
        UsageError: the offline side is not installed.
        CorpusError, BundleError: data or model cannot be used.
    """
    try:
        from cstalk_live.training.score import Scores
        from cstalk_live.training.validation_clips import find_data, read_validation
    except ImportError as error:
        raise UsageError(
            f"the comparison needs the offline side: {error}", "pip install torch==2.13.0, then 'cstalk-live[train]'"
        ) from None
    from cstalk_live.model.bundle import load_bundle
    from cstalk_live.model.runner import OnnxRunner

    found = read_validation(find_data(data), clips)
    chosen = {id(m): m for group in found.groups.values() for m in group}.values()
    methods, notes = _methods(OnnxRunner(load_bundle(bundle)))
    rows: list[Row] = []
    details: dict[str, Any] = {}
    for method in methods:
        scores, cpu_s, sound_s = Scores(), 0.0, 0.0
        for m in chosen:
            played = method.play(m)
            scores.add({"lip_aperture": played.opening}, m.tracks, m.clip.phones)
            cpu_s += played.cpu_s
            sound_s += len(m.features) / FPS
        result = scores.result()
        late_ms = result["lag_ms"] + method.wait_ms
        cost_ms = 1000.0 * cpu_s / sound_s
        rows += [
            Row(f"{method.name}: processor per second of speech", cost_ms, "ms", note=method.note),
            Row(f"{method.name}: opening after the lips on film", late_ms, "ms", note=f"waits {method.wait_ms:.0f} ms"),
            Row(f"{method.name}: closures made of those on film", _share(result), "%"),
            Row(f"{method.name}: r with the lips on film", result["lip_aperture.r"], ""),
        ]
        details[method.name] = {**result, "wait_ms": method.wait_ms, "cpu_ms_per_s": cost_ms}
    notes.insert(0, f"{len(chosen)} filmed clips; closures with mean and spread made the film's")
    return Section("beside what else could be installed", rows, notes, details)


def _share(result: dict[str, float]) -> float:
    return 100.0 * result["closure_matched.recall_given_ref"]


def _methods(runner: OnnxRunner) -> tuple[list[_Method], list[str]]:
    """Those that are here, and what is missing."""
    methods = [_ours(runner, delay) for delay in (1, 4, 9) if delay in runner.bundle.meta.delays]
    if 4 in runner.bundle.meta.delays:
        methods.append(_rerun(runner, 4))
    notes = []
    try:
        methods.append(_energy())
    except ImportError:
        notes.append("missing: openfacefx (pip install openfacefx)")
    package, node = _npm_package("@met4citizen/headaudio"), shutil.which("node")
    if package is not None and node is not None:
        methods.append(_headaudio(node, package))
    else:
        notes.append("missing: Node and @met4citizen/headaudio (npm install @met4citizen/headaudio, here)")
    return methods, notes


def _ours(runner: OnnxRunner, delay: int) -> _Method:
    from cstalk_live.training.streaming import mix, stream

    def play(m: Measured) -> _Played:
        begin = time.thread_time()
        board = stream(runner, m.features, delay, mix(runner))
        return _Played(_gap(board), time.thread_time() - begin + _features_s(m))

    return _Method(f"cstalk-live, {frames_ms(delay):.0f} ms", frames_ms(delay) + _HALF_FRAME_MS, play)


def _rerun(runner: OnnxRunner, delay: int) -> _Method:
    """The same network without its memory: for every frame the last two seconds anew."""
    from cstalk_live.training.streaming import mix, stream

    def play(m: Measured) -> _Played:
        board = stream(runner, m.features, delay, mix(runner))
        emotion, spent, counted = mix(runner), 0.0, 0
        for end in range(_SAMPLED, len(m.features), _SAMPLED):
            window: FloatArray = m.features[max(0, end - WINDOW) : end]
            begin = time.thread_time()
            runner.reset()
            runner.steps(window, emotion, delay)
            spent += time.thread_time() - begin
            counted += 1
        return _Played(_gap(board), spent / max(1, counted) * len(m.features) + _features_s(m))

    note = f"{WINDOW} frames for every one, {MAX_FRAMES} a step; cost from one frame in {_SAMPLED}"
    wait_ms = frames_ms(delay) + _HALF_FRAME_MS
    return _Method(f"its window run anew, {frames_ms(delay):.0f} ms", wait_ms, play, note)


def _gap(board: FloatArray) -> Opening:
    from cstalk_live.training.validate import lips

    return np.asarray(lips(board)["lip_aperture"], np.float64)


def _features_s(m: Measured) -> float:
    """What the features of the clip cost."""
    from cstalk_live.features import logmel

    sound = np.zeros(len(m.features) * 400, np.float32)
    begin = time.thread_time()
    logmel(sound)
    return time.thread_time() - begin


def _energy() -> _Method:
    import soundfile
    from openfacefx.energy import energy_envelope

    def play(m: Measured) -> _Played:
        with tempfile.TemporaryDirectory(prefix="cstalk-bench-") as folder:
            wav = Path(folder, "sound.wav")
            soundfile.write(wav, m.clip.audio(), 16_000, subtype="PCM_16")
            begin = time.thread_time()
            _, opening = energy_envelope(str(wav), fps=float(FPS))
            took = time.thread_time() - begin
        # Its frame k lies at k / 60 s, ours and the film's at (k + 0.5) / 60 s.
        return _Played(np.asarray(opening[:-1] + opening[1:], np.float64) / 2, took)

    # Its window reaches a frame beyond the later of the two.
    wait_ms = _HALF_FRAME_MS + frames_ms(1)
    return _Method("openfacefx, energy", wait_ms, play, "offline: its scale is that of the whole file")


def _headaudio(node: str, package: Path) -> _Method:
    script = Path(__file__).with_suffix("").with_name("headaudio.mjs")

    def play(m: Measured) -> _Played:
        sound = m.clip.audio().astype("<f4").tobytes()
        done = subprocess.run(
            [node, str(script), str(package)], input=sound, capture_output=True, check=False, timeout=120
        )
        if done.returncode != 0:
            raise UsageError(
                f"headaudio failed: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}", "see 'npm ls'"
            )
        found = json.loads(done.stdout)
        jaw = np.array([_JAW_OF_VISEME.get(name, 0.0) for name in found["names"]])
        return _Played(np.asarray(found["rows"], np.float64) @ jaw, float(found["cpu_s"]))

    # Its values are put where they come out, so waiting is in its lateness already; half a frame to the frame's middle.
    return _Method("headaudio under Node", _HALF_FRAME_MS, play, "15 visemes, sound in blocks of 8 ms")


def _npm_package(name: str) -> Path | None:
    """The folder of an installed npm package: here, above, or where NODE_PATH says."""
    roots: Sequence[Path] = [
        *(folder / "node_modules" for folder in (Path.cwd(), *Path.cwd().parents)),
        *(Path(part) for part in os.environ.get("NODE_PATH", "").split(os.pathsep) if part),
    ]
    return next((root / name for root in roots if (root / name / "package.json").is_file()), None)
