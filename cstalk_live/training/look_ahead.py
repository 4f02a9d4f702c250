"""Look-ahead: how it is named, which one the pictures show, what ridge may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cstalk_live.records import FPS

from .targets import DELAY
from .track_measures import PICTURE_FPS

Report = Mapping[str, Any]
"""The numbers of an evaluation, as they are in ``scores.json``."""


def milliseconds(delay: str) -> str:
    """A look-ahead in frames as text."""
    return f"{round(int(delay) * 1000 / FPS)} ms"


def shown_delay(report: Report) -> str:
    """The look-ahead of the pictures and of the short tables: 67 ms where it was measured."""
    return str(min(report["scores"], key=lambda delay: abs(int(delay) - DELAY)))


def ridge_ahead(delay: int) -> int:
    """Picture frames (40 ms) that ridge may see where we see ``delay`` frames (17 ms): never less time than ours."""
    return int(np.ceil(delay * PICTURE_FPS / FPS))
