"""What a model is: its sizes, its inputs and outputs, and the metadata a bundle carries.

One :class:`ModelSpec` is owned by the network, written into the ONNX file by the exporter and read back by the
runner, which refuses a file that does not match this program.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from cstalk_live.errors import BundleError
from cstalk_live.features import FEATURES, MEL_BANDS, MEL_HIGH_HZ, MEL_LOW_HZ
from cstalk_live.features.logmel import LOG_FLOOR, WINDOW
from cstalk_live.records import HOP, SAMPLE_RATE

FORMAT = "cstalk-live bundle 1"
"""Names the layout of the metadata; a runner refuses any other."""

DELAYS = (0, 1, 2, 4, 6, 9, 12)
"""Frames of look-ahead the network is trained for: 0 to 200 ms."""

EMOTIONS = ("neutral", "happy", "sad", "angry", "surprised")
"""The five emotions of CSTalk (arXiv 2404.18604); a mix is a weight 0..1 for each."""

LOGMEL, WAV2VEC2 = "logmel", "wav2vec2"
"""Front ends: the first word of a feature layout."""

BATCH, FRAMES = "batch", "frames"
"""Names of the graph's two free sizes: streams stepping together, frames one step takes."""

FEATURE_LAYOUT = (
    f"{LOGMEL} {MEL_BANDS}x2 {MEL_LOW_HZ:g}-{MEL_HIGH_HZ:g}Hz window {WINDOW} hop {HOP} "
    f"rate {SAMPLE_RATE} floor {LOG_FLOOR:g}"
)
"""One line that changes whenever the features would give other numbers."""


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """Sizes that decide cost: the defaults take 2.6 M parameters and 1.3 ms per step on one core."""

    width: int = 192
    layers: int = 4
    heads: int = 6
    window: int = 120
    """Frames an attention layer sees, the present one included: 2 s."""
    kernel: int = 5
    convolutions: int = 3
    latent: int = 96
    decoder_width: int = 192
    decoder_dilations: tuple[int, ...] = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class StateSpec:
    """One tensor of the stream's memory, without its batch dimension."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Everything a runner must know, and must agree with, before it runs a model."""

    name: str
    controls: tuple[str, ...]
    controls_hash: int
    size: NetworkSize = field(default_factory=NetworkSize)
    emotions: tuple[str, ...] = EMOTIONS
    delays: tuple[int, ...] = DELAYS
    features: int = FEATURES
    feature_layout: str = FEATURE_LAYOUT
    sample_rate: int = SAMPLE_RATE
    hop: int = HOP
    precision: str = "float32"
    """How the file holds its weights: float32, float16 or int8. Inputs, state and controls are float32 in all."""
    training: dict[str, Any] = field(default_factory=dict)
    """Free facts for people: data, licences, credits, commit, scores."""

    @property
    def front_end(self) -> str:
        """What computes the features: :data:`LOGMEL` or :data:`WAV2VEC2`."""
        return self.feature_layout.partition(" ")[0]

    def states(self) -> tuple[StateSpec, ...]:
        """The stream's memory in the order of the network's inputs and outputs."""
        size = self.size
        spec = [StateSpec("seen", (1,))]
        spec += [StateSpec(f"conv{i}", (size.width, size.kernel - 1)) for i in range(size.convolutions)]
        for i in range(size.layers):
            spec += [StateSpec(f"attention{i}.{kind}", (size.window - 1, size.width)) for kind in ("key", "value")]
        spec += [
            StateSpec(f"decoder{i}", (size.decoder_width, 2 * dilation))
            for i, dilation in enumerate(size.decoder_dilations)
        ]
        return tuple(spec)

    def to_metadata(self) -> dict[str, str]:
        """The spec as the string pairs that an ONNX file can carry."""
        return {"format": FORMAT, "spec": json.dumps(asdict(self), sort_keys=True)}

    @classmethod
    def from_metadata(cls, metadata: dict[str, str], where: str) -> ModelSpec:
        """Read a spec back.

        Raises:
            BundleError: the metadata is missing, of another format or damaged.
        """
        found = metadata.get("format")
        if found != FORMAT:
            raise BundleError(
                f"{where} is not a cstalk-live bundle (format {found!r}, expected {FORMAT!r})",
                "use a bundle written by this version's 'cstalk-live export'",
            )
        try:
            values: dict[str, Any] = json.loads(metadata["spec"])
            size = values.pop("size")
            size["decoder_dilations"] = tuple(size["decoder_dilations"])
            for key in ("controls", "emotions", "delays"):
                values[key] = tuple(values[key])
            return cls(size=NetworkSize(**size), **values)
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{where} has damaged metadata ({error})", "download or export it again") from error


def nearest_delay(delays: tuple[int, ...], frames: float) -> int:
    """The trained delay closest to the wish; the smaller one on a tie."""
    return min(delays, key=lambda delay: (abs(delay - frames), delay))
