"""Licences of what the built page contains, as one text."""

from __future__ import annotations

import json
from pathlib import Path

from cstalk_live.errors import CSTalkError

_LICENCE_NAMES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license", "LICENSE-MIT")

_HEAD = """Third-party notices of the cstalk-live control room
====================================================

The page contains the head and the npm packages named below.

"""


class NoticeError(CSTalkError):
    """A bundled package shows no licence."""


def shipped_packages(lock: Path) -> list[str]:
    """Folders (``node_modules/three``) of the packages that go into the page: all of the lock file but development's.

    Args:
        lock: npm's ``package-lock.json``.
    """
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return sorted(
        name for name, entry in packages.items() if name and not entry.get("dev") and not entry.get("devOptional")
    )


def notices(page: Path, head_notice: Path) -> str:
    """The whole text.

    Args:
        page: the page's sources, with ``node_modules`` installed.
        head_notice: what is to be said about the head.

    Raises:
        NoticeError: a package has no licence file.
    """
    parts = [_HEAD, "The head\n--------\n\n", head_notice.read_text(encoding="utf-8").strip(), "\n"]
    for folder in shipped_packages(page / "package-lock.json"):
        about = json.loads((page / folder / "package.json").read_text(encoding="utf-8"))
        title = f"{about['name']} {about['version']} ({about.get('license', 'see below')})"
        parts.append(f"\n\n{title}\n{'-' * len(title)}\n\n{_licence(page / folder)}\n")
    return "".join(parts)


def _licence(folder: Path) -> str:
    for name in _LICENCE_NAMES:
        file = folder / name
        if file.is_file():
            return file.read_text(encoding="utf-8").strip()
    raise NoticeError(f"the npm package in '{folder}' has no licence file", "do not ship it")
