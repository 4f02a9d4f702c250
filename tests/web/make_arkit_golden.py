"""Writes what the page's ARKit map must give: ``python tests/web/make_arkit_golden.py``. Read by Vitest and pytest."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from cstalk_live.rig import ARKIT_SHAPES, RAW_NEUTRAL, RAW_SIZE, raw_to_arkit

GOLDEN = Path(__file__).parents[2] / "cstalk_live" / "web" / "page" / "tests" / "golden" / "arkit.json"


def cases():
    """Raw poses [5, 251]: neutral, everything, and three random ones, sparse and dense."""
    random = np.random.default_rng(6)
    rows = [RAW_NEUTRAL, np.ones(RAW_SIZE)]
    rows += [random.uniform(0.0, 1.0, RAW_SIZE) * (random.uniform(size=RAW_SIZE) < share) for share in (0.05, 0.3, 1.0)]
    return np.round(np.stack(rows), 3).astype(np.float32)


def golden():
    raw = cases()
    shapes = raw_to_arkit(raw)[:, :ARKIT_SHAPES]
    return [
        {"raw": [round(float(v), 3) for v in row], "shapes": [round(float(v), 6) for v in out]}
        for row, out in zip(raw, shapes, strict=True)
    ]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), separators=(",", ":")) + "\n", encoding="utf-8")
