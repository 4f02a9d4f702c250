"""What a phone recogniser makes of speech halfway through its network: rich features, the same for every voice.

The recogniser is ``hama`` 1.3.13 (PyPI, Apache-2.0), 2.5 million parameters trained on many voices and languages. Its
middle layer knows which sound is being made and hardly who makes it; a teacher that reads it instead of a spectrum
carries over to faces it was never fitted to. Mean lip gap r over 14 clips of 4 strangers, equal small full-context
teachers fitted to three people: log-mel .585, phones and their true times .734, the recogniser's phone posteriors
.631, its last layer .781, this layer .799. The recogniser is used to make training data only; no part of it ships.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from cstalk_live.errors import UsageError
from cstalk_live.records import FPS, FloatArray

from .corpus import Clip
from .recognised import INSTALL

LAYER = "/acoustic_model/backbone/backbone.6/Add_output_0"
"""The seventh of eleven convolution blocks: of the third, seventh and eleventh block, both attention layers and the
posteriors, the one whose teacher carried over best."""

WIDTH = 256
STEP_S = 0.02
"""Seconds between its frames; frame i is centred at 20 i ms (10 ms frames padded at both ends, halved once)."""


class RecogniserFeatures:
    """Runs the recogniser up to :data:`LAYER`.

    Raises:
        UsageError: hama or onnx is not installed, or the installed hama holds another network.
    """

    def __init__(self) -> None:
        try:
            module: Any = importlib.import_module("hama.asr")
            self._onnx: Any = importlib.import_module("onnx")
        except ModuleNotFoundError as error:
            raise UsageError(f"the sound teacher needs the package {error.name!r}", f"{INSTALL} onnx") from None
        self._last: tuple[Path, FloatArray] = (Path(), np.zeros((0, WIDTH), np.float32))
        self._path = Path(module.__file__).parent / "assets" / "asr_waveform_fp16.onnx"

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        graph = self._onnx.load(str(self._path))
        if not any(LAYER in node.output for node in graph.graph.node):
            raise UsageError(f"{self._path} has no layer {LAYER}", INSTALL)
        half = self._onnx.TensorProto.FLOAT16
        graph.graph.output.append(self._onnx.helper.make_tensor_value_info(LAYER, half, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # it warns of the added output's unknown shape
        return onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def of(self, clip: Clip, frames: int, speed: float = 1.0) -> FloatArray:
        """As calling it with the clip's sound, which is run only once while the same clip is asked for."""
        if self._last[0] != clip.audio_path:
            self._last = (clip.audio_path, self._layer(clip.audio()))
        return at_frames(self._last[1], frames, speed)

    def _layer(self, samples: FloatArray) -> FloatArray:
        """float32 [n] at 16 kHz, -1..1 -> float32 [m, 256], one row for every 20 ms."""
        given = {"waveform": samples[None], "waveform_lengths": np.array([len(samples)], np.int64)}
        return np.ascontiguousarray(self._session.run([LAYER], given)[0][0].T, np.float32)


def at_frames(layer: FloatArray, frames: int, speed: float = 1.0) -> FloatArray:
    """Carry the layer to the centres of 60 Hz frames.

    Args:
        layer: float32 [m, 256], m >= 2, one row for every 20 ms of the sound as recorded.
        frames: of the sound when it is played ``speed`` times as fast.

    Returns:
        float32 [frames, 256]; beyond the sound's ends the first and last are held.
    """
    at = np.clip((np.arange(frames) + 0.5) / FPS * speed / STEP_S, 0.0, len(layer) - 1.0)
    before = np.minimum(at.astype(np.int64), len(layer) - 2)
    part = (at - before)[:, None].astype(np.float32)
    features: FloatArray = layer[before] * (1.0 - part) + layer[before + 1] * part
    return features


@dataclass(frozen=True, slots=True)
class Projection:
    """Principal components of the features (Pearson 1901), for the student to predict: fewer numbers, same content."""

    mean: FloatArray
    """float32 [256]."""
    axes: FloatArray
    """float32 [256, K]; the projected components have 1 as their mean variance."""

    @classmethod
    def fitted(cls, features: FloatArray, components: int) -> Self:
        """Fit to float32 [n, 256]."""
        mean = np.asarray(features.mean(axis=0), np.float32)
        _, values, rows = np.linalg.svd((features - mean) / np.sqrt(len(features)), full_matrices=False)
        kept = rows[:components].T / np.sqrt(np.mean(values[:components] ** 2))
        return cls(mean, np.asarray(kept, np.float32))

    def __call__(self, features: FloatArray) -> FloatArray:
        """[n, 256] -> [n, K]."""
        return np.asarray((features - self.mean) @ self.axes, np.float32)
