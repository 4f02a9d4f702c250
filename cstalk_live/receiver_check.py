"""Doctor's check of the receivers: sends a face at rest for two seconds and judges by what they say of it."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field

from cstalk_live.clock import Clock, SystemClock
from cstalk_live.config.keys import OscConfig
from cstalk_live.errors import CSTalkError
from cstalk_live.findings import FAIL, OK, WARN, Finding
from cstalk_live.output.command_gate import is_loopback
from cstalk_live.output.heartbeat_packet import HeartbeatFlag
from cstalk_live.output.layout import layout_named
from cstalk_live.output.outputs import OscFrameOutput
from cstalk_live.output.printable import printable
from cstalk_live.output.receiver import HeardBeat
from cstalk_live.output.target import parse_target, resolve
from cstalk_live.records import FPS
from cstalk_live.resting import RestingFace
from cstalk_live.sending import FRAME_US

CHECK = "receiver"

ASK_US = 2_000_000
"""How long a face is sent when all receivers answer."""

PATIENCE_US = 3_400_000
"""How long for one that has not said enough by then. Heartbeats come once a second, and the first one's second began
before our frames did: only the second one's rates are ours."""

FEW_ENGINE_FPS = 20.0
"""Below this a mouth is seen to stutter."""

FEW_FRAMES = 0.8 * FPS
"""Frames a second; fewer on the way or on the face are a fault, not the luck of the counting."""

LONG_DELAY_MS = 100.0
"""From here to the face. The plugin adds 35 ms unless it is told otherwise; network and engine a few frames more."""

_POLL_US = 2_000


@dataclass
class _Asked:
    output: OscFrameOutput
    beats: list[HeardBeat] = field(default_factory=list)


def check_receivers(targets: Sequence[OscConfig], clock: Clock | None = None) -> list[Finding]:
    """A row or more for every target; one that says so where there is none."""
    if not targets:
        return [Finding(CHECK, OK, "not asked: no OSC target is given; --osc HOST:PORT asks the plugin there")]
    clock = clock if clock is not None else SystemClock()
    findings: list[Finding] = []
    asked: list[_Asked] = []
    try:
        for osc in targets:
            if osc.layout == "per-control":
                findings.append(Finding(CHECK, OK, f"{osc.target}: not asked, per-control OSC has no answer"))
                continue
            try:
                asked.append(_Asked(_output(osc, clock)))
            except CSTalkError as error:
                findings.append(Finding(CHECK, FAIL, error.what, error.fix))
        if asked:
            _ask(asked, clock)
        for one in asked:
            findings += _judge(one)
    finally:
        for one in asked:
            one.output.close()
    return findings


