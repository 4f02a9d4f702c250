"""The face as bars in a terminal: the newest frame's most telling curves, redrawn 15 times a second."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cstalk_live.output.base import OutputStatus
from cstalk_live.records import Frame
from cstalk_live.rig import RAW_INDEX
from cstalk_live.status import Severity, status_line

BAR_CELLS = 32

_BLOCKS = ("█", "·")
_PLAIN_BLOCKS = ("#", ".")
"""For consoles whose encoding lacks the others, such as cp1252 or ASCII."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: the mean of some raw curves, each 0..1."""

    label: str
    curves: tuple[str, ...]

    def value(self, frame: Frame) -> float:
        """0..1."""
        total = sum(float(frame.properties[RAW_INDEX[f"CTRL_expressions_{curve}"]]) for curve in self.curves)
        return min(1.0, max(0.0, total / len(self.curves)))


def _both(stem: str) -> tuple[str, str]:
    return f"{stem}L", f"{stem}R"


BARS = (
    Bar("jaw open", ("jawOpen",)),
    Bar("lips together", ("mouthLipsTogetherUL", "mouthLipsTogetherUR")),
    Bar("upper lip raise", _both("mouthUpperLipRaise")),
    Bar("lower lip down", _both("mouthLowerLipDepress")),
    Bar("funnel", ("mouthFunnelUL", "mouthFunnelUR")),
    Bar("purse", ("mouthLipsPurseUL", "mouthLipsPurseUR")),
    Bar("stretch", _both("mouthStretch")),
    Bar("smile", _both("mouthCornerPull")),
    Bar("mouth down", _both("mouthCornerDepress")),
    Bar("cheeks up", _both("eyeCheekRaise")),
    Bar("brows up", ("browRaiseInL", "browRaiseInR", "browRaiseOuterL", "browRaiseOuterR")),
    Bar("brows down", _both("browDown")),
    Bar("blink", _both("eyeBlink")),
    Bar("look left", _both("eyeLookLeft")),
    Bar("look right", _both("eyeLookRight")),
)


class NewestFrame:
    """An output that keeps the newest frame, and every frame's bars for a picture of a short run."""

    name = "face"

    def __init__(self) -> None:
        self.frame: Frame | None = None
        self.history: list[tuple[float, ...]] = []
        """Values of ``BARS``, one entry per frame."""

    def send(self, frame: Frame) -> None:
        self.frame = frame
        self.history.append(tuple(bar.value(frame) for bar in BARS))

    def second(self, now_us: int) -> None:
        """Nothing to do."""

    def status(self) -> OutputStatus:
        return OutputStatus(self.name, "terminal", len(self.history), 0, None, 0)

    def new_error(self) -> str | None:
        return None

    def close(self) -> None:
        """Nothing to release."""


def blocks_for(encoding: str) -> tuple[str, str]:
    """A full and an empty cell that a console of this encoding can show."""
    try:
        "".join(_BLOCKS).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return _PLAIN_BLOCKS
    return _BLOCKS


class FaceBars:
    """A watcher that draws the newest frame; on anything but a terminal it prints a plain line a second."""

    def __init__(self, title: str, newest: NewestFrame) -> None:
        self._title = title
        self._newest = newest
        self._console = Console(file=sys.stdout)
        self._live: Live | None = None
        self._full, self._empty = blocks_for(self._console.encoding)
        if self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False)
        self.interval_s = 1.0 / 15.0 if self._live is not None else 1.0

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, message: str, severity: Severity = "info") -> None:  # noqa: ARG002
        print(message, file=sys.stderr, flush=True)

    def status(self, report: dict[str, Any]) -> None:
        frame = self._newest.frame
        if frame is None:
            return
        if self._live is not None:
            self._live.update(self._table(frame, report), refresh=True)
            return
        values = "  ".join(f"{bar.label} {bar.value(frame):.2f}" for bar in BARS[:8])
        print(f"{report['time_s']:5.1f} s  {report['fps']:4.1f} fps  {values}", flush=True)

    def _table(self, frame: Frame, report: dict[str, Any]) -> Group:
        table = Table(title=self._title, box=None, show_header=False)
        table.add_column(justify="right")
        table.add_column(width=BAR_CELLS)
        table.add_column(justify="right", width=4)
        for bar in BARS:
            value = bar.value(frame)
            filled = round(value * BAR_CELLS)
            cells = Text(self._full * filled, style="cyan") + Text(self._empty * (BAR_CELLS - filled), style="dim")
            table.add_row(bar.label, cells, f"{value:.2f}")
        return Group(table, Text(status_line(report), style="dim", no_wrap=True, overflow="ellipsis"))
