"""The one-click report: a ZIP file that can be pasted into a bug report, with nothing private in it."""

from __future__ import annotations

import getpass
import io
import json
import platform
import re
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from cstalk_live import __version__
from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.load import Settings
from cstalk_live.config.show import show

_PACKAGES = ("numpy", "onnxruntime", "sounddevice", "soundfile", "aiohttp", "pydantic", "ruamel.yaml")


def make_report(
    config: LiveConfig, status: Mapping[str, Any], log: str, devices: list[dict[str, Any]], secrets: tuple[str, ...]
) -> bytes:
    """The file.

    Args:
        config: the settings as they are now.
        status: the page's status message.
        log: the newest lines.
        devices: microphones.
        secrets: words that must not be in it, such as the page's key.
    """
    about = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "cstalk_live": __version__,
        "python": sys.version,
        "platform": platform.platform(),
        "processor": platform.machine(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }
    texts = {
        "about.json": json.dumps(about, indent=2),
        "settings.yaml": show(Settings(config)),
        "status.json": json.dumps(status, indent=2),
        "microphones.json": json.dumps(devices, indent=2, ensure_ascii=False),
        "log.txt": log,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in texts.items():
            file.writestr(name, redacted(text, secrets))
    return made.getvalue()


def redacted(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Without secrets, the home folder, the user's and the machine's name."""
    for secret in secrets:
        text = text.replace(secret, "[key]")
    text = re.sub(r"token=[A-Za-z0-9_-]+", "token=[key]", text)
    for word, stand_in in _private_words().items():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", stand_in, text)
    return text


def _private_words() -> dict[str, str]:
    words: dict[str, str] = {}
    home = str(Path.home())
    if len(home) > 1:
        words |= {home: "~", home.replace("\\", "\\\\"): "~"}
    words |= {platform.node(): "[machine]", _user(): "[user]"}
    return {word: stand_in for word, stand_in in words.items() if len(word) > 2}


def _user() -> str:
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
    return "" if name == "root" else name


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"
