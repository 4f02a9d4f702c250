"""What the outputs that send datagrams have in common: a socket, counts and a status."""

from __future__ import annotations

from cstalk_live.output.base import OutputStatus
from cstalk_live.output.target import Target
from cstalk_live.output.udp import UdpSender

REPAIRED = "frames held values that are not finite; they were sent as 0"


class UdpOutput:
    """Base of the outputs over UDP.

    Args:
        name: kind and layout.
        target: where to; looked up here.
        broadcast: allow a broadcast address.

    Raises:
        OutputError: see :class:`UdpSender`.
    """

    def __init__(self, name: str, target: Target, *, broadcast: bool = False) -> None:
        self._name = name
        self._sender = UdpSender(target, broadcast=broadcast)
        self._frames = 0
        self._told_repaired = False

    @property
    def name(self) -> str:
        """Kind and layout, such as ``osc raw``."""
        return self._name

    @property
    def repaired(self) -> int:
        """Frames in which a NaN or infinity was sent as 0."""
        return 0

    def second(self, now_us: int) -> None:
        """Nothing to say beside the frames."""

    def status(self) -> OutputStatus:
        """Frames sent, failures and bytes so far."""
        sender = self._sender
        return OutputStatus(
            name=self._name,
            target=str(sender.target),
            sent=self._frames,
            errors=sender.errors + self.repaired,
            last_error=sender.last_error or (REPAIRED if self.repaired else None),
            bytes=sender.sent_bytes,
        )

    def new_error(self) -> str | None:
        """A failure to tell the user about, each kind once."""
        failure = self._sender.new_error()
        if failure is None and self.repaired and not self._told_repaired:
            self._told_repaired = True
            failure = REPAIRED
        return None if failure is None else f"{self._name} to {self._sender.target}: {failure}"

    def close(self) -> None:
        """Release the socket."""
        self._sender.close()
