"""Correlations of regions, against matrices that are known beforehand."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")
pytest.importorskip("scipy", reason="scipy is not installed (pip install 'cstalk-live[train]')")

from cstalk_live.training.corpus import blendshape_names, read_corpus  # noqa: E402
from cstalk_live.training.face_to_rig import read_gap  # noqa: E402
from cstalk_live.training.region_correlation import (  # noqa: E402
    correlation_matrix,
    distance,
    draw,
    real_motion,
    region_axes,
)
from cstalk_live.training.regions import REGIONS, controls_of  # noqa: E402

JAW, BROW, LIP = (REGIONS.index(name) for name in ("jaw", "brow L", "upper lip"))


def faces(r: float, clips: int = 4, frames: int = 4000, seed: int = 0) -> list[np.ndarray]:
    """Motion in which jaw and left brow correlate by ``r`` and the upper lip with nothing; nothing else moves."""
    rng = np.random.default_rng(seed)
    boards = []
    for clip in range(clips):
        jaw, other, lip = rng.standard_normal((3, frames))
        board = np.zeros((frames, 185), np.float32)
        board[:, controls_of("jaw")[0]] = 0.1 * jaw + clip  # an offset of the clip is no correlation
        board[:, controls_of("brow L")[:2]] = (0.02 * (r * jaw + np.sqrt(1 - r * r) * other))[:, None] - clip
        board[:, controls_of("upper lip")[3]] = 0.05 * lip
        boards.append(board)
    return boards


@pytest.mark.parametrize("r", [-0.7, 0.0, 0.4, 1.0])
def test_a_known_correlation_is_found(r) -> None:
    motion = faces(r)
    matrix = correlation_matrix(motion, region_axes(motion))
    assert matrix[JAW, BROW] == pytest.approx(r, abs=0.03)
    assert matrix[JAW, LIP] == pytest.approx(0.0, abs=0.03)
    assert matrix[JAW, JAW] == 1.0
    assert np.array_equal(matrix, matrix.T, equal_nan=True)
    assert np.isnan(matrix[REGIONS.index("neck")]).all(), "a region that never moves has no correlations"


def test_the_distance_is_the_root_mean_square_over_moving_pairs() -> None:
    real, model = faces(0.8), faces(0.2, seed=1)
    axes = region_axes(real)
    a, b = correlation_matrix(real, axes), correlation_matrix(model, axes)
    assert distance(a, a) == 0.0
    # Three regions move, so three pairs count, and one of them differs by 0.6.
    assert distance(a, b) == pytest.approx(0.6 / np.sqrt(3), abs=0.03)
    assert distance(a, b) == distance(b, a)


def test_a_spike_does_not_decide() -> None:
    motion = faces(0.0)
    motion[0][100, [controls_of("jaw")[0], controls_of("brow L")[0]]] += 50.0
    axes = region_axes(faces(0.0))
    assert abs(correlation_matrix(motion, axes)[JAW, BROW]) < 0.1


def test_a_face_that_stands_still_correlates_with_nothing() -> None:
    real = faces(0.8)
    matrix = correlation_matrix([np.zeros((500, 185), np.float32)], region_axes(real))
    assert matrix[JAW, BROW] == 0.0
    assert distance(correlation_matrix(real, region_axes(real)), matrix) > 0.4


def test_real_motion_is_the_tracked_clip_on_the_rig(corpus) -> None:
    clips = list(read_corpus(corpus, ("grid_s1",)))
    boards = real_motion(clips, blendshape_names(corpus))
    assert [board.shape for board in boards] == [(180, 185)] * len(clips)
    assert clips[0].face is not None
    middles = np.arange(75) * 60 // 25 + 1
    assert np.corrcoef(read_gap(boards[0])[middles], clips[0].face.aperture)[0, 1] > 0.9
    # In this corpus the jaw follows the lips exactly.
    matrix = correlation_matrix(boards, region_axes(boards))
    assert matrix[JAW, REGIONS.index("lower lip")] ** 2 > 0.25


def test_the_picture_is_written(tmp_path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (pip install 'cstalk-live[plots]')")
    real = faces(0.8)
    axes = region_axes(real)
    a, b = (correlation_matrix(motion, axes) for motion in (real, faces(0.1, seed=1)))
    path = draw(a, {"ours": b}, tmp_path / "correlations.png")
    assert path.read_bytes()[:4] == b"\x89PNG"
