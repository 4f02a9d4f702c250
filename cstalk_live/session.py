"""The pure pipeline: blocks of sound in, frames of the face out. No device, no thread, no clock of its own.

Sound is cut into frames of 400 samples whatever the size of the blocks. A block that completes several frames takes
them through the network together, so the frames are the same for every way of cutting a stream into blocks to within
float32's rounding (1e-5). With a look-ahead of D frames the network, having heard frame k,
tells the pose of frame k - D: the first D answers belong to frames before the stream and are dropped;
:meth:`Session.flush` feeds D frames of silence so that the last D poses come out too. The latency added here
is D frames and nothing else; :mod:`cstalk_live.dial` says how D changes in a running stream.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cstalk_live.decibels import power_db
from cstalk_live.dial import LookaheadDial, Network, Pose
from cstalk_live.features.logmel import StreamingLogMel
from cstalk_live.metrics import Metrics
from cstalk_live.motion.level import VoiceLevel
from cstalk_live.records import HOP, SAMPLE_RATE, FloatArray, Frame, FrameFlag
from cstalk_live.rig import PROPERTY_NEUTRAL, RAW_SIZE, BoardMap

CaptureTime = Callable[[int], int]
"""24 kHz sample index -> monotonic microseconds at which that sample was captured."""


class Mood(Protocol):
    """The emotion input over time (``emotion.EmotionState``)."""

    def advance(self) -> FloatArray:
        """One frame further; float32 [E + 1], the weights and then the intensity."""
        ...


class Motion(Protocol):
    """What speech alone does not give (``motion.layer.MotionLayer``)."""

    @property
    def speech(self) -> bool: ...

    def reset(self) -> None: ...

    def look_ahead(self, frames: int) -> None:
        """Poses may lie this many frames behind the newest sound."""
        ...

    def hear(self, level_db: float) -> None:
        """The voice level of the newest frame of sound."""
        ...

    def apply(self, board: FloatArray, *, frame_index: int) -> None:
        """Make float32 [185] the pose to show, in place."""
        ...

    def write_head(self, properties: FloatArray) -> None:
        """Put the head's angles into float32 [260]."""
        ...


def stream_time(sample: int) -> int:
    """Capture times of a stream that began at 0 us: exact time in the recording."""
    return sample * 1_000_000 // SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class _Heard:
    """What is known of a frame's sound, kept until its pose comes out D frames later."""

    number: int
    """Frames of sound since the stream began."""
    level_db: float
    flags: FrameFlag


