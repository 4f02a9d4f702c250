"""The motion layer: what speech alone does not give, put on the network's pose frame by frame.

Order: repair, gain of each region, smooth, close the silent mouth, limit the speed; then blinks and glances on top.
No latency: the pose of frame k comes back as frame k. With everything switched off the layer only repairs, clamps and
limits.

The random parts depend on the seed and the frame index alone, so a file gives the same take every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cstalk_live.decibels import SILENCE_DB
from cstalk_live.motion.blinks import BlinkConfig, Blinks
from cstalk_live.motion.gate import GateConfig, VoiceGate
from cstalk_live.motion.gaze import Gaze, GazeConfig
from cstalk_live.motion.head import HeadConfig, HeadMotion
from cstalk_live.motion.limits import FiniteGuard, LimitConfig, SpeedLimit
from cstalk_live.motion.regions import RegionGain, of_regions
from cstalk_live.motion.rest import MouthRest, RestConfig
from cstalk_live.motion.smooth import OneEuro
from cstalk_live.records import FloatArray
from cstalk_live.rig import clamp_board


@dataclass(frozen=True, slots=True)
class LayerConfig:
    """What the layer does, and with which numbers."""

    gate: bool = True
    """Close the mouth where there is no voice."""
    blinks: bool = True
    gaze: bool = True
    head: bool = False
    """Drive the head; off leaves it to the body's animation (HeadControlSwitch 0)."""
    smoothing: float = 0.0
    """0..1, see :mod:`cstalk_live.motion.smooth`."""
    region_gain: Mapping[str, float] = field(default_factory=dict)
    """0..2 by region of :data:`cstalk_live.motion.regions.REGIONS`; 1 where left out."""
    region_smoothing: Mapping[str, float] = field(default_factory=dict)
    """0..1 by region; the stronger of this and ``smoothing`` holds."""
    seed: int = 0
    gate_config: GateConfig = field(default_factory=GateConfig)
    rest_config: RestConfig = field(default_factory=RestConfig)
    blink_config: BlinkConfig = field(default_factory=BlinkConfig)
    gaze_config: GazeConfig = field(default_factory=GazeConfig)
    head_config: HeadConfig = field(default_factory=HeadConfig)
    limit_config: LimitConfig = field(default_factory=LimitConfig)


class MotionLayer:
    """The layer of one stream.

    Args:
        config: switches and numbers.
        lookahead_frames: D; the pose given to :meth:`apply` lies D frames behind the newest sound.
    """

    def __init__(self, config: LayerConfig | None = None, lookahead_frames: int = 0) -> None:
        self.config = config or LayerConfig()
        self._gate = VoiceGate(self.config.gate_config, lookahead_frames)
        self._rest = MouthRest(self.config.rest_config)
        self._gain = RegionGain(self.config.region_gain)
        self._smooth = OneEuro(_smoothing(self.config))
        self._blinks = Blinks(self.config.blink_config, self.config.seed)
        self._gaze = Gaze(self.config.gaze_config, self.config.seed)
        self._head = HeadMotion(self.config.head_config, self.config.seed)
        self._gaze_share, self._head_share = float(self.config.gaze), float(self.config.head)
        self._guard = FiniteGuard()
        self._speed = SpeedLimit(self.config.limit_config)
        self._level_db = SILENCE_DB

    def reset(self) -> None:
        """A new stream begins."""
        for part in (self._gate, self._rest, self._smooth, self._blinks, self._gaze, self._head):
            part.reset()
        self._guard.reset()
        self._level_db = SILENCE_DB
        self._speed.reset()

    def steer(self, config: LayerConfig) -> None:
        """Switches, gains, smoothing and the gate's lowest level from the next frame on; from any thread. The other
        numbers stay those of the beginning.
        """
        self._gain.tune(config.region_gain)
        self._smooth.tune(_smoothing(config))
        self._gate.listen_above(config.gate_config.quietest_db)
        self.config = config

    @property
    def level_db(self) -> float:
        """Voice level of the newest frame of sound."""
        return self._level_db

    @property
    def speech(self) -> bool:
        """The gate hears a voice, for the flag of the frame."""
        return self._gate.speech

    @property
    def held_values(self) -> int:
        """Values of the network that were no numbers, so far."""
        return self._guard.held_values

    def look_ahead(self, frames: int) -> None:
        """From now on poses may lie ``frames`` behind the newest sound."""
        self._gate.look_ahead(frames)

    def hear(self, level_db: float) -> None:
        """Tell the level of the newest frame of sound, whether or not a pose is due.

        Args:
            level_db: as :class:`cstalk_live.motion.level.VoiceLevel` measures it. A plain RMS level works as well in
                a quiet room and worse where there is hum.
        """
        self._level_db = level_db
        self._gate.hear(level_db)

    def apply(self, board: FloatArray, *, frame_index: int, level_db: float | None = None) -> None:
        """Make ``board`` the pose to show.

        Args:
            board: float32 [185], the network's pose of frame ``frame_index``; changed in place, finite and in
                range afterwards.
            frame_index: index of the pose, rising.
            level_db: level of the newest frame of sound, where :meth:`hear` has not been told it.
        """
        if level_db is not None:
            self.hear(level_db)
        config = self.config
        self._guard.apply(board)
        self._gain.apply(board)
        self._smooth.apply(board)
        if config.gate:
            self._rest.apply(board, self._gate.openness, self._gate.speech)
        self._speed.apply(board)
        if config.blinks or self._blinks.closure > 0.0:
            self._blinks.apply(board, frame_index, self._gate.speech, begin=config.blinks)
        self._gaze_share = _eased(self._gaze_share, config.gaze)
        if self._gaze_share > 0.0:
            self._gaze.apply(board, frame_index, self._gaze_share)
        self._head_share = _eased(self._head_share, config.head)
        if self._head_share > 0.0:
            self._head.step(frame_index, self._level_db - self._gate.floor_db, self._gate.speech)
        clamp_board(board, out=board)

    def write_head(self, properties: FloatArray) -> None:
        """Put the head's angles of the last pose into float32 [260]; nothing changes when the head is off."""
        if self._head_share > 0.0:
            self._head.write(properties, self._head_share)


EASE_FRAMES = 18
"""0.3 s in which glances and head come and go when they are switched: neither eyes nor head jump."""


def _eased(share: float, on: bool) -> float:
    """The share of the next frame."""
    return min(1.0, share + 1.0 / EASE_FRAMES) if on else max(0.0, share - 1.0 / EASE_FRAMES)


def _smoothing(config: LayerConfig) -> FloatArray:
    """float32 [185], 0..1."""
    return np.maximum(of_regions(config.region_smoothing, 0.0), np.float32(config.smoothing))
