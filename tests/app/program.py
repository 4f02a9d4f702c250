"""Runs the program as a user does, in a process of its own."""

from __future__ import annotations

import csv
import subprocess
import sys
import time

PROGRAM = [sys.executable, "-m", "cstalk_live"]


def cli(*arguments, cwd=None, timeout=120, **options):
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        timeout=timeout,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def fails_in_one_line(result, code):
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("cstalk-live: ")
    return lines[0]


def start(*arguments, cwd):
    return subprocess.Popen(
        [*PROGRAM, *map(str, arguments)], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
