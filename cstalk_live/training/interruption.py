"""Ending a run on purpose: Ctrl-C and the signals that ask a program to end, heard between two steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from cstalk_live.errors import CSTalkError

_ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Not every system has each."""


class InterruptedRunError(CSTalkError):
    """The user ended the run; what it had learned is saved. The exit code is 128 plus the signal's number."""

    def __init__(self, what: str, fix: str, number: int) -> None:
        super().__init__(what, fix)
        self.exit_code = 128 + number


@dataclass(slots=True)
class Ending:
    """Set by the first signal."""

    number: int | None = None


@contextmanager
def endings() -> Iterator[Ending]:
    """While inside, the first signal is only noted; a second one ends the program as it always does.

    Signals that are ignored stay ignored. Outside the main thread, where Python hears no signals, nothing is noted.
    """
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    before: dict[int, Any] = {}

    def note(number: int, _frame: FrameType | None) -> None:
        ending.number = number
        for other, handler in before.items():
            signal.signal(other, handler)

    for name in _ENDINGS:
        number = getattr(signal, name, None)
        if number is not None:
            handler = signal.getsignal(number)
            if handler not in (signal.SIG_IGN, None):
                before[number] = handler
                signal.signal(number, note)
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
