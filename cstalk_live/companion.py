"""What goes along with a run without being part of it: the face neither waits for it nor ends with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

ABOUT_20_HZ_S = 0.05
"""Pause of companions that merely look after something."""

Say: TypeAlias = Callable[[str, Literal["info", "warning", "error"]], None]
"""Tells the user one line."""


class Companion(Protocol):
    """Something that follows the face's latency. One thread calls ``get_ready``, if at all, and then another
    ``turn`` and ``close``; ``status`` may be called from any.
    """

    @property
    def name(self) -> str:
        """What status lines call it."""
        ...

    @property
    def pause_s(self) -> float:
        """Seconds from the end of a turn to the next."""
        ...

    def get_ready(self) -> None:
        """Be ready for the first sound, which waits for this; 2 s at most. Not called for a microphone."""
        ...

    def turn(self, latency_us: int) -> None:
        """Look after itself; 50 ms at most.

        Args:
            latency_us: microseconds from the capture of a sound to the sending of the face that goes with it.
        """
        ...

    def status(self) -> dict[str, Any]:
        """How it fares: ``target``, ``sent``, ``errors`` as outputs tell them, and whatever else there is; empty for
        one that is not to be shown."""
        ...

    def close(self) -> None:
        """End and release everything; may be called twice."""
        ...
