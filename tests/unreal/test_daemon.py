"""The real daemon speaks over loopback to a real receiver made of the plugin's core."""

from __future__ import annotations

import csv
import itertools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cstalk_live
from cstalk_live.rig.raw import PROPERTY_NAMES

SPEECH = Path(cstalk_live.__file__).parent / "sample" / "demo.flac"
SECONDS = 4


@dataclass
class Conversation:
    """What both sides say of one run."""

    summary: dict[str, Any]
    take: list[list[str]]
    raw: dict[str, Any]
    raw_frames: list[list[str]]
    board: dict[str, Any]
    board_frames: list[list[str]]
    recording: Path


class Listener:
    """The receiver program as a process."""

    def __init__(self, program, folder, name):
        self.out = folder / f"{name}.csv"
        self.recording = folder / f"{name}.cstalkrec"
        command = [program.path, "listen", "--seconds", "60", "--out", self.out, "--record", self.recording]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        word, port = self.process.stdout.readline().split()
        assert word == "ready"
        self.port = int(port)

    def report(self):
        """What it says when the sender has been silent for a second."""
        output, _ = self.process.communicate(timeout=90)
        assert self.process.returncode == 0
        return json.loads(output)

    def frames(self):
        with self.out.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


@pytest.fixture(scope="module")
def conversation(core_check, tmp_path_factory):
    folder = tmp_path_factory.mktemp("conversation")
    program = core_check("release")
    raw, board = Listener(program, folder, "raw"), Listener(program, folder, "board")
    try:
        settings = folder / "live.yaml"
        settings.write_text(
            "output:\n  osc:\n"
            f"    - {{target: '127.0.0.1:{raw.port}', layout: raw, subject: Ana}}\n"
            f"    - {{target: '127.0.0.1:{board.port}', layout: board, subject: Ana}}\n",
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "cstalk_live", "run", "--config", settings, "--input", SPEECH]
        command += ["--record", folder / "takes", "--seconds", SECONDS, "--json"]
        run = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)
        assert run.returncode == 0, run.stderr
        raw_report, board_report = raw.report(), board.report()
    finally:
        for listener in (raw, board):
            if listener.process.poll() is None:
                listener.process.kill()
                listener.process.wait()
    (curves,) = folder.glob("takes/*/curves.csv")
    with curves.open(encoding="utf-8", newline="") as file:
        take = list(csv.reader(file))
    summary = json.loads(run.stdout.splitlines()[-1])
    return Conversation(summary, take, raw_report, raw.frames(), board_report, board.frames(), raw.recording)


def test_every_frame_sent_is_a_frame_taken(conversation):
    outputs = conversation.summary["outputs"]
    sent = [status["sent"] for name, status in outputs.items() if name.startswith("osc")]
    assert len(sent) == 2
    assert min(sent) >= 60, "about 60 a second on a machine that keeps up"
    assert conversation.raw["frames"] == conversation.board["frames"] == sent[0] == sent[1]
    assert conversation.raw["frames"] == len(conversation.raw_frames)
    assert (conversation.raw["refused"], conversation.raw["missing"], conversation.raw["foreign_names"]) == (0, 0, 0)
    assert conversation.raw["steps_back"] == 0


def test_every_value_is_the_takes(conversation):
    names, rows = conversation.take[0][3:], conversation.take[1:]
    assert tuple(names) == PROPERTY_NAMES
    assert len(rows) == len(conversation.raw_frames)
    first = int(conversation.raw_frames[0][0])
    for row, frame in zip(rows, conversation.raw_frames, strict=True):
        assert int(frame[0]) - first == int(row[1]) - int(rows[0][1])
        assert frame[3:] == row[3:], f"frame {frame[0]}"
    moving = {column for column in range(3, 254) if len({row[column] for row in rows}) > 1}
    assert len(moving) > 50, "a face that does not move proves nothing"


def test_the_board_layout_gives_the_same_curves(conversation):
    assert [frame[0] for frame in conversation.board_frames] == [frame[0] for frame in conversation.raw_frames]
    for board, raw in zip(conversation.board_frames, conversation.raw_frames, strict=True):
        for name, one, other in zip(PROPERTY_NAMES[:251], board[3:254], raw[3:254], strict=True):
            assert abs(float(one) - float(other)) <= 2e-6, name


def test_the_sender_introduces_itself(conversation):
    for report in (conversation.raw, conversation.board):
        assert report["hellos"] >= 1
        assert report["chunks"] >= 1
        assert report["subject"] == "Ana"
        assert report["version"] == cstalk_live.__version__
    connected, disconnected, hello = 1, 2, 128
    assert conversation.raw["events"] & (connected | disconnected | hello) == connected | disconnected | hello


def test_stamps_are_even_and_follow_the_arrivals(conversation):
    stamps = [int(frame[1]) for frame in conversation.raw_frames]
    arrivals = [int(frame[2]) for frame in conversation.raw_frames]
    assert all(later > earlier for earlier, later in itertools.pairwise(stamps))
    assert max(stamp - arrival for stamp, arrival in zip(stamps, arrivals, strict=True)) <= 150_000


def test_the_recording_plays_the_same_stream_again(conversation, core_check):
    replay = core_check("asan").json("replay", conversation.recording)
    assert (replay["valid"], replay["damaged"]) == (True, False)
    assert replay["arrivals"] == replay["packets"] == conversation.raw["packets"]
    assert (replay["frames"], replay["hellos"]) == (conversation.raw["frames"], conversation.raw["hellos"])
