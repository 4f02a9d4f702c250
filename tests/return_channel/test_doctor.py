"""Doctor asks the plugin, and says where the chain is broken."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from cstalk_live.config.keys import OscConfig
from cstalk_live.output.heartbeat_packet import HeartbeatFlag, encode_heartbeat
from cstalk_live.receiver_check import check_receivers


def ask(*plugins, **other):
    return check_receivers([OscConfig(target=plugin.target, **other) for plugin in plugins])


def verdicts(findings):
    return [finding.verdict for finding in findings]


def test_without_a_target_one_line_says_so():
    (finding,) = check_receivers([])
    assert (finding.check, finding.verdict) == ("receiver", "OK")
    assert "--osc HOST:PORT" in finding.found


def test_per_control_osc_is_not_asked():
    (finding,) = check_receivers([OscConfig(target="127.0.0.1:9", layout="per-control")])
    assert finding.verdict == "OK"
    assert "no answer" in finding.found


@pytest.mark.parametrize("layout", ["raw", "board"])
def test_a_healthy_plugin_is_four_good_rows(stand_ins, layout):
    with stand_ins.plugin() as plugin:
        findings = ask(plugin, layout=layout)
        assert 90 <= plugin.frames <= 135, "two seconds of frames"
        assert not plugin.broken
    assert verdicts(findings) == ["OK"] * 4
    text = "\n".join(finding.found for finding in findings)
    for part in ("'Ana', engine 5.6.1, plugin 0.1.0: 1 face bound, round trip", "60 frames a second arrive, 0 lost"):
        assert part in text
    assert "59 frames a second reach the face, the engine makes 72" in text
    assert "48 ms from here to the face" in text


def test_a_face_bound_without_live_link_is_as_good(stand_ins):
    with stand_ins.plugin(replace(stand_ins.healthy, flags=HeartbeatFlag.BOUND)) as plugin:
        assert verdicts(ask(plugin)) == ["OK"] * 4


FAULTS = {
    "no subject": ({"flags": HeartbeatFlag(0)}, ["FAIL", "OK"], "no Live Link subject is published"),
    "no face": ({"flags": HeartbeatFlag.PUBLISHED}, ["WARN", "OK"], "no face is bound"),
    "slow engine": ({"engine_fps": 12.0, "applied_fps": 12.0}, ["OK", "OK", "WARN", "OK"], "the engine makes 12"),
    "thirty": ({"engine_fps": 30.0, "applied_fps": 30.0}, ["OK", "OK", "WARN", "OK"], "the engine makes 30"),
    "few applied": ({"applied_fps": 20.0}, ["OK", "OK", "WARN", "OK"], "20 frames a second reach the face"),
    "none applied": ({"applied_fps": 0.0}, ["OK", "OK", "FAIL", "OK"], "0 frames a second reach the face"),
    "few arrive": ({"received_fps": 31.0}, ["OK", "WARN", "OK", "OK"], "31 frames a second arrive"),
    "late": ({"pose_delay_ms": 180.0}, ["OK", "OK", "OK", "WARN"], "180 ms from here to the face"),
}


def test_every_fault_has_its_row_and_its_fix(stand_ins):
    """All faulty plugins at once: they are asked side by side."""
    beats = [replace(stand_ins.healthy, subject=name, **change) for name, (change, _, _) in FAULTS.items()]
    with (
        stand_ins.plugin(beats[0]) as a,
        stand_ins.plugin(beats[1]) as b,
        stand_ins.plugin(beats[2]) as c,
        stand_ins.plugin(beats[3]) as d,
        stand_ins.plugin(beats[4]) as e,
        stand_ins.plugin(beats[5]) as f,
        stand_ins.plugin(beats[6]) as g,
        stand_ins.plugin(beats[7]) as h,
        stand_ins.plugin(stand_ins.healthy) as lossy,
    ):
        lossy.lost_each_beat = 3
        plugins = (a, b, c, d, e, f, g, h)
        findings = ask(*plugins, lossy)
    for plugin, (name, (_, expected, words)) in zip(plugins, FAULTS.items(), strict=True):
        rows = [finding for finding in findings if finding.found.startswith(f"{plugin.target}:")]
        assert verdicts(rows) == expected, name
        worst = next(row for row in rows if row.verdict != "OK")
        assert words in worst.found
        assert worst.fix
    rows = [finding for finding in findings if finding.found.startswith(f"{lossy.target}:")]
    assert verdicts(rows) == ["OK", "WARN", "OK", "OK"]


def test_no_answer_is_three_different_things_and_a_single_one_is_not_much(stand_ins):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        stand_ins.plugin(None) as mute,
        stand_ins.plugin(None) as old,
        stand_ins.plugin(stand_ins.healthy, every_s=2.5) as slow,
    ):
        stop = threading.Event()

        def answer_in_another_version():
            while not stop.wait(0.1):
                if old.session is not None:
                    session = old.session.to_bytes(4, "big")
                    data = encode_heartbeat(replace(stand_ins.healthy, session=old.session))
                    old.send(data.replace(session + b"\0\0\0\1", session + b"\0\0\0\2"))

        thread = threading.Thread(target=answer_in_another_version)
        thread.start()
        findings = check_receivers(
            [OscConfig(target=t) for t in (f"127.0.0.1:{port}", mute.target, old.target, slow.target)]
        )
        stop.set()
        thread.join()
    gone, silent, older, *single = findings
    assert (gone.verdict, silent.verdict, older.verdict) == ("FAIL", "WARN", "FAIL")
    assert "no program on this machine listens" in gone.found
    assert "nobody answers, so nothing can be said" in silent.found
    assert "firewall" in silent.fix
    assert "protocol version 2" in older.found
    assert verdicts(single) == ["OK"] * 4
    assert "one heartbeat only, too few to tell rates and losses" in single[1].found


def test_an_address_that_cannot_be_used_is_a_row():
    (finding,) = check_receivers([OscConfig(target="no-such-host.invalid:9000")])
    assert finding.verdict == "FAIL"
    assert finding.fix


def test_the_command_asks_where_it_is_told(stand_ins, tmp_path):
    with stand_ins.plugin(replace(stand_ins.healthy, flags=HeartbeatFlag(0))) as plugin:
        command = [sys.executable, "-m", "cstalk_live", "doctor", "--json", "--osc", plugin.target]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    rows = [row for row in json.loads(result.stdout) if row["check"] == "receiver"]
    assert [row["verdict"] for row in rows] == ["FAIL", "OK"]
    assert "no Live Link subject is published" in rows[0]["found"]
    assert result.returncode == 1
