"""Two real processes on the CPU: they take the step of the joined batch, agree to the bit, and never wait for ever."""

import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")
pytest.importorskip("lightning_fabric", reason="lightning-fabric is not installed (pip install 'cstalk-live[train]')")
if not torch.distributed.is_available() or sys.platform == "win32":
    pytest.skip("torch has no gloo processes here", allow_module_level=True)

from cstalk_live.errors import UsageError  # noqa: E402
from cstalk_live.training.engine import Engine, LostRankError  # noqa: E402
from cstalk_live.training.losses import generator_loss  # noqa: E402
from cstalk_live.training.prepare import prepare  # noqa: E402
from cstalk_live.training.run import Run  # noqa: E402
from cstalk_live.training.settings import read_recipe  # noqa: E402


def torchrun(recipe: Path, out: Path) -> subprocess.CompletedProcess:
    script = Path(__file__).with_name("two_ranks.py")
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "--redirects=3"]
    return subprocess.run(
        [sys.executable, *launcher, f"--log-dir={out / 'ranks'}", str(script), str(recipe), str(out)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def said(out: Path, rank: int) -> str:
    """Standard error of a rank."""
    (path,) = out.glob(f"ranks/**/{rank}/stderr.log")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def exact(recipe: Path) -> Path:
    """No dropout: every rank draws its own, which no joined batch could repeat."""
    text = recipe.read_text(encoding="utf-8").replace("steps: 120", "steps: 4").replace("every: 30", "every: 100")
    recipe.write_text(text + "dropout: 0.0\n", encoding="utf-8")
    return recipe


def test_two_ranks_step_together_and_end_together(exact, tmp_path) -> None:
    done = torchrun(exact, tmp_path)
    found = [tmp_path / f"rank{rank}.pt" for rank in (0, 1)]
    assert all(path.is_file() for path in found), done.stderr + said(tmp_path, 0) + said(tmp_path, 1)
    agreed(exact, *(torch.load(path, weights_only=True) for path in found))
    failed(done, tmp_path)


def agreed(exact: Path, one: dict, two: dict) -> None:
    """Both hold the same weights, and the step was that of the joined batch."""
    for part in ("net", "average", "again"):
        for name, value in one[part].items():
            assert torch.equal(value, two[part][name]), f"{part} {name}"
    assert one["losses"] == two["losses"], "the mean of both"
    assert one["relearnt"] == one["losses"][2:], "a resumed run goes the way of an uninterrupted one"
    assert all(torch.equal(value, one["again"][name]) for name, value in one["net"].items())

    settings = read_recipe(exact)
    prepared = prepare(settings, lambda items, count, text: items, lambda text: None)
    run = Run(settings, prepared)
    batches = []
    for rank in (0, 1):
        run.engine.rank = rank
        batches.append(run.draw())
    assert not torch.equal(batches[0].features, batches[1].features), "ranks draw different clips"
    run.net.train()
    losses = [
        generator_loss(run.net(b.features, b.emotion, b.delay), b, run.net.control_scale, run.weights)[0]
        for b in batches
    ]
    joined = (losses[0] + losses[1]) / 2
    joined.backward()
    torch.nn.utils.clip_grad_norm_(run.net.parameters(), 1.0)
    assert one["losses"][0]["loss"] == pytest.approx(float(joined.detach()), rel=1e-5)
    for found, parameter in zip(one["gradient"], run.net.parameters(), strict=True):
        torch.testing.assert_close(found, parameter.grad, rtol=1e-3, atol=1e-6)


def failed(done: subprocess.CompletedProcess, tmp_path: Path) -> None:
    """A rank that fails ends the run, in one line each, and what was learnt is kept."""
    assert done.returncode != 0
    lines = [line for line in said(tmp_path, 1).splitlines() if line.startswith("cstalk-live:")]
    assert lines == ["cstalk-live: rank 1 of 2: clip x is gone - restore it"]
    lines = [line for line in said(tmp_path, 0).splitlines() if line.startswith("cstalk-live:")]
    assert len(lines) == 1
    assert lines[0].startswith("cstalk-live: rank 0 of 2 lost the others")
    assert "Traceback" not in said(tmp_path, 0) + said(tmp_path, 1)
    saved = torch.load(tmp_path / "runs" / "tiny" / "last.pt", weights_only=True)
    assert saved["step"] == 3, "what was learnt before is kept"


def test_one_process_needs_no_engine_and_changes_no_gradient(monkeypatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    engine = Engine("cpu")
    weight = torch.nn.Parameter(torch.ones(2))
    weight.grad = torch.tensor([3.0, 4.0])
    assert engine.average({"loss": 0.1}, [weight]) == {"loss": 0.1}
    assert weight.grad.tolist() == [3.0, 4.0]
    engine.stop = True
    assert engine.stopping


def test_several_processes_without_the_engine_are_one_line(monkeypatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(UsageError, match=r"2 processes needs the package 'lightning_fabric'") as caught:
        Engine("cpu")
    assert "\n" not in str(caught.value)


def test_a_rank_that_never_answers_is_given_up(monkeypatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"WORLD_SIZE": 2, "RANK": 0, "LOCAL_RANK": 0, "LOCAL_WORLD_SIZE": 2, "GROUP_RANK": 0}
    given |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": "test"}
    for name, value in given.items():
        monkeypatch.setenv(name, str(value))
    with pytest.raises(LostRankError, match="rank 0 of 2 lost the others") as caught:
        Engine("cpu", timeout=timedelta(seconds=2))
    assert "\n" not in str(caught.value)
