"""A look-ahead that can be turned while the stream runs, without a jump.

Told a delay of D frames the network gives, having heard frame ``s``, the pose of frame ``s - D``. Its memory depends on
D, so another delay needs a second network that has heard the last two seconds with it. A change goes through

1. *warming*: the second network is given the last two seconds, three frames at a time, while the first goes on;
2. where the new delay is longer, a *glide*: the frames' look-ahead grows by a quarter of a frame a frame, so that
   they leave a little farther apart;
3. a *cross-fade* of 250 ms: both networks' poses **of the same frame** are mixed, so the pose's own time never jumps;
4. where the new delay is shorter, a glide the other way.

Every frame of the stream comes out once, in order, whatever happens: what glides is the time at which it leaves.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cstalk_live.lookahead import frames_us
from cstalk_live.records import FloatArray

WARM_FRAMES = 120
"""Frames that a network is given before it is believed: the window of its attention, 2 s."""

WARM_STEPS = 3
"""Of these at each frame: at 1.5 ms a step well within a frame's 16.7 ms, and done after a second."""

FADE_FRAMES = 15
"""250 ms: longer than a syllable's nucleus, so no single movement is swapped for another in the middle."""

GLIDE = 4
"""Frames for each frame of difference: sending slows down or speeds up by a quarter."""


