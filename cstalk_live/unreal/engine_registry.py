"""Engines built from source that this machine knows: where the engine itself writes them down."""

from __future__ import annotations

import configparser
import sys
from contextlib import suppress
from pathlib import Path


def registered_engines() -> dict[str, Path]:
    """Association (a GUID in braces, or a name) to the engine's folder; empty where none was ever registered.

    Windows keeps them under ``HKEY_CURRENT_USER\\Software\\Epic Games\\Unreal Engine\\Builds``, macOS and Linux in
    ``Install.ini``.
    """
    if sys.platform == "win32":
        import winreg

        found: dict[str, Path] = {}
        place = r"Software\Epic Games\Unreal Engine\Builds"
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:
            for number in range(winreg.QueryInfoKey(key)[1]):  # the key appears with the first source build
                name, value, _ = winreg.EnumValue(key, number)
                found[name] = Path(str(value))
        return found
    else:  # noqa: RET505 - a type checker looks at one branch for each system
        folder = "Library/Application Support/Epic" if sys.platform == "darwin" else ".config/Epic"
        return read_install_ini(Path.home() / folder / "UnrealEngine" / "Install.ini")


def read_install_ini(file: Path) -> dict[str, Path]:
    """``[Installations]`` of an ``Install.ini``; empty where the file is absent or unreadable."""
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # keys keep their case
    try:
        raw = file.read_bytes()
        parser.read_string(raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"))
        return {name: Path(value.strip('"')) for name, value in parser.items("Installations")}
    except (OSError, ValueError, configparser.Error):
        return {}
