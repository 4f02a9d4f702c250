"""Train the generator: ``cstalk-live train --config configs/train/base.yaml``.

Resumes from ``<output>/<name>/last.pt`` when that exists, writes it every few minutes and when it is interrupted, and
ends by exporting the averaged weights to ``<output>/<name>/<name>.onnx``. Progress goes to the terminal, losses and
validation scores to ``log.jsonl`` and ``loss.png`` beside the checkpoint.

On several GPUs or machines the same command runs under torchrun, here on two GPUs::

    torchrun --nproc-per-node=2 -m cstalk_live train --config configs/train/base.yaml

Every process prepares the whole corpus and draws ``rows`` rows a step of its own; only the first one writes files.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import torch

from cstalk_live.errors import CSTalkError

from .engine import Engine, LostRankError
from .hearing import make_ears
from .interruption import Ending, InterruptedRunError, endings
from .loss_log import LossLog
from .loss_picture import LivePicture
from .prepare import prepare
from .progress import Bars
from .run import Run
from .settings import Recipe, read_recipe


def train(config: Path, resume: bool = True, steps: int | None = None, plot: bool = False) -> Path:
    """Run a recipe to its end.

    Args:
        resume: go on from the last checkpoint; otherwise start anew.
        steps: stop after this step of the recipe's schedule, to be resumed later.
        plot: draw ``loss.png`` while training.

    Returns:
        The exported bundle.

    Raises:
        InterruptedRunError: a signal ended the run; its checkpoint is saved.
        LostRankError: another process of the run failed; the checkpoint is saved.
        CSTalkError: recipe, corpus, device or disk cannot be used.
    """
    recipe = read_recipe(config)
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    engine = Engine(recipe.device)
    try:
        return _train(recipe, engine, config, resume, min(recipe.steps, steps or recipe.steps), plot)
    except CSTalkError as error:
        if engine.world > 1 and not isinstance(error, InterruptedRunError | LostRankError):
            raise type(error)(f"rank {engine.rank} of {engine.world}: {error.what}", error.fix) from error
        raise


def _train(recipe: Recipe, engine: Engine, config: Path, resume: bool, last: int, plot: bool) -> Path:
    ears = make_ears(recipe, engine.device)
    with Bars(quiet=not engine.leads) as bars:
        listen = None if ears is None else ears.listen
        prepared = prepare(recipe, bars.track, bars.say, listen, bars.passes, engine.leads)
        run = Run(recipe, prepared, engine, ears)
        if engine.world > 1:
            bars.say(f"{engine.world} processes of {recipe.rows} rows: {engine.world * recipe.rows} rows a step")
        if resume and run.resume():
            bars.say(f"resuming {run.checkpoint} at step {run.step}")
        else:
            run.begin(bars.fitting)
        _steps(run, bars, last, plot, config)
    bundle = run.folder / f"{recipe.name}.onnx"
    if engine.leads:
        run.export(bundle)
        bars.say(f"wrote {bundle}")
    return bundle


def _steps(run: Run, bars: Bars, last: int, plot: bool, config: Path) -> None:
    recipe, engine = run.recipe, run.engine
    show = bars.fitting("training", last, run.step)
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(LossLog(run.folder)) if engine.leads else None
        picture = LivePicture(run.folder, bars.say) if engine.leads and plot else None
        ending = stack.enter_context(endings())
        while run.step < last:
            started = time.monotonic()
            try:
                parts = run.advance()
            except LostRankError as error:
                run.save()  # the step that failed changed nothing
                raise LostRankError(f"{error.what} at step {run.step}", error.fix) from error
            engine.stop = ending.number is not None
            show(run.step, parts["loss"])
            if log is not None:
                entry: dict[str, Any] = {"step": run.step, "seconds": round(time.monotonic() - started, 3)}
                entry |= {name: round(value, 5) for name, value in parts.items()}
                if run.step % recipe.validate_every == 0 or run.step == last:
                    entry["validation"] = run.validate()
                    bars.scores(run.step, entry["validation"])
                log.add(entry)
            if run.step % recipe.checkpoint_every == 0 or run.step == last or engine.stopping:
                run.save()
            if picture is not None:
                picture.update(now=run.step == last)
            if engine.stopping and run.step < last:
                raise _interrupted(run, ending, config)


def _interrupted(run: Run, ending: Ending, config: Path) -> InterruptedRunError:
    number = ending.number or 15  # this rank heard no signal, another one did
    if not run.engine.leads:
        return InterruptedRunError(f"rank {run.engine.rank} stopped at step {run.step}", "", number)
    return InterruptedRunError(
        f"stopped at step {run.step} of {run.recipe.steps}, saved to {run.checkpoint}",
        f"go on with: cstalk-live train --config {config}" if run.engine.world == 1 else "the same command goes on",
        number,
    )
