"""Shows the way to the page: a line, a browser, a QR code for a phone."""

from __future__ import annotations

import io
import os
import socket
import sys
import threading
import webbrowser


def has_screen() -> bool:
    """A browser would have somewhere to appear; a text browser in the terminal would only be in the way."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_browser(url: str) -> None:
    """Open ``url``; neither waits for the browser nor minds if there is none."""
    threading.Thread(target=_open, args=(url,), name="browser", daemon=True).start()


def _open(url: str) -> None:
    try:
        webbrowser.open(url)
    except (OSError, webbrowser.Error):
        return  # the address has been printed


def qr_code(url: str) -> str:
    """``url`` as a QR code of half blocks, for a terminal."""
    import segno

    drawn = io.StringIO()
    segno.make(url, error="l", micro=False).terminal(drawn, compact=True, border=2)
    return drawn.getvalue()


def lan_addresses() -> tuple[str, ...]:
    """This machine's IPv4 addresses in the local network, the one that leads outside first; loopback left out."""
    found: dict[str, None] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of documentation (RFC 5737); a datagram socket sends nothing by this
            found[probe.getsockname()[0]] = None
        except OSError:
            pass
    try:
        for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            found[str(entry[4][0])] = None
    except OSError:
        pass
    return tuple(address for address in found if not address.startswith("127.") and address != "0.0.0.0")


def machine_names() -> tuple[str, ...]:
    """Names that this machine has in the local network."""
    name = socket.gethostname()
    return (name, f"{name.partition('.')[0]}.local") if name else ()
