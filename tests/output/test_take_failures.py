"""Takes that a crash or a full disk cuts off: what was written stays, and says that it is not all."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from cstalk_live.output import RAW_LAYOUT, TakeInfo, TakeRecorder, TimeOfDay, take_files, take_info


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _document(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "take.json").read_text(encoding="utf-8"))
    return document


RECORD = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    import numpy as np
    from cstalk_live.errors import OutputError
    from cstalk_live.output import TakeInfo, TakeRecorder, TimeOfDay
    from cstalk_live.records import Frame

    def record(folder, blocks):
        recorder = TakeRecorder(Path(folder), TakeInfo(slate="crash"), time_of_day=TimeOfDay(0))
        noise = np.random.default_rng(0)
        for index in range(blocks):
            recorder.write_sound(400 * index, noise.uniform(-1, 1, 400).astype(np.float32))
            pose = np.full(260, 0.25, np.float32)
            recorder.send(Frame(index, 16_667 * index, np.zeros(185, np.float32), pose))
        return recorder
    """
)


def test_a_crash_costs_less_than_a_second(tmp_path: Path) -> None:
    code = RECORD + 'record(sys.argv[1], 120)\nprint("written", flush=True)\ntime.sleep(60)\n'
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"written"
    time.sleep(1.0)
    process.kill()
    process.wait()
    process.stdout.close()

    folder = tmp_path / "crash_take001"
    assert _document(folder)["complete"] is False
    rows = _rows(folder / "curves.csv")
    assert len(rows) == 120
    assert float(rows[-1][RAW_LAYOUT.names[-1]]) == 0.25
    heard, rate = soundfile.read(folder / "voice.flac", dtype="float32")
    assert rate == 24_000
    # All whole FLAC blocks of 4096 samples are there: at most 0.17 s are missing.
    assert 120 * 400 - 4097 <= len(heard) <= 120 * 400
    noise = np.random.default_rng(0)
    expected = np.concatenate([noise.uniform(-1, 1, 400).astype(np.float32) for _ in range(120)])
    np.testing.assert_allclose(heard, expected[: len(heard)], atol=1e-4)


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("a limit on the size of files, which stands in for a full disk, exists on POSIX only")
    code = RECORD + textwrap.dedent(
        """
        import resource, signal, json
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        recorder = record(sys.argv[1], 60)
        time.sleep(1.0)
        first, second = recorder.new_error(), recorder.new_error()
        for index in range(60, 80):
            recorder.send(Frame(index, 0, np.zeros(185, np.float32), np.zeros(260, np.float32)))
        summary = recorder.close()
        print(json.dumps([first, second, summary.error, summary.frames, summary.lost]))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    first, second, error, frames, lost = json.loads(done.stdout)
    assert "cannot go on recording" in first
    assert second is None
    assert error == first
    folder = tmp_path / "crash_take001"
    document = _document(folder)
    assert document["complete"] is False
    assert document["error"] == error
    assert lost >= 20
    rows = [row for row in _rows(folder / "curves.csv") if row[RAW_LAYOUT.names[-1]]]
    assert len(rows) >= 15
    assert frames >= len(rows) - 1


def test_a_disk_without_room_for_a_second_file_still_gets_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = TakeRecorder(tmp_path, TakeInfo(slate="full"), time_of_day=TimeOfDay(0))

    def full(path: Path, document: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(take_files, "write_json", full)
    summary = recorder.close()
    assert summary.error is not None
    assert _document(summary.folder)["complete"] is False
    assert _document(summary.folder)["error"] == summary.error


def test_a_file_that_cannot_be_replaced_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "take.json"
    take_info.write_json(path, {"source": "old"})

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        take_info.write_json(path, {"source": "new"})
    assert [entry.name for entry in tmp_path.iterdir()] == ["take.json"]
    assert json.loads(path.read_text("utf-8")) == {"source": "old"}


def test_a_source_whose_name_is_not_utf8_can_be_recorded(tmp_path: Path) -> None:
    take_info.write_json(tmp_path / "take.json", {"source": "caf\udce9.wav"})
    assert json.loads((tmp_path / "take.json").read_text("utf-8")) == {"source": "caf?.wav"}
