"""An output that can be switched off and on while frames go out."""

from __future__ import annotations

from cstalk_live.output.base import Output, OutputStatus
from cstalk_live.records import Frame


class SwitchedOutput:
    """Passes everything on while :attr:`on`; says nothing while off, not even hello.

    Args:
        output: closed by this one.
    """

    def __init__(self, output: Output, on: bool = True) -> None:
        self._output = output
        self.on = on
        """Set it from any thread."""

    @property
    def name(self) -> str:
        """The output's."""
        return self._output.name

    def send(self, frame: Frame) -> None:
        """Pass a frame on, or do nothing."""
        if self.on:
            self._output.send(frame)

    def second(self, now_us: int) -> None:
        """Pass it on, or do nothing."""
        if self.on:
            self._output.second(now_us)

    def status(self) -> OutputStatus:
        """The output's, whether on or off."""
        return self._output.status()

    def new_error(self) -> str | None:
        """The output's."""
        return self._output.new_error()

    def close(self) -> object:
        """Close the output."""
        return self._output.close()
