"""The plugin's core by itself: its unit tests, damage of every kind, the two threads, time and memory."""

from __future__ import annotations

import re
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"

MUTATIONS = 200_000
"""Here; ``fuzz.py`` makes ten million."""


def test_unit_tests_pass_under_the_sanitizers(core_check):
    assert re.fullmatch(r"\d{2,} passed, 0 failed\n", core_check("asan").run("unit"))


def test_unit_tests_pass_as_one_unit_of_optimised_cpp20(core_check):
    assert re.fullmatch(r"\d{2,} passed, 0 failed\n", core_check("release").run("unit"))


def test_every_truncation_of_every_golden_packet_is_judged_rightly(core_check):
    output = core_check("asan").run("truncate", GOLDEN)
    tried = re.fullmatch(r"(\d+) truncations, 0 wrong\n", output)
    assert tried, output
    sizes = [int(line.split(",")[3]) for line in (GOLDEN / "manifest.csv").read_text("utf-8").split()[1:]]
    assert int(tried[1]) == sum(size + 1 for size in sizes)


def test_mutated_packets_do_no_harm(core_check):
    output = core_check("asan").run("mutate", GOLDEN, "--count", MUTATIONS, "--seed", 1)
    assert output.startswith(f"{MUTATIONS} mutations")


def test_the_two_threads_share_nothing_unguarded(core_check):
    output = core_check("tsan").run("handover", "--frames", 20_000)
    assert "0 torn, 0 out of order, 1 notices" in output


def test_a_frame_costs_little_and_no_memory(core_check):
    result = core_check("release").json("bench")
    assert result["allocations"] == 0
    assert result["median_us"] <= 20.0
    # 100,000 packets of garbage a second leave most of the second.
    assert result["flood_100000_s"] <= 0.3
