"""What a training run tells on the terminal: bars with the time left, and validation scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .lessons import Item


class Bars:
    """The bars of a run.

    Args:
        quiet: show and say nothing, as every process but the first of several does.
    """

    def __init__(self, quiet: bool = False) -> None:
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[note]}"),
        )  # fmt: skip
        self._console = Console(stderr=True, quiet=quiet)
        self._progress = Progress(*columns, console=self._console, disable=quiet)
        self._passes: dict[str, Callable[[int, float], None]] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def say(self, text: str) -> None:
        """One line above the bars."""
        self._console.print(text, highlight=False, soft_wrap=True)

    def track(self, items: Iterable[Item], count: int, text: str) -> Iterable[Item]:
        """Pass items through, one step of a bar each."""
        task = self._progress.add_task(text, total=count, note="")
        for item in items:
            self._progress.advance(task)
            yield item

    def fitting(self, text: str, count: int, begun: int = 0) -> Callable[[int, float], None]:
        """A bar of optimiser steps; call the result with step and loss."""
        task = self._progress.add_task(text, total=count, completed=begun, note="")
        return lambda step, loss: self._progress.update(task, completed=step, note=f"loss {loss:.3f}")

    def scores(self, step: int, scores: dict[str, dict[str, float]]) -> None:
        """The validation lines."""
        for group, s in scores.items():
            self.say(
                f"step {step} {group:6s} lips r {s['lip_aperture.r']:.3f}  chin r {s['chin_drop.r']:.3f}  "
                f"jaw r {s['jawOpen.r']:.3f}  lag {s['lag_ms']:.0f} ms  "
                f"closures {s['closure.recall_given_ref']:.2f}/{s['closure.precision_ref']:.2f}"
            )

    def passes(self, text: str, count: int, at: int, loss: float) -> None:
        """One bar for every text, made when it is first told of."""
        if text not in self._passes:
            self._passes[text] = self.fitting(text, count)
        self._passes[text](at, loss)
