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


class EmotionState:
    """Emotion weights and intensity over time.

    No value moves by more than ``max_step`` per frame. Where the strongest change among the expressive
    emotions (all but neutral) is a rise, the mix takes ``attack_s`` for a way of 1, else ``release_s``; the
    intensity likewise.

    Args:
        names: emotions of the model, in its order.
        attack_s: seconds in which a weight rises from 0 to 1; 0 is at once.
        release_s: seconds in which a weight falls from 1 to 0; 0 is at once.

    Starts at rest: neutral (if the model knows it) with intensity 1.
    """

    def __init__(self, names: Sequence[str], attack_s: float = 0.3, release_s: float = 0.6) -> None:
        for label, seconds in (("attack", attack_s), ("release", release_s)):
            if not (math.isfinite(seconds) and seconds >= 0.0):
                raise UsageError(f"the emotion's {label} of {seconds:g} s is not usable", "give 0 or more seconds")
        self._names = tuple(names)
        self._rise = 1.0 / max(1.0, attack_s * FPS)
        self._fall = 1.0 / max(1.0, release_s * FPS)
        self._expressive = np.array([name != NEUTRAL for name in names], dtype=np.float32)
        self._target = self._vector({}, 1.0)
        self._now = self._target.copy()
        self._way = np.zeros_like(self._now)
        self._felt = np.zeros_like(self._now[:-1])

    @property
    def names(self) -> tuple[str, ...]:
        """Emotions in the order of the weights."""
        return self._names

    @property
    def max_step(self) -> float:
        """The most that any value changes in one frame."""
        return max(self._rise, self._fall)

    def _vector(self, weights: Mapping[str, float], intensity: float) -> FloatArray:
        vector = np.zeros(len(self._names) + 1, dtype=np.float32)
        for name, value in weights.items():
            vector[self._names.index(_known(name, self._names))] = _weight(f"emotion {name!r} of", value)
        if NEUTRAL in self._names and NEUTRAL not in weights:
            vector[self._names.index(NEUTRAL)] = max(0.0, 1.0 - float(vector.sum()))
        vector[-1] = _weight("emotion intensity", intensity)
        return vector

    def set_target(self, weights: Mapping[str, float], intensity: float = 1.0) -> None:
        """Head for this mix. Safe from any thread: the new target replaces the old one in one assignment.

        Args:
            weights: 0..1 by name; names left out are 0, but neutral, left out, takes what is missing to a sum
                of 1.
            intensity: 0..1.

        Raises:
            UsageError: an unknown name, or a value outside 0..1; the target stays as it was.
        """
        self._target = self._vector(weights, intensity)

    def snap(self) -> None:
        """Be at the target at once, for a file that is to begin in its mood."""
        np.copyto(self._now, self._target)

    def advance(self) -> FloatArray:
        """One frame further.

        Returns:
            float32 [E + 1], 0..1: the weights, then the intensity. The same array every time.
        """
        target = self._target
        np.subtract(target, self._now, out=self._way)
        mix = self._way[:-1]
        np.multiply(mix, self._expressive, out=self._felt)
        rising = float(self._felt.max(initial=0.0)) >= -float(self._felt.min(initial=0.0))
        longest = max(float(mix.max(initial=0.0)), -float(mix.min(initial=0.0)))
        step = self._rise if rising else self._fall
        if longest > step:
            np.multiply(mix, np.float32(step / longest), out=mix)
        self._way[-1] = min(self._rise, max(-self._fall, float(self._way[-1])))
        np.add(self._now, self._way, out=self._now)
        # Rounding may pass the target or the range by 1e-8.
        np.clip(self._now, 0.0, 1.0, out=self._now)
        return self._now
