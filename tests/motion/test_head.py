"""The head: small, slow, the same for the same seed, and off unless written."""

from __future__ import annotations

import numpy as np

from cstalk_live.motion.head import HeadConfig, HeadMotion
from cstalk_live.rig import EXTRA_NAMES, PROPERTY_INDEX, PROPERTY_NEUTRAL

ANGLES = [PROPERTY_INDEX[name] for name in ("HeadYaw", "HeadPitch", "HeadRoll")]


def play(head: HeadMotion, frames: int = 7200) -> np.ndarray:
    out = np.tile(PROPERTY_NEUTRAL, (frames, 1))
    for frame in range(frames):
        head.step(frame, 30.0 if frame % 120 < 60 else 0.0, frame % 360 < 300)
        head.write(out[frame])
    return out


def test_angles_are_small_and_smooth() -> None:
    out, config = play(HeadMotion()), HeadConfig()
    yaw, pitch, roll = (np.abs(out[:, index]).max() for index in ANGLES)
    assert yaw <= config.yaw_deg
    assert pitch <= config.pitch_deg + config.nod_deg
    assert roll <= config.roll_deg
    assert yaw > 0.5 * config.yaw_deg
    # 20 degrees a second is a slow nod.
    assert np.abs(np.diff(out[:, ANGLES], axis=0)).max() * 60 < 20


def test_only_the_head_is_written() -> None:
    out = play(HeadMotion(), 10)
    assert (out[:, PROPERTY_INDEX["HeadControlSwitch"]] == 1).all()
    kept = [i for n, i in PROPERTY_INDEX.items() if i not in ANGLES and n != "HeadControlSwitch"]
    np.testing.assert_array_equal(out[:, kept], np.tile(PROPERTY_NEUTRAL[kept], (10, 1)))
    assert EXTRA_NAMES[0] == "HeadControlSwitch"


def test_the_voice_dips_the_head() -> None:
    loud, still = HeadMotion(), HeadMotion()
    properties = PROPERTY_NEUTRAL.copy(), PROPERTY_NEUTRAL.copy()
    for frame in range(60):
        loud.step(frame, 40.0, True)
        still.step(frame, 40.0, False)
    for head, values in zip((loud, still), properties, strict=True):
        head.write(values)
    dip = properties[1][ANGLES[1]] - properties[0][ANGLES[1]]
    assert 0.9 * HeadConfig().nod_deg < dip <= HeadConfig().nod_deg


def test_another_seed_moves_otherwise() -> None:
    np.testing.assert_array_equal(play(HeadMotion(seed=1), 300), play(HeadMotion(seed=1), 300))
    assert not np.array_equal(play(HeadMotion(seed=1), 300), play(HeadMotion(seed=2), 300))
