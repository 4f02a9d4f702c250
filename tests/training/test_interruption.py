"""A run that is ended, or whose disk is full, loses nothing that was saved and says how to go on."""

import errno
import json
import signal
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.__main__ import _run  # noqa: E402
from cstalk_live.errors import OutputError  # noqa: E402
from cstalk_live.training import run as running  # noqa: E402
from cstalk_live.training.checkpoint import load_checkpoint, save_checkpoint  # noqa: E402
from cstalk_live.training.interruption import endings  # noqa: E402
from cstalk_live.training.loss_log import LossLog, read_log  # noqa: E402
from cstalk_live.training.run import Run  # noqa: E402
from cstalk_live.training.train import train  # noqa: E402


@pytest.fixture(autouse=True)
def heard():
    """Signals as a terminal's programs have them: who starts the tests in the background has SIGINT ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_saves_and_says_how_to_go_on(recipe, tmp_path, monkeypatch, capsys, name, code) -> None:
    real, number = Run.advance, getattr(signal, name)
    before = signal.getsignal(number)

    def advance(run: Run) -> dict[str, float]:
        if run.step == 2:
            signal.raise_signal(number)
        return real(run)

    monkeypatch.setattr(Run, "advance", advance)
    assert _run(["train", "--config", str(recipe), "--no-plot"]) == code
    (line,) = [text for text in capsys.readouterr().err.splitlines() if text.startswith("cstalk-live:")]
    saved = tmp_path / "runs" / "tiny" / "last.pt"
    assert line == (
        f"cstalk-live: stopped at step 3 of 120, saved to {saved} - go on with: cstalk-live train --config {recipe}"
    )
    assert load_checkpoint(saved)["step"] == 3, "the step that ran was finished"
    assert [entry["step"] for entry in read_log(saved.parent)] == [1, 2, 3]
    assert signal.getsignal(number) is before


def test_a_second_signal_is_not_caught() -> None:
    with endings() as ending:
        signal.raise_signal(signal.SIGINT)
        assert ending.number == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


FULL = Path("/dev/full")
"""A file that a full disk is behind; a limit on file sizes would also stop pytest's own output."""

needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@needs_full
def test_a_full_disk_keeps_the_checkpoint_before(tmp_path) -> None:
    path, beside = tmp_path / "last.pt", tmp_path / "last.tmp"
    beside.symlink_to(FULL)
    with pytest.raises(OutputError) as caught:
        save_checkpoint(path, {"step": 0})
    assert "checkpoint before" not in str(caught.value)
    assert not beside.is_symlink(), "what could not be written is taken away"
    save_checkpoint(path, {"step": 1})
    beside.symlink_to(FULL)
    with pytest.raises(
        OutputError, match=r"cannot save .*last\.pt: No space .*the checkpoint before it is whole"
    ) as caught:
        save_checkpoint(path, {"step": 2})
    assert "\n" not in str(caught.value)
    assert load_checkpoint(path) == {"step": 1}
    assert [found.name for found in tmp_path.iterdir()] == ["last.pt"]


@needs_full
def test_a_full_disk_under_the_log_is_one_line(tmp_path) -> None:
    (tmp_path / "log.jsonl").symlink_to(FULL)
    with pytest.raises(OutputError, match=r"cannot write .*log\.jsonl: No space") as caught, LossLog(tmp_path) as log:
        log.add({"step": 1, "loss": 1.0})
    assert "\n" not in str(caught.value)


def test_a_log_cut_short_by_a_kill_is_gone_on_with(tmp_path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1, "loss": 3.0}\n{"step": 2, "lo', encoding="utf-8")
    with LossLog(tmp_path) as log:
        log.add({"step": 1, "loss": 2.5})
        log.add({"step": 2, "loss": 2.0})
    assert [(entry["step"], entry["loss"]) for entry in read_log(tmp_path)] == [(1, 2.5), (2, 2.0)]
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["step"] == 2


def test_a_full_disk_under_the_bundle_is_one_line(recipe, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(running, "export_bundle", full)
    with pytest.raises(OutputError, match=r"cannot write .*tiny\.onnx: No space left .*last\.pt is whole") as caught:
        train(recipe, steps=1)
    assert "\n" not in str(caught.value)
    assert load_checkpoint(tmp_path / "runs" / "tiny" / "last.pt")["step"] == 1
