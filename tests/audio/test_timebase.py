"""Smoothing of arrival times, against simulated devices."""

import numpy as np
import pytest

from cstalk_live.audio.timebase import ExactTimebase, LockedTimebase

RATE, BLOCK = 48_000, 480
EPOCH_US = 5_000_000_000


def truth_us(sample, ppm):
    return EPOCH_US + sample / RATE * 1e6 / (1 + ppm * 1e-6)


def follow(timebase, blocks, ppm=0.0, jitter_us=0.0, seed=1, late=None):
    """Feed ``blocks`` arrivals; returns the error of the estimate after each of them, in µs."""
    rng = np.random.default_rng(seed)
    errors = np.zeros(blocks)
    arrival = 0
    for n in range(blocks):
        end = (n + 1) * BLOCK
        true = truth_us(end, ppm)
        arrival = max(arrival, round(true + rng.uniform(0, jitter_us) + (late(n) if late else 0)))
        timebase.update(end, arrival)
        errors[n] = timebase.time_us(end) - true
    return errors


@pytest.mark.parametrize("ppm", [-200, 0, 120])
@pytest.mark.parametrize("jitter_us", [0, 100, 2_000, 12_000])
def test_jitter_is_smoothed_and_drift_learnt(ppm, jitter_us):
    timebase = LockedTimebase(RATE)
    errors = follow(timebase, 6_000, ppm, jitter_us)
    settled = errors[2_000:]
    assert -2 < settled.mean() < 0.15 * jitter_us + 5
    assert settled.std() < 0.03 * jitter_us + 2
    assert timebase.drift_ppm == pytest.approx(ppm, abs=2 + jitter_us * 0.02)


def test_usable_from_the_first_second():
    errors = follow(LockedTimebase(RATE), 100, 150, 2_000)
    assert np.all(np.abs(errors[20:]) < 400)


@pytest.mark.parametrize("stall_blocks", [8, 50])
def test_burst_after_a_stall_hardly_moves_it(stall_blocks):
    def late(n):
        return (1_000 + stall_blocks - n) * 10_000 if 1_000 <= n < 1_000 + stall_blocks else 0

    errors = follow(LockedTimebase(RATE), 2_000, 50, 500, late=late)
    assert np.abs(errors[600:]).max() < 300


def test_bunched_arrivals_keep_to_the_earliest():
    """Some systems deliver four blocks at a time: 30, 20, 10 and 0 ms late."""
    errors = follow(LockedTimebase(RATE), 3_000, 0, 300, late=lambda n: (3 - n % 4) * 10_000)
    assert np.abs(errors[300:]).max() < 300


def test_late_first_block_is_corrected_at_once():
    errors = follow(LockedTimebase(RATE), 300, 0, 500, late=lambda n: 100_000 if n == 0 else 0)
    assert abs(errors[0] - 100_000) < 1_000
    assert np.abs(errors[15:]).max() < 1_500


def test_moves_to_a_new_line_when_the_clock_jumps():
    errors = follow(LockedTimebase(RATE), 600, 0, 500, late=lambda n: 7_000_000 if n >= 300 else 0)
    assert np.abs(errors[450:] - 7_000_000).max() < 1_500


def test_hours_do_not_wear_it_out():
    timebase = LockedTimebase(RATE)
    follow(timebase, 1_000, 0, 0)
    hours = 30 * 3600 * RATE
    for n in range(1_000):
        end = hours + n * BLOCK
        timebase.update(end, EPOCH_US + end * 1_000_000 // RATE)
    assert abs(timebase.time_us(end) - truth_us(end, 0)) <= 1.5
    assert timebase._fraction < 1.0


def test_counts_of_another_rate():
    timebase = LockedTimebase(44_100)
    timebase.update(44_100, 2_000_000)
    assert timebase.time_us(24_000, 24_000) == 2_000_000
    assert timebase.time_us(12_000, 24_000) == 1_500_000
    assert timebase.time_us(44_100 + 441) == 2_010_000


def test_reset_forgets():
    timebase = LockedTimebase(RATE)
    follow(timebase, 1_500, 300, 100)
    timebase.reset()
    assert timebase.drift_ppm == 0.0
    timebase.update(480, 77)
    assert timebase.time_us(480) == 77


def test_files_are_exact():
    timebase = ExactTimebase(44_100)
    timebase.update(441, 1_010_000)
    timebase.update(882, 9_999_999)
    assert timebase.time_us(0) == 1_000_000
    assert timebase.time_us(44_100 * 3_600 * 24) == 1_000_000 + 86_400_000_000
    assert timebase.time_us(200, 24_000) == 1_008_333
    assert timebase.drift_ppm == 0.0
