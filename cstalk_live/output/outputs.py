"""The outputs a run can switch on, each as often as there are targets: a pure encoder joined with a
socket."""

from __future__ import annotations

import platform
import secrets
import uuid
from collections.abc import Callable
from dataclasses import replace

from cstalk_live import __version__
from cstalk_live.clock import Clock
from cstalk_live.direction import Direction
from cstalk_live.errors import OutputError
from cstalk_live.output.base import OutputStatus
from cstalk_live.output.command_gate import ReplayGuard
from cstalk_live.output.emotion_packet import Emotion, encode_emotion
from cstalk_live.output.frame_packet import FramePacketEncoder
from cstalk_live.output.hello_packet import Hello, check_subject, encode_hello
from cstalk_live.output.layout import BOARD_LAYOUT, RAW_LAYOUT, Layout
from cstalk_live.output.livelink_face import LiveLinkFaceEncoder
from cstalk_live.output.osc_controls import DEFAULT_TEMPLATE, ControlsEncoder
from cstalk_live.output.return_path import ReturnPath
from cstalk_live.output.schema_packet import encode_schema
from cstalk_live.output.target import Target
from cstalk_live.output.timecode import FrameRate, TimeOfDay
from cstalk_live.output.udp_output import UdpOutput
from cstalk_live.records import FPS, Frame

DEFAULT_SUBJECT = "CSTalk"


def new_session() -> int:
    """A random session id, 0..2**32 - 1."""
    return secrets.randbits(32)


class OscFrameOutput(UdpOutput):
    """``/cstalk/frame`` per frame; ``/cstalk/hello``, a chunk of ``/cstalk/schema`` and ``/cstalk/emotion`` per second.

    The receiver may answer: :attr:`back` reads that.

    Args:
        target: where to.
        layout: ``RAW_LAYOUT`` or ``BOARD_LAYOUT``.
        clock: the clock of the frames' capture times.
        subject: the face's name.
        lookahead_frames: stated until a frame says otherwise.
        session: 0..2**32 - 1; random when left out. Outputs of one run may share it.
        broadcast: allow a broadcast address.
        directed: gives what the face is told beside the sound, for ``/cstalk/emotion``; without it there is none.
        key: shared with the receiver, whose commands must then be signed.
        guard: against repeated commands; outputs of one session share one.

    Raises:
        OutputError: target, layout or subject cannot be used.
    """

    def __init__(
        self,
        target: Target,
        layout: Layout = RAW_LAYOUT,
        *,
        clock: Clock,
        subject: str = DEFAULT_SUBJECT,
        lookahead_frames: int = 0,
        session: int | None = None,
        broadcast: bool = False,
        directed: Callable[[], Direction] | None = None,
        key: str | None = None,
        guard: ReplayGuard | None = None,
    ) -> None:
        if layout not in (RAW_LAYOUT, BOARD_LAYOUT):
            raise OutputError(f"layout '{layout.name}' has no frame message", "use raw or board")
        self.session = new_session() if session is None else session
        self.lookahead_frames = lookahead_frames
        self._subject = check_subject(subject)
        self._clock = clock
        self._layout = layout
        self._encoder = FramePacketEncoder(layout, self.session)
        self._schema = encode_schema(layout.schema_hash, layout.names)
        self._sequence = 0
        self._seconds = 0
        super().__init__(f"osc {layout.name}", target, broadcast=broadcast)
        self.back = ReturnPath(self._sender, self.session, key, guard if guard is not None else ReplayGuard())
        self._directed = directed
        self._told: Direction | None = None

    @property
    def has_sent(self) -> bool:
        """Something has left, so something may come back."""
        return self._sender.sent > 0

    @property
    def repaired(self) -> int:
        """Frames in which a NaN or infinity was sent as 0."""
        return self._encoder.non_finite

    def fileno(self) -> int:
        """Of the socket, to wait for what comes back."""
        return self._sender.fileno()

    def status(self) -> OutputStatus:
        """Frames sent, failures, bytes, and what the receiver says."""
        return replace(super().status(), receiver=self.back.receiver.report(self._clock.now_us()))

    def send(self, frame: Frame) -> None:
        """One datagram. A refused one uses up its sequence number, so that receivers see the loss."""
        if frame.lookahead_us:
            self.lookahead_frames = (frame.lookahead_us * FPS + 500_000) // 1_000_000
        packet = self._encoder.encode(frame, self._sequence, self._clock.now_us(), self.lookahead_frames)
        self._sequence = (self._sequence + 1) & 0xFFFF_FFFF
        self._frames += self._sender.send(packet)
        if self._directed is not None and (direction := self._directed()) is not self._told:
            self._tell_emotion(direction)

    def second(self, now_us: int) -> None:
        """Hello, then the next chunk of names and, once there are frames, the emotion."""
        hello = Hello(
            session=self.session,
            schema_hash=self._layout.schema_hash,
            layout=self._layout.name,
            value_count=self._layout.size,
            rate_numerator=FPS,
            rate_denominator=1,
            lookahead_frames=self.lookahead_frames,
            subject=self._subject,
            version=__version__,
            send_us=now_us,
        )
        self._sender.send(encode_hello(hello))
        self._sender.send(self._schema[self._seconds % len(self._schema)])
        self._seconds += 1
        if self._directed is not None and self._told is not None:
            self._tell_emotion(self._directed())

    def _tell_emotion(self, direction: Direction) -> None:
        """Not before the first frame: a receiver listens to whoever drives the face, and frames decide who does."""
        self._told = direction
        self._sender.send(encode_emotion(Emotion(self.session, direction.intensity, direction.muted, direction.mix)))


