"""The picture of a run: from a finished log, while training, and what is said when it cannot be drawn."""

import json
import sys

import numpy as np
import pytest

from cstalk_live.__main__ import _run
from cstalk_live.training import loss_picture
from cstalk_live.training.loss_picture import LivePicture, draw_run, smooth


def write_log(folder, steps=30) -> None:
    folder.mkdir(exist_ok=True)
    lines = []
    for step in range(1, steps + 1):
        entry = {"step": step, "seconds": 0.5, "loss": 2.0 / step, "gap": 1.0 / step, "jaw": float("nan")}
        if step % 10 == 0:
            row = {"lip_aperture.r": 0.5, "chin_drop.r": float("nan"), "jawOpen.r": 0.4}
            entry["validation"] = {"main": row, "others": row | {"closure.recall_given_ref": 0.9}}
        lines.append(json.dumps(entry))
    (folder / "log.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_finished_run_is_drawn_from_its_log(tmp_path, capsys) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (pip install 'cstalk-live[plots]')")
    write_log(tmp_path / "a-run")
    assert _run(["train", "--plot-only", str(tmp_path / "a-run")]) == 0
    picture = tmp_path / "a-run" / "loss.png"
    assert capsys.readouterr().out.strip() == str(picture)
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert "a-run" in (tmp_path / "a-run" / "loss.html").read_text(encoding="utf-8")
    assert not list((tmp_path / "a-run").glob("*.tmp")), "replaced whole"


def test_a_run_of_one_step_can_be_drawn(tmp_path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (pip install 'cstalk-live[plots]')")
    write_log(tmp_path, steps=1)
    assert draw_run(tmp_path).stat().st_size > 1000


def test_it_draws_when_its_time_has_come(tmp_path, monkeypatch) -> None:
    drawn, now = [], [0.0]
    monkeypatch.setattr(loss_picture, "draw_run", drawn.append)
    monkeypatch.setattr(loss_picture.time, "monotonic", lambda: now[0])
    picture = LivePicture(tmp_path, print)
    for second in range(200):
        now[0] = float(second)
        picture.update()
    assert len(drawn) == 4, "at 10, 70, 130 and 190 s"
    picture.update(now=True)
    assert len(drawn) == 5


def test_training_goes_on_without_matplotlib(tmp_path, monkeypatch) -> None:
    write_log(tmp_path)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    said = []
    picture = LivePicture(tmp_path, said.append)
    picture.update(now=True)
    picture.update(now=True)
    assert len(said) == 1
    assert "training goes on without a picture" in said[0]
    assert "cstalk-live[plots]" in said[0]


@pytest.mark.parametrize(("content", "word"), [(None, "cannot read"), ("", "holds no steps"), ("{}\n", "no steps")])
def test_a_folder_without_a_log_is_one_line(tmp_path, capsys, content, word) -> None:
    if content is not None:
        (tmp_path / "log.jsonl").write_text(content, encoding="utf-8")
    assert _run(["train", "--plot-only", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert word in err
    assert err.count("\n") == 1


def test_smoothing_looks_back_and_leaves_gaps_out() -> None:
    values = np.array([np.nan, 1.0, 3.0, np.nan, 5.0])
    assert smooth(values, 2).tolist()[1:] == [1.0, 2.0, 3.0, 5.0]
    assert np.isnan(smooth(values, 2)[0])
