"""The words that name what computes the network; the command line reads them before anything heavy is loaded."""

from __future__ import annotations

import re

_DEVICE = re.compile(r"auto|cpu|cuda(:\d{1,2})?")


def is_device(text: str) -> bool:
    """Whether this names what computes: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``."""
    return _DEVICE.fullmatch(text) is not None
