"""The command line as a user meets it: real processes, their output, their exit codes, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile

from .program import PROGRAM, cli, fails_in_one_line, rows_of, start, wait_for


def test_help_lists_all_commands():
    result = cli("--help")
    assert result.returncode == 0
    for command in (
        "run",
        "demo",
        "bake",
        "devices",
        "doctor",
        "bench",
        "config",
        "teach",
        "train",
        "evaluate",
        "compare",
        "export",
        "render",
        "unreal",
    ):
        assert f" {command} " in result.stdout


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "demo",
        "bake",
        "devices",
        "doctor",
        "bench",
        "teach",
        "train",
        "evaluate",
        "compare",
        "export",
        "render",
        "unreal",
    ],
)
def test_every_command_explains_itself(command):
    result = cli(command, "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "frobnicate"),
        (["bake", "--frobnicate"], "--frobnicate"),
        (["bake"], "'cstalk-live bake --help'"),
        (["run", "--lookahead", "soon"], "--lookahead"),
        (["run", "--seconds", "0"], "--seconds"),
        (["run", "--seconds", "nan"], "--seconds"),
        (["demo", "--seconds", "-1"], "--seconds"),
        (["run", "--osc", ""], "it is empty"),
        (["run", "--input", "voice.wav", "--device", "1"], "--device"),
        (["run", "--input", "voice.wav", "--rate", "48000"], "--rate"),
    ],
)
def test_a_wrong_command_line_gets_one_line(arguments, words):
    assert words in fails_in_one_line(cli(*arguments), 2)


def test_no_command_is_answered_with_the_help_once():
    result = cli()
    assert result.returncode == 2
    assert result.stdout.count("Usage:") == 1


# -- bad input


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--input", "nope.wav"], 1, "nope.wav"),
        (["--input", "."], 1, "."),
        (["--input", "empty.wav"], 1, "empty.wav"),
        (["--input", "text.wav"], 1, "text.wav"),
        (["--input", "{voice}", "--emotion", "happi=1"], 2, "did you mean 'happy'"),
        (["--input", "{voice}", "--emotion", "happy=1.5"], 2, "outside 0..1"),
        (["--input", "{voice}", "--emotion", "happy"], 2, "write it as happy=0.7"),
        (["--input", "{voice}", "--emotion", "happy=x"], 2, "not a number"),
        (["--input", "{voice}", "--intensity", "nan"], 2, "not a finite number"),
        (["--input", "{voice}", "--osc", "127.0.0.1:99999"], 2, "port 99999"),
        (["--input", "{voice}", "--osc", "no.such.host.invalid:9000"], 1, "no.such.host.invalid"),
        (["--input", "{voice}", "--livelink", "9000"], 2, "--livelink"),
        (["--input", "{voice}", "--lookahead", "-1"], 2, "--lookahead"),
        (["--input", "{voice}", "--bundle", "nope.onnx"], 1, "nope.onnx"),
        (["--input", "{voice}", "--bundle", "text.wav"], 1, "text.wav"),
        (["--input", "{voice}", "--config", "nope.yaml"], 2, "nope.yaml"),
        (["--input", "{voice}", "--record", "text.wav"], 1, "text.wav"),
        (["--device", "no such microphone"], 1, "-"),
    ],
)
def test_bad_input_gives_one_line_and_a_code(voice, tmp_path, arguments, code, words):
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("not a sound")
    arguments = [argument.format(voice=voice) for argument in arguments]
    assert words in fails_in_one_line(cli("run", *arguments, cwd=tmp_path), code)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.wav", "text.wav"]


def test_every_problem_of_a_configuration_gets_its_line(tmp_path):
    (tmp_path / "live.yaml").write_text("audio: {gane_db: 1}\nmotion: {gate: 5}\n")
    result = cli("config", "check", "live.yaml", cwd=tmp_path)
    assert result.returncode == 2
    assert [line.split(":")[2] for line in result.stderr.strip().splitlines()] == ["1", "2"]
    assert "did you mean 'gain_db'?" in result.stderr


def test_config_check_knows_the_models_emotions(tmp_path):
    (tmp_path / "live.yaml").write_text("emotion:\n  mix:\n    happi: 0.5\n")
    line = fails_in_one_line(cli("config", "check", "live.yaml", cwd=tmp_path), 2)
    assert "live.yaml:3" in line
    assert "did you mean 'happy'" in line


def test_config_show_loads_back(tmp_path):
    shown = cli("config", "show")
    (tmp_path / "shown.yaml").write_text(shown.stdout, encoding="utf-8")
    assert cli("config", "check", "shown.yaml", cwd=tmp_path).returncode == 0


def test_debug_keeps_the_traceback(tmp_path):
    result = cli("--debug", "bake", "nope.wav", "-o", "x.csv", cwd=tmp_path)
    assert result.returncode == 1
    assert cli("bake", "--debug", "nope.wav", "-o", "x.csv", cwd=tmp_path).returncode == 1


def test_a_reader_that_leaves_is_no_error():
    process = subprocess.Popen([*PROGRAM, "config", "show"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    assert "Exception" not in errors


# -- run


def test_run_sends_the_whole_file_and_says_so_in_json(voice):
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as osc,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link,
    ):
        for receiver in (osc, link):
            receiver.bind(("127.0.0.1", 0))
            receiver.settimeout(1.0)
        addresses = [f"127.0.0.1:{receiver.getsockname()[1]}" for receiver in (osc, link)]
        result = cli("run", "--input", voice, "--osc", addresses[0], "--livelink", addresses[1], "--json")
        packets = [[], []]
        for received, receiver in zip(packets, (osc, link), strict=True):
            try:
                while True:
                    received.append(receiver.recv(2048))
            except TimeoutError:
                pass
    assert result.returncode == 0, result.stderr
    *reports, summary = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(report["type"] == "status" for report in reports)
    assert (summary["type"], summary["frames"], summary["drops"]) == ("summary", 61, 0)
    assert sum(packet.startswith(b"/cstalk/frame\0") for packet in packets[0]) == 61
    assert len(packets[1]) == 61


def test_run_reads_pcm_from_standard_input(voice):
    samples, rate = soundfile.read(voice, dtype="int16")
    result = subprocess.run(
        [*PROGRAM, "run", "--input", "-", "--rate", str(rate), "--json"],
        input=samples.astype("<i2").tobytes(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["frames"] == 61


def test_a_take_holds_every_frame_and_the_sound(voice, tmp_path):
    result = cli("run", "--input", voice, "--record", "takes", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    (take,) = (tmp_path / "takes").iterdir()
    assert len(rows_of(take / "curves.csv")) == 62
    assert json.loads((take / "take.json").read_text())["complete"] is True
    assert soundfile.info(take / "voice.flac").frames == pytest.approx(24_120, abs=1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send signals to one process alone")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_recording_ends_properly_on_ctrl_c_and_its_like(tmp_path, name):
    long = tmp_path / "long.wav"
    soundfile.write(long, np.full(60 * 24_000, 0.05, np.float32), 24_000)
    process = start("run", "--input", long, "--record", "takes", cwd=tmp_path)
    try:
        wait_for(lambda: list(tmp_path.glob("takes/*/curves.csv")))
        time.sleep(1.5)
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    (take,) = (tmp_path / "takes").iterdir()
    info = json.loads((take / "take.json").read_text())
    assert info["complete"] is True
    assert len(rows_of(take / "curves.csv")) > 30
    assert soundfile.info(take / "voice.flac").frames > 12_000


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files stands in for a full disk")
def test_a_full_disk_ends_the_take_but_not_the_run_and_is_no_success(voice, tmp_path):
    import resource

    result = cli(
        "run",
        *("--input", voice, "--record", "takes", "--json"),
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert result.returncode == 1
    assert "cannot go on recording" in result.stderr
    assert "Traceback" not in result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["frames"] == 61
    (take,) = (tmp_path / "takes").iterdir()
    assert json.loads((take / "take.json").read_text())["complete"] is False


def test_half_a_sample_at_the_end_of_a_pipe_is_told():
    result = subprocess.run(
        [*PROGRAM, "run", "--input", "-", "--rate", "24000"],
        input=np.full(24_000, 3000, "<i2").tobytes() + b"x",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0
    assert b"ended in the middle of a sample" in result.stderr


def test_a_take_is_kept_when_the_sound_turns_out_damaged(tmp_path):
    """A pipe that sends NaN after a second ends the run; what was recorded until then is whole."""
    good = np.full(24_000, 0.1, "<f4")
    process = subprocess.run(
        [*PROGRAM, "run", "--input", "-", "--rate", "24000", "--pcm", "f32le", "--record", "takes"],
        input=good.tobytes() + np.full(2400, np.nan, "<f4").tobytes(),
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 1
    assert b"nan" in process.stderr
    assert b"Traceback" not in process.stderr
    (take,) = (tmp_path / "takes").iterdir()
    assert json.loads((take / "take.json").read_text())["frames"] > 0
    assert soundfile.info(take / "voice.flac").frames > 0


# -- demo, devices, doctor


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_help_and_demo_get_along_with_any_terminal(tmp_path, encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for arguments in (["--help"], ["demo", "--seconds", "0.5", "--no-play"]):
        result = cli(*arguments, cwd=tmp_path, env=environment)
        assert (result.returncode, "Traceback" in result.stderr) == (0, False)


@pytest.mark.parametrize(("encoding", "full"), [("utf-8", "█"), ("cp1252", "#"), ("ascii", "#"), ("nonsense", "#")])
def test_bars_use_what_the_console_can_show(encoding, full):
    from cstalk_live.cli.face_bars import blocks_for

    assert blocks_for(encoding)[0] == full


def test_demo_needs_nothing_but_itself(tmp_path):
    result = cli("demo", "--seconds", "2", "--no-play", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "jaw open" in result.stdout
    (take,) = (tmp_path / "takes").iterdir()
    assert len(rows_of(take / "curves.csv")) > 30
    assert (take / "curves.png").stat().st_size > 10_000


def test_doctor_judges_every_part(tmp_path):
    result = cli("doctor", "--json", cwd=tmp_path)
    findings = json.loads(result.stdout)
    by_check = {finding["check"]: finding for finding in findings}
    assert set(by_check) == {
        *("python", "files", "sound", "settings", "model", "compute", "speed", "stages", "voice", "port"),
        *("receiver", "page", "threads", "denormals"),
    }
    assert all(finding["verdict"] in ("OK", "WARN", "FAIL") for finding in findings)
    assert all(finding["fix"] for finding in findings if finding["verdict"] != "OK")
    assert by_check["model"]["verdict"] == "OK"
    assert by_check["sound"]["verdict"] in ("OK", "WARN")
    failed = any(finding["verdict"] == "FAIL" for finding in findings)
    assert result.returncode == (1 if failed else 0)


def test_doctor_fails_for_a_wrong_model_and_a_wrong_configuration(tmp_path):
    (tmp_path / "bad.onnx").write_text("no model")
    (tmp_path / "bad.yaml").write_text("audio: {blok: 1}\n")
    assert cli("doctor", "--bundle", "bad.onnx", cwd=tmp_path).returncode == 1
    result = cli("doctor", "--config", "bad.yaml", cwd=tmp_path)
    assert result.returncode == 1
    assert "did you mean 'block'?" in result.stdout


def test_devices_answer_in_json_or_say_what_is_missing():
    result = cli("devices", "--json")
    if result.returncode == 0:
        assert isinstance(json.loads(result.stdout), list)
    else:
        assert "PortAudio" in fails_in_one_line(result, 1)
