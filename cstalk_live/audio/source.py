"""What a sound source is: blocks of mono samples at its own rate, with the time at which they arrived."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from cstalk_live.records import SourceBlock


class EndOfSound(Exception):  # noqa: N818 - the normal end of a source, as StopIteration is; not an error
    """The source has delivered everything it had."""


class Source(Protocol):
    """Mono sound, read by one thread.

    ``close()`` may be called at any time and more than once; leaving a ``with`` block calls it.
    """

    @property
    def name(self) -> str:
        """What to call it in a message: a file name, a device name, "standard input"."""
        ...

    @property
    def sample_rate(self) -> int:
        """Hz of the delivered blocks."""
        ...

    @property
    def live(self) -> bool:
        """Whether arrival times are measured (a device) rather than exact (a file)."""
        ...

    def read(self, timeout_s: float) -> SourceBlock | None:
        """The next block, or ``None`` if nothing came within ``timeout_s`` seconds.

        Raises:
            EndOfSound: there is no more.
            AudioError: the sound is damaged.
            DeviceError: the device was lost.
        """
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """The ``with`` half of a source: leaving the block closes it."""

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
