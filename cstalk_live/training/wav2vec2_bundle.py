"""Runs a bundle that hears through wav2vec2: offline, whole clips, with the encoder's checkpoint beside it.

Such a bundle holds the network alone, not the encoder. ``run``, ``bake`` and ``evaluate`` refuse it: the encoder
needs torch and is far from sixty looks a second on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cstalk_live.errors import BundleError, UsageError
from cstalk_live.model import OnnxRunner, load_bundle
from cstalk_live.model.spec import WAV2VEC2
from cstalk_live.records import HOP, FloatArray

from .corpus import Clip
from .lessons import clip_sound
from .validate import measured, score_generator
from .wav2vec2 import StreamingWav2Vec2, sliding_of
from .wav2vec2_load import load_encoder


class OfflineFace:
    """Sound in, board poses out, as a live run with the same look-ahead would give them.

    Args:
        bundle: written by ``train`` with ``audio_encoder: wav2vec2``.
        checkpoint: folder of the encoder it was trained with; ``<run>/encoder`` if its layers were tuned.

    Raises:
        BundleError: the bundle is damaged, hears log-mel, or was trained with another encoder.
        UsageError, ConfigError: transformers or the checkpoint cannot be used.
    """

    def __init__(self, bundle: Path, checkpoint: Path) -> None:
        opened = load_bundle(bundle, front_end=WAV2VEC2)
        layout = opened.meta.feature_layout
        encoder = load_encoder(checkpoint, sliding_of(layout, str(bundle)))
        if encoder.layout() != layout:
            raise BundleError(
                f"{bundle} was trained with another encoder than {checkpoint} ({layout.split()[1]} and "
                f"{encoder.layout().split()[1]})",
                "name the checkpoint of its recipe, or the folder 'encoder' beside it",
            )
        self.meta = opened.meta
        self._stream = StreamingWav2Vec2(encoder)
        self._runner = OnnxRunner(opened)

    def board(self, samples: FloatArray, delay: int = 4, emotion: FloatArray | None = None) -> FloatArray:
        """Poses of a clip.

        Args:
            samples: float32 [n], 24 kHz; silence follows them.
            delay: look-ahead in frames, one of ``meta.delays``.
            emotion: float32 [E + 1], weights and intensity; neutral if left out.

        Returns:
            float32 [n // 400, 185]; row ``k`` is the pose of frame ``k``.

        Raises:
            UsageError: the network was not trained for this delay.
        """
        if delay not in self.meta.delays:
            raise UsageError(f"a look-ahead of {delay} frames is unknown", f"choose of {self.meta.delays}")
        if emotion is None:
            emotion = np.zeros(len(self.meta.emotions) + 1, np.float32)
            emotion[0] = emotion[-1] = 1.0
        self._stream.reset()
        self._runner.reset()
        frames = len(samples) // HOP
        columns = self._stream.push(np.pad(samples[: frames * HOP], (0, delay * HOP)))
        poses = [self._runner.step(column, emotion, delay).copy() for column in columns]
        return np.stack(poses[delay:]) if frames else np.zeros((0, len(self.meta.controls)), np.float32)

    def score(self, clips: Sequence[Clip], names: list[str], delay: int = 4) -> dict[str, float]:
        """The scores that training reports, of filmed clips.

        Args:
            names: of the corpus's blendshapes.
        """
        heard = [replace(m, features=clip_sound(m.clip)) for m in measured(clips, names)]
        return score_generator(self.board, heard, delay)
