"""Inputs for streaming tests."""

import numpy as np


def inputs(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Plausible log-mel [frames, 160] and a wandering emotion [frames, 6]."""
    rng = np.random.default_rng(seed)
    features = (-9.0 + 3.0 * rng.standard_normal((frames, 160))).astype(np.float32)
    emotion = rng.random((frames, 6)).astype(np.float32)
    return features, emotion
