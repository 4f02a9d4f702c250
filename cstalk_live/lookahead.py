"""Look-ahead as people say it: milliseconds 0..200 or the name of a profile, and the trained delay that answers it."""

from __future__ import annotations

from cstalk_live.errors import UsageError
from cstalk_live.records import FPS

LONGEST_MS = 200.0
"""Twelve frames, the longest delay that networks are trained for."""

PROFILES = {"tight": 1, "balanced": 4, "quality": 9}
"""Frames. ``tight`` for conversation, ``balanced`` sees most closures of the lips coming, ``quality`` nearly all that
a mouth prepares; beyond 45 ms listeners notice that a face lags the sound (ITU-R BT.1359), so delay the sound too."""


def frames_ms(frames: int) -> float:
    """Milliseconds of that many frames."""
    return frames * 1000.0 / FPS


def frames_us(frames: int) -> int:
    """The same in microseconds, rounded to nearest."""
    return (2_000_000 * frames + FPS) // (2 * FPS)


def read_lookahead(text: str) -> float:
    """Milliseconds of ``67`` or ``balanced``.

    Raises:
        UsageError: it is neither a profile nor a number of 0..200.
    """
    name = text.strip().lower()
    if name in PROFILES:
        return frames_ms(PROFILES[name])
    try:
        wanted = float(name)
    except ValueError:
        wanted = -1.0
    if not 0.0 <= wanted <= LONGEST_MS:
        raise UsageError(f"look-ahead {text!r} is not usable", f"give 0 to {LONGEST_MS:g} ms, or {', '.join(PROFILES)}")
    return wanted


def nearest_frames(delays: tuple[int, ...], wanted_ms: float) -> int:
    """The trained delay next to a wish; the shorter one on a tie."""
    wanted = wanted_ms * FPS / 1000.0
    return min(delays, key=lambda delay: (abs(delay - wanted), delay))


def describe(delays: tuple[int, ...], wanted_ms: float) -> str:
    """What a wish comes to: ``look-ahead 67 ms (4 frames)``, with the wish where another was made."""
    frames = nearest_frames(delays, wanted_ms)
    profile = next((f"{name}, " for name, count in PROFILES.items() if count == frames), "")
    told = f"look-ahead {frames_ms(frames):.0f} ms ({profile}{frames} frames)"
    if abs(frames_ms(frames) - wanted_ms) < 1.0:
        return told
    return f"{told}: the trained one nearest to {wanted_ms:g} ms"
