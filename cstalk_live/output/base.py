"""What every output is, whatever it writes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from cstalk_live.records import Frame


@dataclass(frozen=True, slots=True)
class OutputStatus:
    """How an output fares, for status lines."""

    name: str
    """Kind and layout, such as ``osc raw``."""
    target: str
    """``HOST:PORT`` or a folder; empty for an output that status lines leave out."""
    sent: int
    """Frames handed to the system whole."""
    errors: int
    """Datagrams the system refused, frames that were lost, and frames with values that had to be repaired."""
    last_error: str | None
    """The last failure in words; None when there was none."""
    bytes: int
    """Payload handed to the system."""
    receiver: dict[str, Any] | None = None
    """What the receiver says of itself (``Receiver.report``); None where nobody can answer."""


class Output(Protocol):
    """A place where frames go. One thread calls ``send`` and ``second``; ``status`` may be called from
    any."""

    @property
    def name(self) -> str:
        """Kind and layout, such as ``osc raw``."""
        ...

    def send(self, frame: Frame) -> None:
        """Pass a frame on (hot path): waits for nobody, never raises for what networks and disks do."""
        ...

    def second(self, now_us: int) -> None:
        """Called once a second with the frames' clock: time for a hello."""
        ...

    def status(self) -> OutputStatus:
        """How it fares."""
        ...

    def new_error(self) -> str | None:
        """A failure to tell the user about, each kind once; None when there is nothing new."""
        ...

    def close(self) -> object:
        """Finish and release everything; may be called twice. What it returns is the output's own affair."""
        ...
