"""What is known of whoever receives an output's frames: nothing, until it says so itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cstalk_live.output.heartbeat_packet import Heartbeat, HeartbeatFlag
from cstalk_live.output.printable import printable

STALE_US = 3_000_000
"""Three heartbeats. A receiver that has been silent for longer may be gone."""

_LONGEST_TRIP_US = 10_000_000
"""Echoes farther off than this are not of our clock."""

UNKNOWN, SILENT, NO_SUBJECT, NO_FACE, BOUND = "unknown", "silent", "no subject", "no face", "bound"


@dataclass(frozen=True, slots=True)
class HeardBeat:
    """A heartbeat and how it came."""

    beat: Heartbeat
    address: str
    """Of the receiver, ``HOST:PORT``."""
    heard_us: int
    """Arrival, on the clock of the frames' send times."""

    @property
    def round_trip_us(self) -> int | None:
        """From here to the receiver and back, without the time it waited there; None if the echo makes no sense."""
        trip = self.heard_us - self.beat.echoed_send_us - self.beat.held_us
        return trip if 0 <= trip <= _LONGEST_TRIP_US else None


class Receiver:
    """The newest heartbeat and the counts of what came back. One thread writes, any may ask."""

    def __init__(self) -> None:
        self.newest: HeardBeat | None = None
        self._missing_before = 0
        """What the receiver had missed before its first heartbeat to us: it counts since it began to listen."""
        self.commands = 0
        """Commands that were followed."""
        self.refused = 0
        """Datagrams that were not: broken ones, and commands from whoever may not command."""

    def hear(self, heard: HeardBeat) -> None:
        """A heartbeat has come."""
        missing = heard.beat.missing
        # It is less after an overtaken frame has come, or once the receiver has begun anew.
        self._missing_before = missing if self.newest is None else min(missing, self._missing_before)
        self.newest = heard

    def state(self, now_us: int) -> str:
        """``unknown`` (never heard), ``silent`` (longer than STALE_US), ``no subject``, ``no face`` or ``bound``."""
        heard = self.newest
        if heard is None:
            return UNKNOWN
        if now_us - heard.heard_us > STALE_US:
            return SILENT
        flags = heard.beat.flags
        if HeartbeatFlag.BOUND in flags:
            return BOUND
        return NO_FACE if HeartbeatFlag.PUBLISHED in flags else NO_SUBJECT

    def report(self, now_us: int) -> dict[str, Any]:
        """For JSON: the state, all that the newest heartbeat said, and ``lost``: frames missing since the first one;
        rates in 1/s, times in milliseconds."""
        counts = {"commands": self.commands, "refused": self.refused}
        heard, state = self.newest, self.state(now_us)
        if heard is None:
            return {"state": state, **counts}
        beat, trip_us = heard.beat, heard.round_trip_us
        return {
            "state": state,
            "address": heard.address,
            "age_s": round(max(0, now_us - heard.heard_us) / 1e6, 2),
            "subject": printable(beat.subject),
            "published": HeartbeatFlag.PUBLISHED in beat.flags,
            "faces": beat.faces,
            "received_fps": round(beat.received_fps, 1),
            "applied_fps": round(beat.applied_fps, 1),
            "engine_fps": round(beat.engine_fps, 1),
            "pose_delay_ms": round(beat.pose_delay_ms, 2),
            "lateness_p99_ms": round(beat.lateness_p99_ms, 2),
            "round_trip_ms": None if trip_us is None else round(trip_us / 1000.0, 2),
            "missing": beat.missing,
            "lost": max(0, beat.missing - self._missing_before),
            "engine": printable(beat.engine),
            "plugin": printable(beat.plugin),
            **counts,
        }


def receiver_words(report: dict[str, Any]) -> str:
    """A few words for a status line, from a report."""
    state = report["state"]
    if state == UNKNOWN:
        return "receiver unknown"
    if state == SILENT:
        return f"receiver silent for {report['age_s']:.0f} s"
    if state == NO_SUBJECT:
        return "receiver has no subject"
    if state == NO_FACE:
        return "receiver has no face bound"
    faces = f"{report['faces']} faces " if report["faces"] > 1 else ""
    lost = f", {report['lost']} lost" if report["lost"] else ""
    return (
        f"{faces}{report['applied_fps']:.0f} fps on the face, engine {report['engine_fps']:.0f} fps, "
        f"{report['pose_delay_ms']:.0f} ms{lost}"
    )
