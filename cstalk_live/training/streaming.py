"""Clips through a bundle as it runs live: frame by frame through the ONNX runner, exactly as in the daemon."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cstalk_live.errors import BundleError
from cstalk_live.features.logmel import LOG_FLOOR
from cstalk_live.model import OnnxRunner
from cstalk_live.records import FloatArray


def stream(runner: OnnxRunner, features: FloatArray, delay: int, emotion: FloatArray) -> FloatArray:
    """Run one clip live: float32 [n, 185], row ``k`` the pose of frame ``k``; silence follows the clip."""
    runner.reset()
    silence = np.full(features.shape[1], np.log(LOG_FLOOR), np.float32)
    poses = [runner.step(column, emotion, delay).copy() for column in features]
    poses += [runner.step(silence, emotion, delay).copy() for _ in range(delay)]
    return np.stack(poses[delay:])


def mix(runner: OnnxRunner, name: str = "neutral", intensity: float = 1.0) -> FloatArray:
    """One emotion as the runner takes it.

    Raises:
        BundleError: the model does not know it.
    """
    emotions = runner.bundle.meta.emotions
    if name not in emotions:
        raise BundleError(f"{runner.bundle.path.name} does not know the emotion '{name}'", "use a bundle that does")
    vector = np.zeros(len(emotions) + 1, np.float32)
    vector[emotions.index(name)], vector[-1] = 1.0, intensity
    return vector


@dataclass(slots=True)
class Player:
    """Streams clips and remembers the poses of one look-ahead, since several measures look at the same ones."""

    runner: OnnxRunner
    delay: int
    played: dict[tuple[str, str, float], FloatArray] = field(default_factory=dict)

    def play(self, clip: str, features: FloatArray, emotion: str = "neutral", intensity: float = 1.0) -> FloatArray:
        """float32 [n, 185] of a clip, by its name."""
        key = (clip, emotion, intensity)
        if key not in self.played:
            self.played[key] = stream(self.runner, features, self.delay, mix(self.runner, emotion, intensity))
        return self.played[key]