def is_taken(host: str, port: int) -> bool:
    """Whether a program has the UDP port of this machine's own address ``host``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _output(osc: OscConfig, clock: Clock) -> OscFrameOutput:
    return OscFrameOutput(parse_target(osc.target), layout_named(osc.layout), clock=clock, subject=osc.subject)


def _ask(asked: Sequence[_Asked], clock: Clock) -> None:
    """Send a face at rest to all of them at once, and keep the heartbeats that come."""
    face = RestingFace()
    begin_us = clock.now_us()
    sent = seconds = 0
    while (passed_us := clock.now_us() - begin_us) < PATIENCE_US:
        if passed_us >= ASK_US and all(len(one.beats) >= 2 for one in asked):
            return
        if passed_us >= seconds * 1_000_000:
            seconds += 1
            for one in asked:
                one.output.second(clock.now_us())
        if passed_us >= sent * FRAME_US:
            frame = face.neutral(sent, clock.now_us())
            sent += 1
            for one in asked:
                one.output.send(frame)
        for one in asked:
            one.output.back.read(clock.now_us())
            newest = one.output.back.receiver.newest
            if newest is not None and (not one.beats or newest is not one.beats[-1]):
                one.beats.append(newest)
        clock.sleep_us(_POLL_US)


def _judge(asked: _Asked) -> list[Finding]:
    """Where the chain is broken: only the first break counts, what follows from it is not told."""
    output = asked.output
    target = output.status().target
    if not asked.beats:
        return [_unanswered(output, target)]
    newest = asked.beats[-1]
    beat = newest.beat
    who = f"{target}: {printable(beat.subject)!r}, engine {printable(beat.engine)}, plugin {printable(beat.plugin)}"
    way = _way(asked, target)
    if not beat.flags & (HeartbeatFlag.PUBLISHED | HeartbeatFlag.BOUND):
        fix = "in Unreal add the source 'CSTalk' to Live Link, or a CSTalk Face component to the character"
        return [Finding(CHECK, FAIL, f"{who}: packets arrive, but no Live Link subject is published", fix), *way]
    if HeartbeatFlag.BOUND not in beat.flags:
        # A stock face that reads the Live Link subject by itself is none that the plugin knows of.
        found = f"{who}: the subject is published, but no face is bound by a CSTalk Face component"
        fix = f"add one to the MetaHuman, unless its Live Link subject was set to {printable(beat.subject)!r} by hand"
        return [Finding(CHECK, WARN, found, fix), *way]
    faces = "1 face" if beat.faces == 1 else f"{beat.faces} faces"
    trip = newest.round_trip_us
    round_trip = "" if trip is None else f", round trip {trip / 1000.0:.1f} ms"
    bound = Finding(CHECK, OK, f"{who}: {faces} bound{round_trip}")
    return [bound, *way, _rendering(asked, target), _delay(asked, target)]


def _unanswered(output: OscFrameOutput, target: str) -> Finding:
    status = output.status()
    if status.sent == 0:
        return Finding(CHECK, FAIL, f"{target}: nothing can be sent: {status.last_error}", "check network and address")
    refusal = output.back.new_refusal()
    if refusal is not None:
        fix = "update the older one of plugin and program"
        return Finding(CHECK, FAIL, f"{target}: what comes back cannot be understood: {refusal}", fix)
    address = resolve(parse_target(target)).address
    if is_loopback(address[0]) and not is_taken(address[0], address[1]):
        return Finding(
            CHECK,
            FAIL,
            f"{target}: no program on this machine listens on that port",
            "start Unreal with the plugin, or give the port that the plugin shows",
        )
    return Finding(
        CHECK,
        WARN,
        f"{target}: nobody answers, so nothing can be said about the face",
        "start Unreal with the plugin; check port and firewall; end other senders to that port, the plugin keeps to "
        "the first; receivers other than the plugin never answer",
    )


def _way(asked: _Asked, target: str) -> list[Finding]:
    """Frames lost between here and there."""
    first, last = asked.beats[0].beat, asked.beats[-1].beat
    if len(asked.beats) < 2:
        return [Finding(CHECK, OK, f"{target}: one heartbeat only, too few to tell rates and losses")]
    lost = (last.missing - first.missing) & 0xFFFF_FFFF
    found = (
        f"{target}: {last.received_fps:.0f} frames a second arrive, {lost} lost, "
        f"99 % at most {last.lateness_p99_ms:.0f} ms late"
    )
    if lost or last.received_fps < FEW_FRAMES:
        return [Finding(CHECK, WARN, found, "use a cable instead of Wi-Fi, or run both on one machine")]
    return [Finding(CHECK, OK, found)]


def _rendering(asked: _Asked, target: str) -> Finding:
    beat = asked.beats[-1].beat
    found = f"{target}: {beat.applied_fps:.0f} frames a second reach the face, the engine makes {beat.engine_fps:.0f}"
    if len(asked.beats) < 2:
        return Finding(CHECK, OK, f"{found} (of a second that began before ours)")
    if beat.applied_fps == 0.0:
        fix = "the face is bound but nothing reaches it: check that its animation runs ('cstalk.stats' in the console)"
        return Finding(CHECK, FAIL, found, fix)
    if beat.engine_fps < FEW_ENGINE_FPS:
        fix = "lower the scene's quality; in the editor switch off 'Use Less CPU when in Background'"
        return Finding(CHECK, WARN, found, fix)
    if beat.applied_fps < min(FEW_FRAMES, 0.8 * beat.engine_fps):
        return Finding(CHECK, WARN, found, "some frames never show: look at 'cstalk.stats' in Unreal's console")
    if beat.applied_fps < FEW_FRAMES:
        return Finding(CHECK, WARN, found, "the engine makes fewer than 60 frames a second: lower the scene's quality")
    return Finding(CHECK, OK, found)


def _delay(asked: _Asked, target: str) -> Finding:
    beat = asked.beats[-1].beat
    found = f"{target}: {beat.pose_delay_ms:.0f} ms from here to the face; a run adds its own latency"
    if beat.pose_delay_ms > LONG_DELAY_MS:
        return Finding(CHECK, WARN, found, "lower the plugin's added delay, or use a faster network")
    return Finding(CHECK, OK, found)
