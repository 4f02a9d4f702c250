"""What each process of tests/training/test_several_processes.py does; started by torchrun.

Arguments: recipe, folder for results.
"""

import sys
from datetime import timedelta
from pathlib import Path

import torch

from cstalk_live.training.engine import Engine
from cstalk_live.training.prepare import prepare
from cstalk_live.training.run import Run
from cstalk_live.training.settings import read_recipe


def agree(recipe_path: Path, out: Path) -> None:
    """Gradient of the first step, weights after four, and the same after a resumption."""
    recipe = read_recipe(recipe_path)
    engine = Engine(recipe.device, timeout=timedelta(seconds=90))
    prepared = prepare(recipe, lambda items, count, text: items, lambda text: None, keep=engine.leads)
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


def fail(recipe_path: Path) -> int:
    """The run goes on from step 2 as the command line does it, and the second process dies in the fourth step."""
    from cstalk_live.__main__ import _run
    from cstalk_live.errors import CorpusError

    real = Run.advance

    def advance(run: Run) -> dict[str, float]:
        if run.engine.rank == 1 and run.step == 3:
            raise CorpusError("clip x is gone", "restore it")
        return real(run)

    Run.advance = advance
    code = _run(["train", "--config", str(recipe_path), "--no-plot"])
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    agree(Path(sys.argv[1]), Path(sys.argv[2]))
    raise SystemExit(fail(Path(sys.argv[1])))
