"""Whole runs with a replaced clock: timing, loss, recovery, failures and ends; exact and repeatable."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from cstalk_live.audio.file import FileSource
from cstalk_live.audio.source import EndOfSound
from cstalk_live.clock import FakeClock, SystemClock
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.errors import AudioError, DeviceError
from cstalk_live.records import FrameFlag
from cstalk_live.resting import EASE_FRAMES
from cstalk_live.rig import BOARD_NEUTRAL, PROPERTY_NEUTRAL

DELAY_US = 95_000


def daemon(fakes, open_source, outputs, *, clock, watcher=None, **settings):
    chosen = {"delay_us": DELAY_US, "live": False, "threads": False, **settings}
    return Daemon(open_source, fakes.session(), outputs, watcher or fakes.Watcher(), clock, RunSettings(**chosen))


def run_file(fakes, voice):
    clock = FakeClock()
    output = fakes.Recorder(clock)
    run = daemon(fakes, lambda: FileSource(voice, clock, paced=True), [output], clock=clock)
    return run.run(), output


def test_a_file_comes_out_whole_on_time_and_faster_than_real_time(fakes, voice):
    begin = time.monotonic()
    summary, output = run_file(fakes, voice)
    assert time.monotonic() - begin < 0.9  # the sound lasts 1.005 s
    assert [frame.index for frame in output.frames] == list(range(61))
    assert summary["frames"] == 61
    assert summary["drops"] == summary["neutral"] == summary["gaps"] == 0
    waits = [sent - frame.capture_us for sent, frame in zip(output.times, output.frames, strict=True)]
    # The flush at the end of a file makes its last frames early; every frame leaves exactly at its time.
    assert set(waits) == {DELAY_US}
    assert output.closed == 1


def test_two_runs_are_the_same_bits(fakes, voice):
    (one, first), (two, second) = run_file(fakes, voice), run_file(fakes, voice)
    assert one == two
    assert first.times == second.times
    assert all(
        a.properties.tobytes() == b.properties.tobytes() for a, b in zip(first.frames, second.frames, strict=True)
    )


def test_threads_give_the_same_frames_as_turns(fakes, voice):
    clock = SystemClock()
    output = fakes.Recorder(clock)
    run = daemon(fakes, lambda: FileSource(voice, clock, paced=True), [output], clock=clock, threads=True)
    summary = run.run()
    _, turns = run_file(fakes, voice)
    assert [f.properties.tobytes() for f in output.frames] == [f.properties.tobytes() for f in turns.frames]
    assert 25 < summary["fps"] < 66  # 61 frames in 1.1 s; a busy machine takes a while to begin
    assert threading.active_count() == 1 or all(
        thread.name not in ("listener", "sender") for thread in threading.enumerate()
    )


def test_a_lost_device_means_neutral_frames_at_60_hz_then_recovery(fakes):
    clock = FakeClock()
    output, watcher = fakes.Recorder(clock), fakes.Watcher()
    attempts = []

    def open_source():
        attempts.append(clock.now_us())
        if len(attempts) == 1:
            return fakes.Source(clock, 100, then=DeviceError)
        if len(attempts) < 4:
            raise DeviceError("the fake is still unplugged")
        return fakes.Source(clock, 100)

    run = daemon(fakes, open_source, [output], clock=clock, watcher=watcher, live=True)
    summary = run.run()

    waits = np.diff(attempts[1:])
    assert list(waits // 10_000) == pytest.approx([50, 100], abs=4)  # 0.5 s and 1 s after the first 0.25 s
    flags = [bool(frame.flags & FrameFlag.NEUTRAL) for frame in output.frames]
    first, last = flags.index(True), len(flags) - 1 - flags[::-1].index(True)
    assert all(flags[first : last + 1])
    assert 1.4 * 60 < last - first + 1 < 2.2 * 60
    intervals = np.diff(output.times[first : last + 1])
    assert intervals.mean() == pytest.approx(16_667, abs=100)
    assert intervals.max() <= 20_000  # turns of 4 ms; the sender's own thread waits exactly
    neutral = output.frames[first + EASE_FRAMES + 1]
    assert np.allclose(neutral.board, BOARD_NEUTRAL, atol=1e-6)
    assert np.allclose(neutral.properties, PROPERTY_NEUTRAL, atol=1e-6)
    assert not flags[-1]
    assert float(output.frames[-10].board[fakes.jaw]) > 0.1

    indices = [frame.index for frame in output.frames]
    assert indices == sorted(set(indices))
    content = np.array([frame.capture_us for frame in output.frames]) - output.frames[0].capture_us
    # Numbers follow the time of the sound, also over the loss: frame n lies n / 60 s after frame 0.
    assert np.abs(content - np.array(indices) * 1e6 / 60).max() < 20_000
    assert summary["reconnects"] == 1
    assert [text.split(":")[0] for text in watcher.said] == ["sound lost", "sound is back"]


def test_going_to_rest_and_back_never_jumps(fakes):
    clock = FakeClock()
    output = fakes.Recorder(clock)
    sources = [fakes.Source(clock, 100, then=DeviceError), fakes.Source(clock, 200)]
    daemon(fakes, lambda: sources.pop(0), [output], clock=clock, live=True).run()
    jaw = np.array([frame.board[fakes.jaw] for frame in output.frames])
    assert jaw.max() > 0.3
    assert np.abs(np.diff(jaw[10:])).max() < 0.15


def test_a_device_missing_at_the_start_ends_the_run(fakes):
    def open_source():
        raise DeviceError("no such microphone")

    output = fakes.Recorder()
    with pytest.raises(DeviceError, match="no such microphone"):
        daemon(fakes, open_source, [output], clock=FakeClock(), live=True).run()
    assert output.closed == 1


@pytest.mark.parametrize("threads", [False, True])
def test_damaged_sound_ends_the_run_with_its_error_and_closes_the_outputs(fakes, threads):
    class Damaged(fakes.Source):
        def read(self, timeout_s):
            if self.next_sample >= 2400:
                raise AudioError("sample 2400 is nan")
            return super().read(timeout_s)

    clock = FakeClock()
    output, source = fakes.Recorder(clock), Damaged(clock, 100)
    with pytest.raises(AudioError, match="sample 2400 is nan"):
        daemon(fakes, lambda: source, [output], clock=clock, threads=threads).run()
    assert output.closed == 1
    assert source.closed
    assert output.frames or threads


def test_a_failing_output_does_not_stop_the_others(fakes, voice):
    clock = FakeClock()
    bad, good = fakes.Recorder(clock, fail_at=5), fakes.Recorder(clock)
    watcher = fakes.Watcher()
    run = daemon(fakes, lambda: FileSource(voice, clock), [bad, good], clock=clock, watcher=watcher)
    run.run()
    assert (len(bad.frames), len(good.frames)) == (5, 61)
    assert watcher.said == ["recorder failed and is left out: the fake output is full"]


def test_the_time_limit_ends_a_run(fakes):
    clock = FakeClock()
    output = fakes.Recorder(clock)
    begin = clock.now_us()
    summary = daemon(fakes, lambda: fakes.Source(clock, 10_000), [output], clock=clock, live=True, seconds=2.0).run()
    assert 2_000_000 <= clock.now_us() - begin < 2_200_000
    assert summary["frames"] == pytest.approx(114, abs=2)  # 2 s less the 95 ms on the way


def test_stop_ends_a_run_of_threads_soon(fakes):
    clock = SystemClock()
    output = fakes.Recorder(clock)

    class Endless(fakes.Source):
        def read(self, timeout_s):
            return super().read(timeout_s)

    run = daemon(fakes, lambda: Endless(clock, 10_000), [output], clock=clock, live=True, threads=True)
    stopped = []

    def stop():
        deadline = time.monotonic() + 30.0
        while not output.frames and time.monotonic() < deadline:
            time.sleep(0.01)
        stopped.append(time.monotonic())
        run.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    run.run()
    stopper.join()
    assert time.monotonic() - stopped[0] < 2.0
    assert output.frames
    assert output.closed == 1


def test_the_sound_for_takes_matches_the_frames(fakes, voice):
    clock = FakeClock()
    pieces = []
    run = Daemon(
        lambda: FileSource(voice, clock),
        fakes.session(),
        [fakes.Recorder(clock)],
        fakes.Watcher(),
        clock,
        RunSettings(DELAY_US, live=False, gain_db=-6.0, threads=False),
        take_sound=[lambda first, samples: pieces.append((first, samples))],
    )
    run.run()
    position = 0
    for first, samples in pieces:
        assert first == position
        position += len(samples)
    assert position == 24_120  # 1.005 s at 24 kHz
    assert np.abs(np.concatenate([samples for _, samples in pieces])).max() < 0.2


def test_status_reports_come_at_their_interval_and_know_the_outputs(fakes, voice):
    clock = FakeClock()
    watcher = fakes.Watcher()
    outputs = [fakes.Recorder(clock), fakes.Recorder(clock)]
    daemon(fakes, lambda: FileSource(voice, clock), outputs, clock=clock, watcher=watcher).run()
    assert len(watcher.reports) == 2  # 1.1 s at one report in 0.5 s
    assert watcher.reports[1]["fps"] == pytest.approx(60, abs=2.5)
    assert set(watcher.reports[1]["outputs"]) == {"recorder", "recorder 2"}
    assert watcher.reports[1]["latency_p50_ms"] == pytest.approx(95, rel=0.03)


def test_gaps_are_counted_and_flagged(fakes):
    clock = FakeClock()

    class Losing(fakes.Source):
        def read(self, timeout_s):
            if self.next_sample == 2400:
                self.next_sample += 1200
                self.due_us += 50_000
                self.blocks += 0
            return super().read(timeout_s)

    output = fakes.Recorder(clock)
    summary = daemon(fakes, lambda: Losing(clock, 100), [output], clock=clock, live=True).run()
    assert summary["gaps"] == 1
    assert [frame.index for frame in output.frames if frame.flags & FrameFlag.GAP] == [6, 7, 8]


def test_end_of_sound_is_no_error(fakes):
    clock = FakeClock()
    run = daemon(fakes, lambda: fakes.Source(clock, 3, then=EndOfSound), [], clock=clock)
    assert run.run()["frames"] == 2  # 30 ms are two frames begun
