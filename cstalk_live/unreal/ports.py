"""UDP ports of a project: which one the plugin listens on, and who else wants it."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from cstalk_live.findings import FAIL, OK, WARN, Finding
from cstalk_live.output.target import OSC_PORT
from cstalk_live.unreal.project import Project

SETTINGS_SECTION = "/Script/CSTalkLive.CSTalkSettings"
CONNECTION_KEY = "Connection"
"""Its value is a struct as the engine writes it: ``(Address="127.0.0.1",Port=9000,Subject="CSTalk")``."""

_PORT_FIELD = re.compile(r"[(,]\s*Port\s*=\s*([^,)]*)", re.IGNORECASE)

_FACE_SECTION = "/Script/AppleARKitFaceSupport.AppleARKitFaceSupportSettings"
_FACE_KEY = "LiveLinkPublishingPort"
_FACE_PORT = 11111
"""Where Epic's Apple ARKit source listens for Live Link Face, unless configured."""
_FACE_PLUGINS = ("AppleARKit", "AppleARKitFaceSupport")


def check_ports(project: Project) -> list[Finding]:
    """What the plugin's port is, whether the project uses it twice, and whether a program holds it now."""
    connection = ini_value(project.folder / "Config" / "DefaultGame.ini", SETTINGS_SECTION, CONNECTION_KEY) or ""
    field = _PORT_FIELD.search(connection)
    written = field[1].strip() if field else None
    port = OSC_PORT if written is None else _port(written)
    fix = "set it in Project Settings > Plugins > CSTalk Live"
    if port is None:
        return [Finding("port", FAIL, f"'{written}' in Config/DefaultGame.ini is no port", fix)]
    said = "the default" if written is None else "from Config/DefaultGame.ini"
    if any(project.enabled(plugin) for plugin in _FACE_PLUGINS) and port == _face_port(project):
        found = f"UDP {port} is also where this project's Apple ARKit source listens"
        return [Finding("port", FAIL, found, f"give the plugin another port: {fix}")]
    if _is_taken(port):
        found = f"UDP {port}, {said}; a program on this machine listens there"
        return [Finding("port", WARN, found, "all is well if that is Unreal with this project; if not, close it")]
    return [Finding("port", OK, f"UDP {port}, {said}; free. Send there: cstalk-live run --osc 127.0.0.1:{port}")]


def ini_value(file: Path, section: str, key: str) -> str | None:
    """The last value of a key in an Unreal ini file; None where the file or the key is absent.

    Names are compared without regard to case, as the engine does. Lines that add to lists (``+Key=``) are others.
    """
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except (OSError, ValueError):
        return None
    found, inside = None, False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            inside = line[1:-1].casefold() == section.casefold()
        elif inside and "=" in line:
            name, _, value = line.partition("=")
            if name.strip().casefold() == key.casefold():
                found = value.strip().strip('"')
    return found


def _port(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        return None
    return int(text) if 1 <= int(text) <= 65_535 else None


def _face_port(project: Project) -> int | None:
    written = ini_value(project.folder / "Config" / "DefaultEngine.ini", _FACE_SECTION, _FACE_KEY)
    return _FACE_PORT if written is None else _port(written)


def _is_taken(port: int) -> bool:
    """The plugin binds exclusively: one listener on any address of this machine is in its way."""
    for address in ("127.0.0.1", "0.0.0.0"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return True
    return False
