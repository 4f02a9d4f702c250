"""The companion that listens to what the receivers send back: their state, and commands for the face.

It reads the sockets that the frames leave by, on a thread of its own, and never more than a few hundred datagrams a
second: neither a frame nor the sound waits for it.
"""

from __future__ import annotations

import selectors
import threading
from collections.abc import Sequence
from typing import Any

from cstalk_live.clock import Clock
from cstalk_live.companion import Say
from cstalk_live.direction import Direction, FaceControl
from cstalk_live.errors import UsageError
from cstalk_live.output.command_packet import Command, Verb
from cstalk_live.output.outputs import OscFrameOutput
from cstalk_live.output.receiver import BOUND, SILENT, UNKNOWN, receiver_words

_REST_S = 0.005
"""After something has come: at most 200 readings of 8 datagrams a second, some 3 % of a core when someone floods us."""

_CALM_US = 1_000_000
"""Changes that follow one another faster, as a slider's do, are told together."""


class ReturnChannel:
    """Takes in what came back to all outputs of a face.

    Args:
        outputs: of the face.
        control: of the face; follows the commands.
        clock: of the frames' send times.
        say: gets one line per change that a receiver asked for, per reason of a refusal, and when a receiver's state
            changes.
        wait_s: longest time that a turn waits for a datagram; 0 on a thread that has other things to do.
    """

    name = "return channel"
    pause_s = 0.0

    def __init__(
        self,
        outputs: Sequence[OscFrameOutput],
        control: FaceControl,
        clock: Clock,
        say: Say,
        *,
        wait_s: float = 0.05,
    ) -> None:
        self._outputs = tuple(outputs)
        self._control = control
        self._clock = clock
        self._say = say
        self._wait_s = wait_s
        self._selector = selectors.DefaultSelector()
        self._silent = list(outputs)
        """Those that have not sent anything yet: their sockets have no port to read from."""
        self._states = {id(output): UNKNOWN for output in outputs}
        self._closing = threading.Event()
        self._changed: Direction | None = None
        self._told_us = -_CALM_US

    def get_ready(self) -> None:
        """Nothing: receivers answer when they have frames."""

    def turn(self, latency_us: int) -> None:  # noqa: ARG002 - the receivers know the latency by the frames
        """Wait for a datagram, take in what is there, tell what is new."""
        for output in [output for output in self._silent if output.has_sent]:
            self._silent.remove(output)
            self._selector.register(output, selectors.EVENT_READ, output)
        if not self._selector.get_map():
            self._closing.wait(self._wait_s)
            return
        ready = self._selector.select(self._wait_s)
        for key, _ in ready:
            self._hear(key.data)
        self._tell()
        if ready and self._wait_s:
            self._closing.wait(_REST_S)

    def status(self) -> dict[str, Any]:
        """Nothing of its own: what receivers say belongs to their outputs."""
        return {}

    def close(self) -> None:
        """Hear no more."""
        self._closing.set()
        self._selector.close()

    def _hear(self, output: OscFrameOutput) -> None:
        for command in output.back.read(self._clock.now_us()):
            try:
                follow(command, self._control)
            except UsageError as error:
                output.back.refuse(error)
            else:
                output.back.receiver.commands += 1
                self._changed = self._control.direction

    def _tell(self) -> None:
        now_us = self._clock.now_us()
        if self._changed is not None and now_us - self._told_us >= _CALM_US:
            self._say(f"changed from outside: {self._changed}", "info")
            self._changed, self._told_us = None, now_us
        for output in self._outputs:
            while (refusal := output.back.new_refusal()) is not None:
                self._say(f"{output.name}: {refusal}", "warning")
            state, before = output.back.receiver.state(now_us), self._states[id(output)]
            if state != before:
                self._states[id(output)] = state
                self._tell_state(output, now_us)

    def _tell_state(self, output: OscFrameOutput, now_us: int) -> None:
        report = output.back.receiver.report(now_us)
        where = f"{output.name} to {output.status().target}"
        if report["state"] == SILENT:
            self._say(f"{where}: the receiver has been silent for {report['age_s']:.0f} s", "warning")
            return
        what = "has a face bound" if report["state"] == BOUND else receiver_words(report).removeprefix("receiver ")
        self._say(f"{where}: receiver {report['subject']!r} (engine {report['engine']}) {what}", "info")


def follow(command: Command, control: FaceControl) -> None:
    """Do what ``command`` asks.

    An intensity above 1 is taken as 1: no model has learned more.

    Raises:
        UsageError: the model does not know the emotion; nothing changes.
    """
    match command.verb:
        case Verb.EMOTION:
            control.set_emotion({command.name: command.value}, command.fade_s)
        case Verb.INTENSITY:
            control.set_intensity(min(1.0, command.value), command.fade_s)
        case Verb.MUTE:
            control.mute(command.value == 1.0)
        case Verb.NEUTRAL:
            control.set_emotion({}, command.fade_s)
