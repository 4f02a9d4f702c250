"""Muting: silence without a click, and the very same sound for those who never mute."""

from __future__ import annotations

import numpy as np

from cstalk_live.audio.mute import Mute

TONE = np.sin(np.arange(2400) * 2 * np.pi * 200 / 24_000).astype(np.float32)


def test_sound_that_is_never_muted_is_not_touched():
    mute = Mute()
    assert mute.apply(TONE, False) is TONE


def test_muted_sound_ends_within_five_milliseconds_and_stays_silent():
    mute, before = Mute(), TONE.copy()
    first = mute.apply(TONE, True)
    assert np.abs(first[:60]).max() > 0.3
    assert not first[120:].any()
    assert not mute.apply(TONE, True).any()
    assert np.abs(np.diff(first)).max() < 1.5 * np.abs(np.diff(TONE)).max(), "no click"
    np.testing.assert_array_equal(TONE, before)


def test_it_comes_back_the_same_way():
    mute = Mute()
    mute.apply(TONE, True)
    back = mute.apply(TONE, False)
    assert np.abs(back[:30]).max() < 0.2
    np.testing.assert_array_equal(back[120:], TONE[120:])
    np.testing.assert_array_equal(mute.apply(TONE, False), TONE)


def test_blocks_of_any_size_are_muted():
    mute = Mute()
    out = np.concatenate([mute.apply(TONE[at : at + 7], True) for at in range(0, 700, 7)])
    assert not out[240:].any()
    assert mute.apply(TONE[:0], True).size == 0
