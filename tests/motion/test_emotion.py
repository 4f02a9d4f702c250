"""Parsing of emotion mixes and their way over time."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstalk_live.emotion import EmotionState, parse_mix
from cstalk_live.errors import UsageError

NAMES = ("neutral", "happy", "sad", "angry", "surprised")


def test_a_mix() -> None:
    assert parse_mix("happy=0.7,surprised=0.2", NAMES) == {"happy": 0.7, "surprised": 0.2}
    assert parse_mix(" sad = 1 ", NAMES) == {"sad": 1.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hapy=0.7", "unknown emotion 'hapy' - did you mean 'happy'"),
        ("joy=0.7", "the model knows neutral, happy, sad, angry, surprised"),
        ("happy=1.5", "outside 0..1"),
        ("happy=-0.1", "outside 0..1"),
        ("happy=nan", "outside 0..1"),
        ("happy=inf", "outside 0..1"),
        ("happy=much", "'much' of emotion 'happy' is not a number"),
        ("happy=", "is not a number"),
        ("happy", "cannot read 'happy'"),
        ("", "cannot read ''"),
        ("happy=0.1,", "cannot read ''"),
        ("happy=0.1,happy=0.2", "given twice"),
    ],
)
def test_bad_mixes_say_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_mix(text, NAMES)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_starts_neutral() -> None:
    np.testing.assert_array_equal(EmotionState(NAMES).advance(), [1, 0, 0, 0, 0, 1])


def test_rise_and_fall_take_their_time() -> None:
    state = EmotionState(NAMES, attack_s=0.3, release_s=0.6)
    state.set_target({"happy": 1.0})
    happy = [float(state.advance()[1]) for _ in range(20)]
    assert happy[16] < 1
    assert happy[17] == pytest.approx(1)
    state.set_target({})
    happy = [float(state.advance()[1]) for _ in range(40)]
    assert happy[34] > 0.01
    assert happy[36] == pytest.approx(0, abs=1e-6)


def test_what_is_missing_to_one_is_neutral() -> None:
    state = EmotionState(NAMES)
    state.set_target({"happy": 0.7}, 0.5)
    state.snap()
    np.testing.assert_allclose(state.advance(), [0.3, 0.7, 0, 0, 0, 0.5], atol=1e-6)
    state.set_target({"happy": 1, "sad": 1, "neutral": 0})
    state.snap()
    np.testing.assert_allclose(state.advance(), [0, 1, 1, 0, 0, 1])
    without = EmotionState(("calm", "wild"))
    np.testing.assert_array_equal(without.advance(), [0, 0, 1])


MIX = st.dictionaries(st.sampled_from(NAMES), st.floats(0, 1), max_size=5)


@given(
    st.lists(st.tuples(MIX, st.floats(0, 1), st.integers(1, 30)), max_size=6),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_never_jumps_never_leaves_its_range(
    targets: list[tuple[dict[str, float], float, int]], attack: float, release: float
) -> None:
    state = EmotionState(NAMES, attack, release)
    last = state.advance().copy()
    for mix, intensity, frames in targets:
        state.set_target(mix, intensity)
        for _ in range(frames):
            now = state.advance()
            assert np.abs(now - last).max() <= state.max_step + 1e-6
            assert now.min() >= 0
            assert now.max() <= 1
            last = now.copy()


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5))
def test_weights_that_sum_to_one_do_so_on_the_way(choices: list[str]) -> None:
    state = EmotionState(NAMES)
    for name in choices:
        state.set_target({name: 1.0})
        for _ in range(7):
            assert state.advance()[:-1].sum() == pytest.approx(1, abs=1e-5)


def test_arrives_exactly_and_reuses_its_array() -> None:
    state = EmotionState(NAMES)
    state.set_target({"angry": 0.37}, 0.81)
    first = state.advance()
    for _ in range(120):
        assert state.advance() is first
    np.testing.assert_allclose(first, [0.63, 0, 0, 0.37, 0, 0.81], atol=1e-6)


def test_a_bad_target_changes_nothing() -> None:
    state = EmotionState(NAMES)
    for mix, intensity in (({"joy": 1.0}, 1.0), ({"happy": 2.0}, 1.0), ({"happy": 1.0}, float("nan"))):
        with pytest.raises(UsageError):
            state.set_target(mix, intensity)
    np.testing.assert_array_equal(state.advance(), [1, 0, 0, 0, 0, 1])


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_bad_times(seconds: float) -> None:
    with pytest.raises(UsageError):
        EmotionState(NAMES, attack_s=seconds)


@pytest.mark.parametrize("seconds", [0.0, 0.1, 2.0])
def test_a_fade_takes_as_long_as_it_is_told(seconds: float) -> None:
    state = EmotionState(NAMES)
    frames = max(1, round(seconds * 60))
    state.set_target({"happy": 0.8}, 0.4, seconds)
    way = np.array([state.advance().copy() for _ in range(frames + 3)])
    straight = np.arange(1, frames + 1) / frames
    np.testing.assert_allclose(way[:frames, 1], 0.8 * straight, atol=1e-5)
    np.testing.assert_allclose(way[:frames, 0], 1 - 0.8 * straight, atol=1e-5)
    np.testing.assert_allclose(way[:frames, -1], 1 - 0.6 * straight, atol=1e-5)
    np.testing.assert_allclose(way[frames - 1 :], np.tile([0.2, 0.8, 0, 0, 0, 0.4], (4, 1)), atol=1e-6)


def test_mix_and_intensity_fade_independently() -> None:
    state = EmotionState(NAMES)
    state.set_mix({"happy": 1.0}, 2.0)
    for _ in range(60):
        state.advance()
    state.set_intensity(0.5, 0.1)
    way = np.array([state.advance().copy() for _ in range(61)])
    assert way[5, -1] == pytest.approx(0.5)
    assert way[5, 1] == pytest.approx(66 / 120, abs=1e-5), "the mix goes on as it was told"
    assert way[59, 1] == pytest.approx(1.0, abs=1e-5)
    state.set_mix({"sad": 1.0})
    for _ in range(60):
        now = state.advance()
    np.testing.assert_allclose(now, [0, 0, 1, 0, 0, 0.5], atol=1e-6)


def test_the_same_target_again_begins_a_new_fade() -> None:
    state = EmotionState(NAMES)
    state.set_target({"happy": 1.0}, 1.0, 1.0)
    for _ in range(30):
        state.advance()
    state.set_target({"happy": 1.0}, 1.0, 1.0)
    assert state.advance()[1] == pytest.approx(0.5 + 0.5 / 60, abs=1e-5)


@pytest.mark.parametrize("seconds", [-0.1, float("nan"), float("inf")])
def test_a_bad_fade_changes_nothing(seconds: float) -> None:
    state = EmotionState(NAMES)
    for order in (state.set_target, state.set_mix):
        with pytest.raises(UsageError, match="a fade of"):
            order({"happy": 1.0}, fade_s=seconds)
    with pytest.raises(UsageError, match="a fade of"):
        state.set_intensity(0.5, seconds)
    np.testing.assert_array_equal(state.advance(), [1, 0, 0, 0, 0, 1])


def test_targets_from_another_thread() -> None:
    """Every target is whole: weights that sum to 1 never mix halves of two targets."""
    state = EmotionState(NAMES, attack_s=0.0, release_s=0.0)
    stop = threading.Event()

    def turn() -> None:
        while not stop.is_set():
            state.set_target({"happy": 1.0}, 0.25)
            state.set_target({"sad": 1.0}, 0.75)

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        seen = {tuple(float(v) for v in state.advance()) for _ in range(3000)}
    finally:
        stop.set()
        thread.join()
    assert seen <= {(1, 0, 0, 0, 0, 1), (0, 1, 0, 0, 0, 0.25), (0, 0, 1, 0, 0, 0.75)}
