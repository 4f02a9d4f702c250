"""What keeps a show of hours even: the collector, tiny numbers, priority; and settings changed on the way."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cstalk_live.clock import FakeClock
from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.load import Flag, load_settings
from cstalk_live.config.watch import SettingsWatch
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.denormals import denormals_flushed, flush_denormals
from cstalk_live.housekeeping import EVERY_US, QuietMemory
from cstalk_live.output.frame_packet import decode_frame
from cstalk_live.output.layout import RAW_LAYOUT
from cstalk_live.output.outputs import OscFrameOutput
from cstalk_live.output.take import TakeRecorder
from cstalk_live.output.take_info import TakeInfo
from cstalk_live.output.target import Target
from cstalk_live.output.timecode import TimeOfDay
from cstalk_live.priority import obtainable


def test_the_collector_runs_only_at_quiet_moments_and_is_as_before_afterwards():
    clock = FakeClock()
    memory = QuietMemory(clock)
    memory.begin()
    try:
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 1000
        memory.tidy()
        assert memory.collections == 0
        ring: list[object] = []
        ring.append(ring)
        del ring
        clock.advance_us(EVERY_US)
        memory.tidy()
        memory.tidy()
        assert memory.collections == 1
    finally:
        memory.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    memory.end()  # twice is once
    assert gc.isenabled()


def test_a_run_keeps_the_collector_off_and_gives_it_back(fakes):
    clock = FakeClock()
    seen = []

    class Looking(fakes.Recorder):
        def send(self, frame):
            seen.append(gc.isenabled())
            super().send(frame)

    settings = RunSettings(95_000, live=True, threads=False)
    run = Daemon(lambda: fakes.Source(clock, 2500), fakes.session(), [Looking(clock)], fakes.Watcher(), clock, settings)
    run.run()
    assert seen
    assert not any(seen)
    assert gc.isenabled()
    assert run._memory.collections == 2, "25 s at one in 10 s"


def on_a_thread(work):
    out = []
    thread = threading.Thread(target=lambda: out.append(work()))
    thread.start()
    thread.join()
    return out[0]


def test_tiny_numbers_are_zero_on_the_thread_that_asks_and_on_no_other():
    before = denormals_flushed()
    flushed = on_a_thread(flush_denormals)
    if not flushed:
        pytest.skip("this processor or system cannot flush tiny numbers through its C library")
    assert denormals_flushed() == before
    sums = on_a_thread(lambda: (flush_denormals(), float((np.full(4, 1e-38, np.float32) * np.float32(1e-3)).sum()))[1])
    assert sums == 0.0


def test_priority_is_asked_for_never_needed():
    got = obtainable()
    assert got.what
    assert got.raised or got.fix or "refused" in got.what or ":" in got.what


def watch(tmp_path, text, flags=()):
    file = tmp_path / "live.yaml"
    file.write_text(text, encoding="utf-8")
    applied, said = [], []
    config = load_settings(file, flags).config
    follower = SettingsWatch(file, flags, config, lambda old, new: applied.append((old, new)), said.append)
    return file, follower, applied, said


def test_a_changed_settings_file_is_followed(tmp_path):
    file, follower, applied, said = watch(tmp_path, "model:\n  lookahead_ms: 67\n")
    follower.poll()
    assert applied == []
    file.write_text("model:\n  lookahead_ms: tight\nemotion:\n  mix: {happy: 0.5}\n", encoding="utf-8")
    follower.poll()
    follower.poll()
    ((old, new),) = applied
    assert (old.model.lookahead_ms, round(new.model.lookahead_ms)) == (67.0, 17)
    assert new.emotion.mix == {"happy": 0.5}
    assert said == []


def test_a_flag_still_beats_the_changed_file_and_what_needs_a_restart_is_named(tmp_path):
    flags = (Flag("--lookahead", ("model", "lookahead_ms"), 150.0),)
    file, follower, applied, said = watch(tmp_path, "status:\n  interval_s: 1.0\n", flags)
    file.write_text("status:\n  interval_s: 2.0\nmodel:\n  lookahead_ms: 0\n", encoding="utf-8")
    follower.poll()
    assert applied[0][1].model.lookahead_ms == 150.0
    assert said == ["settings changed that need a restart: status"]


def test_a_wrong_or_absent_settings_file_changes_nothing(tmp_path):
    file, follower, applied, said = watch(tmp_path, "model:\n  lookahead_ms: 67\n")
    file.write_text("model:\n  lookahead_ms: 900\n", encoding="utf-8")
    follower.poll()
    follower.poll()
    assert applied == []
    (line,) = said
    assert "lookahead_ms: 900 is above 200" in line
    file.unlink()
    follower.poll()
    assert len(said) == 1


@pytest.mark.parametrize(("text", "ms"), [("tight", 16.7), ("balanced", 66.7), ("quality", 150.0), ("0", 0.0)])
def test_profiles_are_settings(tmp_path, text, ms):
    file = tmp_path / "live.yaml"
    file.write_text(f"model:\n  lookahead_ms: {text}\n", encoding="utf-8")
    assert load_settings(file).config.model.lookahead_ms == pytest.approx(ms, abs=0.05)
    assert LiveConfig().model.lookahead_ms == 67.0


def test_packets_state_the_look_ahead_of_their_own_frame(fakes):
    clock = FakeClock()
    output = OscFrameOutput(Target("127.0.0.1", 9), RAW_LAYOUT, clock=clock, lookahead_frames=4)
    sent = []
    output._sender.send = lambda data: sent.append(bytes(data)) or True
    session = fakes.session(9)
    session.start()
    frames = session.push(np.zeros(400 * 12, np.float32))
    output.send(frames[0])
    output.send(replace(frames[1], lookahead_us=104_000))
    assert [decode_frame(data).lookahead_frames for data in sent] == [9, 6]
    output.close()


def test_a_run_that_ends_before_its_first_frame_leaves_no_take(tmp_path: Path):
    take = TakeRecorder(tmp_path, TakeInfo(), time_of_day=TimeOfDay(0))
    take.write_sound(0, np.full(2000, 0.1, np.float32))
    assert take.close_or_discard() is False
    assert list(tmp_path.iterdir()) == []
    assert take.close().frames == 0


def test_a_take_with_frames_stays(tmp_path: Path, fakes):
    take = TakeRecorder(tmp_path, TakeInfo(), time_of_day=TimeOfDay(0))
    session = fakes.session(0)
    session.start()
    for frame in session.push(np.zeros(800, np.float32)):
        take.send(frame)
    assert take.close_or_discard() is True
    assert (take.folder / "curves.csv").is_file()


def test_a_real_run_raises_the_priority_of_its_threads_and_ends(fakes):
    clock = FakeClock()
    settings = RunSettings(95_000, live=True, threads=True, priority=True, seconds=0.2)
    begin = time.monotonic()
    output = fakes.Recorder(clock)
    summary = Daemon(lambda: fakes.Source(clock, 50), fakes.session(), [output], fakes.Watcher(), clock, settings).run()
    assert time.monotonic() - begin < 20
    assert summary["frames"] >= 0
