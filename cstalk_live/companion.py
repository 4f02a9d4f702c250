"""What goes along with a run without being part of it: the face neither waits for it nor ends with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

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

    def get_ready(self) -> None:
        """Be ready for the first sound, which waits for this; 2 s at most. Not called for a microphone."""
        ...

    def turn(self, latency_us: int) -> None:
        """Look after itself; called about 20 times a second.

        Args:
            latency_us: microseconds from the capture of a sound to the sending of the face that goes with it.
        """
        ...

    def status(self) -> dict[str, Any]:
        """How it fares: ``target``, ``sent``, ``errors`` as outputs tell them, and whatever else there is."""
        ...

    def close(self) -> None:
        """End and release everything; may be called twice."""
        ...
