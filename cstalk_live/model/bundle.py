"""A model file, opened and checked: one ONNX graph whose metadata says all that a runner must agree with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import onnxruntime as ort

from cstalk_live.errors import BundleError
from cstalk_live.records import HOP, SAMPLE_RATE
from cstalk_live.rig import BOARD_NAMES, BOARD_SCHEMA_HASH

from .spec import BATCH, FEATURE_LAYOUT, FRAMES, LOGMEL, WAV2VEC2, ModelSpec

DEFAULT_BUNDLE = "cstalk-base.onnx"
_MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked model, ready to run; any number of runners may share it."""

    meta: ModelSpec
    path: Path
    sha256: str
    """Of the file, in hex: names the exact weights in takes and reports."""
    training: dict[str, Any]
    """Facts for people: data, licences, credits, commit."""
    session: Any
    """onnxruntime.InferenceSession on the CPU; may run on several threads at once."""
    flexible: bool = True
    """Its step takes any number of streams and frames; bundles of version 0.1 take one of each."""

    def content(self) -> bytes:
        """The file again, for another runtime.

        Raises:
            BundleError: it is gone, or no longer the one that was checked.
        """
        content = _read(self.path)
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise BundleError(f"{self.path} changed while it was in use", "start again")
        return content


def default_bundle_path() -> Path:
    """The bundle that comes with the package."""
    return Path(str(resources.files(__package__).joinpath("bundles", DEFAULT_BUNDLE)))


def load_bundle(path: Path | None = None, front_end: str = LOGMEL) -> Bundle:
    """Open a bundle, the packaged one if none is named.

    Args:
        front_end: what computes the features that the caller will give it.

    Raises:
        BundleError: the file is missing, damaged, or made for other features, controls or rates.
    """
    path = path or default_bundle_path()
    content = _read(path)
    try:
        session = ort.InferenceSession(content, session_options(), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BundleError(
            f"{path} is not a readable model ({_first_line(error)})",
            "the file is damaged or truncated: fetch it again",
        ) from error
    metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map
    meta = ModelSpec.from_metadata(metadata, str(path))
    _check_meaning(meta, path, front_end)
    flexible = _check_graph(meta, session, path)
    try:
        training = json.loads(metadata.get("training", "{}"))
    except ValueError as error:
        raise BundleError(f"{path} has damaged training facts ({error})", "fetch the file again") from error
    return Bundle(meta, path, hashlib.sha256(content).hexdigest(), training, session, flexible)


def session_options() -> ort.SessionOptions:
    """Options for small steps sixty times a second.

    One thread: a second one does not lower the median of a network this small and doubles the tail. No spinning: idle
    worker threads of a spinning pool burn whole cores. The session option that zeroes denormals
    (``session.set_denormal_as_zero``) stays off: it changes the arithmetic of the thread that makes the first session
    and of every thread started after it, numpy's too, and gains nothing. A network without leaky memory never decays
    into denormals: a test finds none in its memory, in noise as in silence.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BundleError(f"{path} is larger than 1 GiB", "name a cstalk-live bundle (.onnx)")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BundleError(
            f"no model at {path}", "check the path, or leave --bundle out to use the packaged one"
        ) from error
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror}", "name a cstalk-live bundle (.onnx)") from error


def _check_meaning(meta: ModelSpec, path: Path, front_end: str) -> None:
    """The model must hear what we compute and speak what we send."""
    if meta.front_end != front_end and meta.front_end == WAV2VEC2:
        raise BundleError(
            f"{path} hears through wav2vec2, which this program does not run live",
            "use a log-mel bundle; this one runs offline, through cstalk_live.training.wav2vec2_bundle",
        )
    # The encoder's own features are checked by who brings the encoder: only its weights can tell.
    layout = meta.feature_layout if meta.front_end == front_end == WAV2VEC2 else FEATURE_LAYOUT
    wrong = [
        f"{what} is {found}, expected {expected}"
        for what, found, expected in (
            ("sample rate", meta.sample_rate, SAMPLE_RATE),
            ("hop", meta.hop, HOP),
            ("features", meta.feature_layout, layout),
            ("control hash", meta.controls_hash, BOARD_SCHEMA_HASH),
        )
        if found != expected
    ]
    if meta.controls != BOARD_NAMES:
        wrong.append("control names differ")
    if not meta.delays or not meta.emotions or any(d < 0 for d in meta.delays):
        wrong.append("delays or emotions are missing")
    if wrong:
        raise BundleError(
            f"{path} does not match this program: {'; '.join(wrong)}", "use a bundle exported by this version"
        )


def _check_graph(meta: ModelSpec, session: Any, path: Path) -> bool:
    """Names and shapes of the graph must be those the metadata promises; whether batch and frames are free."""
    found = ("input", session.get_inputs()), ("output", session.get_outputs())
    flexible = any(isinstance(size, str) for size in found[0][1][0].shape)
    batch, frames = (BATCH, FRAMES) if flexible else (1, 1)
    states = [(s.name, [batch, *s.shape]) for s in meta.states()]
    inputs = [
        ("features", [batch, frames, meta.features]),
        ("emotion", [batch, frames, len(meta.emotions) + 1]),
        ("delay", [batch, len(meta.delays)]),
        *((f"state.{name}", shape) for name, shape in states),
    ]
    outputs = [("controls", [batch, frames, len(meta.controls)]), *((f"next.{n}", shape) for n, shape in states)]
    for (kind, tensors), expected in zip(found, (inputs, outputs), strict=True):
        actual = [(tensor.name, list(tensor.shape)) for tensor in tensors]
        if actual != expected:
            pair = next((a, e) for a, e in zip([*actual, None], [*expected, None], strict=False) if a != e)
            raise BundleError(f"{path}: {kind} {pair[0]} where {pair[1]} is promised", "export the bundle again")
    return flexible


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
