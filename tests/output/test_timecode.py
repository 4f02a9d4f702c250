"""Time of day from the monotonic clock, in integers."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstalk_live.clock import FakeClock
from cstalk_live.output.timecode import DAY_US, FrameRate, TimeOfDay, microseconds_of_day, timecode


@pytest.mark.parametrize(
    ("frame", "fps", "text"),
    [
        (0, 60, "00:00:00:00"),
        (59, 60, "00:00:00:59"),
        (60, 60, "00:00:01:00"),
        (47_584 * 60 + 31, 60, "13:13:04:31"),
        (86_400 * 60 - 1, 60, "23:59:59:59"),
        (86_400 * 60, 60, "00:00:00:00"),
        (25, 24, "00:00:01:01"),
    ],
)
def test_timecodes(frame: int, fps: int, text: str) -> None:
    assert timecode(frame, fps) == text


@given(st.integers(0, 10**15), st.integers(0, DAY_US - 1), st.integers(0, 10**12))
def test_time_of_day_counts_on_and_wraps(clock_us: int, day_us: int, later: int) -> None:
    mapping = TimeOfDay.when(clock_us, day_us)
    assert mapping.day_us(clock_us) == day_us
    assert mapping.day_us(clock_us + later) == (day_us + later) % DAY_US


def test_the_wall_clock_is_read_once() -> None:
    clock = FakeClock(5_000_000)
    before = microseconds_of_day(datetime.now())
    mapping = TimeOfDay.local(clock)
    after = microseconds_of_day(datetime.now())
    clock.advance_us(3_600_000_000)
    assert (mapping.day_us(5_000_000) - before) % DAY_US <= (after - before) % DAY_US


def test_microseconds_of_day() -> None:
    assert microseconds_of_day(datetime(2024, 2, 29, 23, 59, 59, 999_999)) == DAY_US - 1


@given(st.integers(0, DAY_US - 1), st.sampled_from([(60, 1), (24_000, 1001), (30_000, 1001), (25, 1), (1000, 1)]))
def test_frames_of_day_are_exact(day_us: int, fraction: tuple[int, int]) -> None:
    rate = FrameRate(*fraction)
    frame, subframe = rate.frame_of_day(day_us)
    numerator, denominator = fraction
    assert frame * denominator * 1_000_000 <= day_us * numerator < (frame + 1) * denominator * 1_000_000
    assert 0.0 <= subframe < 1.0
