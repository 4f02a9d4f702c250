"""The accountant of lost sound against simulated devices."""

import numpy as np
import pytest

from cstalk_live.audio.gaps import GapWatch

RATE, BLOCK = 48_000, 480
BLOCK_US = 10_000


def run(watch, arrivals):
    """Feed (samples, arrival_us) pairs; returns (arrival_us, reported) of every report."""
    total, reports = 0, []
    for count, arrival_us in arrivals:
        total += count
        lost = watch.arrived(total, arrival_us)
        if lost:
            reports.append((arrival_us, lost))
    return reports


def steady(seconds, ppm=0.0, jitter_us=0.0, seed=0):
    """Arrivals of a card that runs ``ppm`` fast, each late by up to ``jitter_us``."""
    late = (
        np.random.default_rng(seed).uniform(0, jitter_us, int(seconds * 100))
        if jitter_us
        else np.zeros(int(seconds * 100))
    )
    ideal = np.arange(1, len(late) + 1) * BLOCK_US / (1 + ppm * 1e-6)
    return [(BLOCK, int(at)) for at in np.maximum.accumulate(ideal + late)]


def shifted(arrivals, by_us):
    return [(count, at + by_us) for count, at in arrivals]


@pytest.mark.parametrize("ppm", [-200, -50, 0, 50, 200])
@pytest.mark.parametrize("jitter_us", [0, 3_000, 9_000])
def test_drift_is_never_a_gap(ppm, jitter_us):
    watch = GapWatch(RATE, BLOCK)
    assert run(watch, steady(1800, ppm, jitter_us)) == []
    assert watch.jumps == 0


@pytest.mark.parametrize("jitter_us", [40_000, 60_000, 90_000])
def test_wild_jitter_costs_a_few_false_alarms_at_most(jitter_us):
    """60 ms of random lateness hides losses of a block or two, but must not add silence again and again."""
    reports = run(GapWatch(RATE, BLOCK), steady(1800, 0, jitter_us))
    assert len(reports) <= 4
    assert sum(lost for _, lost in reports) < 0.15 * RATE


def test_a_true_loss_does_not_dull_it():
    """A card that runs fast is early all the time; that is not a reason to distrust the earlier report."""
    arrivals = steady(600, 200, 2_000)
    del arrivals[59_000:59_003], arrivals[500:550]
    assert [round(lost / BLOCK) for _, lost in run(GapWatch(RATE, BLOCK), arrivals)] == [50, 3]


@pytest.mark.parametrize("stall_ms", [50, 150, 500, 2_000])
def test_burst_after_a_stall_is_not_a_gap(stall_ms):
    arrivals = steady(10, 100, 2_000)
    start, stop = 4_000_000, 4_000_000 + stall_ms * 1000
    held = [(count, max(at, stop) if at > start else at) for count, at in arrivals]
    assert run(GapWatch(RATE, BLOCK), held) == []


@pytest.mark.parametrize("lost_blocks", [2, 5, 50, 300])
@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_true_loss_is_found_and_measured(lost_blocks, ppm):
    arrivals = steady(20, ppm, 2_000)
    del arrivals[500 : 500 + lost_blocks]
    reports = run(GapWatch(RATE, BLOCK), arrivals)
    assert len(reports) == 1
    at, lost = reports[0]
    assert abs(lost - lost_blocks * BLOCK) <= BLOCK // 2
    assert 200_000 <= at - arrivals[500][1] <= 300_000


def test_two_losses_are_two_reports():
    arrivals = steady(20, 0, 1_000)
    del arrivals[1200:1210], arrivals[500:505]
    watch = GapWatch(RATE, BLOCK)
    assert [round(lost / BLOCK) for _, lost in run(watch, arrivals)] == [5, 10]
    assert watch.missing == pytest.approx(15 * BLOCK, abs=BLOCK)


def test_small_losses_add_up():
    """3 ms lost every second is 3,000 ppm: too much to pass for drift."""
    arrivals = [(BLOCK - 144 if n % 100 == 99 else BLOCK, at) for n, (_, at) in enumerate(steady(60))]
    lost = sum(lost for _, lost in run(GapWatch(RATE, BLOCK), arrivals))
    assert 0.6 * 60 * 144 < lost <= 60 * 144


def test_first_block_may_be_late():
    arrivals = [(BLOCK, 80_000), *steady(5)[8:]]
    late_start = [(BLOCK, max(at, 80_000)) for _, at in steady(5)]
    assert run(GapWatch(RATE, BLOCK), arrivals) == []
    assert run(GapWatch(RATE, BLOCK), late_start) == []


@pytest.mark.parametrize("jump_s", [6, 3_600, 8 * 3_600])
def test_clock_jump_ahead_is_not_lost_sound(jump_s):
    first, second = steady(3), shifted(steady(6)[300:], jump_s * 1_000_000)
    watch = GapWatch(RATE, BLOCK)
    assert run(watch, first + second) == []
    assert watch.jumps == 1


def test_clock_jump_back_is_not_lost_sound():
    watch = GapWatch(RATE, BLOCK)
    assert run(watch, steady(3) + shifted(steady(6)[300:], -500_000)) == []


def test_loss_is_still_found_after_a_jump():
    arrivals = steady(3) + shifted(steady(12)[300:], 10_000_000)
    del arrivals[800:820]
    assert [round(lost / BLOCK) for _, lost in run(GapWatch(RATE, BLOCK), arrivals)] == [20]
