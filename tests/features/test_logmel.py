"""Log-mel: the same numbers for every block split, right frequencies, nothing from the future."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstalk_live.features import FEATURES, MEL_BANDS, MEL_HIGH_HZ, StreamingLogMel, logmel, mel_filterbank
from cstalk_live.features.logmel import LOG_FLOOR
from cstalk_live.records import FPS, HOP, SAMPLE_RATE


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal(int(seconds * SAMPLE_RATE))).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 1700), min_size=1, max_size=25), st.integers(0, 999))
def test_any_block_split_gives_the_same_bits(sizes: list[int], seed: int) -> None:
    sound = noise(sum(sizes) / SAMPLE_RATE + 1.0, seed)[: sum(sizes)]
    stream = StreamingLogMel()
    parts = [stream.push(block) for block in np.split(sound, np.cumsum(sizes)[:-1])]
    assert np.array_equal(np.concatenate(parts), logmel(sound))


def test_ten_minutes_match_a_short_clip_bit_for_bit() -> None:
    sound = np.tile(noise(2.0), 300)
    stream = StreamingLogMel()
    columns = np.concatenate([stream.push(sound[i : i + 480]) for i in range(0, len(sound), 480)])
    assert columns.shape == (600 * FPS, FEATURES)
    period = 2 * FPS
    assert np.array_equal(columns[-period:], columns[period : 2 * period])


def test_sixty_columns_a_second() -> None:
    assert logmel(noise(1.0)).shape == (60, FEATURES)
    assert logmel(noise(1.0)[: 10 * HOP - 1]).shape == (9, FEATURES)


@pytest.mark.parametrize("hz", [100.0, 440.0, 1000.0, 3000.0, 7000.0])
def test_a_tone_lights_its_own_band(hz: float) -> None:
    tone = np.sin(2 * np.pi * hz * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    column = logmel(tone)[30].reshape(2, MEL_BANDS)
    bins = np.arange(513) * SAMPLE_RATE / 1024
    centre = (mel_filterbank() * bins[:, None]).sum(0) / mel_filterbank().sum(0)
    for half in column:
        assert abs(centre[half.argmax()] - hz) < max(40.0, 0.06 * hz)
        assert half.max() == pytest.approx(0.0, abs=1.5)  # a full-scale sine reads about 0


def test_silence_reads_the_floor() -> None:
    assert np.allclose(logmel(np.zeros(4800, np.float32)), np.log(LOG_FLOOR))


def test_no_column_sees_the_future() -> None:
    sound = noise(1.0)
    changed = sound.copy()
    changed[30 * HOP :] = noise(1.0, 7)[30 * HOP :]
    assert np.array_equal(logmel(sound)[:30], logmel(changed)[:30])
    assert not np.array_equal(logmel(sound)[30], logmel(changed)[30])


def test_every_band_hears_something_and_none_hears_above_its_limit() -> None:
    bank = mel_filterbank()
    assert (bank.sum(0) > 0.5).all()
    above = np.arange(513) * SAMPLE_RATE / 1024 > MEL_HIGH_HZ
    assert not bank[above].any()


def test_warp_moves_formants_down() -> None:
    tone = np.sin(2 * np.pi * 1500 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    assert logmel(tone, 1.15)[30, :MEL_BANDS].argmax() < logmel(tone)[30, :MEL_BANDS].argmax()
