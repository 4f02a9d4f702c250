"""The pacer on a clock of our own, exactly, and on the machine's, measured."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from cstalk_live.clock import FakeClock, SystemClock
from cstalk_live.metrics import Histogram
from cstalk_live.output import FramePacer
from cstalk_live.records import Frame

DELAY_US = 20_000


class TickingClock(FakeClock):
    """Looking at it costs a microsecond, and it oversleeps."""

    def __init__(self, oversleep_us: int) -> None:
        super().__init__()
        self._oversleep_us = oversleep_us

    def now_us(self) -> int:
        self.advance_us(1)
        return super().now_us()

    def sleep_us(self, duration_us: int) -> None:
        if duration_us > 0:
            self.advance_us(duration_us + self._oversleep_us)


def test_frames_leave_at_their_time_plus_the_delay(make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock(1_990_000)
    pacer = FramePacer(clock, DELAY_US)
    frames = [make_frame(index) for index in range(50)]
    for frame in frames:
        pacer.offer(frame)
        assert pacer.release() is frame
        assert clock.now_us() == frame.capture_us + DELAY_US
    status = pacer.status()
    assert (status.released, status.late, status.dropped) == (50, 0, 0)
    assert status.max_us == 0


@pytest.mark.parametrize("oversleep_us", [0, 300, 1_400])
def test_watching_the_clock_makes_up_for_oversleeping(oversleep_us: int, make_frame: Callable[..., Frame]) -> None:
    clock = TickingClock(oversleep_us)
    pacer = FramePacer(clock, DELAY_US)
    for index in range(20):
        frame = make_frame(index, capture_us=1_000_000 + index * 16_667)
        pacer.offer(frame)
        pacer.release()
        assert 0 <= clock.now_us() - (frame.capture_us + DELAY_US) <= 3
    assert pacer.status().max_us <= 3


def test_oversleeping_more_than_the_watch_shows_in_the_errors(make_frame: Callable[..., Frame]) -> None:
    clock = TickingClock(5_000)
    pacer = FramePacer(clock, DELAY_US)
    # The first frame is slept for and leaves 5,000 - 1,500 us late; the second is late by 0 and goes at once.
    pacer.offer(make_frame(0, capture_us=1_000_000))
    pacer.release()
    pacer.offer(make_frame(1, capture_us=clock.now_us() - DELAY_US))
    pacer.release()
    assert pacer.status().max_us == pytest.approx(3_500, abs=5)


def test_an_empty_queue_gives_nothing() -> None:
    clock = FakeClock()
    before = clock.now_us()
    assert FramePacer(clock, DELAY_US).release() is None
    assert clock.now_us() == before


def test_late_frames_go_at_once(make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock(10_000_000)
    pacer = FramePacer(clock, DELAY_US)
    for index in range(2):
        pacer.offer(make_frame(index, capture_us=9_000_000 + index * 16_667))
    first, second = pacer.release(), pacer.release()
    assert first is not None
    assert second is not None
    assert (first.index, second.index) == (0, 1)
    assert clock.now_us() == 10_000_000
    assert pacer.status().late == 2


def test_of_a_backlog_the_newest_two_leave(make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock(10_000_000)
    pacer = FramePacer(clock, DELAY_US)
    for index in range(7):
        pacer.offer(make_frame(index, capture_us=9_000_000 + index * 16_667))
    released = [pacer.release(), pacer.release(), pacer.release()]
    assert [frame.index if frame else None for frame in released] == [5, 6, None]
    assert pacer.status().dropped == 5


def test_frames_whose_time_has_not_come_are_no_backlog(make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock(1_000_000)
    pacer = FramePacer(clock, DELAY_US)
    for index in range(10):
        pacer.offer(make_frame(index, capture_us=1_000_000 + index * 16_667))
    assert [frame.index for frame in iter(pacer.release, None)] == list(range(10))
    assert pacer.status().dropped == 0
    assert clock.now_us() == 1_000_000 + 9 * 16_667 + DELAY_US


def test_a_queue_that_nobody_empties_stays_short(make_frame: Callable[..., Frame]) -> None:
    pacer = FramePacer(FakeClock(), DELAY_US, capacity=8)
    frame = make_frame(0)
    for _ in range(100):
        pacer.offer(frame)
    assert pacer.status().dropped == 92


def test_a_time_from_another_clock_does_not_stop_the_face(make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock(1_000_000)
    pacer = FramePacer(clock, DELAY_US)
    pacer.offer(make_frame(0, capture_us=10**12))
    assert pacer.release() is not None
    assert clock.now_us() == 1_000_000
    assert pacer.status().jumps == 1


def test_gaps_in_the_frame_numbers_are_no_interval_errors(make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock(1_000_000)
    pacer = FramePacer(clock, DELAY_US)
    for index in (0, 1, 40, 41):
        pacer.offer(make_frame(index, capture_us=1_000_000 + index * 16_667))
        pacer.release()
    assert pacer.status().max_us == 0


def test_a_changing_lookahead_moves_the_sending_and_is_no_interval_error(make_frame: Callable[..., Frame]) -> None:
    clock = FakeClock(1_000_000)
    queued = Histogram()
    pacer = FramePacer(clock, DELAY_US, queue_us=queued)
    for index in range(10):
        frame = replace(make_frame(index, capture_us=1_000_000 + index * 16_667), lookahead_us=4_000 * index)
        pacer.offer(frame)
        assert pacer.release() is frame
        assert clock.now_us() == frame.capture_us + frame.lookahead_us + DELAY_US
    assert pacer.status().max_us == 0
    assert queued.count == 10
    assert queued.quantile_us(0.5) == pytest.approx(16_667 + 4_000, rel=0.03)


def test_sending_is_even_on_this_machine(make_frame: Callable[..., Frame], capsys: pytest.CaptureFixture[str]) -> None:
    """Frames made in bursts, as blocks of sound make them, leave evenly: printed, and bounded generously."""
    clock = SystemClock()
    pacer = FramePacer(clock, DELAY_US)
    stop = threading.Event()
    sent: list[tuple[int, int]] = []
    sender = threading.Thread(target=pacer.run, args=(lambda f: sent.append((f.index, clock.now_us())), stop))
    start = clock.now_us()
    sender.start()
    count = 120
    for index in range(count):
        # A frame is ready when the 10 ms block that holds its last sample has come.
        middle = start + index * 50_000 // 3 + 8_333
        ready = start + -(-((index + 1) * 50_000 // 3) // 10_000) * 10_000
        time.sleep(max(0, ready - clock.now_us()) / 1e6)
        pacer.offer(make_frame(index, capture_us=middle))
    time.sleep(0.1)
    stop.set()
    sender.join()
    status = pacer.status()
    with capsys.disabled():
        print(
            f"\ninterval error: p50 {status.p50_us} us, p99 {status.p99_us} us, max {status.max_us} us, "
            f"late {status.late}, dropped {status.dropped} of {count}"
        )
    assert status.released + status.dropped == count
    assert status.p50_us <= 2_000
    numbers = [index for index, _ in sent]
    assert numbers == sorted(numbers)
