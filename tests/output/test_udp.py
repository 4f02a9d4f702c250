"""The socket class: counts, errors that are news once, and never an exception while sending."""

from __future__ import annotations

import errno
import socket
from typing import Any

import pytest

from cstalk_live.errors import OutputError
from cstalk_live.output import Target, UdpSender


class RefusingSocket:
    """Stands in for a socket whose ``sendto`` fails with the numbers it is given, 0 meaning success."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers

    def sendto(self, data: bytes, address: object) -> int:
        number = self._numbers.pop(0)
        if number:
            raise OSError(number, "it failed")
        return len(data)

    def close(self) -> None:
        pass


def _refusing(numbers: list[int]) -> UdpSender:
    sender = UdpSender(Target("127.0.0.1", 9))
    sender.close()
    sender._socket = RefusingSocket(numbers)  # type: ignore[assignment]
    return sender


def test_datagrams_arrive_and_are_counted(listener: Any) -> None:
    sender = UdpSender(Target("127.0.0.1", listener.port))
    assert sender.send(b"one")
    assert sender.send(memoryview(bytearray(b"three")))
    assert listener.receive(2) == [b"one", b"three"]
    assert (sender.sent, sender.sent_bytes, sender.errors, sender.last_error) == (2, 8, 0, None)
    sender.close()


def test_ipv6_where_the_machine_has_it() -> None:
    try:
        receiver = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        receiver.bind(("::1", 0))
    except OSError as error:
        pytest.skip(f"no IPv6 on this machine: {error}")
    receiver.settimeout(5.0)
    sender = UdpSender(Target("::1", receiver.getsockname()[1]))
    assert sender.send(b"six")
    assert receiver.recv(100) == b"six"
    receiver.close()
    sender.close()


@pytest.mark.parametrize(
    "number",
    [
        errno.ENETUNREACH,
        errno.EPERM,
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.ENOBUFS,
        errno.EAGAIN,
        12345,
    ],
)
def test_failures_are_counted_and_told_once(number: int) -> None:
    sender = _refusing([number] * 5)
    assert sum(sender.send(b"x") for _ in range(5)) == 0
    assert (sender.sent, sender.errors) == (0, 5)
    told = sender.new_error()
    assert told
    assert told == sender.last_error
    assert sender.new_error() is None


def test_another_failure_is_news_and_so_is_the_same_after_ten_good_seconds() -> None:
    sender = _refusing([errno.ENETUNREACH, errno.EPERM, 0, errno.EPERM, *[0] * 601, errno.EPERM])
    news = []
    for _ in range(606):
        sender.send(b"x")
        news.append(sender.new_error())
    assert [index for index, text in enumerate(news) if text] == [0, 1, 605]
    assert sender.errors == 4


def test_a_datagram_too_long_for_udp_is_an_error_not_an_exception(listener: Any) -> None:
    sender = UdpSender(Target("127.0.0.1", listener.port))
    assert not sender.send(bytes(70_000))
    assert sender.errors == 1
    assert sender.send(b"still alive")
    assert listener.receive() == [b"still alive"]
    sender.close()


def test_nobody_listening_is_no_exception() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sender = UdpSender(Target("127.0.0.1", port))
    for _ in range(5):
        sender.send(b"x")
    assert sender.sent + sender.errors == 5
    sender.close()


def test_sending_after_closing_is_counted() -> None:
    sender = UdpSender(Target("127.0.0.1", 9))
    sender.close()
    sender.close()
    assert not sender.send(b"x")
    assert sender.errors == 1


def test_broadcast_only_when_asked() -> None:
    with pytest.raises(OutputError, match="is a broadcast address - switch broadcast on"):
        UdpSender(Target("255.255.255.255", 9000))
    sender = UdpSender(Target("255.255.255.255", 9000), broadcast=True)
    assert sender._socket.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST) != 0
    sender.close()
