"""What a face is told beside the sound: emotion, intensity and mute, by whoever changes them while it runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cstalk_live.emotion import EmotionState


@dataclass(frozen=True, slots=True)
class Direction:
    """Where the face is heading; a new object at every change."""

    mix: tuple[tuple[str, float], ...] = ()
    """Weights 0..1 by emotion, without those of 0; empty is neutral."""
    intensity: float = 1.0
    """0..1."""
    muted: bool = False
    """The face hears silence."""

    def report(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "mix": {name: round(weight, 4) for name, weight in self.mix},
            "intensity": round(self.intensity, 4),
            "muted": self.muted,
        }

    def __str__(self) -> str:
        mix = ", ".join(f"{name} {weight:.2g}" for name, weight in self.mix) or "neutral"
        return f"{mix}, intensity {self.intensity:.2g}{', muted' if self.muted else ''}"


class FaceControl:
    """Changes a running face; from any thread. Whoever wants to know reads :attr:`direction`.

    Args:
        mood: of the face's session; its target is set here and nowhere else from now on.
        mix, intensity: its target as it is.
    """

    def __init__(self, mood: EmotionState, mix: Mapping[str, float], intensity: float) -> None:
        self._mood = mood
        self._lock = threading.Lock()
        self._direction = Direction(_felt(mix), intensity)

    @property
    def direction(self) -> Direction:
        """The newest one."""
        return self._direction

    def set_emotion(self, mix: Mapping[str, float], fade_s: float | None = None) -> None:
        """Head for this mix; see :meth:`EmotionState.set_mix`.

        Raises:
            UsageError: the model does not know an emotion, or a value is out of range; nothing changes.
        """
        with self._lock:
            self._mood.set_mix(mix, fade_s)
            self._direction = replace(self._direction, mix=_felt(mix))

    def set_intensity(self, intensity: float, fade_s: float | None = None) -> None:
        """Head for this intensity, 0..1.

        Raises:
            UsageError: it is out of range; nothing changes.
        """
        with self._lock:
            self._mood.set_intensity(intensity, fade_s)
            self._direction = replace(self._direction, intensity=intensity)

    def mute(self, muted: bool) -> None:
        """Let the face hear silence, or the sound again."""
        with self._lock:
            self._direction = replace(self._direction, muted=muted)


def _felt(mix: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((name, weight) for name, weight in mix.items() if weight > 0.0)