class Session:
    """One stream from sound to frames. Used by one thread at a time, but :meth:`look_ahead` by any.

    Args:
        network: the model; its state belongs to this session from now on.
        motion: what is put on the network's pose.
        mood: emotion input, asked once per frame.
        delay_frames: look-ahead D in frames, one that the network was trained for.
        spare: a second network of the same model, so that D can change within a stream.
        delays: all delays that the model knows; D alone when left out.
    """

    def __init__(
        self,
        network: Network,
        motion: Motion,
        mood: Mood,
        delay_frames: int,
        *,
        spare: Network | None = None,
        delays: Sequence[int] = (),
    ) -> None:
        self.delays = tuple(delays) or (delay_frames,)
        self._dial = LookaheadDial(network, delay_frames, spare)
        self._motion = motion
        self._mood = mood
        self._features = StreamingLogMel()
        self._voice = VoiceLevel()
        self._board_map = BoardMap()
        self._hop = np.zeros(HOP, np.float32)
        self._heard: deque[_Heard] = deque()
        self._reach = delay_frames
        self._now_us: Callable[[], int] = _no_clock
        self._metrics = Metrics()
        self._begin(0, stream_time)
        self._restarted = FrameFlag.NONE

    @property
    def delay_frames(self) -> int:
        """The look-ahead; the old one until a change is complete."""
        return self._dial.delay

    def look_ahead(self, frames: int) -> None:
        """Change the look-ahead to one of :attr:`delays`: at the next stream, or by a cross-fade in this one where
        there is a spare network."""
        self._dial.wanted = frames

    @property
    def changing(self) -> bool:
        """A change of the look-ahead is under way."""
        return self._dial.changing

    def time_stages(self, now_us: Callable[[], int], metrics: Metrics) -> None:
        """From now on put the microseconds that features, network and motion take into the histograms."""
        self._now_us, self._metrics = now_us, metrics

    def start(self, first_index: int = 0, capture_us: CaptureTime = stream_time) -> None:
        """Zero every state: the next sample is sample 0 of a new stream, whose first frame is
        ``first_index``.
        """
        self._dial.reset()
        self._motion.reset()
        self._features.reset()
        self._voice.reset()
        self._begin(first_index, capture_us)
        self._restarted = FrameFlag.RESET

    def _begin(self, first_index: int, capture_us: CaptureTime) -> None:
        self._heard.clear()
        self._first = first_index
        self._capture_us = capture_us
        self._cut = 0
        self._filled = 0
        self._hop_flags = FrameFlag.NONE

    def waiting_frames(self, samples: int) -> int:
        """Frames that so many more samples would complete."""
        return (self._filled + samples) // HOP

    def push(self, samples: FloatArray, gap: bool = False, *, skip: int = 0) -> list[Frame]:
        """Take float32 [n] of 24 kHz sound, any n; return the frames that it completes, in order.

        Args:
            samples: mono, -1..1, finite.
            gap: this is silence put in place of lost sound; frames that contain any of it carry the flag GAP.
            skip: so many of the first frames completed are kept from the network, which could not keep up. They get
                no pose, and no frame comes out for them; all later ones keep their index and time.
        """
        columns: list[FloatArray] = []
        moods: list[FloatArray] = []
        levels: list[float] = []
        begin_us = self._now_us()
        start = hops = 0
        while start < len(samples):
            count = min(HOP - self._filled, len(samples) - start)
            self._hop[self._filled : self._filled + count] = samples[start : start + count]
            self._filled += count
            start += count
            if gap:
                self._hop_flags |= FrameFlag.GAP
            if self._filled == HOP:
                self._filled = 0
                column, level = self._hear_hop()
                mood = self._mood.advance()
                hops += 1
                if hops <= skip:
                    self._motion.hear(level)
                    self._heard.pop()
                    continue
                columns.append(column)
                moods.append(mood.copy())  # the mood's array is the same every time
                levels.append(level)
        if hops:
            self._metrics.features_us.add((self._now_us() - begin_us) // hops)
        return self._show(np.stack(columns), np.stack(moods), levels) if columns else []

    def flush(self) -> list[Frame]:
        """End the stream: n samples pushed in all have given ceil(n / 400) frames once this returns.

        Silence completes the last frame and is heard until its pose is out. Call :meth:`start` before the next
        push.
        """
        frames = self.push(np.zeros(HOP - self._filled if self._filled else 0, np.float32))
        end = self._first + self._cut
        while self._heard and self._heard[0].number < end - self._first:
            frames += self.push(np.zeros(HOP, np.float32))
        return [frame for frame in frames if frame.index < end]

    def _hear_hop(self) -> tuple[FloatArray, float]:
        """Features [160] and voice level of the full hop, whose other facts are kept for its frame."""
        level = self._voice.of(self._hop)
        self._heard.append(_Heard(self._cut, level_db(self._hop), self._hop_flags))
        self._cut += 1
        self._hop_flags = FrameFlag.NONE
        column: FloatArray = self._features.push(self._hop)[0]
        return column, level

    def _show(self, columns: FloatArray, moods: FloatArray, levels: list[float]) -> list[Frame]:
        """Frames of the poses that the network completes on hearing float32 [n, 160]."""
        begin_us = self._now_us()
        answers = self._dial.advance(columns, moods)
        stepped_us = self._now_us()
        if self._dial.reach != self._reach:
            self._reach = self._dial.reach
            self._motion.look_ahead(self._reach)
        frames: list[Frame] = []
        for level, poses in zip(levels, answers, strict=True):
            self._motion.hear(level)
            frames += [self._frame(pose) for pose in poses]
        self._metrics.step_us.add((stepped_us - begin_us) // len(levels))
        self._metrics.motion_us.add((self._now_us() - stepped_us) // len(levels))
        return frames

    def _frame(self, pose: Pose) -> Frame:
        heard = self._heard.popleft()
        index = self._first + heard.number
        board = pose.board
        own = board.copy()
        self._motion.apply(board, frame_index=index)
        properties = PROPERTY_NEUTRAL.copy()
        self._board_map.into(board, properties[:RAW_SIZE])
        self._motion.write_head(properties)
        flags = heard.flags | self._restarted | (FrameFlag.SPEECH if self._motion.speech else FrameFlag.NONE)
        self._restarted = FrameFlag.NONE
        capture_us = self._capture_us(heard.number * HOP + HOP // 2)
        return Frame(index, capture_us, board, properties, flags, heard.level_db, pose.lookahead_us, own)


def _no_clock() -> int:
    return 0


def level_db(sound: FloatArray) -> float:
    """RMS of float32 [n] in dBFS, SILENCE_DB at the least."""
    return power_db(float(np.dot(sound, sound)) / max(1, len(sound)))
