"""From the monotonic clock to the time of day, once; then only integers.

Receivers and editors align takes by frames counted from midnight. The wall clock may be set or slewed while
we run, so it is read a single time and everything later is counted from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cstalk_live.clock import Clock
from cstalk_live.errors import OutputError

DAY_US = 86_400_000_000
_MAX_I32 = 2**31 - 1
_BELOW_ONE = 1.0 - 2.0**-24
"""The largest float32 below 1."""


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames per second as a fraction, so that 24000/1001 is exact.

    Raises:
        OutputError: numerator or denominator below 1, or more than 1000 frames a second.
    """

    numerator: int = 60
    denominator: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= _MAX_I32 or not 1 <= self.denominator <= _MAX_I32:
            raise OutputError(f"frame rate {self.numerator}/{self.denominator}: both must be 1 or more")
        if self.numerator > 1000 * self.denominator:
            raise OutputError(f"frame rate {self.numerator}/{self.denominator}", "use at most 1000 frames a second")

    def frame_of_day(self, day_us: int) -> tuple[int, float]:
        """Frames since midnight, and the part of the next one that has passed.

        Args:
            day_us: microseconds since midnight, 0..86_400_000_000 - 1.

        Returns:
            (frame >= 0, subframe 0 <= x < 1 even as a 32-bit float).
        """
        unit = self.denominator * 1_000_000
        frame, rest = divmod(day_us * self.numerator, unit)
        return frame, min(rest / unit, _BELOW_ONE)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Adds up to local time: ``(monotonic + offset_us) mod one day``."""

    offset_us: int

    @classmethod
    def when(cls, clock_us: int, day_us: int) -> TimeOfDay:
        """The mapping in which the clock's ``clock_us`` is ``day_us`` after midnight."""
        return cls(day_us - clock_us)

    @classmethod
    def local(cls, clock: Clock) -> TimeOfDay:
        """The mapping that holds now, on this machine's wall clock."""
        return cls.when(clock.now_us(), microseconds_of_day(datetime.now()))

    def day_us(self, clock_us: int) -> int:
        """Microseconds since midnight, 0..86_400_000_000 - 1."""
        return (clock_us + self.offset_us) % DAY_US


def microseconds_of_day(moment: datetime) -> int:
    """Microseconds since that day's midnight by the moment's own clock face."""
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond


def timecode(frame_of_day: int, fps: int) -> str:
    """``HH:MM:SS:FF`` of a frame since midnight at ``fps`` frames a second; starts again after a day."""
    seconds, frame = divmod(frame_of_day, fps)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minute:02d}:{second:02d}:{frame:02d}"
