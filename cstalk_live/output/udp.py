"""The one place that touches a socket: sends datagrams and takes answers, waits for nobody, never raises meanwhile."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

from cstalk_live.errors import OutputError
from cstalk_live.output.target import Endpoint, Target, resolve

_SEND_BUFFER = 262_144
"""Bytes the system may queue: about 190 frames. Windows starts with 64 KiB, macOS limits a datagram by it."""

_CALM = 600
"""Datagrams in a row, ten seconds of frames, after which the same failure is news again."""

_LONGEST = 65_536
"""More than any datagram: what is too long must be seen to be, not cut."""

_MEANINGS = {
    errno.ENETUNREACH: "no network leads there",
    errno.EHOSTUNREACH: "the host does not answer",
    errno.ECONNREFUSED: "nobody listens on that port",
    errno.ECONNRESET: "nobody listens on that port",
    errno.EACCES: "not permitted; a broadcast address needs broadcast to be switched on",
    errno.EPERM: "not permitted; a firewall may block it",
    errno.EMSGSIZE: "the datagram is too long for this network",
    errno.ENOBUFS: "the system's send buffer is full",
    errno.EAGAIN: "the system's send buffer is full",
    errno.EADDRNOTAVAIL: "the address cannot be reached from this machine",
    errno.ENETDOWN: "the network is down",
}


class UdpSender:
    """A non-blocking socket that sends to one target.

    Args:
        target: looked up here, once.
        broadcast: allow a broadcast address.

    Raises:
        OutputError: the host is unknown, or the system gives no socket.
    """

    def __init__(self, target: Target, *, broadcast: bool = False) -> None:
        self.target = target
        self._endpoint: Endpoint = resolve(target)
        if self._endpoint.address[0] == "255.255.255.255" and not broadcast:
            raise OutputError(f"target '{target}' is a broadcast address", "switch broadcast on, or name one machine")
        try:
            self._socket = socket.socket(self._endpoint.family, socket.SOCK_DGRAM)
        except OSError as error:
            raise OutputError(f"cannot open a UDP socket for '{target}': {error.strerror or error}") from None
        self._socket.setblocking(False)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            if broadcast:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        except OSError as error:
            self._socket.close()
            raise OutputError(f"cannot set up the UDP socket for '{target}': {error.strerror or error}") from None
        self.sent = 0
        """Datagrams the system took."""
        self.sent_bytes = 0
        """Payload bytes of those."""
        self.errors = 0
        """Datagrams it did not take."""
        self.last_error: str | None = None
        """What the last failure was; None before the first."""
        self._error_number = 0
        self._sent_at_error = 0
        self._new_error: str | None = None

    def send(self, data: bytes | bytearray | memoryview) -> bool:
        """Send one datagram.

        A failure is counted and never raised: the network may come back, the face must go on. A full buffer
        loses the datagram, as UDP does.

        Returns:
            whether the system took it.
        """
        try:
            self._socket.sendto(data, self._endpoint.address)
        except OSError as error:
            self._failed(error.errno or -1, error.strerror or str(error))
            return False
        self.sent += 1
        self.sent_bytes += len(data)
        return True

    def _failed(self, number: int, text: str) -> None:
        self.errors += 1
        if number != self._error_number or self.sent - self._sent_at_error > _CALM:
            self._error_number = number
            self.last_error = self._new_error = _MEANINGS.get(number, text)
        self._sent_at_error = self.sent

    def receive(self, most: int) -> Iterator[tuple[bytes, tuple[str, int]]]:
        """What was sent back here, with the address and port that it came from; at most ``most`` datagrams.

        Nothing before the first datagram has left: until then the socket has no port.
        """
        for _ in range(most):
            try:
                data, sender = self._socket.recvfrom(_LONGEST)
            except ConnectionError:
                continue  # Windows: what was sent before found nobody; one of these for each of those
            except OSError:
                return  # nothing is there, or the socket is closed or has no port
            yield data, (str(sender[0]), int(sender[1]))

    def fileno(self) -> int:
        """Of the socket, to wait for answers; -1 once it is closed."""
        return self._socket.fileno()

    def new_error(self) -> str | None:
        """The failure to report: each kind once, until another one comes or all went well for ten seconds."""
        text, self._new_error = self._new_error, None
        return text

    def close(self) -> None:
        """Release the socket; sending afterwards counts as an error."""
        self._socket.close()
