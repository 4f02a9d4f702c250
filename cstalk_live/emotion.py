"""The emotion that the network is told: a mix of the model's emotions and an intensity, changed without
jumps.

The target can be set by any thread at any time; the session asks once per frame for the next value on the
way. The way is a straight line from mix to mix, so a mix whose weights sum to 1 does so on the whole way: the
network is trained on such mixes.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cstalk_live.errors import UsageError
from cstalk_live.records import FPS, FloatArray

NEUTRAL = "neutral"
"""Where the rest of a mix goes when the model knows this name: happy=0.7 is 0.7 happy and 0.3 neutral."""


def _known(name: str, names: Sequence[str]) -> str:
    if name in names:
        return name
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UsageError(f"unknown emotion {name!r}", f"{hint}the model knows {', '.join(names)}")


def _weight(name: str, value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise UsageError(f"{name} {value:g} is outside 0..1", "give a number from 0 to 1")
    return float(value)


def parse_mix(text: str, names: Sequence[str] | None = None) -> dict[str, float]:
    """``happy=0.7,surprised=0.2`` as weights by name; spaces do not count.

    Args:
        text: name=weight pairs, separated by commas.
        names: emotions of the model; None where it is not loaded yet, and :class:`EmotionState` will check.

    Raises:
        UsageError: a name is unknown or given twice, or a weight is missing, no number or outside 0..1.
    """
    mix: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not name:
            raise UsageError(
                f"cannot read {part.strip()!r} in the emotion mix {text!r}",
                "write it as happy=0.7,surprised=0.2",
            )
        if names is not None:
            _known(name, names)
        if name in mix:
            raise UsageError(f"emotion {name!r} is given twice in {text!r}", "give each emotion once")
        try:
            value = float(number)
        except ValueError:
            raise UsageError(
                f"the weight {number!r} of emotion {name!r} is not a number", "give a number from 0 to 1"
            ) from None
        mix[name] = _weight(f"emotion {name!r} of", value)
    return mix


@dataclass(frozen=True, slots=True, eq=False)
class _Pace:
    """How fast a target is reached: within so many frames, or None: by attack and release. Every one is an order of its
    own, told from others by identity."""

    frames: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    vector: FloatArray
    mix: _Pace
    intensity: _Pace


class _Fade:
    """Counts the frames of a pace that has a number of them."""

    def __init__(self) -> None:
        self._pace = _Pace()
        self._left = 0

    def frames_left(self, pace: _Pace) -> int | None:
        """Frames until the target must be reached, this one included, >= 1; None: go by attack and release."""
        if pace.frames is None:
            return None
        if pace is not self._pace:
            self._pace, self._left = pace, pace.frames
        left = max(1, self._left)
        self._left = left - 1
        return left


def _pace(fade_s: float | None) -> _Pace:
    if fade_s is None:
        return _Pace()
    if not (math.isfinite(fade_s) and fade_s >= 0.0):
        raise UsageError(f"a fade of {fade_s:g} s is not usable", "give 0 or more seconds")
    return _Pace(max(1, round(fade_s * FPS)))


def _steps(attack_s: float, release_s: float) -> tuple[float, float]:
    """The most that a value rises and falls in one frame."""
    for label, seconds in (("attack", attack_s), ("release", release_s)):
        if not (math.isfinite(seconds) and seconds >= 0.0):
            raise UsageError(f"the emotion's {label} of {seconds:g} s is not usable", "give 0 or more seconds")
    return 1.0 / max(1.0, attack_s * FPS), 1.0 / max(1.0, release_s * FPS)


class EmotionState:
    """Emotion weights and intensity over time.

    A target may say in how many seconds it is to be reached: on a straight, even way. Else no value moves by more than
    ``max_step`` per frame. Where the strongest change among the expressive
    emotions (all but neutral) is a rise, the mix takes ``attack_s`` for a way of 1, else ``release_s``; the
    intensity likewise.

    Args:
        names: emotions of the model, in its order.
        attack_s: seconds in which a weight rises from 0 to 1; 0 is at once.
        release_s: seconds in which a weight falls from 1 to 0; 0 is at once.

    Starts at rest: neutral (if the model knows it) with intensity 1.
    """

    def __init__(self, names: Sequence[str], attack_s: float = 0.3, release_s: float = 0.6) -> None:
        self._names = tuple(names)
        self.set_pace(attack_s, release_s)
        self._expressive = np.array([name != NEUTRAL for name in names], dtype=np.float32)
        self._target = _Target(self._vector({}, 1.0), _Pace(), _Pace())
        self._now = self._target.vector.copy()
        self._mix_fade, self._intensity_fade = _Fade(), _Fade()
        self._way = np.zeros_like(self._now)
        self._felt = np.zeros_like(self._now[:-1])

    def set_pace(self, attack_s: float, release_s: float) -> None:
        """Rise and fall at this pace from the next frame on; from any thread.

        Raises:
            UsageError: a time that is not usable; nothing changes.
        """
        self._rise, self._fall = _steps(attack_s, release_s)

    @property
    def names(self) -> tuple[str, ...]:
        """Emotions in the order of the weights."""
        return self._names

    @property
    def max_step(self) -> float:
        """The most that any value changes in one frame where no fade is asked for."""
        return max(self._rise, self._fall)

    def _vector(self, weights: Mapping[str, float], intensity: float) -> FloatArray:
        vector = np.zeros(len(self._names) + 1, dtype=np.float32)
        for name, value in weights.items():
            vector[self._names.index(_known(name, self._names))] = _weight(f"emotion {name!r} of", value)
        if NEUTRAL in self._names and NEUTRAL not in weights:
            vector[self._names.index(NEUTRAL)] = max(0.0, 1.0 - float(vector.sum()))
        vector[-1] = _weight("emotion intensity", intensity)
        return vector

    def set_target(self, weights: Mapping[str, float], intensity: float = 1.0, fade_s: float | None = None) -> None:
        """Head for this mix. Safe from any thread: the new target replaces the old one in one assignment.

        Args:
            weights: 0..1 by name; names left out are 0, but neutral, left out, takes what is missing to a sum
                of 1.
            intensity: 0..1.
            fade_s: be there after so many seconds, at once for 0; None goes by attack and release.

        Raises:
            UsageError: an unknown name, or a value outside 0..1; the target stays as it was.
        """
        pace = _pace(fade_s)
        self._target = _Target(self._vector(weights, intensity), pace, pace)

    def set_mix(self, weights: Mapping[str, float], fade_s: float | None = None) -> None:
        """As :meth:`set_target`, but the intensity goes on its way. One thread at a time."""
        before = self._target
        vector = self._vector(weights, float(before.vector[-1]))
        self._target = replace(before, vector=vector, mix=_pace(fade_s))

    def set_intensity(self, intensity: float, fade_s: float | None = None) -> None:
        """As :meth:`set_target`, but the mix goes on its way. One thread at a time."""
        before = self._target
        vector = before.vector.copy()
        vector[-1] = _weight("emotion intensity", intensity)
        self._target = replace(before, vector=vector, intensity=_pace(fade_s))

    def snap(self) -> None:
        """Be at the target at once, for a file that is to begin in its mood."""
        np.copyto(self._now, self._target.vector)

    def advance(self) -> FloatArray:
        """One frame further.

        Returns:
            float32 [E + 1], 0..1: the weights, then the intensity. The same array every time.
        """
        target = self._target
        np.subtract(target.vector, self._now, out=self._way)
        self._pace_mix(self._way[:-1], self._mix_fade.frames_left(target.mix))
        left = self._intensity_fade.frames_left(target.intensity)
        way = float(self._way[-1])
        self._way[-1] = way / left if left is not None else min(self._rise, max(-self._fall, way))
        np.add(self._now, self._way, out=self._now)
        # Rounding may pass the target or the range by 1e-8.
        np.clip(self._now, 0.0, 1.0, out=self._now)
        return self._now

    def _pace_mix(self, mix: FloatArray, left: int | None) -> None:
        """Shorten the way float32 [E] to what one frame goes of it, in place."""
        if left is not None:
            np.divide(mix, np.float32(left), out=mix)
            return
        np.multiply(mix, self._expressive, out=self._felt)
        rising = float(self._felt.max(initial=0.0)) >= -float(self._felt.min(initial=0.0))
        longest = max(float(mix.max(initial=0.0)), -float(mix.min(initial=0.0)))
        step = self._rise if rising else self._fall
        if longest > step:
            np.multiply(mix, np.float32(step / longest), out=mix)
