"""Several faces in one program."""

from __future__ import annotations

import io
import json
import socket

import numpy as np
import pytest
import soundfile

from cstalk_live.assembly import bundle_of
from cstalk_live.cast import Cast, SharedNetworks, settings_of
from cstalk_live.cast_watcher import CastWatcher
from cstalk_live.config.keys import FaceConfig, LiveConfig, OscConfig, OutputConfig
from cstalk_live.config.load import Flag, load_settings
from cstalk_live.errors import ConfigError, UsageError
from cstalk_live.model.runner import OnnxRunner
from cstalk_live.output.frame_packet import decode_frame
from cstalk_live.output.hello_packet import decode_hello
from cstalk_live.status import StatusPrinter

from .program import cli, fails_in_one_line


@pytest.fixture(scope="module")
def sounds(tmp_path_factory, voice):
    """Three sound files of 1 s, 1 s and 2 s."""
    folder = tmp_path_factory.mktemp("faces")
    sound, rate = soundfile.read(voice, dtype="float32")
    soundfile.write(folder / "quiet.wav", 0.05 * sound, rate)
    soundfile.write(folder / "long.wav", np.concatenate([sound, sound]), rate)
    return {"Alice": voice, "Bob": folder / "quiet.wav", "Carol": folder / "long.wav"}


