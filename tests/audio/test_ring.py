import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstalk_live.audio.ring import SoundRing
from cstalk_live.errors import AudioError


def ramp(first, count):
    return np.arange(first, first + count, dtype=np.float32)


def test_reads_back_by_absolute_index():
    ring = SoundRing(10, first_sample=100)
    assert ring.write(100, ramp(100, 8)) == 8
    ring.release(106)
    assert ring.write(108, ramp(108, 6)) == 6
    assert (ring.oldest, ring.newest) == (104, 114)
    assert np.array_equal(ring.read(105, 8), ramp(105, 8))


def test_unread_sound_is_never_overwritten():
    ring = SoundRing(10)
    assert ring.write(0, ramp(0, 14)) == 10
    assert ring.refused == 4
    assert np.array_equal(ring.read(0, 10), ramp(0, 10))
    ring.release(7)
    assert ring.write(14, ramp(14, 3)) == 3
    assert ring.filled == 4
    assert np.array_equal(ring.read(7, 10), [7, 8, 9, 0, 0, 0, 0, 14, 15, 16])


def test_hole_becomes_silence():
    ring = SoundRing(10)
    ring.write(0, ramp(1, 2))
    ring.write(5, ramp(6, 2))
    assert np.array_equal(ring.read(0, 7), [1, 2, 0, 0, 0, 6, 7])
    assert (ring.filled, ring.refused) == (3, 0)


def test_hole_larger_than_the_ring_takes_what_room_there_is():
    ring = SoundRing(4)
    assert ring.write(100, ramp(0, 2)) == 0
    assert (ring.newest, ring.filled, ring.refused) == (4, 4, 2)


def test_time_does_not_run_backwards():
    ring = SoundRing(10)
    ring.write(0, ramp(0, 5))
    with pytest.raises(AudioError, match="went back from sample 5 to 3"):
        ring.write(3, ramp(3, 5))


@pytest.mark.parametrize(("first", "count"), [(0, 3), (11, 2), (5, -1), (3, 9)])
def test_reading_what_is_not_there_fails(first, count):
    ring = SoundRing(8)
    ring.write(0, ramp(0, 8))
    ring.release(4)
    ring.write(8, ramp(8, 4))
    with pytest.raises(IndexError):
        ring.read(first, count)


@given(st.lists(st.integers(0, 30), max_size=40))
def test_any_block_sizes_give_the_same_sound(sizes):
    ring, written, read = SoundRing(32), 0, []
    for size in sizes:
        assert ring.write(written, ramp(written, size)) == size
        read.append(ring.read(written, size))
        written += size
        ring.release(written)
    assert np.array_equal(np.concatenate([*read, ramp(0, 0)]), ramp(0, written))
