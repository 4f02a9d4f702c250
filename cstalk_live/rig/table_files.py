"""Reads the tables that come with the package."""

from __future__ import annotations

import csv
import io
from importlib import resources


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of ``rig/data/<name>`` in file order, by column name."""
    file = resources.files("cstalk_live.rig").joinpath("data", name)
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
