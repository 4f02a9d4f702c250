"""Nothing from a web site reaches the page's server: every foreign host, origin and key is refused, for files, the
socket and reports alike."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest

from cstalk_live.web.server.admission import Admission, new_token, policy

PORT = 28765
HOST = f"127.0.0.1:{PORT}"
OWN = f"http://{HOST}"
KEY = "test-token-0123456789abcdef"
PATHS = ["/", "/ws", "/rig.json", "/head.bin", "/assets/index-abc.js", "/report/x.zip"]

FOREIGN = {
    "another site": {"Origin": "https://evil.example"},
    "the same machine, another port": {"Origin": "http://127.0.0.1:3000"},
    "our name by https": {"Origin": f"https://{HOST}"},
    "a page without an origin": {"Origin": "null"},
    "a site whose name begins with ours": {"Origin": f"http://127.0.0.1:{PORT}.evil.example"},
    "a rebound name": {"Host": f"evil.example:{PORT}"},
    "a rebound name without port": {"Host": "evil.example"},
    "our address without port": {"Host": "127.0.0.1"},
    "a rebound name that agrees with itself": {
        "Host": f"evil.example:{PORT}",
        "Origin": f"http://evil.example:{PORT}",
    },
    "no host": {"Host": ""},
}


@pytest.fixture(scope="module")
def served(web, speech, tmp_path_factory):
    found = web.Running(tmp_path_factory.mktemp("served") / "run", speech)
    assert found.room.port == PORT
    yield found
    found.end()


def ask(path, headers=None, cookies=None, url=OWN):
    """Status, headers and text of one request."""

    async def get():
        async with (
            aiohttp.ClientSession(cookies=cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
            session.get(url + path, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, answer.headers, await answer.read()

    return asyncio.run(get())


def connect(query="", headers=None, cookies=None):
    """The status with which a socket is refused; 101 where it opens."""

    async def try_it():
        async with aiohttp.ClientSession(cookies=cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            try:
                async with session.ws_connect(f"{OWN}/ws{query}", headers=headers) as opened:
                    first = await opened.receive(5)
                    assert '"hello"' in first.data
                    return 101
            except aiohttp.WSServerHandshakeError as error:
                return error.status

    return asyncio.run(try_it())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_request_is_refused_even_with_the_key(served, path, foreign):
    status, headers, body = ask(f"{path}?token={KEY}", headers=foreign, cookies={f"cstalk_{PORT}": KEY})
    assert status == 403
    assert len(body) < 100
    assert not [name for name in headers if name.lower().startswith("access-control")]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_socket_is_refused_even_with_the_key(served, foreign):
    assert connect(f"?token={KEY}", foreign, {f"cstalk_{PORT}": KEY}) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_it_was_sent_by_another_site_is_refused(served, site):
    assert ask("/rig.json", {"Sec-Fetch-Site": site}, {f"cstalk_{PORT}": KEY})[0] == 403
    assert connect("", {"Sec-Fetch-Site": site}, {f"cstalk_{PORT}": KEY}) == 403


@pytest.mark.parametrize("key", [None, "", "wrong", KEY[:-1], KEY + "x", KEY.upper(), "é" * 20])
@pytest.mark.parametrize("path", PATHS)
def test_without_the_key_there_is_nothing(served, path, key):
    query = "" if key is None else f"?token={key}"
    status, headers, body = ask(path + query, {"Origin": OWN})
    assert status == 401
    assert b"Open the address that the program printed" in body
    assert "Set-Cookie" not in headers
    if key is not None and key.isascii():
        assert ask(path, {"Origin": OWN}, {f"cstalk_{PORT}": key})[0] == 401


def test_a_socket_needs_the_key_and_takes_it_from_address_or_cookie(served):
    assert connect(headers={"Origin": OWN}) == 401
    assert connect("?token=wrong", {"Origin": OWN}) == 401
    assert connect(f"?token={KEY}", {"Origin": OWN}) == 101
    assert connect("", {"Origin": OWN}, {f"cstalk_{PORT}": KEY}) == 101
    assert connect("", {"Origin": OWN}, {"cstalk_8765": KEY}) == 401, "the cookie of another program"
    assert connect(f"?token={KEY}") == 101, "a program that is no browser tells no origin"


def test_the_key_in_the_address_leaves_a_cookie_that_only_our_own_page_sends(served):
    _, headers, body = ask(f"/?token={KEY}")
    assert b"<title>page" in body
    parts = [part.strip().lower() for part in headers["Set-Cookie"].split(";")]
    assert parts[0] == f"cstalk_{PORT}={KEY}"
    assert {"httponly", "samesite=strict", "path=/"} <= set(parts)
    assert not [part for part in parts if part.startswith("domain")]


def test_a_ticket_opens_the_page_once_and_nothing_else(served):
    """What the browser is started with stands in the machine's list of processes, for every user to read."""
    ticket = served.room.url_once.partition("ticket=")[2]
    assert KEY not in served.room.url_once
    assert ask(f"/rig.json?ticket={ticket}")[0] == 401
    assert ask(f"/?ticket={ticket}", {"Origin": "https://evil.example"})[0] == 403
    status, headers, _ = ask(f"/?ticket={ticket}")
    assert status == 200
    assert f"cstalk_{PORT}={KEY}" in headers["Set-Cookie"]
    assert ask(f"/?ticket={ticket}")[0] == 401
    assert ask("/?ticket=")[0] == 401


