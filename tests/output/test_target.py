"""Addresses as people write them, right and wrong."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstalk_live.errors import OutputError
from cstalk_live.output import Target, parse_target, resolve


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:9000", "127.0.0.1", 9000),
        ("192.168.1.20", "192.168.1.20", 7000),
        ("studio-pc.local:1", "studio-pc.local", 1),
        (":65535", "127.0.0.1", 65_535),
        ("[::1]:9000", "::1", 9000),
        ("[fe80::1%eth0]", "fe80::1%eth0", 7000),
        ("::1", "::1", 7000),
        ("  localhost:80 ", "localhost", 80),
        ("localhost:0080", "localhost", 80),
    ],
)
def test_addresses(text: str, host: str, port: int) -> None:
    target = parse_target(text, default_port=7000)
    assert (target.host, target.port) == (host, port)
    assert parse_target(str(target)) == target


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("host:", "no port after the ':'"),
        ("host:0", "port 0 does not exist"),
        ("host:65536", "port 65536 does not exist"),
        ("host:" + "9" * 5000, "does not exist"),
        ("host:-1", "'-1' is not a number"),
        ("host:nine", "'nine' is not a number"),
        ("host:٣", "is not a number"),
        ("a:b:c", r"more than one ':'"),
        ("[::1", "not closed"),
        ("[::1]9000", "not closed"),
        ("[]:9000", "has no host"),
        ("9000", "a port without a host - write :9000"),
        ("udp://1.2.3.4:9000/", "leave the front away: 1.2.3.4:9000"),
        ("1.2.3.4:9000,1.2.3.5:9000", "is not an address"),
        ("my host:9000", "is not an address"),
    ],
)
def test_mistakes_get_a_line_of_advice(text: str, message: str) -> None:
    with pytest.raises(OutputError, match=message) as caught:
        parse_target(text)
    assert caught.value.fix
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_an_output_error(text: str) -> None:
    try:
        target = parse_target(text)
    except OutputError:
        return
    assert target.host
    assert 1 <= target.port <= 65_535


def test_resolving_numbers_needs_no_name_server() -> None:
    assert resolve(Target("127.0.0.1", 9)).address == ("127.0.0.1", 9)
    endpoint = resolve(Target("::1", 9))
    assert (endpoint.family, endpoint.address[:2]) == (socket.AF_INET6, ("::1", 9))


def test_an_unknown_host_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(OutputError, match=r"host 'localhots' is unknown .* - did you mean localhost:9000\?"):
        resolve(Target("localhots", 9000))
    with pytest.raises(OutputError, match="0 to 255"):
        resolve(Target("192.168.1.300", 9000))
    with pytest.raises(OutputError, match="check the spelling"):
        resolve(Target("qqqqqqqq", 9000))


def test_a_name_that_cannot_be_encoded_is_unknown() -> None:
    with pytest.raises(OutputError, match="is unknown"):
        resolve(Target("a" * 70 + ".é", 9000))
