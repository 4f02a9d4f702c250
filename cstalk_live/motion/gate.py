"""Is there a voice? A gate on the sound's level above its noise floor, made for a pose that comes D frames
later.

The network's pose for frame k comes out when frame k + D has been heard. The gate looks at the newest sound,
so on the pose's own time it opens D frames before the voice begins, and it is held D frames longer at the
end: a word's beginning is never clipped, and the mouth is free to open ahead of the sound, as mouths do.

The floor is the minimum of the level over the last two seconds, as in R. Martin, "Noise power spectral
density estimation based on optimal smoothing and minimum statistics", IEEE Trans. Speech Audio Process. 9(5),
2001: speech has gaps that reach down to the noise within that time, steady noise does not rise above its own
minimum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cstalk_live.records import FPS

_PARTS = 8
"""The window of the minimum moves in steps of an eighth."""


@dataclass(frozen=True, slots=True)
class GateConfig:
    """Levels in dB, as :class:`cstalk_live.motion.level.VoiceLevel` measures them, and times in seconds."""

    open_above_floor_db: float = 8.0
    close_above_floor_db: float = 5.0
    """Below opening, so that a level near the threshold does not flutter."""
    quietest_db: float = -72.0
    """Sound below this is never a voice, however quiet the room."""
    floor_start_db: float = -72.0
    floor_low_db: float = -90.0
    floor_high_db: float = -42.0
    """Limits of the floor; the upper one keeps a loud sung note open although it has no gaps."""
    window_s: float = 2.0
    rise_db_per_s: float = 12.0
    """How fast the floor follows a room that gets louder; downwards it follows at once."""
    hold_s: float = 0.25
    """Bridges the closures of stops and short breaths between words."""
    release_s: float = 0.2
    """Time in which the openness then falls from 1 to 0."""


class VoiceGate:
    """The gate of one stream.

    Args:
        config: thresholds and times.
        lookahead_frames: D, how many frames the pose lies behind the newest sound.
    """

    def __init__(self, config: GateConfig | None = None, lookahead_frames: int = 0) -> None:
        self.config = config or GateConfig()
        self.look_ahead(lookahead_frames)
        self._release = 1.0 / max(1.0, self.config.release_s * FPS)
        self._part_frames = max(1, round(self.config.window_s * FPS / _PARTS))
        self._minima = [math.inf] * _PARTS
        self.reset()

    def listen_above(self, quietest_db: float) -> None:
        """From now on sound below this level is never a voice."""
        self.config = replace(self.config, quietest_db=quietest_db)

    def look_ahead(self, frames: int) -> None:
        """From now on the pose lies ``frames`` behind the newest sound."""
        self._hold_frames = round(self.config.hold_s * FPS) + frames
        # With look-ahead the opening is spread over the frames that are left until the voice begins.
        self._attack = 1.0 / max(1, min(frames, 4))

    def reset(self) -> None:
        """Forget the room and the voice."""
        self.floor_db = self.config.floor_start_db
        """Present estimate of the noise floor."""
        self.speech = False
        """A voice is heard, or was within the hold."""
        self.openness = 0.0
        """0..1, 1 where the pose is all the network's; eased at both ends."""
        self._loud = False
        self._held = 0
        self._ramp = 0.0
        self._heard = 0
        for part in range(_PARTS):
            self._minima[part] = math.inf

    def hear(self, level_db: float) -> None:
        """Take the level (dB, of ``VoiceLevel``) of one more frame of sound; not finite counts as silence."""
        level = level_db if math.isfinite(level_db) else self.config.floor_low_db
        self._follow_floor(level)
        above = self.config.close_above_floor_db if self._loud else self.config.open_above_floor_db
        self._loud = level >= max(self.floor_db + above, self.config.quietest_db)
        self._held = self._hold_frames if self._loud else max(0, self._held - 1)
        self.speech = self._loud or self._held > 0
        if self.speech:
            self._ramp = min(1.0, self._ramp + self._attack)
        else:
            self._ramp = max(0.0, self._ramp - self._release)
        self.openness = self._ramp * self._ramp * (3.0 - 2.0 * self._ramp)

    def _follow_floor(self, level: float) -> None:
        part = self._heard // self._part_frames % _PARTS
        if self._heard % self._part_frames == 0:
            self._minima[part] = math.inf
        self._minima[part] = min(self._minima[part], level)
        self._heard += 1
        risen = self.floor_db + self.config.rise_db_per_s / FPS
        floor = min(risen, min(self._minima))
        self.floor_db = min(self.config.floor_high_db, max(self.config.floor_low_db, floor))
