"""Takes: complete ones, ones with gaps, ones cut off by a crash or a full disk."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from cstalk_live.errors import OutputError
from cstalk_live.output import ARKIT_LAYOUT, RAW_LAYOUT, CurveTable, TakeInfo, TakeRecorder, TimeOfDay
from cstalk_live.output.spans import Spans
from cstalk_live.output.take_sound import TakeSound
from cstalk_live.records import Frame, FrameFlag

INFO = TakeInfo(
    slate="scene1",
    subject="Ana",
    source="voice.wav",
    bundle_name="base.onnx",
    bundle_hash="ab" * 32,
    emotion={"happy": 0.7},
    intensity=0.9,
    lookahead_frames=4,
    started=datetime(2024, 5, 17, 13, 13, 4, 500_000, tzinfo=UTC),
)
NOON = TimeOfDay.when(2_000_000 - 8_333, 12 * 3_600_000_000)
"""Frame 0 of ``make_frame`` begins at noon."""


def _recorder(folder: Path, **options: Any) -> TakeRecorder:
    return TakeRecorder(folder, INFO, time_of_day=NOON, **options)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _document(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "take.json").read_text(encoding="utf-8"))
    return document


def test_a_complete_take(tmp_path: Path, make_frame: Callable[..., Frame]) -> None:
    recorder = _recorder(tmp_path)
    sound = (0.5 * np.sin(0.01 * np.arange(90 * 400 + 123))).astype(np.float32)
    for start in range(0, len(sound), 240):
        recorder.write_sound(start, sound[start : start + 240])
    for index in range(90):
        recorder.send(make_frame(index))
    summary = recorder.close()
    assert (summary.frames, summary.samples, summary.lost, summary.error) == (90, len(sound), 0, None)
    assert summary.folder == tmp_path / "scene1_take001"
    assert recorder.close() is summary

    rows = _rows(summary.folder / "curves.csv")
    assert list(rows[0]) == ["Timecode", "Frame", "Seconds", *RAW_LAYOUT.names]
    assert [row["Frame"] for row in rows] == [str(index) for index in range(90)]
    assert [rows[i]["Timecode"] for i in (0, 59, 60)] == ["12:00:00:00", "12:00:00:59", "12:00:01:00"]
    assert [rows[i]["Seconds"] for i in (0, 1, 60)] == ["0.000000", "0.016667", "1.000000"]
    for index, row in enumerate(rows):
        values = np.array([float(row[name]) for name in RAW_LAYOUT.names])
        np.testing.assert_allclose(values, make_frame(index).properties, atol=5.1e-7)

    shapes = _rows(summary.folder / "livelink.csv")
    assert list(shapes[0]) == ["Timecode", "BlendShapeCount", *ARKIT_LAYOUT.names]
    assert (shapes[60]["Timecode"], shapes[60]["BlendShapeCount"]) == ("12:00:01:00.000", "61")
    np.testing.assert_allclose(
        [float(shapes[7][name]) for name in ARKIT_LAYOUT.names], ARKIT_LAYOUT.values(make_frame(7)), atol=1e-9
    )

    info = soundfile.info(summary.folder / "voice.flac")
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (24_000, 1, "PCM_16", len(sound))
    heard, _ = soundfile.read(summary.folder / "voice.flac", dtype="float32")
    np.testing.assert_allclose(heard, sound, atol=1e-4)

    document = _document(summary.folder)
    assert document["complete"] is True
    assert document["error"] is None
    assert (document["frames"], document["samples"], document["timecode"]) == (90, len(sound), "12:00:00:00")
    assert document["started"] == "2024-05-17T13:13:04.500+00:00"
    assert document["schema"] == {"layout": "raw", "values": 260, "hash": f"0x{RAW_LAYOUT.schema_hash:08x}"}
    assert document["bundle"] == {"name": "base.onnx", "sha256": "ab" * 32}
    assert (document["emotion"], document["intensity"], document["lookahead_frames"]) == (
        {"happy": 0.7},
        0.9,
        4,
    )
    assert (document["fps"], document["sample_rate"]) == ({"numerator": 60, "denominator": 1}, 24_000)
    assert (document["missing_frames"], document["gap_frames"], document["silent_samples"]) == ([], [], [])
    assert {entry.name for entry in summary.folder.iterdir()} == {
        "take.json",
        "curves.csv",
        "livelink.csv",
        "voice.flac",
    }


def test_gaps_keep_sound_and_curves_aligned(tmp_path: Path, make_frame: Callable[..., Frame]) -> None:
    recorder = _recorder(tmp_path)
    for index in [1000, 1001, 1002, 1005, 1004, 1005, 1010]:
        flags = FrameFlag.GAP if index in (1001, 1002, 1010) else FrameFlag.NONE
        recorder.send(make_frame(index, flags=flags))
    ones = np.full(400, 0.5, np.float32)
    # Half of the first block lies before the take, the third overlaps the second, the fourth follows a gap.
    for first in (400_000 - 200, 400_200, 400_400, 402_000):
        recorder.write_sound(first, ones)
    recorder.write_sound(400_100, ones)
    summary = recorder.close()
    assert [row["Frame"] for row in _rows(summary.folder / "curves.csv")] == ["0", "1", "2", "5", "10"]
    document = _document(summary.folder)
    assert document["stream_frame"] == 1000
    assert document["missing_frames"] == [[3, 2], [6, 4]]
    assert document["gap_frames"] == [[1, 2], [10, 1]]
    assert document["silent_samples"] == [[800, 1200]]
    heard, _ = soundfile.read(summary.folder / "voice.flac", dtype="float32")
    expected = np.concatenate([np.full(800, 0.5), np.zeros(1200), np.full(400, 0.5)])
    np.testing.assert_allclose(heard, expected, atol=1e-4)


def test_a_take_that_begins_with_sound_begins_at_a_whole_frame(
    tmp_path: Path, make_frame: Callable[..., Frame]
) -> None:
    recorder = _recorder(tmp_path)
    ramp = (np.arange(2000) / 4000).astype(np.float32)
    recorder.write_sound(1_000, ramp)
    for index in range(1, 6):
        recorder.send(make_frame(index))
    summary = recorder.close()
    # Sample 1000 lies inside frame 2, so the take starts with frame 3, at sample 1200.
    document = _document(summary.folder)
    assert (document["stream_frame"], document["frames"]) == (3, 3)
    heard, _ = soundfile.read(summary.folder / "voice.flac", dtype="float32")
    np.testing.assert_allclose(heard, ramp[200:], atol=1e-4)
    assert document["timecode"] == "12:00:00:03"


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 900)), max_size=12))
@settings(max_examples=40, deadline=None)
def test_sound_lies_where_its_numbers_say(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[tuple[int, int]]
) -> None:
    stream = (np.arange(4000) / 4000).astype(np.float32)
    path = tmp_path_factory.mktemp("sound") / "voice.flac"
    sound = TakeSound(path, 100)
    expected = np.zeros(0, np.float32)
    for first, count in blocks:
        sound.write(first, stream[first : first + count])
        end = first + count - 100
        if end > len(expected):
            begin = max(len(expected), first - 100)
            expected = np.pad(expected, (0, end - len(expected)))
            expected[begin:end] = stream[begin + 100 : end + 100]
    sound.close()
    assert sound.samples == len(expected)
    if len(expected):
        heard, _ = soundfile.read(path, dtype="float32")
        np.testing.assert_allclose(heard, expected, atol=1e-4)


def test_loud_and_broken_sound_is_limited(tmp_path: Path) -> None:
    recorder = _recorder(tmp_path)
    recorder.write_sound(0, np.array([2.0, -2.0, np.nan, np.inf, -np.inf, 0.25], np.float32))
    heard, _ = soundfile.read(recorder.close().folder / "voice.flac", dtype="float32")
    np.testing.assert_allclose(heard, [1, -1, 0, 1, -1, 0.25], atol=1e-4)


def test_takes_are_numbered_and_never_overwritten(tmp_path: Path) -> None:
    for name in ("scene1_take007", "scene1_take0", "Scene1_TAKE009", "scene10_take050", "scene1_take011x"):
        (tmp_path / name).mkdir()
    (tmp_path / "scene1_take010").write_text("a file", encoding="utf-8")
    names = [_recorder(tmp_path).close().folder.name for _ in range(2)]
    assert names == ["scene1_take011", "scene1_take012"]
    assert (tmp_path / "scene1_take010").read_text(encoding="utf-8") == "a file"


def test_an_empty_take_is_complete(tmp_path: Path) -> None:
    summary = _recorder(tmp_path / "new" / "folders").close()
    assert (summary.frames, summary.samples, summary.error) == (0, 0, None)
    assert _document(summary.folder)["complete"] is True


def test_arrays_may_be_reused_after_the_call(tmp_path: Path, make_frame: Callable[..., Frame]) -> None:
    recorder = _recorder(tmp_path)
    frame = make_frame(0)
    sound = np.full(400, 0.5, np.float32)
    recorder.send(frame)
    recorder.write_sound(0, sound)
    frame.properties[:] = 0.0
    sound[:] = 0.0
    folder = recorder.close().folder
    row = _rows(folder / "curves.csv")[0]
    assert float(row[RAW_LAYOUT.names[5]]) == pytest.approx(make_frame(0).properties[5], abs=1e-6)
    assert soundfile.read(folder / "voice.flac")[0].min() > 0.4


@pytest.mark.parametrize("slate", ["", "../x", "a/b", "a b", "-x", ".hidden", "é", "x" * 65, "CON:"])
def test_slates_that_are_no_names_are_refused(tmp_path: Path, slate: str) -> None:
    with pytest.raises(OutputError, match="cannot be a slate"):
        TakeRecorder(tmp_path, TakeInfo(slate=slate), time_of_day=NOON)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError, match=r"cannot record to '.*file.* - choose a folder") as caught:
            _recorder(folder)
        assert "\n" not in str(caught.value)


def test_a_slow_disk_loses_items_and_says_so_once(
    tmp_path: Path, make_frame: Callable[..., Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = _recorder(tmp_path, capacity=8)
    write = recorder._files.write_frame
    monkeypatch.setattr(recorder._files, "write_frame", lambda frame: (time.sleep(0.05), write(frame)))
    before = time.perf_counter()
    for index in range(200):
        recorder.send(make_frame(index))
    assert time.perf_counter() - before < 0.5, "sending waits for nobody"
    assert "too slow" in (recorder.new_error() or "")
    assert recorder.new_error() is None
    summary = recorder.close()
    assert summary.lost == 200 - summary.frames > 0
    assert summary.error is None
    document = _document(summary.folder)
    assert document["lost"]["frames"] == summary.lost
    assert recorder.status().errors == summary.lost


def test_a_lossless_recorder_waits(tmp_path: Path, make_frame: Callable[..., Frame]) -> None:
    recorder = _recorder(tmp_path, capacity=8, lossless=True)
    for index in range(300):
        recorder.send(make_frame(index))
    summary = recorder.close()
    assert (summary.frames, summary.lost) == (300, 0)


def test_curve_tables_refuse_to_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    table = CurveTable(path, ["a", "b"])
    table.write(0, np.array([0.5, np.nan], np.float32))
    table.close()
    assert path.read_bytes() == b"Timecode,Frame,Seconds,a,b\n00:00:00:00,0,0.000000,0.500000,0.000000\n"
    assert table.repaired == 1
    with pytest.raises(OutputError, match="exists already"):
        CurveTable(path, ["a"])
    with pytest.raises(OutputError, match="cannot write"):
        CurveTable(tmp_path / "missing" / "out.csv", ["a"])


def test_spans_join_neighbours_and_stay_bounded() -> None:
    spans = Spans()
    spans.add(0, 0)
    for first in (3, 4, 9):
        spans.add(first)
    spans.add(10, 5)
    assert spans.as_lists() == [[3, 2], [9, 6]]
    for index in range(20_000):
        spans.add(100 + 2 * index)
    assert len(spans.as_lists()) == 10_000
    assert spans.total == 8 + 20_000
