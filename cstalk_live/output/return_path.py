"""Reads what comes back to an output's own socket: heartbeats, and commands for the face."""

from __future__ import annotations

from cstalk_live.errors import CSTalkError, PacketError
from cstalk_live.output.command_gate import CommandGate, ReplayGuard, Sender
from cstalk_live.output.command_packet import COMMAND_ADDRESS, Command, decode_command
from cstalk_live.output.heartbeat_packet import HEARTBEAT_ADDRESS, decode_heartbeat
from cstalk_live.output.printable import printable
from cstalk_live.output.receiver import HeardBeat, Receiver
from cstalk_live.output.target import Target
from cstalk_live.output.udp import UdpSender

MOST_AT_ONCE = 8
"""Datagrams that one reading takes; a flood must not keep anyone from anything else."""


class ReturnPath:
    """What comes back to one output. One thread reads.

    Args:
        socket: that the frames leave by.
        session: of the frames.
        key: shared with the plugin; None lets this machine alone command.
        guard: against repetition; shared by the outputs of one session.
    """

    def __init__(self, socket: UdpSender, session: int, key: str | None, guard: ReplayGuard) -> None:
        self.receiver = Receiver()
        self._socket = socket
        self._session = session
        self._gate = CommandGate(session, key, guard)
        self._told: set[str] = set()
        self._news: list[str] = []

    def read(self, now_us: int) -> list[Command]:
        """Take in what has come, at most MOST_AT_ONCE datagrams; waits for nobody.

        Returns:
            the commands of those who may command, in their order.
        """
        commands = []
        for data, sender in self._socket.receive(MOST_AT_ONCE):
            try:
                command = self._take(data, sender, now_us)
            except CSTalkError as error:
                self.refuse(error)
                continue
            if command is not None:
                commands.append(command)
        return commands

    def refuse(self, error: CSTalkError) -> None:
        """Count a datagram that cannot be followed; each kind of reason is named once."""
        self.receiver.refused += 1
        # What went wrong differs without end, what to do about it does not.
        reason = "broken" if isinstance(error, PacketError) else error.fix
        if reason not in self._told and len(self._told) < _REASONS:
            self._told.add(reason)
            self._news.append(printable(str(error)))

    def new_refusal(self) -> str | None:
        """A reason that has not been told yet, in words."""
        return self._news.pop(0) if self._news else None

    def _take(self, data: bytes, sender: Sender, now_us: int) -> Command | None:
        address = data.partition(b"\x00")[0]
        if address == HEARTBEAT_ADDRESS.encode():
            beat = decode_heartbeat(data)
            if beat.session == self._session:
                self.receiver.hear(HeardBeat(beat, str(Target(*sender)), now_us))
            return None
        if address != COMMAND_ADDRESS.encode():
            raise PacketError(f"a datagram from {sender[0]} is neither a heartbeat nor a command")
        command = decode_command(data)
        self._gate.admit(data, command, sender)
        return command


_REASONS = 32
