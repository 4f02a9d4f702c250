"""Steps many streams of a model at once: one face each, all in one step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cstalk_live.errors import EngineError
from cstalk_live.records import FloatArray

from .engine import Engine, Moving, chunks, delay_index, warm_up


class BatchRunner:
    """As many streams as the engine has slots. They come and go without disturbing each other.

    A step computes every slot, taken or not, so have as many slots as faces. Not thread-safe: one thread steps it.
    """

    def __init__(self, engine: Engine) -> None:
        meta = engine.bundle.meta
        self.engine = engine
        self.bundle = engine.bundle
        self.slots = engine.slots
        self._taken = [False] * engine.slots
        self._delay = np.zeros((engine.slots, len(meta.delays)), np.float32)
        self._delay[:, 0] = 1.0

    @property
    def name(self) -> str:
        """What computes, for people."""
        return self.engine.name

    @property
    def streams(self) -> tuple[int, ...]:
        """The slots that are taken."""
        return tuple(slot for slot, taken in enumerate(self._taken) if taken)

    def join(self) -> int:
        """A slot for a new stream, which begins with the next step.

        Raises:
            EngineError: all are taken.
        """
        if all(self._taken):
            raise EngineError(f"all {self.slots} streams are in use", "start with more")
        slot = self._taken.index(False)
        self.engine.clear(slot)
        self._taken[slot] = True
        return slot

    def leave(self, slot: int) -> None:
        """The slot's stream has ended."""
        self._taken[slot] = False

    def reset(self, slot: int) -> None:
        """Forget one stream: its next frame is its first."""
        self.engine.clear(slot)

    def step(
        self, features: FloatArray, emotion: FloatArray, delays: Sequence[int], moving: Moving | None = None
    ) -> FloatArray:
        """The next frame of every stream.

        Args:
            features: float32 [slots, 160]; rows of free slots may hold anything finite.
            emotion: float32 [slots, E + 1].
            delays: look-ahead of every slot in frames, each one of the bundle's.
            moving: bool [slots], whose streams take this frame; the others stay where they are. All, if left out.

        Returns:
            float32 [slots, 185], row by row the pose of the frame that slot's delay ago. Valid until the next step.

        Raises:
            BundleError: the model is not trained for a delay.
        """
        poses: FloatArray = self.engine.run(features[:, None], emotion[:, None], self._tell(delays), moving)[:, 0]
        return poses

    def steps(
        self, features: FloatArray, emotion: FloatArray, delays: Sequence[int], moving: Moving | None = None
    ) -> FloatArray:
        """The next T frames of every stream: [slots, T, 160], [slots, T, E + 1] -> [slots, T, 185], the caller's."""
        told = self._tell(delays)
        frames = features.shape[1]
        poses = np.empty((self.slots, frames, len(self.bundle.meta.controls)), np.float32)
        for begin, end in chunks(frames, self.engine.max_frames):
            poses[:, begin:end] = self.engine.run(features[:, begin:end], emotion[:, begin:end], told, moving)
        return poses

    def _tell(self, delays: Sequence[int]) -> FloatArray:
        if len(delays) != self.slots:
            raise EngineError(f"{len(delays)} look-aheads for {self.slots} streams", "give one for each")
        self._delay.fill(0.0)
        for slot, delay in enumerate(delays):
            self._delay[slot, delay_index(self.bundle.meta, delay)] = 1.0
        return self._delay

    def warm_up(self) -> None:
        """Run on silence until nothing is done for the first time any more, then forget every stream."""
        warm_up(self.engine)
