"""A machine too slow for its network, on a clock of our own: nothing piles up, the face goes on, all is counted."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.audio.source import Closing, EndOfSound
from cstalk_live.clock import FakeClock
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.errors import DeviceError
from cstalk_live.listening import CATCH_UP_US
from cstalk_live.records import FrameFlag, SourceBlock
from cstalk_live.resting import EASE_FRAMES, FIRST_EASE_FRAMES, HOLD_FRAMES, RestingFace
from cstalk_live.rig import BOARD_NEUTRAL
from cstalk_live.sending import GRACE_US

DELAY_US = 95_000


class Capture(Closing):
    """A microphone that goes on while nobody reads it: blocks of 10 ms, all that are due can be had at once."""

    live = True
    name = "microphone 'fake'"
    sample_rate = 24_000
    block = 240

    def __init__(self, clock, seconds, stall=None):
        self.clock, self.blocks, self.stall = clock, round(seconds * 100), stall
        self.start_us = clock.now_us()
        self.next = 0
        self.most_waiting = 0
        self.overflows = 3

    def read(self, timeout_s):
        if self.next == self.blocks:
            raise EndOfSound
        due_us = self.start_us + (self.next + 1) * 10_000
        if self.stall is not None and self.stall[0] <= due_us - self.start_us < self.stall[1]:
            due_us = self.start_us + self.stall[1]
        wait_us = due_us - self.clock.now_us()
        if wait_us > 0:
            self.clock.sleep_us(min(wait_us, round(timeout_s * 1e6)))
            if wait_us > timeout_s * 1e6:
                return None
        self.most_waiting = max(self.most_waiting, (self.clock.now_us() - due_us) // 10_000)
        phase = np.arange(self.next * 240, self.next * 240 + 240)
        samples = (0.3 * np.sin(phase * 0.05)).astype(np.float32)
        self.next += 1
        return SourceBlock(samples, 240 * (self.next - 1), due_us)

    def close(self):
        pass


class Napping(Capture):
    """Waits 4 ms at the most, so that a single thread of turns sends evenly."""

    def read(self, timeout_s):
        return super().read(min(timeout_s, 0.004))


def run(fakes, cost_us, seconds=6.0, stall=None):
    """A run whose steps take ``cost_us(time since the start)`` of the fake clock, while the sender goes on as on a
    thread of its own."""
    clock = FakeClock()
    start_us = clock.now_us()

    class Slow(fakes.Network):
        def step(self, features, emotion, delay):
            end_us = clock.now_us() + cost_us(clock.now_us() - start_us)
            while clock.now_us() < end_us:
                clock.sleep_us(min(1_000, end_us - clock.now_us()))
                while daemon._sender._pacer.head is None and daemon._sender.turn():
                    pass
            return super().step(features, emotion, delay)

    output, watcher = fakes.Recorder(clock), fakes.Watcher()
    captures = []

    def open_source():
        captures.append(Capture(clock, seconds, stall))
        return captures[0]

    daemon = Daemon(
        open_source,
        fakes.session(network=Slow()),
        [output],
        watcher,
        clock,
        RunSettings(DELAY_US, live=True, threads=False),
    )
    return daemon.run(), output, watcher, captures[0], daemon


def flagged(output, flag):
    return np.array([bool(frame.flags & flag) for frame in output.frames])


def test_a_fast_machine_holds_nothing_and_sends_every_number(fakes):
    summary, output, watcher, _, _ = run(fakes, lambda now: 1_500)
    assert (summary["held"], summary["skipped"], summary["caught_up"], summary["drops"]) == (0, 0, 0, 0)
    assert [frame.index for frame in output.frames] == list(range(len(output.frames)))
    assert watcher.said == []
    assert summary["stages"]["step"]["p50"] == pytest.approx(1.5, rel=0.03)
    assert summary["stages"]["queue"]["p50"] < 20
    assert summary["microphone"]["overflows"] == 3


@pytest.mark.parametrize("cost_ms", [20, 50, 200])
def test_steps_slower_than_frames_pile_nothing_up_and_keep_the_face_moving(fakes, cost_ms):
    summary, output, watcher, source, daemon = run(fakes, lambda now: cost_ms * 1000)
    assert source.most_waiting <= (CATCH_UP_US + cost_ms * 1000) // 10_000 + 3, "the queue of sound stays short"
    assert daemon._sender.waiting <= 2
    assert summary["skipped"] > 0
    assert summary["held"] > 0
    index = np.array([frame.index for frame in output.frames])
    assert (np.diff(index) >= 1).all()
    assert flagged(output, FrameFlag.HELD).sum() == summary["held"]
    frames_due = 6 * 60 - 10
    assert summary["frames"] > 0.75 * frames_due, "numbers go on at nearly 60 a second"
    assert sum("overloaded" in text for text in watcher.said) == 1, "told once, not 60 times a second"


def test_half_a_second_too_slow_is_caught_up_without_losing_what_comes_after(fakes):
    slow = (2_000_000, 2_500_000)
    summary, output, _, _, _ = run(fakes, lambda now: 100_000 if slow[0] <= now < slow[1] else 1_500)
    held = flagged(output, FrameFlag.HELD)
    first, last = int(np.flatnonzero(held)[0]), int(np.flatnonzero(held)[-1])
    assert output.times[last] - output.times[first] < 1_000_000
    assert not held[last + 1 :].any()
    after = [frame.index for frame in output.frames[last + 1 :]]
    assert after == list(range(after[0], after[0] + len(after)))
    assert len(after) > 150
    late = np.array(output.times[last + 20 :]) - [frame.capture_us for frame in output.frames[last + 20 :]]
    assert np.abs(late - DELAY_US).max() <= 1_000, "on time again: no delay is left behind"
    assert summary["skipped"] >= 10


def test_a_burst_after_a_stall_goes_through_the_network_whole(fakes):
    heard = []

    class Counting(fakes.Network):
        def step(self, features, emotion, delay):
            heard.append(1)
            return super().step(features, emotion, delay)

    clock = FakeClock()
    output, watcher = fakes.Recorder(clock), fakes.Watcher()
    source = []

    def open_source():
        source.append(Napping(clock, 5.0, stall=(2_000_000, 2_400_000)))
        return source[0]

    session = fakes.session(network=Counting())
    daemon = Daemon(open_source, session, [output], watcher, clock, RunSettings(DELAY_US, live=True, threads=False))
    summary = daemon.run()
    assert summary["caught_up"] >= 20
    assert summary["skipped"] == 0
    assert len(heard) == 300 + fakes.delay, "the state has missed nothing"
    index = [frame.index for frame in output.frames]
    assert index == list(range(index[0], index[0] + len(index))), "every number was sent once"
    held = flagged(output, FrameFlag.HELD)
    assert 10 <= held.sum() <= 30
    assert summary["drops"] == pytest.approx(held.sum(), abs=2), "their poses came too late"
    assert np.diff(output.times).max() <= 16_667 + GRACE_US + 10_000


def test_a_held_pose_is_repeated_then_eases_to_rest_and_comes_back_without_a_jump(fakes):
    _, output, _, _, _ = run(fakes, lambda now: 700_000 if 2_000_000 <= now < 2_600_000 else 1_500)
    held = flagged(output, FrameFlag.HELD)
    jaw = np.array([frame.board[fakes.jaw] for frame in output.frames])
    first = int(np.flatnonzero(held)[0])
    repeated = jaw[first : first + HOLD_FRAMES]
    np.testing.assert_allclose(repeated, jaw[first - 1], atol=1e-6)
    resting = output.frames[first + HOLD_FRAMES + EASE_FRAMES]
    assert held[first + HOLD_FRAMES + EASE_FRAMES]
    np.testing.assert_allclose(resting.board, BOARD_NEUTRAL, atol=1e-6)
    assert np.abs(np.diff(jaw[first - 5 :])).max() < 0.15
    assert jaw[-20] > 0.1


def test_neutral_frames_flow_before_the_first_sound_and_numbers_go_on(fakes):
    clock = FakeClock()

    class Waking(Napping):
        """A sound server takes its time to wake an idle input."""

        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.start_us += 900_000

    output = fakes.Recorder(clock)
    daemon = Daemon(
        lambda: Waking(clock, 3.0),
        fakes.session(),
        [output],
        fakes.Watcher(),
        clock,
        RunSettings(DELAY_US, live=True, threads=False),
    )
    summary = daemon.run()
    neutral = flagged(output, FrameFlag.NEUTRAL)
    count = int(neutral.sum())
    assert 50 <= count <= 57, "0.9 s of them"
    assert neutral[:count].all()
    assert summary["held"] == 0
    index = [frame.index for frame in output.frames]
    assert index == list(range(len(index)))
    np.testing.assert_array_equal(output.frames[0].board, BOARD_NEUTRAL)
    assert output.times[0] - 1_000_000 < 120_000
    sent = np.diff(output.times)
    assert sent.max() <= 28_000
    assert output.frames[count].flags & FrameFlag.RESET


def test_a_voice_that_is_there_at_once_is_seen_at_once(fakes):
    face = RestingFace()
    for number in range(30):
        face.neutral(number, number)
    clock = FakeClock()
    output = fakes.Recorder(clock)
    daemon = Daemon(
        lambda: Capture(clock, 1.0),
        fakes.session(),
        [output],
        fakes.Watcher(),
        clock,
        RunSettings(DELAY_US, live=True, threads=False),
    )
    daemon.run()
    jaw = np.array([frame.board[fakes.jaw] for frame in output.frames])
    assert jaw[FIRST_EASE_FRAMES + 6] > 0.9 * jaw.max(), "open within 0.2 s of the first sample"


def test_losing_the_source_is_neutral_not_held(fakes):
    clock = FakeClock()
    output = fakes.Recorder(clock)
    sources = [fakes.Source(clock, 100, then=DeviceError), fakes.Source(clock, 100)]
    summary = Daemon(
        lambda: sources.pop(0),
        fakes.session(),
        [output],
        fakes.Watcher(),
        clock,
        RunSettings(DELAY_US, live=True, threads=False),
    ).run()
    assert summary["held"] == 0
    assert summary["neutral"] > 5
