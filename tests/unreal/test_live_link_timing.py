"""Our stamps in a model of Live Link's engine-time mode (the model says what it is made from)."""

from __future__ import annotations

import pytest


def model(core_check, name, fps, stamps="ours"):
    return core_check("release").json("livelink", name, "--fps", fps, "--stamps", stamps)


@pytest.mark.parametrize("fps", [24, 30, 60, 120])
@pytest.mark.parametrize(("name", "held"), [("healthy", 0.0), ("jitter", 0.002), ("loss", 0.01)])
def test_live_link_hardly_holds_and_never_steps_back(core_check, name, held, fps):
    result = model(core_check, name, fps)
    assert result["steps_back"] == 0
    assert result["held_share"] <= held
    assert (result["average_restarts"], result["snaps"]) == (0, 0)
    assert result["smooth_offset_ms"] == pytest.approx(25.0, abs=0.1)
    assert result["behind_ms"] <= 55.0


def test_blockades_neither_restart_its_average_nor_step_back(core_check):
    result = model(core_check, "burst", 60)
    assert result["steps_back"] == 0
    assert (result["average_restarts"], result["snaps"]) == (0, 0)
    assert result["held_share"] <= 0.1


@pytest.mark.parametrize("name", ["jitter", "burst"])
def test_the_model_tells_good_stamps_from_times_of_arrival(core_check, name):
    """If it did not, the tests above would prove nothing."""
    ours, arrival = model(core_check, name, 60), model(core_check, name, 60, "arrival")
    assert arrival["average_restarts"] > 0
    assert arrival["steps_back"] > 0
    assert ours["unevenness_ms"] < arrival["unevenness_ms"]