class OscControlsOutput(UdpOutput):
    """One named address per value, in bundles.

    Args:
        target: where to.
        layout: raw, board or arkit.
        template: address with ``{name}``.
        broadcast: allow a broadcast address.

    Raises:
        OutputError: target or template cannot be used.
    """

    def __init__(
        self,
        target: Target,
        layout: Layout = RAW_LAYOUT,
        *,
        template: str = DEFAULT_TEMPLATE,
        broadcast: bool = False,
    ) -> None:
        self._encoder = ControlsEncoder(layout, template)
        super().__init__(f"osc per-control {layout.name}", target, broadcast=broadcast)

    @property
    def repaired(self) -> int:
        """Frames in which a NaN or infinity was sent as 0."""
        return self._encoder.non_finite

    def send(self, frame: Frame) -> None:
        """All bundles of the frame, in order."""
        whole = True
        for bundle in self._encoder.encode(frame):
            whole = self._sender.send(bundle) and whole
        self._frames += whole


class LiveLinkFaceOutput(UdpOutput):
    """The Live Link Face app's datagrams, for a stock MetaHuman.

    Args:
        target: where to; Unreal listens on port 11111.
        time_of_day: turns capture times into frames since midnight.
        subject: name of the Live Link subject.
        device_id: 1..256 bytes of text; when left out one that stays the same for this subject on this
            machine.
        rate: frames a second that the packet's frame number counts.
        broadcast: allow a broadcast address.

    Raises:
        OutputError: target or a name cannot be used.
    """

    def __init__(
        self,
        target: Target,
        *,
        time_of_day: TimeOfDay,
        subject: str = DEFAULT_SUBJECT,
        device_id: str | None = None,
        rate: FrameRate = FrameRate(FPS, 1),  # noqa: B008
        broadcast: bool = False,
    ) -> None:
        sender = stable_device_id(subject) if device_id is None else device_id
        self._encoder = LiveLinkFaceEncoder(subject, sender, time_of_day, rate)
        super().__init__("livelink", target, broadcast=broadcast)

    @property
    def repaired(self) -> int:
        """Frames in which a NaN or infinity was sent as 0."""
        return self._encoder.non_finite

    def send(self, frame: Frame) -> None:
        """One datagram."""
        self._frames += self._sender.send(self._encoder.encode(frame))


def stable_device_id(subject: str) -> str:
    """A UUID (36 characters) that is the same whenever this machine sends this subject."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{subject}.{platform.node()}.cstalk-live"))
