"""Who may command: loopback, or whoever knows the shared key; and nobody twice with the same words."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

from cstalk_live.errors import CSTalkError
from cstalk_live.output.command_packet import Command, is_signed

Sender = tuple[str, int]
"""Address and port that a datagram came from."""

_SENDERS = 256
_SIGNATURES = 4096


class RefusedError(CSTalkError):
    """A command is whole, but whoever sent it may not command."""


class ReplayGuard:
    """Remembers what was accepted, in fixed memory. Outputs of one session share one.

    Stamps of one sender must rise. As a copied datagram can come from another port, accepted signatures are kept too:
    the last 4096, and of older ones their newest stamp, at or below which nothing signed is accepted any more.
    """

    def __init__(self) -> None:
        self._stamps: OrderedDict[Sender, int] = OrderedDict()
        self._signatures: OrderedDict[bytes, int] = OrderedDict()
        self._floor_us: int | None = None

    def admit(self, command: Command, sender: Sender) -> None:
        """Remember ``command`` of ``sender``.

        Raises:
            RefusedError: it is not newer than what was accepted before.
        """
        signature = command.signature
        before_us = self._stamps.get(sender)
        known = before_us is not None and command.stamp_us <= before_us
        if signature:
            forgotten = self._floor_us is not None and command.stamp_us <= self._floor_us
            known = known or forgotten or signature in self._signatures
        if known:
            raise RefusedError(
                f"a command from {sender[0]} was refused: not newer than the one before",
                "someone repeats old datagrams, or that machine's clock was set back",
            )
        self._stamps[sender] = command.stamp_us
        self._stamps.move_to_end(sender)
        if len(self._stamps) > _SENDERS:
            self._stamps.popitem(last=False)
        if signature:
            self._signatures[signature] = command.stamp_us
            if len(self._signatures) > _SIGNATURES:
                _, stamp_us = self._signatures.popitem(last=False)
                self._floor_us = stamp_us if self._floor_us is None else max(self._floor_us, stamp_us)


class CommandGate:
    """Decides about the commands of one output.

    Args:
        session: that they must be meant for.
        key: the shared key. With one only signed commands count, from anywhere; without, only loopback's.
        guard: against repetition.
    """

    def __init__(self, session: int, key: str | None, guard: ReplayGuard) -> None:
        self._session = session
        self._key = key
        self._guard = guard

    def admit(self, data: bytes, command: Command, sender: Sender) -> None:
        """Accept ``command``, which the datagram ``data`` says.

        Raises:
            RefusedError: it is for another session, from somewhere else, not signed with the key, or old.
        """
        if command.session != self._session:
            raise RefusedError(f"a command from {sender[0]} was refused: it is meant for another run")
        if self._key is not None:
            if not command.signature:
                raise RefusedError(
                    f"a command from {sender[0]} was refused: it is not signed", "give the plugin the shared key"
                )
            if not is_signed(data, command, self._key):
                raise RefusedError(
                    f"a command from {sender[0]} was refused: signed with another key",
                    "give plugin and program the same one",
                )
        elif command.signature:
            raise RefusedError(
                f"a command from {sender[0]} was refused: signed, but there is no key here to check it with",
                "set output.osc[].key or CSTALK_KEY, or take the key out of the plugin",
            )
        elif not is_loopback(sender[0]):
            raise RefusedError(
                f"a command from {sender[0]} was refused: without a shared key only this machine may command",
                "set output.osc[].key or CSTALK_KEY, and the same key in the plugin",
            )
        self._guard.admit(command, sender)


def is_loopback(host: str) -> bool:
    """Whether the numeric address ``host`` is this machine's own."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
