"""Who may command a face: this machine, or whoever knows the key; nobody twice with the same datagram."""

from __future__ import annotations

import pytest

from cstalk_live.output.command_gate import CommandGate, RefusedError, ReplayGuard, is_loopback
from cstalk_live.output.command_packet import Command, Verb, decode_command, encode_command

SESSION = 77
HERE, THERE = ("127.0.0.1", 5000), ("192.168.1.20", 5000)


def gate(key=None, guard=None):
    return CommandGate(SESSION, key, guard if guard is not None else ReplayGuard())


def order(stamp_us=1000, key="", session=SESSION):
    return encode_command(Command(session, stamp_us, Verb.MUTE, "", 1.0, 0.0), key)


def admit(gate, data, sender=HERE):
    gate.admit(data, decode_command(data), sender)


def refused(gate, data, sender, reason):
    with pytest.raises(RefusedError, match=reason) as caught:
        admit(gate, data, sender)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.8.7", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::1%lo", True),
        ("0.0.0.0", False),
        ("::ffff:192.168.1.20", False),
        ("192.168.1.20", False),
        ("128.0.0.1", False),
        ("fe80::1%eth0", False),
        ("localhost.example", False),
    ],
)
def test_loopback_is_told_by_its_address(host, own):
    assert is_loopback(host) == own


def test_without_a_key_only_this_machine_commands():
    admit(gate(), order())
    admit(gate(), order(), ("::1", 5000))
    refused(gate(), order(), THERE, "only this machine may command - set output.osc")
    refused(gate(), order(key="secret"), HERE, "no key here to check")


def test_with_a_key_only_signed_ones_count_from_anywhere():
    admit(gate("secret"), order(key="secret"), HERE)
    admit(gate("secret"), order(key="secret"), THERE)
    refused(gate("secret"), order(), HERE, "not signed")
    refused(gate("secret"), order(), THERE, "not signed")
    refused(gate("secret"), order(key="Secret"), THERE, "another key")


def test_another_runs_commands_are_refused():
    refused(gate(), order(session=SESSION + 1), HERE, "another run")
    refused(gate("secret"), order(key="secret", session=SESSION + 1), HERE, "another run")


def test_stamps_of_a_sender_must_rise():
    one = gate()
    admit(one, order(1000))
    for stamp_us in (1000, 999, -5):
        refused(one, order(stamp_us), HERE, "not newer")
    admit(one, order(1001))
    admit(one, order(3), ("127.0.0.1", 5001))


def test_a_refused_command_uses_no_stamp_up():
    one = gate("secret")
    refused(one, order(5000, key="wrong"), THERE, "another key")
    admit(one, order(1000, key="secret"), THERE)


def test_a_copied_datagram_counts_once_wherever_it_comes_from():
    guard = ReplayGuard()
    data = order(1000, key="secret")
    admit(gate("secret", guard), data, THERE)
    refused(gate("secret", guard), data, ("192.168.1.99", 1), "not newer")
    admit(gate("secret", guard), order(900, key="secret"), HERE)


def test_memory_stays_bounded_and_what_is_forgotten_stays_refused():
    guard = ReplayGuard()
    one = gate("secret", guard)
    data = [order(1000 + number, key="secret") for number in range(4200)]
    for number, datagram in enumerate(data):
        admit(one, datagram, (f"10.0.{number % 250}.1", number))
    assert len(guard._stamps) == 256
    assert len(guard._signatures) == 4096
    for datagram in (data[0], data[50], data[4000]):
        refused(one, datagram, ("10.9.9.9", 9), "not newer")
