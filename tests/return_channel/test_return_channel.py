"""What comes back to an output: states that are never better than what was heard, and commands that are followed."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import numpy as np
import pytest

from cstalk_live.clock import FakeClock
from cstalk_live.direction import FaceControl
from cstalk_live.emotion import EmotionState
from cstalk_live.output import OscFrameOutput
from cstalk_live.output.command_packet import Command, Verb, encode_command
from cstalk_live.output.heartbeat_packet import HeartbeatFlag, encode_heartbeat
from cstalk_live.output.receiver import HeardBeat, Receiver, receiver_words
from cstalk_live.output.return_path import MOST_AT_ONCE
from cstalk_live.output.target import Target
from cstalk_live.resting import RestingFace
from cstalk_live.return_channel import ReturnChannel
from cstalk_live.status import status_line

SESSION = 4242


class Said:
    def __init__(self):
        self.lines = []

    def __call__(self, text, severity):
        self.lines.append((severity, text))

    @property
    def text(self):
        return "\n".join(text for _, text in self.lines)


class Scene:
    """An output, its channel, and a socket at its other end; time is told."""

    def __init__(self, key=None):
        self.peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.peer.bind(("127.0.0.1", 0))
        self.peer.settimeout(5.0)
        self.clock = FakeClock()
        self.control = FaceControl(EmotionState(("neutral", "happy", "sad")), {}, 1.0)
        self.said = Said()
        target = Target("127.0.0.1", self.peer.getsockname()[1])
        self.output = OscFrameOutput(
            target, clock=self.clock, session=SESSION, directed=lambda: self.control.direction, key=key
        )
        self.channel = ReturnChannel([self.output], self.control, self.clock, self.said, wait_s=0.0)
        self.stamp_us = 0

    def begin(self):
        self.output.second(self.clock.now_us())
        _, self.address = self.peer.recvfrom(65_536)

    def back(self, data):
        self.peer.sendto(data, self.address)
        self.turns()

    def turns(self, count=1):
        for _ in range(count):
            time.sleep(0.002)  # loopback hands over at once, but by another thread of the kernel's
            self.channel.turn(0)

    def command(self, verb, name="", value=0.0, fade_s=0.0, key="", session=SESSION):
        self.stamp_us += 1
        self.back(encode_command(Command(session, self.stamp_us, verb, name, value, fade_s), key))

    @property
    def receiver(self):
        return self.output.status().receiver

    def close(self):
        self.channel.close()
        self.channel.close()
        self.output.close()
        self.peer.close()


@pytest.fixture
def scene():
    made = []

    def make(key=None):
        made.append(Scene(key))
        return made[-1]

    yield make
    for one in made:
        one.close()


def beat_of(stand_ins, **other):
    return encode_heartbeat(replace(stand_ins.healthy, session=SESSION, **other))


def test_nothing_is_known_of_a_receiver_that_says_nothing(scene):
    here = scene()
    here.turns(3)
    assert here.receiver == {"state": "unknown", "commands": 0, "refused": 0}
    here.begin()
    here.turns(3)
    assert here.receiver["state"] == "unknown"
    assert here.said.lines == []


def test_a_heartbeat_makes_the_receiver_known_until_it_is_stale(scene, stand_ins):
    here = scene()
    here.begin()
    sent_us = here.clock.now_us()
    here.clock.advance_us(9_000)
    here.back(beat_of(stand_ins, echoed_send_us=sent_us, held_us=4_000))
    report = here.receiver
    assert report["state"] == "bound"
    assert report["address"] == f"127.0.0.1:{here.peer.getsockname()[1]}"
    assert (report["subject"], report["engine"], report["plugin"], report["faces"]) == ("Ana", "5.6.1", "0.1.0", 1)
    assert (report["received_fps"], report["applied_fps"], report["engine_fps"]) == (60.0, 59.0, 72.0)
    assert (report["pose_delay_ms"], report["round_trip_ms"], report["missing"]) == (47.5, 5.0, 7)
    here.clock.advance_us(3_000_000)
    here.turns()
    assert here.receiver["state"] == "bound"
    here.clock.advance_us(1)
    here.turns()
    assert here.receiver["state"] == "silent"
    here.back(beat_of(stand_ins))
    assert here.receiver["state"] == "bound"
    severities = [severity for severity, _ in here.said.lines]
    assert severities == ["info", "warning", "info"]
    assert "has a face bound" in here.said.lines[0][1]
    assert "silent for 3 s" in here.said.lines[1][1]


@pytest.mark.parametrize(
    ("flags", "state", "words"),
    [
        (0, "no subject", "receiver has no subject"),
        (1, "no face", "receiver has no face bound"),
        (3, "bound", "59 fps on the face, engine 72 fps, 48 ms"),
    ],
)
def test_the_state_is_what_the_heartbeat_says(scene, stand_ins, flags, state, words):
    here = scene()
    here.begin()
    here.back(beat_of(stand_ins, flags=HeartbeatFlag(flags)))
    assert here.receiver["state"] == state
    assert receiver_words(here.receiver) == words


def test_a_heartbeat_of_another_run_says_nothing(scene, stand_ins):
    here = scene()
    here.begin()
    here.back(encode_heartbeat(replace(stand_ins.healthy, session=SESSION + 1)))
    assert here.receiver == {"state": "unknown", "commands": 0, "refused": 0}


def test_an_echo_that_makes_no_sense_gives_no_round_trip(stand_ins):
    receiver = Receiver()
    for echoed_us, held_us in ((2_000_000, 0), (0, 2**62), (-(2**63), 0)):
        beat = replace(stand_ins.healthy, echoed_send_us=echoed_us, held_us=held_us)
        receiver.hear(HeardBeat(beat, "a:1", 1_000_000))
        assert receiver.report(1_000_000)["round_trip_ms"] is None


def test_losses_count_since_the_first_heartbeat(stand_ins):
    receiver = Receiver()
    losses = []
    for missing in (7, 7, 12, 11, 2, 5):
        receiver.hear(HeardBeat(replace(stand_ins.healthy, missing=missing), "a:1", 0))
        losses.append(receiver.report(0)["lost"])
    assert losses == [0, 0, 5, 4, 0, 3], "an overtaken frame is no loss, a receiver that began anew counts from 0"
    assert receiver_words(receiver.report(0)).endswith("48 ms, 3 lost")


def test_what_strangers_write_does_not_move_the_cursor(scene, stand_ins):
    here = scene()
    here.begin()
    here.back(beat_of(stand_ins, subject="\x1b[2JAna\n", engine="\u202e5"))
    here.back(b"/\x1b[2J\0\0\0,\0\0\0")
    assert here.receiver["subject"] == "?[2JAna?"
    assert all(text.isprintable() for _, text in here.said.lines)
    assert len(here.said.lines) == 2


def test_commands_of_this_machine_change_the_face(scene):
    here = scene()
    here.begin()
    here.command(Verb.EMOTION, "happy", 0.75, fade_s=2.0)
    assert here.control.direction.mix == (("happy", 0.75),)
    here.command(Verb.INTENSITY, value=0.5)
    assert here.control.direction.intensity == 0.5
    here.command(Verb.INTENSITY, value=2.0)
    assert here.control.direction.intensity == 1.0, "no model knows more"
    here.command(Verb.MUTE, value=1.0)
    assert here.control.direction.muted
    here.command(Verb.MUTE, value=0.0)
    assert not here.control.direction.muted
    here.command(Verb.NEUTRAL)
    assert here.control.direction.mix == ()
    assert here.receiver["commands"] == 6
    assert here.receiver["refused"] == 0


def test_the_fade_of_a_command_is_the_moods(scene):
    here = scene()
    here.begin()
    here.command(Verb.EMOTION, "happy", 1.0, fade_s=1.0)
    way = [float(here.control._mood.advance()[1]) for _ in range(60)]
    np.testing.assert_allclose(way, np.arange(1, 61) / 60, atol=1e-5)


def test_changes_that_follow_one_another_are_told_once_a_second(scene):
    here = scene()
    here.begin()
    here.command(Verb.EMOTION, "happy", 0.5)
    for value in (0.1, 0.2, 0.3, 0.4):
        here.command(Verb.INTENSITY, value=value)
    assert here.said.lines == [("info", "changed from outside: happy 0.5, intensity 1")]
    here.clock.advance_us(1_000_000)
    here.turns(2)
    assert [text for _, text in here.said.lines[1:]] == ["changed from outside: happy 0.5, intensity 0.4"]
    here.clock.advance_us(1_000_000)
    here.command(Verb.MUTE, value=1.0)
    here.turns(2)
    assert [text for _, text in here.said.lines[2:]] == ["changed from outside: happy 0.5, intensity 0.4, muted"]


def test_refusals_are_counted_and_each_kind_is_named_once(scene):
    here = scene()
    here.begin()
    for _ in range(3):
        here.command(Verb.EMOTION, "hapy", 0.5)
        here.command(Verb.MUTE, value=1.0, session=SESSION + 1)
        here.command(Verb.MUTE, value=1.0, key="unknown here")
        here.back(b"")
        here.back(b"garbage!")
        here.back(bytes(4_000))
    assert here.receiver["refused"] == 18
    assert here.receiver["commands"] == 0
    assert here.control.direction.mix == ()
    assert not here.control.direction.muted
    named = [text for severity, text in here.said.lines if severity == "warning"]
    assert len(named) == 4
    assert "did you mean 'happy'?" in named[0]
    assert "another run" in named[1]
    assert "no key here" in named[2]
    assert "neither a heartbeat nor a command" in named[3]


def test_with_a_key_only_signed_commands_count(scene):
    here = scene(key="secret")
    here.begin()
    here.command(Verb.MUTE, value=1.0)
    assert not here.control.direction.muted
    here.command(Verb.MUTE, value=1.0, key="secret")
    assert here.control.direction.muted
    repeated = encode_command(Command(SESSION, here.stamp_us, Verb.MUTE, "", 1.0, 0.0), "secret")
    here.command(Verb.MUTE, value=0.0, key="secret")
    here.back(repeated)
    assert not here.control.direction.muted
    assert (here.receiver["commands"], here.receiver["refused"]) == (2, 2)
    assert "not signed" in here.said.text


def test_a_flood_is_read_in_small_parts(scene):
    here = scene()
    here.begin()
    for _ in range(5 * MOST_AT_ONCE):
        here.peer.sendto(b"noise", here.address)
    time.sleep(0.05)
    here.channel.turn(0)
    assert here.receiver["refused"] == MOST_AT_ONCE
    here.turns(4)
    assert here.receiver["refused"] == 5 * MOST_AT_ONCE
    assert len(here.said.lines) == 1


def test_the_emotion_is_told_at_every_change_and_every_second(scene):
    here = scene()
    here.begin()
    here.output.second(here.clock.now_us())
    face = RestingFace()
    for index in range(4):
        if index == 2:
            here.control.set_emotion({"sad": 1.0, "happy": 0.0})
        here.output.send(face.neutral(index, 0))
    here.output.second(here.clock.now_us())
    kinds = []
    here.peer.setblocking(False)
    while True:
        try:
            kinds.append(here.peer.recv(65_536).partition(b"\0")[0].decode().rpartition("/")[2])
        except BlockingIOError:
            break
    # The first hello is read already. Frames decide who drives a face; before them nobody asks what it feels.
    assert kinds[:3] == ["schema", "hello", "schema"]
    assert kinds[3:] == [*("frame", "emotion", "frame", "frame", "emotion", "frame"), "hello", "schema", "emotion"]


class Windows(socket.socket):
    """Says on receiving, as Windows does, that what was sent before found nobody."""

    resets = 3

    def recvfrom(self, size):
        if self.resets:
            self.resets -= 1
            raise ConnectionResetError(10054, "forcibly closed")
        return super().recvfrom(size)


def test_a_reset_is_harmless_and_does_not_hide_what_comes_after_it(scene, stand_ins):
    here = scene()
    plain = here.output._sender._socket
    here.output._sender._socket = Windows(fileno=plain.detach())
    here.begin()
    here.back(beat_of(stand_ins))
    assert here.receiver["state"] == "bound"
    assert here.output.status().errors == 0


def test_the_status_line_tells_the_receiver_and_never_says_connected(scene, stand_ins):
    here = scene()
    here.begin()
    lines = []
    for data in (b"x", beat_of(stand_ins, flags=HeartbeatFlag.PUBLISHED), beat_of(stand_ins)):
        here.back(data)
        state = {"target": "127.0.0.1:9000", "sent": 1, "errors": 0, "receiver": here.receiver}
        report = {
            **dict.fromkeys(("time_s", "fps", "latency_p50_ms", "latency_p95_ms", "level_db", "drift_ppm"), 0.0),
            **dict.fromkeys(("drops", "gaps", "held", "skipped", "clipped"), 0),
            "stages": {"step": {"p50": 0.0, "p99": 0.0}},
            "microphone": {},
            "source": "live",
            "emotion": {"muted": True},
            "outputs": {"osc raw": state},
        }
        lines.append(status_line(report))
    assert "osc raw > 127.0.0.1:9000 (receiver unknown)" in lines[0]
    assert "(receiver has no face bound)" in lines[1]
    assert "(59 fps on the face, engine 72 fps, 48 ms)" in lines[2]
    assert all("muted" in line and "connected" not in line for line in lines)