@pytest.fixture
def receiver():
    """A socket, and what it has got so far."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.2)

        def frames():
            """Subject and packet of all that has come; hellos say whose session is whose."""
            found, subjects = [], {}
            while True:
                try:
                    data = listening.recv(65_536)
                except TimeoutError:
                    return [(subjects[packet.session], packet) for packet in found]
                if data.startswith(b"/cstalk/frame\0"):
                    found.append(decode_frame(data))
                elif data.startswith(b"/cstalk/hello\0"):
                    hello = decode_hello(data)
                    subjects[hello.session] = hello.subject

        yield listening.getsockname()[1], frames


def faces_of(sounds):
    return [f"{flag}" for name, path in sounds.items() for flag in ("--face", f"{name}={path}")]


def test_every_face_goes_out_under_its_own_name_with_the_values_of_a_run_by_itself(sounds, receiver, tmp_path):
    port, frames = receiver
    together = cli("run", *faces_of(sounds), "--osc", f"127.0.0.1:{port}", "--json", "--record", tmp_path, cwd=tmp_path)
    assert together.returncode == 0, together.stderr
    packets = frames()
    assert {subject for subject, _ in packets} == set(sounds)
    summaries = [json.loads(line) for line in together.stdout.splitlines() if '"summary"' in line]
    assert {summary["subject"]: summary["drops"] for summary in summaries} == dict.fromkeys(sounds, 0)
    for name, path in sounds.items():
        alone = cli("run", "--input", path, "--osc", f"127.0.0.1:{port}", "--json", cwd=tmp_path)
        assert alone.returncode == 0, alone.stderr
        mine = {packet.frame_index: packet.values for subject, packet in packets if subject == name}
        his = {packet.frame_index: packet.values for _, packet in frames()}
        assert mine.keys() == his.keys()
        assert max(np.abs(mine[frame] - his[frame]).max() for frame in mine) < 1e-4
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        f"{name}_take001" for name in sorted(sounds)
    ]


def test_a_face_that_ends_or_breaks_leaves_the_others_alone(sounds, receiver, tmp_path, monkeypatch):
    port, frames = receiver
    config = LiveConfig(
        faces=tuple(FaceConfig(subject=name, input=str(path)) for name, path in sounds.items()),
        output=OutputConfig(osc=(OscConfig(target=f"127.0.0.1:{port}"),)),
    )
    log = io.StringIO()
    cast = Cast(config, None, StatusPrinter(False, 0.1, log=log))
    bob = cast.runs["Bob"].daemon

    def fail():
        if bob.metrics.frames_made >= 20:
            raise ConfigError("the disk is on fire")

    broken = bob._listener
    turn = broken.turn
    monkeypatch.setattr(broken, "turn", lambda: (fail(), turn()))
    summaries = cast.run()
    assert set(summaries) == {"Alice", "Carol"}
    assert list(cast.failures) == ["Bob"]
    assert log.getvalue().count("Bob: ended: the disk is on fire") == 1
    packets = frames()
    counts = {name: sum(subject == name for subject, _ in packets) for name in sounds}
    assert counts["Carol"] >= 118
    assert counts["Alice"] == 61
    assert 20 <= counts["Bob"] < 61


def test_networks_of_several_faces_share_two_batches_and_one_model():
    networks = SharedNetworks(LiveConfig(), 2, print)
    pairs = [networks.pair(), networks.pair()]
    assert {runner.bundle.sha256 for pair in pairs for runner in pair} == {bundle_of(LiveConfig()).sha256}
    features, emotion = np.zeros((5, 160), np.float32), np.zeros((5, 6), np.float32)
    alone = OnnxRunner(bundle_of(LiveConfig())).steps(features, emotion, 4)
    for runner in pairs[0]:
        assert np.abs(runner.steps(features, emotion, 4) - alone).max() < 1e-5


def test_a_face_has_what_is_its_own_and_shares_the_rest():
    shared = LiveConfig.model_validate(
        {
            "audio": {"device": "Yeti", "gain_db": 3.0},
            "emotion": {"mix": {"happy": 0.5}, "intensity": 0.8},
            "output": {
                "osc": [{"target": "a:1", "subject": "Nobody"}],
                "livelink": [{"target": "b:2", "device_id": "one"}],
                "record": {"folder": "takes"},
            },
        }
    )
    own = settings_of(shared, FaceConfig(subject="Eve", device=3, mix={"sad": 1.0}))
    assert (own.audio.device, own.audio.gain_db) == (3, 3.0)
    assert (own.emotion.mix, own.emotion.intensity) == ({"sad": 1.0}, 0.8)
    assert own.output.osc[0].subject == own.output.livelink[0].subject == own.output.record.slate == "Eve"
    assert own.output.livelink[0].device_id is None, "receivers take two faces of one id for one"
    apart = settings_of(shared, FaceConfig(subject="Eve", osc="c:3")).output.osc
    assert [(osc.target, osc.subject, osc.layout) for osc in apart] == [("c:3", "Eve", "raw")]
    plain = settings_of(shared, FaceConfig(subject="Ann"))
    assert (plain.audio.device, plain.emotion.mix) == ("Yeti", {"happy": 0.5})


def test_settings_followed_while_running_change_every_face_but_what_is_its_own(sounds, tmp_path):
    file = tmp_path / "live.yaml"
    text = (
        "model: {lookahead_ms: 17}\nfaces:\n- {subject: Ann, input: IN}\n- {subject: Eve, input: IN, mix: {sad: 1.0}}\n"
    )
    text = text.replace("IN", str(sounds["Carol"]))
    file.write_text(text, encoding="utf-8")
    config = load_settings(file).config
    log = io.StringIO()
    cast = Cast(config, None, StatusPrinter(True, 0.1, data=io.StringIO(), log=log), follow=(file, []))
    file.write_text(text.replace("17", "67") + "emotion: {mix: {happy: 1.0}}\n", encoding="utf-8")
    cast.run()
    for name in ("Ann", "Eve"):
        assert log.getvalue().count(f"{name}: look-ahead 67 ms") == 1
    moods = {name: run.pipeline.mood.advance() for name, run in cast.runs.items()}
    emotions = list(bundle_of(config).meta.emotions)
    assert moods["Ann"][emotions.index("happy")] > 0.9
    assert moods["Eve"][emotions.index("happy")] == 0.0
    assert moods["Eve"][emotions.index("sad")] > 0.9


def report(**more):
    base = {"fps": 60.0, "latency_p50_ms": 96.6, "latency_p95_ms": 98.2, "level_db": -21.7, "source": "live"}
    return {**base, "drops": 0, "held": 0, "skipped": 0, "gaps": 0, **more}


def test_one_line_shows_all_faces_that_run_and_what_is_wrong_with_them():
    log = io.StringIO()
    cast = CastWatcher(StatusPrinter(False, log=log), ["Ann", "Eve"])
    cast.status("Ann", report())
    assert log.getvalue() == ""
    cast.status("Eve", report(held=3, source="no sound: retrying"))
    assert log.getvalue() == "Ann 60.0 fps 97/98 ms -22 dB  |  Eve 60.0 fps 97/98 ms -22 dB held 3 no sound: retrying\n"


def test_as_json_every_face_has_its_line_and_a_face_that_ended_is_not_waited_for():
    data, log = io.StringIO(), io.StringIO()
    cast = CastWatcher(StatusPrinter(True, data=data, log=log), ["Ann", "Eve"])
    cast.of("Eve").status(report())
    assert json.loads(data.getvalue())["subject"] == "Eve"
    words = CastWatcher(StatusPrinter(False, log=log), ["Ann", "Eve"])
    words.status("Eve", report())
    words.ended("Ann")
    words.status("Eve", report(fps=59.0))
    assert log.getvalue() == "Eve 59.0 fps 97/98 ms -22 dB\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--face", "Alice"], "--face 'Alice' is not SUBJECT=INPUT - write Alice=talk.wav, Bob=mic or Bob=mic:2"),
        (["--face", "=talk.wav"], "is not SUBJECT=INPUT"),
        (["--face", "A=x.wav", "--face", "a=y.wav"], "several faces are called 'A' - give each a name of its own"),
        (["--face", "A B=x.wav"], "faces[0].subject"),
        (["--face", "A=x.wav", "--input", "y.wav"], "--input is one sound, and there are several faces"),
        (["--face", "A=-"], "A: standard input is one stream - run that face by itself"),
        (["--face", "A=x.wav", "--monitor", "default"], "several voices cannot be played in step with several faces"),
        (["--face", "A=x.wav", "--obs", "ws://127.0.0.1:4455"], "OBS's sync offset follows one face"),
        (
            ["--face", "A=x.wav", "--osc", "127.0.0.1:9", "--osc-layout", "per-control"],
            "per-control OSC does not say whose face it is - use --osc-layout raw or board",
        ),
    ],
)
def test_wrong_casts_are_refused_in_one_line(tmp_path, arguments, line):
    assert line in fails_in_one_line(cli("run", *arguments, cwd=tmp_path), 2)


def test_a_missing_file_is_named(tmp_path):
    assert "cannot read 'nowhere.wav'" in fails_in_one_line(cli("run", "--face", "A=nowhere.wav", cwd=tmp_path), 1)


def test_one_face_that_cannot_be_made_leaves_nothing_open(sounds, tmp_path):
    faces = (
        FaceConfig(subject="Alice", input=str(sounds["Alice"])),
        FaceConfig(subject="Bob", input=str(tmp_path / "missing.wav")),
    )
    config = load_settings(None, [Flag("--record", ("output", "record", "folder"), str(tmp_path / "takes"))]).config
    with pytest.raises(Exception, match=r"missing\.wav"):
        Cast(config.model_copy(update={"faces": faces}), None, StatusPrinter(True))
    assert list((tmp_path / "takes").iterdir()) == [], "no take of a run that never began"


def test_both_a_file_and_a_device_are_too_much():
    config = LiveConfig(faces=(FaceConfig(subject="A", input="x.wav", device=1),))
    with pytest.raises(UsageError, match="A: has a file and a device"):
        Cast(config, None, StatusPrinter(True))
