import tracemalloc

import numpy as np
import pytest

from cstalk_live.audio.level import LevelMeter


def test_levels_of_known_signals():
    meter = LevelMeter()
    meter.update(np.full(400, 0.5, np.float32))
    assert (meter.rms_db, meter.peak_db) == (pytest.approx(-6.02, abs=0.01), pytest.approx(-6.02, abs=0.01))
    meter.update(np.sin(2 * np.pi * np.arange(400) / 40).astype(np.float32) * np.float32(0.1))
    assert (meter.rms_db, meter.peak_db) == (pytest.approx(-23.01, abs=0.01), pytest.approx(-20.0, abs=0.01))
    meter.update(np.zeros(400, np.float32))
    assert (meter.rms_db, meter.peak_db) == (-120.0, -120.0)
    assert not meter.clipped


@pytest.mark.parametrize("value", [1.0, -1.0, 1.7])
def test_clip_latch_holds_until_cleared(value):
    meter = LevelMeter()
    meter.update(np.array([0.0, value], np.float32))
    meter.update(np.zeros(400, np.float32))
    assert meter.clipped
    meter.clear_clip()
    assert not meter.clipped


def test_empty_block_changes_nothing():
    meter = LevelMeter()
    meter.update(np.full(10, 0.5, np.float32))
    meter.update(np.zeros(0, np.float32))
    assert meter.peak_db == pytest.approx(-6.02, abs=0.01)


def test_allocates_no_arrays():
    meter, samples = LevelMeter(), np.full(400, 0.5, np.float32)
    meter.update(samples)
    tracemalloc.start()
    meter.update(samples)
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    meter.update(samples)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - before < 1_000
