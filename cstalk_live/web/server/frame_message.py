"""The page's binary frame: pure bytes, laid out in ``page/src/wire/contract.ts``."""

from __future__ import annotations

import struct

import numpy as np

from cstalk_live.audio.level import CLIP_LEVEL
from cstalk_live.decibels import SILENCE_DB, power_db
from cstalk_live.records import FPS, FloatArray, Frame
from cstalk_live.rig import PROPERTY_SIZE, RAW_SCHEMA_HASH

COLUMNS = 8
"""Pairs of smallest and largest sample: 50 samples each."""

HEAD = struct.Struct("<BBHIddffIBBHBBHI")

_KIND, _VERSION = 1, 1
_MOST_CLIPPED = 255


def lookahead_frames(frame: Frame) -> int:
    """How much later than the pose the newest sound is."""
    return min(255, (frame.lookahead_us * FPS + 500_000) // 1_000_000)


def frame_message(sequence: int, frame: Frame, sound: FloatArray, now_us: int, before: FloatArray | None) -> bytes:
    """One message.

    Args:
        sequence: of the frame among all frames of the program; wraps.
        sound: float32 [400], the newest sound of 24 kHz when the pose came.
        now_us: of the sending, on the frames' clock.
        before: float32 [260], the face as the network itself says, where the page asked for it.
    """
    parts = sound.reshape(COLUMNS, -1)
    wave = np.empty((COLUMNS, 2), np.float32)
    np.min(parts, axis=1, out=wave[:, 0])
    np.max(parts, axis=1, out=wave[:, 1])
    peak = float(np.abs(wave).max())
    clipped = int(np.count_nonzero(np.abs(sound) >= CLIP_LEVEL)) if peak >= CLIP_LEVEL else 0
    head = HEAD.pack(
        _KIND,
        _VERSION,
        int(frame.flags),
        sequence & 0xFFFF_FFFF,
        float(frame.capture_us),
        float(now_us),
        power_db(float(np.dot(sound, sound)) / len(sound)),
        power_db(peak * peak) if peak > 0.0 else SILENCE_DB,
        frame.index & 0xFFFF_FFFF,
        lookahead_frames(frame),
        1 if before is None else 2,
        PROPERTY_SIZE,
        COLUMNS,
        min(_MOST_CLIPPED, clipped),
        0,
        RAW_SCHEMA_HASH,
    )
    shape = np.clip(np.rint(127.0 * wave), -127.0, 127.0).astype(np.int8)
    values = np.nan_to_num(frame.properties.astype("<f4"), posinf=0.0, neginf=0.0)
    own = b"" if before is None else np.nan_to_num(before.astype("<f4"), posinf=0.0, neginf=0.0).tobytes()
    return b"".join((head, shape.tobytes(), values.tobytes(), own))