@pytest.mark.parametrize("path", ["/", "/rig.json", "/missing", "/report/missing.zip"])
def test_every_answer_forbids_what_the_page_does_not_need(served, path):
    _, headers, _ = ask(path, cookies={f"cstalk_{PORT}": KEY})
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert rules["connect-src"] == f"'self' blob: data: ws://{HOST}"
    assert rules["frame-ancestors"] == rules["form-action"] == rules["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_files_have_their_types_and_lasting_ones_last(served):
    cookies = {f"cstalk_{PORT}": KEY}
    _, headers, body = ask("/assets/index-abc.js", cookies=cookies)
    assert headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Encoding"] in ("gzip", "deflate")
    assert body.startswith(b"// page")
    _, headers, body = ask("/head.bin", cookies=cookies)
    assert headers["Content-Type"] == "application/octet-stream"
    assert (len(body), headers["Cache-Control"]) == (4096, "no-cache")
    assert ask("/rig.json", cookies=cookies)[1]["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    "path", ["/../live.yaml", "/%2e%2e/live.yaml", "/assets/..%2f..%2flive.yaml", "/..%5clive.yaml", "//etc/passwd"]
)
def test_no_path_leads_out_of_the_page(served, path):
    with socket.create_connection(("127.0.0.1", PORT), 5) as raw:
        raw.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: cstalk_{PORT}={KEY}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert answer.split(b" ", 2)[1] in (b"400", b"404")
    assert KEY.encode() not in answer


def test_the_server_listens_to_this_machine_alone(served):
    from cstalk_live.web.server.opening import lan_addresses

    assert served.room._bound.getsockname()[0] == "127.0.0.1"
    for address in lan_addresses():
        with pytest.raises(OSError):
            socket.create_connection((address, PORT), 1).close()


def test_in_the_local_network_its_addresses_are_asked_for_and_no_others():
    admission = Admission(80, KEY, ("192.168.1.7", "studio.local"))
    query = {"token": KEY}
    for host in ("192.168.1.7", "192.168.1.7:80", "studio.local", "STUDIO.local:80", "localhost"):
        assert admission.refuse({"Host": host}, {}, query) is None
    for host in ("192.168.1.8", "evil.example", "192.168.1.7:81", "192.168.1.7.evil.example"):
        assert admission.refuse({"Host": host}, {}, query).status == 403


def test_every_run_has_a_key_of_its_own():
    keys = {new_token() for _ in range(100)}
    assert len(keys) == 100
    assert min(map(len, keys)) >= 43
    assert "ws://" not in policy(())
