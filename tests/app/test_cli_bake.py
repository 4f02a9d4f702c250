"""``bake`` as a user meets it: whole tables or none, nothing else touched, one line for what is wrong."""

from __future__ import annotations

import os
import signal
import sys

import numpy as np
import pytest
import soundfile

from cstalk_live.rig import BOARD_NAMES, PROPERTY_NAMES

from .program import cli, fails_in_one_line, rows_of, start, wait_for


@pytest.mark.parametrize(("layout", "names"), [("raw", PROPERTY_NAMES), ("board", BOARD_NAMES), ("arkit", None)])
def test_bake_writes_a_row_for_every_sixtieth_of_a_second(voice, tmp_path, layout, names):
    out = tmp_path / "voice.csv"
    result = cli("bake", voice, "-o", out, "--layout", layout)
    assert result.returncode == 0, result.stderr
    header, *rows = rows_of(out)
    assert header[:2] == ["frame", "time_s"]
    assert len(header) == 2 + (61 if names is None else len(names))
    assert names is None or tuple(header[2:]) == tuple(names)
    assert [int(row[0]) for row in rows] == list(range(61))
    assert float(rows[60][1]) == 1.0
    assert np.isfinite(np.array(rows, float)).all()


def test_bake_is_repeatable_and_emotion_changes_it(voice, tmp_path):
    for name, extra in (("a", ()), ("b", ()), ("happy", ("--emotion", "happy=1"))):
        assert cli("bake", voice, "-o", tmp_path / f"{name}.csv", *extra).returncode == 0
    plain = (tmp_path / "a.csv").read_bytes()
    assert plain == (tmp_path / "b.csv").read_bytes()
    assert plain != (tmp_path / "happy.csv").read_bytes()


def test_bake_does_the_good_files_of_several_and_reports_the_bad_one(voice, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF\x00\x00")
    good = tmp_path / "second.wav"
    good.write_bytes(voice.read_bytes())
    line = fails_in_one_line(cli("bake", voice, bad, good, "-o", tmp_path / "out"), 1)
    assert "bad.wav" in line
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["second.csv", "voice.csv"]


def test_bake_never_leaves_half_a_table(tmp_path):
    """NaN in the second half: the old table stays as it was, and nothing else appears."""
    sound = np.full(48_000, 0.1, np.float32)
    sound[30_000] = np.nan
    soundfile.write(tmp_path / "nan.wav", sound, 48_000, subtype="FLOAT")
    out = tmp_path / "nan.csv"
    out.write_text("the old table\n")
    fails_in_one_line(cli("bake", tmp_path / "nan.wav", "-o", out), 1)
    assert out.read_text() == "the old table\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nan.csv", "nan.wav"]


def test_bake_replaces_nothing_but_tables(voice, tmp_path):
    """Not the sound itself, also through a link; not a device; and a parent that is a file is said so."""
    sound = tmp_path / "voice.wav"
    sound.write_bytes(voice.read_bytes())
    assert "the sound itself" in fails_in_one_line(cli("bake", sound, "-o", sound), 1)
    assert "cannot write" in fails_in_one_line(cli("bake", sound, "-o", sound / "voice.csv"), 1)
    assert sound.read_bytes() == voice.read_bytes()
    assert list(tmp_path.iterdir()) == [sound]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a special file, and this system makes none")
def test_bake_leaves_special_files_alone(voice, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in fails_in_one_line(cli("bake", voice, "-o", tmp_path / "pipe"), 1)
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (np.zeros(24_000), "is silent"),
        (np.sign(np.sin(np.arange(24_000) * 0.05)), "is clipped"),
        (np.full((24_000, 8), 0.1), "8 channels"),
    ],
    ids=["silent", "clipped", "channels"],
)
def test_flawed_sound_needs_the_users_word(tmp_path, sound, words):
    flawed, out = tmp_path / "flawed.wav", tmp_path / "flawed.csv"
    soundfile.write(flawed, sound, 24_000)
    for arguments in (("bake", flawed, "-o", out), ("run", "--input", flawed, "--record", tmp_path / "takes")):
        line = fails_in_one_line(cli(*arguments), 1)
        assert words in line
        assert "--anyway" in line
    assert list(tmp_path.iterdir()) == [flawed]
    assert cli("bake", flawed, "-o", out, "--anyway").returncode == 0
    assert len(rows_of(out)) == 61


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send signals to one process alone")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_an_interrupted_bake_leaves_nothing(tmp_path, name, code):
    long = tmp_path / "long.wav"
    soundfile.write(long, np.full(600 * 24_000, 0.05, np.float32), 24_000)
    process = start("bake", long, "-o", "long.csv", cwd=tmp_path)
    try:
        wait_for(lambda: list(tmp_path.glob(".long.csv.part")))
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, errors) == (code, "")
    assert list(tmp_path.iterdir()) == [long]
