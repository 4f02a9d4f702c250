"""``cstalk-live train``: the offline side; needs the extra ``train``."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from cstalk_live.errors import UsageError


def train(
    config: Annotated[Path, typer.Option("--config", metavar="FILE", help="The recipe.", show_default=False)] = Path(
        "configs/train/base.yaml"
    ),
    resume: Annotated[
        bool, typer.Option("--resume/--restart", help="Go on from the newest checkpoint, or begin anew.")
    ] = True,
    plot: Annotated[
        bool, typer.Option("--plot/--no-plot", help="Draw loss.png in the run's folder every minute.")
    ] = True,
    plot_only: Annotated[
        Path | None,
        typer.Option("--plot-only", metavar="RUN", help="Draw a run's picture from its log; train nothing."),
    ] = None,
) -> None:
    """Train a network from a recipe; goes on from its last checkpoint."""
    if plot_only is not None:
        print(offline("loss_picture").draw_run(plot_only))
        return
    offline("train").train(config, resume=resume, plot=plot)


def teach(
    config: Annotated[Path, typer.Option("--config", metavar="FILE", help="The recipe.", show_default=False)] = Path(
        "configs/train/base.yaml"
    ),
) -> None:
    """Fit a recipe's teachers, which label voices nobody filmed, and score them."""
    offline("teaching").teach(config)


def offline(name: str) -> ModuleType:
    """A module of ``cstalk_live.training``.

    Raises:
        UsageError: torch or another package of the extra is missing.
    """
    try:
        return importlib.import_module(f"cstalk_live.training.{name}")
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == "cstalk_live":
            raise
        raise UsageError(
            f"training needs the package '{error.name}'",
            "pip install torch==2.13.0 && pip install 'cstalk-live[train]'",
        ) from None
