"""The pure pipeline: blocks of sound in, frames of the face out. No device, no thread, no clock of its own.

Sound is cut into frames of 400 samples whatever the size of the blocks, so the frames are the same bits for
every way of cutting a stream into blocks. With a look-ahead of D frames the network, having heard frame k,
tells the pose of frame k - D: the first D answers belong to frames before the stream and are dropped;
:meth:`Session.flush` feeds D frames of silence so that the last D poses come out too. The latency added here
is D frames and nothing else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cstalk_live.decibels import power_db
from cstalk_live.features.logmel import StreamingLogMel
from cstalk_live.motion.level import VoiceLevel
from cstalk_live.records import HOP, SAMPLE_RATE, FloatArray, Frame, FrameFlag
from cstalk_live.rig import PROPERTY_NEUTRAL, RAW_SIZE, BoardMap

CaptureTime = Callable[[int], int]
"""24 kHz sample index -> monotonic microseconds at which that sample was captured."""


class Network(Protocol):
    """A streaming model (``model.runner.OnnxRunner``)."""

    def reset(self) -> None: ...

    def step(self, features: FloatArray, emotion: FloatArray, delay: int) -> FloatArray:
        """float32 [160], float32 [E + 1] -> float32 [185], a view that the next step overwrites."""
        ...


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

    def hear(self, level_db: float) -> None:
        """The voice level of a frame of sound for which no pose is due yet."""
        ...

    def apply(self, board: FloatArray, *, frame_index: int, level_db: float) -> None:
        """Make float32 [185] the pose to show, in place; the voice level is that of the newest frame of sound."""
        ...

    def write_head(self, properties: FloatArray) -> None:
        """Put the head's angles into float32 [260]."""
        ...


def stream_time(sample: int) -> int:
    """Capture times of a stream that began at 0 us: exact time in the recording."""
    return sample * 1_000_000 // SAMPLE_RATE


@dataclass(slots=True)
class _Heard:
    """What is known of a frame's sound, kept until its pose comes out D frames later."""

    level_db: float
    flags: FrameFlag


class Session:
    """One stream from sound to frames. Used by one thread at a time.

    Args:
        network: the model; its state belongs to this session from now on.
        motion: what is put on the network's pose.
        mood: emotion input, asked once per frame.
        delay_frames: look-ahead D in frames, one that the network was trained for.
    """

    def __init__(self, network: Network, motion: Motion, mood: Mood, delay_frames: int) -> None:
        self._network = network
        self._motion = motion
        self._mood = mood
        self._delay = delay_frames
        self._features = StreamingLogMel()
        self._voice = VoiceLevel()
        self._board_map = BoardMap()
        self._hop = np.zeros(HOP, np.float32)
        self._heard: deque[_Heard] = deque(maxlen=delay_frames + 1)
        self._begin(0, stream_time)
        self._restarted = FrameFlag.NONE

    @property
    def delay_frames(self) -> int:
        return self._delay

    @property
    def next_index(self) -> int:
        """Index of the frame that will come out next."""
        return self._first + max(0, self._steps - self._delay)

    def start(self, first_index: int = 0, capture_us: CaptureTime = stream_time) -> None:
        """Zero every state: the next sample is sample 0 of a new stream, whose first frame is
        ``first_index``.
        """
        self._network.reset()
        self._motion.reset()
        self._features.reset()
        self._voice.reset()
        self._begin(first_index, capture_us)
        self._restarted = FrameFlag.RESET

    def _begin(self, first_index: int, capture_us: CaptureTime) -> None:
        self._heard.clear()
        self._first = first_index
        self._capture_us = capture_us
        self._steps = 0
        self._filled = 0
        self._hop_flags = FrameFlag.NONE

    def push(self, samples: FloatArray, gap: bool = False) -> list[Frame]:
        """Take float32 [n] of 24 kHz sound, any n; return the frames that it completes, in order.

        Args:
            samples: mono, -1..1, finite.
            gap: this is silence put in place of lost sound; frames that contain any of it carry the flag GAP.
        """
        frames: list[Frame] = []
        start = 0
        while start < len(samples):
            count = min(HOP - self._filled, len(samples) - start)
            self._hop[self._filled : self._filled + count] = samples[start : start + count]
            self._filled += count
            start += count
            if gap:
                self._hop_flags |= FrameFlag.GAP
            if self._filled == HOP:
                self._filled = 0
                frame = self._step()
                if frame is not None:
                    frames.append(frame)
        return frames

    def flush(self) -> list[Frame]:
        """End the stream: n samples pushed in all have given ceil(n / 400) frames once this returns.

        Silence completes the last frame and is heard for D frames more. Call :meth:`start` before the next
        push.
        """
        incomplete = HOP - self._filled if self._filled else 0
        return self.push(np.zeros(incomplete + self._delay * HOP, np.float32))

    def _step(self) -> Frame | None:
        """Hear the full hop; the pose of D frames ago, None while that lies before the stream."""
        newest = _Heard(level_db(self._hop), self._hop_flags)
        voice_db = self._voice.of(self._hop)
        self._heard.append(newest)
        self._hop_flags = FrameFlag.NONE
        column = self._features.push(self._hop)[0]
        answer = self._network.step(column, self._mood.advance(), self._delay)
        number = self._steps - self._delay
        self._steps += 1
        if number < 0:
            self._motion.hear(voice_db)
            return None
        board = answer.copy()  # the frame keeps its pose; the network's buffer is overwritten by the next step
        index = self._first + number
        self._motion.apply(board, frame_index=index, level_db=voice_db)
        properties = PROPERTY_NEUTRAL.copy()
        self._board_map.into(board, properties[:RAW_SIZE])
        self._motion.write_head(properties)
        heard = self._heard[0]
        flags = heard.flags | self._restarted | (FrameFlag.SPEECH if self._motion.speech else FrameFlag.NONE)
        self._restarted = FrameFlag.NONE
        capture_us = self._capture_us(number * HOP + HOP // 2)
        return Frame(index, capture_us, board, properties, flags, heard.level_db)


def level_db(sound: FloatArray) -> float:
    """RMS of float32 [n] in dBFS, SILENCE_DB at the least."""
    return power_db(float(np.dot(sound, sound)) / max(1, len(sound)))
