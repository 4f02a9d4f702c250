"""A GPU that may fail during a show, and the CPU that goes on from the same memory.

The GPU's memory is lost with the GPU, so the host keeps what rebuilds it: a copy of the memory every few steps, and
every input since. Two copies take turns: one that the failure tears leaves the other whole. After a failure the CPU
takes the copy and steps through the inputs, one frame at a time, so its poses are those of a run that never left the
CPU, as far as the GPU computed the same memory (to 1e-5).

What it costs while all is well: one copy of 0.74 MB a stream every 30 steps, and 700 bytes a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from cstalk_live.errors import CSTalkError
from cstalk_live.records import FloatArray

from .bundle import Bundle
from .engine import Engine, Moving, State, empty_state

Say = Callable[[str], None]
"""Shows one line to the user."""

COPY_EVERY, COPY_EVERY_AT_LEAST = 30, 4
"""Steps between copies for one stream, and for many: each step to repeat takes the CPU longer, and a fallback may
take 200 ms. 30 steps of one stream take 30 ms of a core, 4 of 8 streams 20 ms, 4 of 32 streams 70 ms."""


class GuardedEngine:
    """An engine that goes on with ``standby`` once ``primary`` fails, see the module's text.

    A failure is any exception of the primary's, and a pose that is not finite though the input is. It is told once;
    the primary is not tried again, and not closed either: closing may wait for a device that does not answer.

    Args:
        primary: may fail.
        standby: on the CPU, warmed up, with as many slots; its name says what is used after a failure.
        say: told of a failure.
    """

    def __init__(self, primary: Engine, standby: Engine, say: Say) -> None:
        self.bundle: Bundle = primary.bundle
        self.slots = primary.slots
        self.failed = False
        self.fallback_us = 0
        """How long going over to the CPU took; 0 while all is well."""
        self._engine = primary
        self._standby = standby
        self._say = say
        self._every = max(COPY_EVERY_AT_LEAST, COPY_EVERY // self.slots)
        meta = self.bundle.meta
        self._copies = [empty_state(meta, self.slots) for _ in range(2)]
        self._whole = 0
        """Which copy holds the memory that the journal starts from."""
        rows = self._every + max(primary.max_frames, standby.max_frames)
        self._features = np.zeros((rows, self.slots, 1, meta.features), np.float32)
        self._emotion = np.zeros((rows, self.slots, 1, len(meta.emotions) + 1), np.float32)
        self._delay = np.zeros((rows, self.slots, len(meta.delays)), np.float32)
        self._moving = np.ones((rows, self.slots), np.bool_)
        self._noted = 0

    @property
    def name(self) -> str:
        """See :attr:`Engine.name`."""
        return self._engine.name

    @property
    def max_frames(self) -> int:
        """See :attr:`Engine.max_frames`."""
        return self._engine.max_frames

    def run(
        self, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None = None
    ) -> FloatArray:
        """See :meth:`Engine.run`."""
        if self.failed:
            return self._engine.run(features, emotion, delay, moving)
        try:
            poses = self._engine.run(features, emotion, delay, moving)
            if not np.isfinite(poses).all() and np.isfinite(features).all() and np.isfinite(emotion).all():
                raise FloatingPointError("it gives values that are not finite")
        except CSTalkError:
            raise
        except Exception as error:  # noqa: BLE001 - every runtime raises its own, and the show goes on after each
            return self._fall_back(error, features, emotion, delay, moving)
        self._note(features, emotion, delay, moving)
        return poses

    def _note(self, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None) -> None:
        """Keep the inputs of a step that went well; copy the memory when it is time."""
        for frame in range(features.shape[1]):
            row = self._noted
            self._features[row, :, 0] = features[:, frame]
            self._emotion[row, :, 0] = emotion[:, frame]
            self._delay[row] = delay
            self._moving[row] = True if moving is None else moving
            self._noted += 1
        if self._noted >= self._every:
            try:
                self._copy()
            except Exception as error:  # noqa: BLE001 - as in run; this step's poses are good
                self._fall_back(error)

    def _copy(self) -> None:
        other = 1 - self._whole
        self._engine.read(self._copies[other])
        self._whole, self._noted = other, 0

    def _fall_back(
        self,
        error: Exception,
        features: FloatArray | None = None,
        emotion: FloatArray | None = None,
        delay: FloatArray | None = None,
        moving: Moving | None = None,
    ) -> FloatArray:
        """Rebuild the memory on the CPU and take the step there, if one is given; its poses."""
        begin = time.perf_counter_ns()
        lost = self._engine.name
        standby = self._standby
        standby.write(self._copies[self._whole])
        for row in range(self._noted):
            standby.run(self._features[row], self._emotion[row], self._delay[row], self._moving[row])
        self._engine = standby
        self.failed = True
        poses = self._features[:0]
        if features is not None and emotion is not None and delay is not None:
            poses = _in_steps(standby, features, emotion, delay, moving)
        self.fallback_us = (time.perf_counter_ns() - begin) // 1000
        self._say(
            f"{lost} failed ({_first_line(error)}): goes on as {standby.name}, where it was, "
            f"after {self.fallback_us / 1000:.0f} ms"
        )
        return poses

    def read(self, into: State) -> None:
        """See :meth:`Engine.read`."""
        self._attempt(lambda engine: engine.read(into))

    def write(self, state: State) -> None:
        """See :meth:`Engine.write`."""
        self._attempt(lambda engine: engine.write(state))
        if not self.failed:
            for name, array in self._copies[self._whole].items():
                np.copyto(array, state[name])
            self._noted = 0

    def clear(self, slot: int | None = None) -> None:
        """See :meth:`Engine.clear`."""
        self._attempt(lambda engine: engine.clear(slot))
        if self.failed:
            return
        if slot is None:
            for array in self._copies[self._whole].values():
                array.fill(0.0)
            self._noted = 0
        else:  # the journal must not bring back what the slot has forgotten
            try:
                self._copy()
            except Exception as error:  # noqa: BLE001 - as in run
                self._fall_back(error)
                self._engine.clear(slot)

    def _attempt(self, act: Callable[[Engine], None]) -> None:
        """Do it with the engine in use, and if that fails, with the standby in the same state."""
        if self.failed:
            act(self._engine)
            return
        try:
            act(self._engine)
        except Exception as error:  # noqa: BLE001 - as in run
            self._fall_back(error)
            act(self._engine)


def _in_steps(
    engine: Engine, features: FloatArray, emotion: FloatArray, delay: FloatArray, moving: Moving | None
) -> FloatArray:
    """A step of any size, as steps of one frame."""
    frames = features.shape[1]
    if frames == 1:
        return engine.run(features, emotion, delay, moving)
    poses = [engine.run(features[:, k : k + 1], emotion[:, k : k + 1], delay, moving).copy() for k in range(frames)]
    return np.concatenate(poses, axis=1)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:160] if lines else type(error).__name__
