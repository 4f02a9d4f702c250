"""What a viewer sees of good and bad networks, within stated limits; 60 frames a second are sent throughout."""

from __future__ import annotations

import pytest

RENDER_RATES = (24, 30, 60, 120)


def trace(core_check, name, fps=60, seconds=60):
    result = core_check("release").json("trace", name, "--fps", fps, "--seconds", seconds)
    # Whatever happens: never a step back, never a value out of range, stamps strictly increasing.
    assert result["steps_back"] == 0
    assert result["stamps_back"] == 0
    assert result["out_of_range"] == 0
    return result


@pytest.mark.parametrize("fps", RENDER_RATES)
def test_a_healthy_stream_is_shown_evenly(core_check, fps):
    result = trace(core_check, "healthy", fps, seconds=183)
    assert result["held_a_minute"] <= 1.0
    assert result["not_live"] == 0
    assert result["behind_p99_ms"] <= 35.0
    assert result["value_error"] <= 0.001, "what is shown is the stream, interpolated exactly"
    assert result["spacing_error_ms"] <= 1.0, "Live Link begins its average anew at 5 ms"
    assert result["frames"] >= 183 * 60 - 1, "the last one may still be on its way"


@pytest.mark.parametrize("fps", RENDER_RATES)
def test_jitter_of_four_milliseconds_is_absorbed(core_check, fps):
    result = trace(core_check, "jitter", fps)
    assert result["held"] <= 0.02 * result["renders"]
    assert result["spacing_error_ms"] <= 1.0
    assert result["largest_leap"] <= 3.0 / 64 * max(1.0, 60 / fps)


@pytest.mark.parametrize("name", ["drift+", "drift-", "drift-jitter"])
def test_drifting_clocks_are_followed(core_check, name):
    result = trace(core_check, name, seconds=120)
    assert result["held"] <= 0.01 * result["renders"]
    assert result["behind_p99_ms"] <= 35.0
    assert abs(result["drift_ppm"]) == pytest.approx(200, abs=15)
    assert (result["drift_ppm"] > 0) == (name != "drift-")


def test_loss_is_interpolated_over(core_check):
    result = trace(core_check, "loss")
    assert result["missing"] >= 120
    assert result["frames"] + result["missing"] == 3600
    assert result["held"] <= 0.01 * result["renders"]
    assert result["not_live"] == 0


def test_overtaken_and_doubled_packets_are_put_in_order(core_check):
    result = trace(core_check, "reorder")
    assert result["overtaken"] >= 50
    assert result["duplicates"] >= 50
    assert (result["frames"], result["missing"]) == (3600, 0)
    assert result["held"] <= 0.01 * result["renders"]


def test_blockades_hold_the_face_and_do_not_move_the_stamps(core_check):
    result = trace(core_check, "burst")
    assert result["held"] <= 0.15 * result["renders"]
    assert result["not_live"] == 0
    assert result["spacing_error_ms"] <= 1.0
    assert result["lead_ms"] <= 150.0


def test_the_face_is_back_soon_after_two_seconds_of_silence(core_check):
    result = trace(core_check, "silence")
    assert 60 <= result["not_live"] <= 115, "held for 200 ms, eased within 300, neutral until it comes back"
    assert 0 < result["recovered_ms"] <= 100.0
    assert result["largest_leap"] <= 0.4


@pytest.mark.parametrize("name", ["leap+", "leap-"])
def test_a_leap_of_the_senders_clock_is_bridged(core_check, name):
    result = trace(core_check, name)
    assert result["jumps"] == 1
    assert 0 < result["recovered_ms"] <= 100.0
    assert result["not_live"] == 0
    assert result["largest_leap"] <= 0.4


def test_a_longer_way_is_accepted_within_a_second(core_check):
    result = trace(core_check, "slower")
    assert 0 < result["recovered_ms"] <= 1000.0
    assert result["not_live"] == 0


def test_a_shorter_way_is_used_without_a_leap(core_check):
    result = trace(core_check, "faster")
    assert result["held"] <= 1
    assert result["spacing_error_ms"] <= 2.0
    assert result["lead_ms"] <= 150.0
    assert result["behind_p50_ms"] <= 35.0


def test_an_overloaded_sender_still_moves_the_face(core_check):
    result = trace(core_check, "overload")
    assert result["not_live"] == 0
    assert result["largest_leap"] <= 0.4


def test_a_restarted_sender_is_taken(core_check):
    result = trace(core_check, "restart")
    assert result["sessions"] == 2
    assert 0 < result["recovered_ms"] <= 100.0


def test_a_second_sender_never_reaches_the_face(core_check):
    result = trace(core_check, "two-senders")
    assert result["other_sender"] == 3540
    assert result["sessions"] == 1
    assert result["held"] <= 1
    assert result["largest_leap"] <= 2.0 / 64
