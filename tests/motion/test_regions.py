"""Regions that are steered: each channel in one of them, gains and smoothing where they belong and nowhere else, and
changes in a running stream."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.config.keys import RegionGains, RegionSmoothing
from cstalk_live.motion.layer import LayerConfig, MotionLayer
from cstalk_live.motion.regions import REGIONS, RegionGain, of_regions
from cstalk_live.motion.smooth import OneEuro
from cstalk_live.rig import (
    BOARD_DRIVES,
    BOARD_INDEX,
    BOARD_MAX,
    BOARD_MIN,
    BOARD_NEUTRAL,
    PROPERTY_INDEX,
    PROPERTY_NEUTRAL,
    region_indices,
)

JAW = BOARD_INDEX["CTRL_C_jaw.ty"]
SWITCH = PROPERTY_INDEX["HeadControlSwitch"]
LID = BOARD_INDEX["CTRL_L_eye_blink.ty"]
PLAIN = LayerConfig(gate=False, blinks=False, gaze=False)


def test_every_channel_that_drives_the_face_is_in_one_region_and_every_region_has_its_settings():
    found = np.concatenate([region_indices(*parts) for parts in REGIONS.values()])
    assert sorted(found) == list(np.flatnonzero(BOARD_DRIVES))
    assert set(REGIONS) == set(RegionGains.model_fields) == set(RegionSmoothing.model_fields)


def moved(share):
    """A pose some way from rest, inside its range."""
    return (BOARD_NEUTRAL + share * np.where(BOARD_NEUTRAL > 0, BOARD_MIN - BOARD_NEUTRAL, BOARD_MAX)).astype(
        np.float32
    )


@pytest.mark.parametrize("region", list(REGIONS))
@pytest.mark.parametrize("gain", [0.0, 0.5, 2.0])
def test_a_gain_scales_the_way_from_rest_in_its_region_alone(region, gain):
    board = moved(0.25)
    RegionGain({region: gain}).apply(board)
    inside = region_indices(*REGIONS[region])
    np.testing.assert_allclose(board[inside], moved(0.25 * gain)[inside], atol=1e-6)
    outside = np.setdiff1d(np.arange(len(board)), inside)
    np.testing.assert_array_equal(board[outside], moved(0.25)[outside])


def test_a_gain_keeps_every_channel_in_its_range():
    board = moved(0.9)
    RegionGain(dict.fromkeys(REGIONS, 2.0)).apply(board)
    assert (board >= BOARD_MIN).all()
    assert (board <= BOARD_MAX).all()


def trembling(channel, frames=120):
    """Tremble of one channel around 0.5, a few hundredths, at 20 Hz."""
    for number in range(frames):
        board = BOARD_NEUTRAL.copy()
        board[channel] = 0.5 + 0.02 * (-1) ** (number // 2)
        yield board


def tremble_left(smoothing, channel):
    smooth, shown = OneEuro(smoothing), []
    for board in trembling(channel):
        smooth.apply(board)
        shown.append(board[channel])
    return float(np.ptp(shown[60:]))


def test_smoothing_of_a_region_calms_its_channels_and_leaves_others_bit_by_bit():
    brow = region_indices("brow")[0]
    each = of_regions({"brow": 1.0}, 0.0)
    assert tremble_left(each, brow) < 0.75 * tremble_left(0.0, brow)
    assert tremble_left(each, JAW) == tremble_left(0.0, JAW)


def test_one_number_smooths_as_the_same_number_for_all_channels_does():
    one, each = OneEuro(0.4), OneEuro(np.full(185, 0.4, np.float32))
    for board in trembling(JAW):
        other = board.copy()
        one.apply(board)
        each.apply(other)
        np.testing.assert_array_equal(board, other)


def test_the_stronger_smoothing_holds():
    layer = MotionLayer(LayerConfig(gate=False, blinks=False, gaze=False, smoothing=0.8, region_smoothing={"jaw": 0.2}))
    same = MotionLayer(LayerConfig(gate=False, blinks=False, gaze=False, smoothing=0.8))
    for number, board in enumerate(trembling(JAW)):
        other = board.copy()
        layer.apply(board, frame_index=number, level_db=-30.0)
        same.apply(other, frame_index=number, level_db=-30.0)
        np.testing.assert_array_equal(board, other)


def test_a_running_layer_follows_what_it_is_told_without_a_jump():
    layer = MotionLayer(PLAIN)
    shown = []
    for number in range(60):
        if number == 30:
            layer.steer(LayerConfig(gate=False, blinks=False, gaze=False, region_gain={"jaw": 2.0}))
        board = BOARD_NEUTRAL.copy()
        board[JAW] = 0.45
        layer.apply(board, frame_index=number, level_db=-30.0)
        shown.append(board[JAW])
    assert shown[29] == pytest.approx(0.45, abs=1e-5)
    assert shown[-1] == pytest.approx(0.9, abs=1e-5)
    assert np.abs(np.diff(shown)).max() <= 36.0 / 60.0 + 1e-6


def test_a_blink_that_has_begun_is_finished_when_blinks_are_switched_off():
    layer = MotionLayer(LayerConfig(gate=False, gaze=False, seed=1))
    lid, off_at = [], None
    for number in range(3000):
        board = BOARD_NEUTRAL.copy()
        layer.apply(board, frame_index=number, level_db=-80.0)
        lid.append(float(board[LID]))
        if off_at is None and lid[-1] > 0.5:
            layer.steer(PLAIN)
            off_at = number
        if off_at is not None and number > off_at + 600:
            break
    after = lid[off_at:]
    assert max(np.abs(np.diff(after))) < 0.5, "the lids jumped"
    assert max(after[60:]) == 0.0, "a blink began while they were off"


def test_the_gate_hears_nothing_below_the_level_it_is_given():
    layer = MotionLayer(PLAIN)
    for db, heard in ((-50.0, True), (-30.0, False)):
        gate = LayerConfig().gate_config
        layer.reset()
        layer.steer(LayerConfig(gate_config=type(gate)(quietest_db=db)))
        for _ in range(10):
            layer.hear(-40.0)
        assert layer.speech is heard


def test_glances_and_head_come_and_go_without_a_jump_when_they_are_switched():
    still = LayerConfig(gate=False, blinks=False, gaze=False)
    lively = LayerConfig(gate=False, blinks=False, gaze=True, head=True)
    steered, always = MotionLayer(still), MotionLayer(lively)
    eye, yaw = BOARD_INDEX["CTRL_L_eye.tx"], PROPERTY_INDEX["HeadYaw"]
    shown = []
    for number in range(900):
        if number == 300:
            steered.steer(lively)
        if number == 600:
            steered.steer(still)
        found = []
        for layer in (steered, always):
            board, properties = BOARD_NEUTRAL.copy(), PROPERTY_NEUTRAL.copy()
            layer.apply(board, frame_index=number, level_db=-30.0)
            layer.write_head(properties)
            found.append((float(board[eye]), float(properties[yaw]), float(properties[SWITCH])))
        shown.append(found)
    mine, other = (np.array([found[which] for found in shown]) for which in (0, 1))
    assert np.ptp(mine[:300], axis=0).tolist() == [0.0, 0.0, 0.0]
    np.testing.assert_allclose(mine[330:600, 1:], other[330:600, 1:], atol=1e-6)
    assert not mine[630:].any()
    fastest = np.abs(np.diff(other[:, 1])).max()
    assert np.abs(np.diff(mine[:, 1])).max() < fastest + 2.0 / 18 + 1e-6
    assert np.abs(np.diff(mine[295:330, 0])).max() < np.abs(np.diff(other[:, 0])).max() + 0.02
