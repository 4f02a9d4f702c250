"""The reader of emotions: finds what is there, and says so where nothing is."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")
pytest.importorskip("scipy", reason="scipy is not installed (pip install 'cstalk-live[train]')")

from cstalk_live.rig import BOARD_NEUTRAL, BOARD_SIZE  # noqa: E402
from cstalk_live.training.emotion_reader import confusion, fit_reader, seconds_of  # noqa: E402
from cstalk_live.training.face_to_rig import JAW_OPEN  # noqa: E402
from cstalk_live.training.legibility import LOOKS, accuracy, fit_readers, teacher_legibility, with_emotion  # noqa: E402

EVERY = np.arange(BOARD_SIZE)


def talking(seed: int, clips: int = 4, frames: int = 180) -> list[np.ndarray]:
    """A jaw that moves at random and a face that does nothing else."""
    rng = np.random.default_rng(seed)
    boards = []
    for _ in range(clips):
        board = np.repeat(BOARD_NEUTRAL[None], frames, axis=0).astype(np.float32)
        board[:, JAW_OPEN] = 0.15 + 0.15 * np.sin(np.cumsum(rng.uniform(0.1, 0.4, frames)))
        boards.append(board)
    return boards


def test_a_second_is_its_mean_and_its_spread() -> None:
    board = np.zeros((150, BOARD_SIZE), np.float32)
    board[:60, 3], board[60:120, 3] = 0.5, np.tile([0.0, 1.0], 30)
    seconds = seconds_of(board, np.array([3]))
    assert seconds == pytest.approx(np.array([[0.5, 0.0], [0.5, 0.5]])), "the half second at the end is left out"


def test_the_reader_tells_faces_apart_that_differ_and_no_others() -> None:
    calm, lifted = talking(0), talking(1)
    for board in lifted:
        board[:, 7] += 0.3
    reader = fit_reader([calm, lifted], EVERY)
    other_calm, other_lifted = talking(2), talking(3)
    for board in other_lifted:
        board[:, 7] += 0.3
    assert confusion(reader, [other_calm, other_lifted]).tolist() == [[12, 0], [0, 12]]
    assert confusion(reader, [other_calm, other_calm]).tolist() == [[12, 0], [12, 0]]
    blind = fit_reader([calm, lifted], np.delete(EVERY, 7))
    assert accuracy(confusion(blind, [other_calm, other_lifted])) < 0.9


def test_the_teachers_emotions_are_read_and_a_face_without_them_is_neutral() -> None:
    emotions = ["neutral", "happy", "sad", "angry", "surprised"]
    readers = fit_readers(talking(0), emotions)
    assert readers.keys() == LOOKS.keys()
    found = teacher_legibility(readers, talking(5), emotions)
    assert found["accuracy"]["1.0"]["whole face"] > 0.95
    table = np.array(found["confusion"]["1.0"])
    assert table.shape == (5, 5)
    assert (table.sum(axis=1) == 12).all()
    unmoved = confusion(readers["whole face"], [talking(6)] * 5)
    assert unmoved[:, 0].sum() == unmoved.sum(), "all neutral"
    assert accuracy(unmoved) == pytest.approx(0.2)


def test_an_emotion_at_intensity_zero_is_neutral() -> None:
    (board,) = talking(0, clips=1)
    (angry,), (none,), (neutral,) = (
        with_emotion([board], name, i) for name, i in (("angry", 1.0), ("angry", 0.0), ("neutral", 1.0))
    )
    assert np.array_equal(none, neutral)
    assert np.abs(angry - neutral).max() > 0.5
