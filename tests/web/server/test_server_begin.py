"""The page is a gift, not a need: without it, its port, or its files the run says so in one line and goes on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from cstalk_live.config.keys import UiConfig
from cstalk_live.web.server import opening
from cstalk_live.web.server.control_room import PORTS_TRIED, bind, offer
from cstalk_live.web.server.serving import built_page

PORT = 28801


class Said:
    interval_s = 1.0

    def __init__(self):
        self.lines = []

    def status(self, report):
        pass

    def say(self, message, severity="info"):
        self.lines.append(message)


def taken(port):
    blocker = socket.socket()
    blocker.bind(("127.0.0.1", port))
    blocker.listen()
    return blocker


def test_a_taken_port_gives_way_to_the_next():
    said = Said()
    with taken(PORT), bind(UiConfig(port=PORT), said) as bound:
        assert bound.getsockname() == ("127.0.0.1", PORT + 1)
    assert said.lines == [], "told together with the address"


def test_where_no_port_is_free_there_is_one_line_and_no_page():
    said = Said()
    blockers = [taken(port) for port in range(PORT, PORT + PORTS_TRIED)]
    try:
        assert bind(UiConfig(port=PORT), said) is None
    finally:
        for blocker in blockers:
            blocker.close()
    assert len(said.lines) == 1
    assert "the run goes on without it; --ui-port chooses another port" in said.lines[0]


def test_the_local_network_is_let_in_only_where_that_is_asked_for(tmp_path, web):
    said = Said()
    offered = offer(UiConfig(port=PORT, lan=True), said, static=web.small_page(tmp_path / "page"))
    try:
        assert offered._bound.getsockname()[0] == "0.0.0.0"
        for address in offered.addresses:
            headers = {"Host": f"{address}:{offered.port}", "Origin": f"http://{address}:{offered.port}"}
            assert offered.admission.refuse(headers, {}, {}).status == 401
            assert offered.admission.refuse(headers, {}, {"token": offered.admission.token}) is None
    finally:
        offered.close()


def test_without_a_built_page_there_is_one_line_and_no_server(tmp_path):
    said = Said()
    assert offer(UiConfig(port=PORT), said, static=tmp_path) is None
    assert len(said.lines) == 1
    assert "no page: it is not built - the run goes on without it" in said.lines[0]


def test_a_server_that_fails_is_told_and_the_face_goes_on(web, tmp_path, speech, monkeypatch):
    import cstalk_live.web.server.control_room as module

    def broken(*arguments):
        raise RuntimeError("no luck")

    monkeypatch.setattr(module, "make_application", broken)
    with pytest.raises(AssertionError, match="no page: its server failed: no luck - the run goes on without it"):
        web.Running(tmp_path / "run", speech, port=PORT)


def test_everybody_leaves_when_the_run_ends(web, tmp_path, speech):
    import asyncio

    running = web.Running(tmp_path / "run", speech, port=PORT)

    async def watch():
        async with web.pages(running, 2, frames=True) as both:
            await web.until(lambda: both[0].frames)
            await asyncio.to_thread(running.end)
            for page in both:
                await asyncio.wait_for(page.closed.wait(), 5)

    asyncio.run(watch())
    assert running.summary["frames"] > 0
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", running.room.port), 1)
    assert not [thread for thread in (running.room._thread,) if thread.is_alive()]


def run_program(tmp_path, *arguments):
    environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "APPDATA": str(tmp_path), "HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-m", "cstalk_live", "run", "--seconds", "0.5", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
        cwd=tmp_path,
    )


def test_the_program_prints_the_address_once_and_can_be_told_to_have_no_page(tmp_path, speech):
    result = run_program(tmp_path, "--input", speech, "--ui-port", PORT, "--no-open")
    assert result.returncode == 0, result.stderr
    if not built_page():
        assert "no page: it is not built" in result.stderr
    else:
        lines = [line for line in result.stderr.splitlines() if "http://" in line]
        assert len(lines) == 1
        assert lines[0].startswith(f"control room: http://127.0.0.1:{PORT}/?token=")
        with taken(PORT):
            result = run_program(tmp_path, "--input", speech, "--ui-port", PORT)
        expected = f"port {PORT} is taken by another program, so the page is at port {PORT + 1}"
        assert expected in result.stderr.splitlines()
        assert f"http://127.0.0.1:{PORT + 1}/" in result.stderr
    result = run_program(tmp_path, "--input", speech, "--no-ui")
    assert result.returncode == 0
    assert "page" not in result.stderr
    assert "http://" not in result.stderr


def test_what_the_page_saved_is_what_the_next_run_begins_with(tmp_path, speech):
    file = tmp_path / "cstalk-live" / "live.yaml"
    file.parent.mkdir()
    file.write_text("ui: {page: false}\nlog: {level: info}\nmotion: {gain: {jaw: 3}}\n", encoding="utf-8")
    if sys.platform == "darwin":
        pytest.skip("this user's own folder cannot be moved on macOS")
    result = run_program(tmp_path, "--input", speech)
    assert result.returncode == 2
    assert "live.yaml:3: motion.gain.jaw: 3 is above 2" in result.stderr
    file.write_text("ui: {page: false}\n", encoding="utf-8")
    result = run_program(tmp_path, "--input", speech)
    assert result.returncode == 0
    assert f"settings: {file}" in result.stderr


def test_several_faces_are_told_that_the_page_shows_one(tmp_path, speech):
    result = run_program(tmp_path, "--ui", "--face", f"A={speech}", "--face", f"B={speech}")
    assert result.returncode == 0, result.stderr
    assert "no page: it shows one face, and there are several" in result.stderr


def test_a_browser_is_opened_only_where_there_is_a_screen(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not opening.has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert opening.has_screen()
    opened = []
    monkeypatch.setattr(opening.webbrowser, "open", opened.append)
    opening._open("http://127.0.0.1:1/")
    assert opened == ["http://127.0.0.1:1/"]


def test_the_code_for_a_phone_is_blocks_that_a_terminal_shows():
    drawn = opening.qr_code("http://192.168.1.7:8765/?token=" + "x" * 43)
    lines = [line for line in drawn.splitlines() if line.strip()]
    assert 15 < len(lines) < 40
    assert len({len(line) for line in lines}) <= 2
    assert set("".join(lines)) & set("▀▄█")


def test_loopback_is_no_address_for_others():
    assert not [address for address in opening.lan_addresses() if address.startswith("127.")]
