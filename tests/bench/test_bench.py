"""The measurements themselves: that they measure what they say, on sounds and times that are known."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from rich.console import Console

from cstalk_live.bench import soak as soaking
from cstalk_live.bench.compare import _npm_package
from cstalk_live.bench.latency import Heard, burst_sound, clicks, measure_latency, paired
from cstalk_live.bench.paced import measure_bake, measure_first_second, measure_steps
from cstalk_live.bench.rows import Row, Section, machine, machine_line
from cstalk_live.bench.sound import LoopSource, sample_sound
from cstalk_live.bench.streams import measure_streams
from cstalk_live.bench.table import print_table
from cstalk_live.bench.virtual_sound import VirtualSound
from cstalk_live.cli.app import invoke
from cstalk_live.cli.bench import _without_nan
from cstalk_live.clock import FakeClock
from cstalk_live.config.keys import LiveConfig
from cstalk_live.errors import CSTalkError, DeviceError, UsageError
from cstalk_live.records import HOP, SAMPLE_RATE


def values(section):
    return {row.what: row.value for row in section.rows}


def test_a_row_knows_whether_its_goal_is_reached():
    assert Row("a", 3.0, "ms", 3.0).reached is True
    assert Row("a", 3.1, "ms", 3.0).reached is False
    assert Row("a", 9.0, "x", 10.0, least=True).reached is False
    assert Row("a", 9.0, "x").reached is None
    assert Row("a", math.nan, "x", 1.0).reached is False, "what could not be measured is not reached"


def test_table_and_json_name_the_machine_and_every_number():
    facts = machine()
    section = Section(
        "step", [Row("p50", 1.234, "ms", 3.0), Row("x", math.nan, "ms")], ["a note"], {"a": (1, math.nan)}
    )
    console = Console(width=140, record=True, file=None, quiet=False)
    with console.capture() as captured:
        print_table(machine_line(facts), [section], console)
    text = captured.get()
    for part in (facts["name"], str(facts["cores"]), "1.23 ms", "<= 3 ms", "ok", "a note"):
        assert part in text
    document = json.loads(json.dumps(_without_nan({"rows": [row.document() for row in section.rows]}), allow_nan=False))
    assert [row["reached"] for row in document["rows"]] == [True, None]
    assert document["rows"][1]["value"] is None


def test_the_loop_source_never_ends_before_its_samples_and_repeats_its_sound():
    clock, sound = FakeClock(), np.arange(1000, dtype=np.float32)
    source = LoopSource(sound, clock, 2400)
    parts = []
    while len(parts) < 10:
        block = source.read(0.05)
        assert block is not None
        assert block.arrival_us == clock.now_us()
        parts.append(block.samples)
    np.testing.assert_array_equal(np.concatenate(parts), np.resize(sound, 2400))
    assert source.read.__self__ is source
    assert clock.now_us() == 1_100_000


def test_clicks_are_found_and_paired_whatever_the_shift_and_what_one_side_missed():
    sound = burst_sound(12.0)
    at = clicks(sound, 48_000)
    assert len(at) >= 8
    assert (np.diff(at) > 48_000).all()
    theirs = (at[2:] - 30_000) // 2
    pairs = paired(at, theirs)
    assert pairs == list(zip(at[2:].tolist(), theirs.tolist(), strict=True))
    assert len(clicks(np.zeros(1000, np.float32), 48_000)) == 0


def test_the_reference_time_is_that_of_the_earliest_arrivals():
    random = np.random.default_rng(0)
    samples = np.arange(1, 400) * 240
    reads = np.stack((samples, 5_000_000 + samples * 1e6 / 48_000 + random.exponential(3_000, len(samples))), axis=1)
    heard = Heard(np.zeros(samples[-1], np.float32), reads.astype(np.int64))
    found = heard.time_us(np.array([48_000]))[0]
    assert 6_000_000 <= found < 6_000_000 + 300


def test_steps_and_bake_are_timed(tmp_path, capsys):
    steps, bake = values(measure_steps(LiveConfig(), 0.7)), values(measure_bake(LiveConfig(), tmp_path, times=1))
    with capsys.disabled():
        print(f"\n{steps}\n{bake}")
    assert 0.1 < steps["step of the network, p50"] <= steps["step of the network, p99"]
    assert steps["whole frame, p50"] > steps["step of the network, p50"]
    assert bake["bake, times real time"] > 1.0


def test_the_first_second_of_speech_is_not_dead():
    section = measure_first_second(LiveConfig())
    assert all(row.reached for row in section.rows), values(section)


def test_streams_cost_more_the_more_they_are():
    section = measure_streams(LiveConfig(), 3.0, counts=(1, 4))
    faces = section.details["faces"]
    assert [found["faces"] for found in faces] == [1, 4][: len(faces)]
    if len(faces) == 2:  # a machine too busy for one face within 16 ms has its answer already
        one, four = faces
        assert 1.3 * one["core_percent"] < four["core_percent"] < 4.5 * one["core_percent"]
        assert one["p50_ms"] < four["p50_ms"] < 6 * one["p50_ms"], "a batch costs less than one after the other"
    found = values(section)
    batches = [found[f"network alone, batch of {slots}, p99"] for slots in (1, 8, 64)]
    assert batches == sorted(batches)


def test_a_soak_finds_neither_growth_nor_drift_in_a_short_run(monkeypatch):
    sound = sample_sound()[: 2 * SAMPLE_RATE]
    monkeypatch.setattr(soaking, "soak_sound", lambda: sound)
    section = soaking.measure_soak(LiveConfig(), 28 / 60, real_time=False)
    found = values(section)
    assert found["frames missing"] == found["held and skipped frames"] == found["tiny numbers in the values"] == 0
    assert found["difference of the last whole round from an early one"] < 1e-3
    assert len(section.details["memory"]) >= 3


def test_a_soak_finds_drift_where_there_is_some():
    clock = FakeClock()
    judge = soaking._Judge(120, clock, lambda: 50_000_000)

    class Drifting:
        lookahead_us = 0
        flags = 0
        capture_us = 0

        def __init__(self, index):
            self.index = index
            self.properties = np.full(260, 0.5 + 1e-4 * index, np.float32)

    settled = soaking.settling_rounds(120) * 120
    for index in [*range(settled + 240), settled + 242]:
        judge.send(Drifting(index))
    assert judge.last_difference == pytest.approx(1e-4 * 120, rel=0.01)
    assert judge.missing == 2


def test_a_soak_too_short_to_tell_is_refused():
    with pytest.raises(UsageError, match="too short"):
        soaking.measure_soak(LiveConfig(), 0.01, real_time=False)


def test_without_a_sound_server_the_latency_says_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda program: None)
    with pytest.raises(DeviceError, match="no virtual microphone here: pulseaudio"):
        VirtualSound()


@pytest.mark.virtualmic
def test_the_whole_way_by_a_real_loopback(capsys):
    try:
        section = measure_latency(6.0, ("balanced",))
    except DeviceError as error:
        pytest.skip(f"no loopback: {error}")
    with capsys.disabled():
        print(f"\n{values(section)}")
    detail = section.details["balanced"]
    assert len(detail["latencies_ms"]) >= 3
    # Half a frame and the look-ahead are 75 ms; a busy machine may add much, but nothing can be faster.
    assert 70.0 < np.median(detail["latencies_ms"]) < 400.0
    assert abs(np.median(detail["capture_errors_ms"])) < 60.0


def test_sample_is_whole_frames():
    assert len(sample_sound()) % HOP == 0


def test_npm_packages_are_found_where_they_are_and_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NODE_PATH", raising=False)
    assert _npm_package("@some/thing") is None
    folder = tmp_path / "elsewhere" / "@some" / "thing"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("NODE_PATH", str(tmp_path / "elsewhere"))
    assert _npm_package("@some/thing") == folder


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--soak", "--minutes", "0.01"], "too short"), (["--seconds", "0.5"], "--seconds"), (["--speed"], "--speed")],
)
def test_the_command_says_in_one_line_what_is_wrong(arguments, words, capsys):
    with pytest.raises(CSTalkError, match=words):
        invoke(["bench", *arguments])
    assert capsys.readouterr().out == ""


def test_the_command_writes_the_machine_and_the_numbers(tmp_path, capsys):
    target = tmp_path / "new" / "bench.json"
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr("cstalk_live.cli.bench._DEFAULT", ("step",))
        assert invoke(["bench", "--seconds", "2", "--out", str(target)]) == 0
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["machine"]["cores"] >= 1
    (section,) = document["sections"].values()
    assert section["rows"][0]["value"] > 0.1
    shown = capsys.readouterr().out
    assert document["machine"]["name"] in shown
    assert "step of the network, p99" in shown
