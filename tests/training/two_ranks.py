"""What each process of tests/training/test_several_processes.py does; started by torchrun.

Arguments: recipe, folder for results, and what to do: ``agree`` or ``fail``.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

import torch

from cstalk_live.training.engine import Engine, LostRankError
from cstalk_live.training.prepare import prepare
from cstalk_live.training.run import Run
from cstalk_live.training.settings import read_recipe


def agree(recipe_path: Path, out: Path) -> None:
    """Gradient of the first step, weights after four, the same after a resumption, and a rank that falls silent."""
    recipe = read_recipe(recipe_path)
    prepared = prepare(recipe, lambda items, count, text: items, lambda text: None)
    engine = Engine(recipe.device, timeout=timedelta(seconds=15))
    run = Run(recipe, prepared, engine)
    assert not run.resume()
    run.begin(lambda text, count: lambda step, loss: None)
    losses = [run.advance()]
    gradient = [p.grad.clone() for p in run.net.parameters()]
    losses.append(run.advance())
    run.save()
    engine.stop = engine.rank == 1
    losses.append(run.advance())
    assert engine.stopping, "one rank's wish ends all"
    engine.stop = False
    losses.append(run.advance())
    assert not engine.stopping
    again = Run(recipe, prepared, engine)
    assert again.resume()
    assert again.step == 2
    relearnt = [again.advance(), again.advance()]
    torch.save(
        {
            "gradient": gradient,
            "losses": losses,
            "relearnt": relearnt,
            "net": run.net.state_dict(),
            "average": run.average.state_dict(),
            "again": again.net.state_dict(),
        },
        out / f"rank{engine.rank}.pt",
    )
    heard = out / "heard"
    if engine.rank == 1:  # falls silent, but lives
        for _ in range(600):
            time.sleep(0.1)
            if heard.is_file():
                return
        return
    try:
        run.advance()
    except LostRankError as error:
        heard.write_text(str(error), encoding="utf-8")


def fail(recipe_path: Path, out: Path) -> None:
    """The second process dies in the third step, as the command line runs it."""
    from cstalk_live.__main__ import _run
    from cstalk_live.errors import CorpusError

    real = Run.advance

    def advance(run: Run) -> dict[str, float]:
        if run.engine.rank == 1 and run.step == 2:
            raise CorpusError("clip x is gone", "restore it")
        return real(run)

    Run.advance = advance
    code = _run(["train", "--config", str(recipe_path), "--no-plot"])
    sys.stderr.flush()
    raise SystemExit(code)


if __name__ == "__main__":
    {"agree": agree, "fail": fail}[sys.argv[3]](Path(sys.argv[1]), Path(sys.argv[2]))
