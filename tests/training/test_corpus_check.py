"""Every kind of fault in a copy of the small corpus is found, named and counted; training refuses before any work."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from typer.testing import CliRunner

from cstalk_live.cli.app import app
from cstalk_live.errors import CorpusError
from cstalk_live.training.corpus_check import check_corpus, corpus_folders, require_sound
from cstalk_live.training.corpus_faults import KINDS
from cstalk_live.training.prepare import prepare
from cstalk_live.training.settings import read_recipe


@pytest.fixture
def copy(corpus, tmp_path) -> Path:
    return shutil.copytree(corpus, tmp_path / "data")


def report_of(root, thorough=True):
    return check_corpus(corpus_folders(root), thorough)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def arrays(path: Path, **changed) -> None:
    with np.load(path) as file:
        kept = dict(file)
    np.savez(path, **{key: changed[key](value) if key in changed else value for key, value in kept.items()})


def put(index, value):
    def change(array):
        out = array.copy()
        out[index] = value
        return out

    return change


def sound(path: Path, samples, rate=16_000, **how) -> None:
    sf.write(path, samples, rate, **(how or {"format": "FLAC"}))


def loud(path: Path) -> np.ndarray:
    return sf.read(path)[0]


def same(path: Path, other: Path) -> None:
    shutil.copyfile(path, other)


S1, LIBRI = "grid_s1", "librispeech"

SPOIL = {
    "missing table": lambda d: (d / S1 / "phones.tsv").unlink(),
    "unreadable table": lambda d: (d / S1 / "clips.tsv").write_bytes(b"clip\tsplit\n\xff\xfe\t\n"),
    "bad row": lambda d: edit(d / S1 / "phones.tsv", "\tB\n", "\n"),
    "missing audio": lambda d: (d / S1 / "audio" / "a0.flac").unlink(),
    "unreadable audio": lambda d: (d / S1 / "audio" / "a0.flac").write_bytes(b"hello"),
    "wrong sample rate": lambda d: sound(d / S1 / "audio" / "a0.flac", np.zeros(24_000), 8_000),
    "not mono": lambda d: sound(d / S1 / "audio" / "a0.flac", np.zeros((47_648, 2))),
    "NaN audio": lambda d: sound(d / S1 / "audio" / "a0.flac", np.full(47_648, np.nan), format="WAV", subtype="FLOAT"),
    "length mismatch": lambda d: sound(d / S1 / "audio" / "a0.flac", 0.1 * np.ones(30_000)),
    "unreadable motion": lambda d: (d / S1 / "motion.npz").write_bytes(b"PK hello"),
    "NaN motion": lambda d: arrays(d / S1 / "measures.npz", lip_width=put(80, np.nan)),
    "blendshape out of range": lambda d: arrays(d / S1 / "motion.npz", blendshapes=put((80, 1), 1.5)),
    "unknown phone": lambda d: edit(d / S1 / "phones.tsv", "\tAA\n", "\tAA1\n"),
    "hole in phones": lambda d: edit(d / S1 / "phones.tsv", "a0\t0.000\t", "a0\t0.100\t"),
    "overlapping phones": lambda d: edit(d / S1 / "phones.tsv", "\tSIL\na0\t0.", "\tSIL\na0\t0.0"),
    "unknown emotion": lambda d: (d / LIBRI / "clips.tsv").write_text(
        "clip\tspeaker\tsplit\temotion\nl0\t10\ttrain\tbored\nl1\t11\ttrain\thappy\nl2\t12\tval\t\n", encoding="utf-8"
    ),
    "unknown split": lambda d: edit(d / LIBRI / "clips.tsv", "\ttrain\t", "\ttest\t"),
    "duplicate name": lambda d: edit(d / LIBRI / "clips.tsv", "l1\t", "l0\t"),
    "split leak": lambda d: same(d / LIBRI / "audio" / "l0.flac", d / LIBRI / "audio" / "l2.flac"),
    "no phones": lambda d: (d / LIBRI / "phones.tsv").write_text(
        "clip\tstart_s\tend_s\tphone\nl0\t0.0\t2.978\tSIL\n", encoding="utf-8"
    ),
    "phones without clip": lambda d: edit(d / LIBRI / "phones.tsv", "phone\n", "phone\nl9\t0.0\t1.0\tSIL\n"),
    "no motion": lambda d: arrays(d / S1 / "motion.npz", clip_names=put(0, "a9")),
    "motion without clip": lambda d: arrays(d / S1 / "motion.npz", clip_names=put(0, "a9")),
    "duplicate sound": lambda d: same(d / LIBRI / "audio" / "l0.flac", d / LIBRI / "audio" / "l1.flac"),
    "silent clip": lambda d: sound(d / LIBRI / "audio" / "l0.flac", 1e-4 * np.ones(47_648)),
    "clipped clip": lambda d: sound(
        d / LIBRI / "audio" / "l0.flac", np.clip(9 * loud(d / LIBRI / "audio" / "l0.flac"), -1, 1)
    ),
    "speaker in both splits": lambda d: None,
}

HOW_MANY = {"length mismatch": 3, "no phones": 2, "speaker in both splits": 0}
"""How many faults of a kind its spoiling makes where it is not one; a short sound fits neither its row, nor its
phones, nor its picture."""


def test_every_kind_of_fault_has_its_spoiled_copy() -> None:
    assert SPOIL.keys() == KINDS.keys()


def test_a_sound_corpus_only_warns_of_its_main_speaker(corpus) -> None:
    report = report_of(corpus)
    assert report.counts() == {"speaker in both splits": 1}
    assert not report.refused
    size = report.folders["grid_s1"]
    assert (size.clips, size.filmed, size.speakers) == (5, 5, 1)
    assert size.seconds == pytest.approx(5 * 2.978)
    assert "speaker in both splits" in require_sound(corpus, corpus_folders(corpus))


@pytest.mark.parametrize("kind", SPOIL)
def test_a_fault_is_found_and_named(copy, kind) -> None:
    before = report_of(copy).counts().get(kind, 0)
    SPOIL[kind](copy)
    report = report_of(copy)
    assert report.counts()[kind] == before + HOW_MANY.get(kind, 1)
    assert report.refused == KINDS[kind].refuse
    line = next(line for line in report.lines() if f" {kind}: " in line)
    assert line.startswith("refuse" if KINDS[kind].refuse else "warn")
    assert line.endswith(KINDS[kind].fix)
    assert "\n" not in line


def test_many_faults_of_one_file_are_one_line(copy) -> None:
    arrays(copy / S1 / "measures.npz", lip_width=put(slice(0, None, 75), np.nan))
    report = report_of(copy)
    assert report.counts()["NaN motion"] == 5
    (line,) = [line for line in report.lines() if "NaN motion" in line]
    assert "a0: lip_width in 1 frames; and 4 more (a1, a2, a3, ...)" in line


QUICK = [kind for kind in SPOIL if KINDS[kind].refuse and kind != "NaN audio"]


@pytest.mark.parametrize("kind", QUICK)
def test_training_refuses_before_any_work(copy, recipe, kind, monkeypatch) -> None:
    SPOIL[kind](copy)
    edit(recipe, "data: ", f"data: {copy.as_posix()}\n#")
    monkeypatch.setattr("cstalk_live.training.prepare.read_corpus", lambda *_: pytest.fail("work has begun"))
    if kind == "unreadable motion":
        assert (copy / S1 / "motion.npz").is_file()
    with pytest.raises(CorpusError, match=kind) as caught:
        prepare(read_recipe(recipe), lambda items, _count, _text: items, lambda _text: None)
    assert "corpus check" in caught.value.fix


def test_a_further_folder_is_checked_and_used(corpus, copy, recipe, tmp_path) -> None:
    further = shutil.move(copy / LIBRI, tmp_path / "more")
    edit(recipe, "rows: 4", f"extra_unfilmed: [{Path(further).as_posix()}]\nrows: 4")
    plain = len(list((corpus / LIBRI / "audio").iterdir()))
    prepared = prepare(read_recipe(recipe), lambda items, _count, _text: items, lambda _text: None)
    assert sum(not item.filmed for item in prepared.items) == 2 * (plain - 1), "two train clips in each of two folders"
    (Path(further) / "audio" / "l0.flac").unlink()
    with pytest.raises(CorpusError, match="missing audio: more/"):
        prepare(read_recipe(recipe), lambda items, _count, _text: items, lambda _text: None)


def test_the_command_lists_tables_and_fails_in_one_line(copy) -> None:
    runner = CliRunner()
    fine = runner.invoke(app, ["corpus", "check", "--data", str(copy)])
    assert fine.exit_code == 0
    assert "speaker in both splits" in fine.output
    SPOIL["missing audio"](copy)
    bad = runner.invoke(app, ["corpus", "check", "--data", str(copy)])
    assert isinstance(bad.exception, CorpusError)
    assert bad.exception.exit_code == 1
    assert "missing audio: grid_s1/audio/a0.flac" in bad.output
    told = json.loads(runner.invoke(app, ["corpus", "check", "--data", str(copy), "--json"]).output)
    assert told["refused"]
    assert told["counts"]["missing audio"] == 1
    assert {"kind", "refuses", "file", "clip", "detail"} == set(told["faults"][0])


def test_what_two_folders_share_is_found(copy, tmp_path) -> None:
    further = tmp_path / "again"
    shutil.copytree(copy / LIBRI, further)
    edit(further / "clips.tsv", "\tval\t", "\ttrain\t")
    told = CliRunner().invoke(app, ["corpus", "check", "--data", str(copy), "--data", str(further), "--json"])
    assert json.loads(told.output)["counts"] == {"split leak": 1, "duplicate sound": 2, "speaker in both splits": 1}
    with pytest.raises(CorpusError, match="split leak") as caught:
        require_sound(copy, [*corpus_folders(copy), further])
    assert caught.value.fix.endswith(f"--data {further}")


def test_one_folder_may_be_checked_by_itself(copy) -> None:
    assert list(report_of(copy / LIBRI).folders) == [LIBRI]


@pytest.mark.parametrize("what", ["absent", "empty"])
def test_no_corpus_is_one_line(tmp_path, what) -> None:
    root = tmp_path if what == "empty" else tmp_path / "absent"
    with pytest.raises(CorpusError, match=root.name):
        corpus_folders(root)
