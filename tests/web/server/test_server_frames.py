"""The frame on the wire byte by byte, the sound that goes with it, and the slot that holds the newest one."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.records import HOP, Frame, FrameFlag
from cstalk_live.rig import BOARD_INDEX, BOARD_NEUTRAL, PROPERTY_NAMES, PROPERTY_NEUTRAL, RAW_INDEX, RAW_SCHEMA_HASH
from cstalk_live.web.server.feed import FrameFeed
from cstalk_live.web.server.frame_message import frame_message

JAW_OPEN = RAW_INDEX["CTRL_expressions_jawOpen"]


def frame(index=0, lookahead_frames=4, flags=FrameFlag.SPEECH, network=None):
    values = PROPERTY_NEUTRAL.copy()
    values[JAW_OPEN] = 0.25
    lookahead_us = round(lookahead_frames * 1e6 / 60)
    return Frame(index, 1_000_000 + index, BOARD_NEUTRAL.copy(), values, flags, -20.0, lookahead_us, network)


def tone(frames, first=0):
    """float32: in every frame of sound another constant, so that a frame's sound can be told."""
    return np.repeat(np.arange(first, first + frames, dtype=np.float32) / 1000.0 + 0.1, HOP)


def test_every_field_stands_where_the_contract_says(web):
    sound = np.zeros(HOP, np.float32)
    sound[:50] = 0.5
    sound[60] = -1.0
    data = frame_message(0x1_0000_0007, frame(0x1_0000_0003), sound, 5_000_000, None)
    assert len(data) == 48 + 16 + 4 * len(PROPERTY_NAMES)
    got = web.read_frame(data)
    assert (got["kind"], got["version"], got["flags"], got["zero"]) == (1, 1, 1, 0)
    assert (got["sequence"], got["index"]) == (7, 3), "both wrap"
    assert (got["capture_us"], got["sent_us"]) == (1_000_000 + 0x1_0000_0003, 5_000_000)
    assert got["rms_db"] == pytest.approx(10 * np.log10((50 * 0.25 + 1) / HOP), abs=1e-3)
    assert got["peak_db"] == 0.0
    assert (got["lookahead"], got["sets"], got["count"], got["columns"], got["clipped"]) == (4, 1, 260, 8, 1)
    assert got["hash"] == RAW_SCHEMA_HASH
    assert got["wave"].tolist() == [[64, 64], [-127, 0], *([[0, 0]] * 6)]
    assert got["values"][0][JAW_OPEN] == 0.25


def test_silence_and_values_that_are_no_numbers(web):
    broken = frame()
    broken.properties[3] = np.nan
    broken.properties[4] = np.inf
    got = web.read_frame(frame_message(0, broken, np.zeros(HOP, np.float32), 0, broken.properties))
    assert (got["rms_db"], got["peak_db"], got["sets"]) == (-120.0, -120.0, 2)
    assert np.isfinite(got["values"]).all()


def test_the_sound_is_the_newest_when_the_pose_came(web):
    feed = FrameFeed(lambda: 7)
    for first in range(0, 200, 5):
        feed.hear(first * HOP, tone(5, first))
        for index in range(first, first + 5):
            if index < 4:
                continue
            feed.send(frame(index - 4))
            got = web.read_frame(feed.message(before=False))
            assert got["rms_db"] == pytest.approx(20 * np.log10(index / 1000 + 0.1), abs=1e-3)
    assert feed.frames == 196
    assert got["sequence"] == 196


def test_a_frame_whose_sound_is_not_known_comes_with_silence(web):
    feed = FrameFeed(lambda: 7)
    assert feed.message(before=False) is None, "before the first frame"
    feed.hear(0, tone(10))
    feed.send(frame(50))
    assert web.read_frame(feed.message(False))["rms_db"] == -120.0, "not heard yet"
    feed.hear(10 * HOP, tone(200))
    feed.send(frame(3))
    assert web.read_frame(feed.message(False))["rms_db"] == -120.0, "forgotten"
    feed.hear(1000 * HOP, tone(1))
    feed.send(frame(990))
    assert web.read_frame(feed.message(False))["rms_db"] == -120.0, "nothing was heard in between"


def test_the_networks_own_face_is_mapped_as_the_steered_one_is(web):
    own = BOARD_NEUTRAL.copy()
    own[BOARD_INDEX["CTRL_C_jaw.ty"]] = 0.8
    feed = FrameFeed(lambda: 7)
    feed.send(frame(network=own))
    steered, before = web.read_frame(feed.message(before=True))["values"]
    assert steered[JAW_OPEN] == 0.25
    assert before[JAW_OPEN] > 0.5
    feed.send(frame(network=None))
    steered, before = web.read_frame(feed.message(before=True))["values"]
    np.testing.assert_array_equal(steered, before)


def test_the_newest_frame_waits_and_whoever_serves_is_woken_for_each():
    feed, woken = FrameFeed(lambda: 7), []
    feed.wake_by(lambda: woken.append(1))
    for index in range(5):
        feed.send(frame(index))
    assert len(woken) == 5
    feed.close()
    feed.send(frame(9))
    assert len(woken) == 5, "a run that ends wakes nobody"
