"""Counts and the words for them."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstalk_live.metrics import Histogram, Metrics
from cstalk_live.status import StatusPrinter, StatusReport, names_in_order, status_line


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_quantiles_are_within_a_bin_of_the_truth(values, share):
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    true = float(np.quantile(values, share, method="inverted_cdf"))
    assert histogram.quantile_us(share) == pytest.approx(true, rel=0.023, abs=1)
    assert histogram.count == len(values)
    assert histogram.max_us == max(values)


def test_a_histogram_takes_any_value_and_never_grows():
    histogram = Histogram()
    assert histogram.quantile_us(0.5) == 0
    for value in (-5, 0, 1, 10**12):
        histogram.add(value)
    assert histogram.quantile_us(0.01) == 1
    assert histogram.quantile_us(1.0) > 10_000_000


def test_a_window_holds_only_what_came_since():
    histogram = Histogram()
    histogram.add(1000)
    before = histogram.copy()
    histogram.add(50_000)
    assert histogram.since(before).count == 1
    assert histogram.since(before).quantile_us(0.5) == pytest.approx(50_000, rel=0.03)
    assert before.count == 1


def reports():
    metrics = Metrics()
    report = StatusReport(metrics, 1_000_000)
    for _ in range(60):
        metrics.frames_sent += 1
        metrics.latency_us.add(92_000)
    metrics.level_db = -18.25
    outputs = {"osc raw": {"target": "127.0.0.1:9000", "sent": 60, "errors": 2}}
    return report, outputs, report.snapshot(2_000_000, outputs, "live")


def test_a_snapshot_covers_the_time_since_the_last():
    report, outputs, first = reports()
    assert (first["fps"], first["frames"], first["time_s"]) == (60.0, 60, 1.0)
    assert first["latency_p50_ms"] == pytest.approx(92, rel=0.03)
    second = report.snapshot(3_000_000, outputs, "no sound: retrying")
    assert (second["fps"], second["latency_p50_ms"]) == (0.0, 0.0)
    assert report.summary(3_000_000, outputs)["fps"] == 30.0


def test_the_status_line_says_what_matters():
    _, _, snapshot = reports()
    line = status_line(snapshot)
    for part in ("60.0 fps", "latency 92/", "-18 dB", "drops 0", "gaps 0"):
        assert part in line
    assert "osc raw > 127.0.0.1:9000 (2 errors)" in line
    assert "\n" not in line
    assert "connected" not in line


def test_json_goes_to_data_and_words_to_the_log():
    _, _, snapshot = reports()
    data, log = io.StringIO(), io.StringIO()
    printer = StatusPrinter(True, data=data, log=log)
    printer.status(snapshot)
    printer.say("sound lost")
    assert json.loads(data.getvalue()) == snapshot
    assert log.getvalue() == "sound lost\n"


def test_a_log_that_is_no_terminal_gets_few_plain_lines():
    _, _, snapshot = reports()
    data, log = io.StringIO(), io.StringIO()
    printer = StatusPrinter(False, data=data, log=log)
    for _ in range(20):
        printer.status(snapshot)
    assert data.getvalue() == ""
    assert len(log.getvalue().splitlines()) == 2
    assert "\x1b" not in log.getvalue()


@pytest.mark.parametrize(("level", "left"), [("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_leaves_out_what_is_less_severe(level, left):
    log = io.StringIO()
    printer = StatusPrinter(False, level=level, log=log)
    for severity in ("info", "warning", "error"):
        printer.say("words", severity)
    assert len(log.getvalue().splitlines()) == left


def test_outputs_of_one_kind_get_numbers():
    assert names_in_order(["osc", "osc", "take", "osc"]) == ["osc", "osc 2", "take", "osc 3"]
