"""Who may use the page: requests to our own address, from our own page, with this run's key. Pure.

A page on any web site can make the browser ask 127.0.0.1 for things, and open WebSockets there. So every request must

* name us as its host: a name that merely resolves to us (DNS rebinding) is somebody else's;
* come from our own page, where the browser says where it comes from (Origin, Sec-Fetch-Site);
* carry the key, by the address the program printed or by the cookie that address left behind.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    text: str


WRONG_HOST = Refusal(403, "This address is not the program's own.")
WRONG_ORIGIN = Refusal(403, "Only the program's own page may do this.")
NO_KEY = Refusal(
    401, "The key is missing or of an earlier run. Open the address that the program printed when it started."
)


def new_token() -> str:
    """43 characters, 256 random bits."""
    return secrets.token_urlsafe(32)


class Admission:
    """Decides for one run.

    Args:
        port: that we listen on.
        token: the key.
        hosts: further names and addresses of this machine that may be asked, for the local network.
    """

    def __init__(self, port: int, token: str, hosts: Sequence[str] = ()) -> None:
        self.port = port
        self.token = token
        self.cookie = f"cstalk_{port}"
        """Name of the cookie; browsers keep one set of cookies for all ports of a host."""
        names = {name.lower() for name in (*LOOPBACK, *hosts)}
        self._hosts = {f"{name}:{port}" for name in names}
        if port == 80:
            self._hosts |= names
        self._origins = {f"http://{host}" for host in self._hosts}
        self._tickets: set[str] = set()

    def refuse(
        self, headers: Mapping[str, str], cookies: Mapping[str, str], query: Mapping[str, str]
    ) -> Refusal | None:
        """Why a request with these may not be answered; None if it may.

        Args:
            headers: by name, whatever its case.
        """
        if headers.get("Host", "").lower() not in self._hosts:
            return WRONG_HOST
        origin = headers.get("Origin")
        if origin is not None and origin.lower() not in self._origins:
            return WRONG_ORIGIN
        # Somebody who follows a link or types the address is "none"; a foreign site that sends them here is refused,
        # unless it knows the key.
        if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin") and not self.knows(query.get("token")):
            return WRONG_ORIGIN
        if self.knows(query.get("token")) or self.knows(cookies.get(self.cookie)):
            return None
        return NO_KEY

    def ticket(self) -> str:
        """A key that opens the page once: what a browser is started with, others on this machine can read."""
        ticket = new_token()
        self._tickets.add(ticket)
        return ticket

    def spend(self, ticket: str | None) -> bool:
        """Whether it is a ticket that was not spent yet; now it is."""
        if ticket is None or ticket not in self._tickets:
            return False
        self._tickets.discard(ticket)
        return True

    def knows(self, token: str | None) -> bool:
        """It is the key; takes the same time whatever is wrong with it."""
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())


def policy(hosts: Sequence[str]) -> str:
    """The Content-Security-Policy of the page: nothing but itself; ``hosts`` as ``NAME:PORT`` may be sockets."""
    sockets = " ".join(f"ws://{host}" for host in hosts)
    rules = {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "connect-src": f"'self' blob: data: {sockets}".rstrip(),
        "font-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def safety_headers(host: str) -> dict[str, str]:
    """On every answer; ``host`` is the checked Host header."""
    return {
        "Content-Security-Policy": policy((host,) if host else ()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
