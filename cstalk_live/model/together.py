"""Faces on threads of their own whose steps are taken as one batch.

Every face runs as if it were alone: its own source, features, motion and outputs. Only its network is shared. A face
that asks for a step waits until all that keep up have asked too, for a few milliseconds at the longest; then one of
the waiting threads steps for them all. Eight streams in one batch cost half of eight streams alone.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from cstalk_live.clock import SystemClock
from cstalk_live.records import FPS, FloatArray

from .batch_runner import BatchRunner
from .bundle import Bundle
from .engine import delay_index

WAIT_US = 4_000
"""Longest wait for the others: a quarter of a frame. Sound that comes from one clock meets well within it."""

KEEPS_UP_US = 6 * 1_000_000 // FPS
"""A face that has not asked for this long is not waited for: its sound is lost, or it has ended."""


@dataclass(slots=True)
class _Asked:
    """Frames that one face wants."""

    features: FloatArray
    """[T, 160]"""
    emotion: FloatArray
    """[T, E + 1]"""
    delay: int
    poses: FloatArray | None = None
    """[T, 185], once they are there."""
    error: Exception | None = None

    @property
    def answered(self) -> bool:
        return self.poses is not None or self.error is not None


class StepTogether:
    """Gives out runners whose steps are taken together; one for every slot of the batch.

    Args:
        batch: belongs to this object from now on.
        wait_us: longest wait for the others.
    """

    def __init__(self, batch: BatchRunner, wait_us: int = WAIT_US) -> None:
        self.bundle: Bundle = batch.bundle
        self.steps_taken = 0
        """Batches so far; frames of all faces divided by this is how many went together."""
        self._batch = batch
        self._wait_us = wait_us
        self._clock = SystemClock()
        self._meeting = threading.Condition()
        self._asked: dict[int, _Asked] = {}
        self._asked_us = [-KEEPS_UP_US] * batch.slots
        self._stepping = False

    @property
    def name(self) -> str:
        """What computes, for people."""
        return self._batch.name

    def runner(self) -> FaceRunner:
        """A slot's runner.

        Raises:
            EngineError: all are taken.
        """
        return FaceRunner(self, self._batch.join())

    def reset(self, slot: int) -> None:
        """Forget a slot's stream, between two batches."""
        with self._meeting:
            self._meeting.wait_for(lambda: not self._stepping)
            self._batch.reset(slot)

    def step(self, slot: int, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """See :meth:`Runner.steps`; waits for the others."""
        delay_index(self.bundle.meta, delay)  # a wrong one is this face's trouble alone
        asked = _Asked(features, emotion, delay)
        group: dict[int, _Asked] | None = None
        with self._meeting:
            now_us = self._clock.now_us()
            until_us = now_us + self._wait_us
            self._asked[slot] = asked
            self._asked_us[slot] = now_us
            self._meeting.notify_all()
            while group is None and not asked.answered:
                now_us = self._clock.now_us()
                if not self._stepping and (self._all_here(now_us) or now_us >= until_us):
                    group, self._asked, self._stepping = self._asked, {}, True
                else:
                    self._meeting.wait(None if self._stepping else (until_us - now_us) / 1e6)
        if group is not None:
            self._take(group)  # this face's own frames are among them
        if asked.error is not None:
            raise asked.error
        assert asked.poses is not None
        return asked.poses

    def _all_here(self, now_us: int) -> bool:
        """Every face that keeps up has asked."""
        return all(
            slot in self._asked for slot, asked_us in enumerate(self._asked_us) if now_us - asked_us < KEEPS_UP_US
        )

    def _take(self, group: dict[int, _Asked]) -> None:
        """Step for the group, outside the lock, and wake its threads; an error is every face's."""
        error: Exception | None = None
        try:
            poses = self._poses(group)
        except Exception as failure:  # noqa: BLE001 - each face's own thread raises it
            error = failure
        with self._meeting:
            for slot, asked in group.items():
                asked.error = error
                if error is None:
                    asked.poses = poses[slot]
            self._stepping = False
            self._meeting.notify_all()

    def _poses(self, group: dict[int, _Asked]) -> dict[int, FloatArray]:
        """[T, 185] for every slot of the group. Those with few frames stay where they are while others go on."""
        slots, meta = self._batch.slots, self._batch.bundle.meta
        delays = [group[slot].delay if slot in group else meta.delays[0] for slot in range(slots)]
        poses = {slot: np.empty((len(asked.features), len(meta.controls)), np.float32) for slot, asked in group.items()}
        done = 0
        for end in sorted({len(asked.features) for asked in group.values()}):
            moving = np.array([slot in group and len(group[slot].features) >= end for slot in range(slots)])
            features = np.zeros((slots, end - done, meta.features), np.float32)
            emotion = np.zeros((slots, end - done, len(meta.emotions) + 1), np.float32)
            for slot in np.flatnonzero(moving).tolist():
                features[slot] = group[slot].features[done:end]
                emotion[slot] = group[slot].emotion[done:end]
            answers = self._batch.steps(features, emotion, delays, None if moving.all() else moving)
            for slot in np.flatnonzero(moving).tolist():
                poses[slot][done:end] = answers[slot]
            done = end
            self.steps_taken += 1
        return poses


class FaceRunner:
    """One face's share of a batch: a :class:`Runner` whose calls wait for the other faces. One thread uses it."""

    def __init__(self, together: StepTogether, slot: int) -> None:
        self.bundle: Bundle = together.bundle
        self._together = together
        self._slot = slot

    @property
    def name(self) -> str:
        """What computes, for people."""
        return self._together.name

    def reset(self) -> None:
        """See :meth:`Runner.reset`."""
        self._together.reset(self._slot)

    def step(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """See :meth:`Runner.step`."""
        pose: FloatArray = self.steps(features[None], emotion[None], delay)[0]
        return pose

    def steps(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """See :meth:`Runner.steps`."""
        mood = np.broadcast_to(emotion, (len(features), emotion.shape[-1]))
        return self._together.step(self._slot, features, mood, delay)
