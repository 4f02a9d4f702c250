"""What computes the network: some streams stepping together on one device, with their memory as named tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import BundleError
from cstalk_live.records import FloatArray

from .bundle import Bundle
from .spec import ModelSpec

State: TypeAlias = dict[str, FloatArray]
"""The streams' memory on the host: float32 [slots, *shape] by the names of ``ModelSpec.states``."""

Moving: TypeAlias = NDArray[np.bool_]
"""bool [slots]: which streams take a step."""

MAX_FRAMES = 8
"""Frames one step takes at most. Eight cost 1.35 times one, so a backlog clears six times faster."""

WARM_UP_STEPS = 20
"""Enough for a runtime to have allocated, and captured, everything it will ever use."""


class Engine(Protocol):
    """One batch of streams on one device. One thread at a time uses it."""

    @property
    def bundle(self) -> Bundle: ...

    @property
    def name(self) -> str:
        """Runtime and device, for people: ``ONNX Runtime on cpu``."""
        ...

    @property
    def slots(self) -> int:
        """Streams that step together."""
        ...

    @property
    def max_frames(self) -> int:
        """Frames one :meth:`run` may take."""
        ...

    def run(
        self, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None = None
    ) -> FloatArray:
        """The next T frames of every slot.

        Args:
            features: float32 [slots, T, 160], T from 1 to ``max_frames``.
            emotion: float32 [slots, T, E + 1].
            delay: float32 [slots, delays], one-hot.
            moving: the slots that take these frames; the others' memory stays as it is. All, if left out.

        Returns:
            float32 [slots, T, 185]; valid until the next call. Rows of slots that do not move mean nothing.
        """
        ...

    def read(self, into: State) -> None:
        """Copy the memory to the host, into arrays of :func:`empty_state`."""
        ...

    def write(self, state: State) -> None:
        """Continue from this memory."""
        ...

    def clear(self, slot: int | None = None) -> None:
        """Forget one slot's stream, or all."""
        ...


def empty_state(meta: ModelSpec, slots: int) -> State:
    """The memory of streams that have not begun: zeros."""
    return {spec.name: np.zeros((slots, *spec.shape), np.float32) for spec in meta.states()}


def delay_index(meta: ModelSpec, delay: int) -> int:
    """Which of the model's look-aheads this is.

    Raises:
        BundleError: the model is not trained for it.
    """
    try:
        return meta.delays.index(delay)
    except ValueError:
        raise BundleError(f"delay {delay} is not one of {list(meta.delays)}", "choose one of these") from None


def chunks(frames: int, most: int) -> Iterator[tuple[int, int]]:
    """Begin and end of the steps that take ``frames`` frames, ``most`` at a time."""
    for begin in range(0, frames, most):
        yield begin, min(frames, begin + most)


def check_slots(bundle: Bundle, slots: int) -> None:
    """Whether the bundle can step so many streams together.

    Raises:
        BundleError: it takes one.
    """
    if slots < 1:
        raise BundleError(f"{slots} streams cannot be stepped", "ask for 1 or more")
    if slots > 1 and not bundle.flexible:
        raise BundleError(
            f"{bundle.path} takes one stream at a time",
            f"write it anew: cstalk-live export '{bundle.path}' -o NEW.onnx",
        )


def warm_up(engine: Engine) -> None:
    """Run silence, steps of every size, until nothing is done for the first time any more; then forget it."""
    meta = engine.bundle.meta
    delay = np.zeros((engine.slots, len(meta.delays)), np.float32)
    delay[:, 0] = 1.0
    for turn in range(max(WARM_UP_STEPS, 2 * engine.max_frames)):
        # Two of every size: the memory's two halves take turns, and both must have been used.
        frames = 1 + turn // 2 % engine.max_frames
        features = np.zeros((engine.slots, frames, meta.features), np.float32)
        emotion = np.zeros((engine.slots, frames, len(meta.emotions) + 1), np.float32)
        engine.run(features, emotion, delay)
    engine.clear()
