"""Where a user's settings and presets are kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NAME = "cstalk-live"


def user_folder() -> Path:
    """``%APPDATA%``, ``~/Library/Application Support`` or ``$XDG_CONFIG_HOME``, and our own folder in it; not made."""
    if sys.platform == "win32":
        above = os.environ.get("APPDATA")
        return Path(above or Path.home() / "AppData" / "Roaming") / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    above = os.environ.get("XDG_CONFIG_HOME")
    return Path(above or Path.home() / ".config") / _NAME


def user_settings() -> Path:
    """The settings that the page saves where no file was named; a run without ``--config`` begins with them."""
    return user_folder() / "live.yaml"


def presets_folder() -> Path:
    """A file for each preset."""
    return user_folder() / "presets"