class Network(Protocol):
    """A streaming model (``model.runner.Runner``)."""

    def reset(self) -> None: ...

    def step(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """float32 [160], float32 [E + 1] -> float32 [185], a view that the next step overwrites."""
        ...

    def steps(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """Several frames in one go: float32 [n, 160], [n, E + 1] -> float32 [n, 185], the caller's own."""
        ...


@dataclass(frozen=True, slots=True)
class Pose:
    """What the network says of one frame."""

    number: int
    """Of the step whose sound it shows, from 0."""
    board: FloatArray
    """float32 [185], the caller's own."""
    lookahead_us: int


class LookaheadDial:
    """Features in, poses out, at a delay that may change. One thread steps it; any may set :attr:`wanted`.

    Args:
        network: steps the stream.
        delay: frames of look-ahead.
        spare: a second network of the same model, for changing the delay; None allows no change in a stream.
    """

    def __init__(self, network: Network, delay: int, spare: Network | None = None) -> None:
        self.delay = delay
        """The present delay; the old one until a change is complete."""
        self.wanted = delay
        """The delay to have; set it at any time."""
        self._network = network
        self._spare = spare
        self._past: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=WARM_FRAMES)
        self._change: _Change | None = None
        self._steps = 0

    @property
    def changing(self) -> bool:
        """A change is under way or waiting for the next frame."""
        return self._change is not None or (self._spare is not None and self.wanted != self.delay)

    @property
    def reach(self) -> int:
        """The longest delay in use: poses may lie this many frames behind the newest sound."""
        return max(self.delay, self._change.delay) if self._change is not None else self.delay

    @property
    def steps(self) -> int:
        """Frames heard since the stream began."""
        return self._steps

    def reset(self) -> None:
        """A new stream begins, with the wanted delay at once."""
        self.delay = self.wanted
        self._network.reset()
        self._past.clear()
        self._change = None
        self._steps = 0

    def advance(self, features: FloatArray, emotions: FloatArray) -> list[list[Pose]]:
        """Hear float32 [n, 160] under [n, E + 1]; for each of these frames the poses that it completes, in order."""
        if self.changing:
            return [self._turn(x, m) for x, m in zip(features, emotions, strict=True)]
        if self._spare is not None:
            self._past.extend(zip(features.copy(), emotions.copy(), strict=True))
        answers = self._network.steps(features, emotions, self.delay)
        first, self._steps = self._steps, self._steps + len(answers)
        wait_us = frames_us(self.delay)
        return [
            [Pose(first + i - self.delay, answer, wait_us)] if first + i >= self.delay else []
            for i, answer in enumerate(answers)
        ]

    def _turn(self, features: FloatArray, emotion: FloatArray) -> list[Pose]:
        """One frame while the delay is being changed."""
        assert self._spare is not None
        if self._change is None:
            if self.wanted == self.delay:
                return self.advance(features[None], emotion[None])[0]
            self._change = _Change(self._spare, self.wanted, self._past, self.delay, self._steps)
        self._past.append((features.copy(), emotion.copy()))
        step = self._steps
        self._steps += 1
        change = self._change
        number = step - self.delay
        if change.needs_old(number):
            answer = self._network.step(features, emotion, self.delay).copy()
            if number >= 0:
                change.old[number] = answer
        change.hear(step, features, emotion)
        poses = change.ready(step)
        if change.finished(step):
            self._network, self._spare = self._spare, self._network
            self.delay = change.delay
            self._change = None
        return poses


class _Change:
    """One change of delay: which network's answer each frame gets, and when it leaves."""

    def __init__(
        self,
        network: Network,
        delay: int,
        past: deque[tuple[FloatArray, FloatArray]],
        old_delay: int,
        step: int,
    ) -> None:
        self.delay = delay
        self.old: dict[int, FloatArray] = {}
        """Answers of the first network, by frame, until they have come out."""
        self._new: dict[int, FloatArray] = {}
        self._network = network
        self._old_delay = old_delay
        self._behind = deque(past)
        """Heard by the first network and not yet by this one."""
        self._heard = step - len(past)
        self._next = max(0, step - old_delay)
        """The frame that comes out next."""
        self._fade: int | None = None
        """First frame of the cross-fade, once that is known."""
        network.reset()

    @property
    def _glide(self) -> int:
        return GLIDE * abs(self.delay - self._old_delay)

    def needs_old(self, number: int) -> bool:
        """Whether the first network's answer for that frame will be used."""
        return self._fade is None or number < self._fade + FADE_FRAMES

    def hear(self, step: int, features: FloatArray, emotion: FloatArray) -> None:
        """The second network hears what it has missed, and then every frame."""
        self._behind.append((features.copy(), emotion.copy()))
        count = len(self._behind) if self._fade is not None else min(WARM_STEPS, len(self._behind))
        parts = [self._behind.popleft() for _ in range(count)]
        heard, moods = (np.stack([part[half] for part in parts]) for half in range(2))
        answers = self._network.steps(heard, moods, self.delay)
        for answer in answers:
            number = self._heard - self.delay
            self._heard += 1
            if self._fade is not None and number >= self._fade:
                self._new[number] = answer
        if self._fade is None and not self._behind:
            longer = self.delay > self._old_delay
            # Shorter: the new answers begin with the next step's. Longer: the frames not yet out glide first.
            self._fade = step + 1 - self._old_delay + self._glide if longer else step + 1 - self.delay
            self._fade = max(0, self._fade)

    def ready(self, step: int) -> list[Pose]:
        """The frames that can come out now that ``step`` has been heard."""
        poses = []
        while (board := self._board(self._next)) is not None:
            poses.append(Pose(self._next, board, self._lookahead_us(self._next)))
            self.old.pop(self._next, None)
            self._new.pop(self._next, None)
            self._next += 1
            if self.finished(step):
                break
        return poses

    def finished(self, step: int) -> bool:
        """All that the change is needed for has come out, and the next frame is the one the new delay gives."""
        if self._fade is None or self._next != max(0, step + 1 - self.delay):
            return False
        end = self._fade + FADE_FRAMES
        return self._next >= (end if self.delay > self._old_delay else end + self._glide)

    def _board(self, number: int) -> FloatArray | None:
        """The pose of a frame; None while an answer it needs is missing."""
        if self._fade is None or number < self._fade:
            return self.old.get(number)
        new = self._new.get(number)
        if number >= self._fade + FADE_FRAMES or new is None:
            return new
        old = self.old.get(number)
        if old is None:
            return None
        share = (number - self._fade + 1) / (FADE_FRAMES + 1)
        weight = np.float32(share * share * (3.0 - 2.0 * share))
        mixed: FloatArray = old + (new - old) * weight
        return mixed

    def _lookahead_us(self, number: int) -> int:
        before, after = frames_us(self._old_delay), frames_us(self.delay)
        if self._fade is None:
            return before
        if self.delay > self._old_delay:
            done = number - (self._fade - self._glide) + 1
        else:
            done = number - (self._fade + FADE_FRAMES) + 1
        return before + (after - before) * min(self._glide, max(0, done)) // self._glide
