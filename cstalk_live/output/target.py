"""Addresses as people write them: ``HOST:PORT``, ``HOST``, ``:PORT``, ``[::1]:PORT``."""

from __future__ import annotations

import difflib
import socket
from dataclasses import dataclass

from cstalk_live.errors import OutputError

OSC_PORT = 9000
LOCALHOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Target:
    """Where datagrams go, as it was written."""

    host: str
    """A name or an address, without brackets."""
    port: int
    """1..65535."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A target whose host has been looked up."""

    family: socket.AddressFamily
    address: tuple[str, int] | tuple[str, int, int, int]


def parse_target(text: str, default_port: int = OSC_PORT, default_host: str = LOCALHOST) -> Target:
    """Read an address.

    Args:
        text: ``HOST:PORT``, ``HOST`` (default port), ``:PORT`` (default host), ``[IPV6]`` or ``[IPV6]:PORT``,
            or a bare IPv6 address.
        default_port: 1..65535.
        default_host: for ``:PORT``.

    Raises:
        OutputError: it is none of these; says what to write instead.
    """
    written = text.strip()
    fix = f"write HOST:PORT, for instance {default_host}:{default_port}"
    if not written:
        raise OutputError("the target address is empty", fix)
    if "://" in written:
        rest = written.split("://", 1)[1].rstrip("/")
        raise OutputError(f"target '{written}' is a web address", f"leave the front away: {rest}")
    if any(c.isspace() or c in "/\\,;@" for c in written):
        raise OutputError(f"target '{written}' is not an address", fix)
    if written.startswith("["):
        host, bracket, tail = written[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise OutputError(f"target '{written}': the brackets of an IPv6 address are not closed", "write [::1]:9000")
        port, separator = tail[1:], bool(tail)
    elif written.count(":") > 1:
        host, port, separator = written, "", False
        if not _is_ipv6(written):
            raise OutputError(f"target '{written}' has more than one ':'", f"{fix}, or [::1]:{default_port} for IPv6")
    else:
        host, colon, port = written.partition(":")
        separator = bool(colon)
        if not host and separator:
            host = default_host
        elif host.isdecimal() and not separator:
            raise OutputError(f"target '{written}' is a port without a host", f"write :{written}")
    if not host:
        raise OutputError(f"target '{written}' has no host", fix)
    return Target(host, _port(written, port) if separator else default_port)


def _port(written: str, port: str) -> int:
    if not (port.isascii() and port.isdecimal()):
        what = f"port '{port}' is not a number" if port else "there is no port after the ':'"
        raise OutputError(f"target '{written}': {what}", "give a port from 1 to 65535")
    if len(port) > 9 or not 1 <= int(port) <= 65_535:
        raise OutputError(f"target '{written}': port {port} does not exist", "give a port from 1 to 65535")
    return int(port)


def _is_ipv6(text: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6, text.partition("%")[0])
    except OSError:
        return False
    return True


def resolve(target: Target) -> Endpoint:
    """Look the host up; may wait for the name server, so it belongs to the start of a run.

    Raises:
        OutputError: the name is unknown or no name at all.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM, proto=socket.IPPROTO_UDP)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a host name"
        raise OutputError(f"target '{target}': host '{target.host}' is unknown ({reason})", _host_fix(target)) from None
    # Programs that listen on "localhost" mostly mean IPv4.
    for family in (socket.AF_INET, socket.AF_INET6):
        for entry in found:
            if entry[0] == family:
                return Endpoint(family, entry[4])  # type: ignore[arg-type]
    raise OutputError(f"target '{target}': host '{target.host}' has no IPv4 or IPv6 address", _host_fix(target))


def _host_fix(target: Target) -> str:
    numbers = target.host.split(".")
    if len(numbers) == 4 and all(part.isdecimal() for part in numbers):
        return "each of the four numbers of an address is 0 to 255"
    known = ["localhost", socket.gethostname(), f"{socket.gethostname()}.local"]
    near = difflib.get_close_matches(target.host.lower(), known, n=1, cutoff=0.75)
    if near:
        return f"did you mean {near[0]}:{target.port}?"
    return f"check the spelling, or give the machine's address such as 192.168.1.20:{target.port}"
