"""The page's copy of the rig: names of the values and the map to ARKit shapes, as JSON from the tables of ``rig``."""

from __future__ import annotations

from typing import Any

from cstalk_live.rig import (
    APPLE_NAMES,
    ARKIT_INDEX,
    ARKIT_SHAPES,
    PROPERTY_NAMES,
    PROPERTY_NEUTRAL,
    RAW_INDEX,
    RAW_REGION,
    RAW_SCHEMA_HASH,
    RAW_SIZE,
)
from cstalk_live.rig.table_files import read_table


def rig_table() -> dict[str, Any]:
    """What ``page/src/arkit.ts`` calls a RigTable."""
    rows: dict[str, list[tuple[int, int, float]]] = {"exact": [], "heuristic": [], "product": []}
    for row in read_table("raw_to_arkit.csv"):
        rows[row["kind"]].append((RAW_INDEX[row["raw"]], ARKIT_INDEX[row["arkit"]], float(row["weight"])))
    return {
        "schema_hash": RAW_SCHEMA_HASH,
        "names": list(PROPERTY_NAMES),
        "raw_count": RAW_SIZE,
        "regions": list(RAW_REGION),
        "neutral": [float(value) for value in PROPERTY_NEUTRAL],
        "shapes": list(APPLE_NAMES[:ARKIT_SHAPES]),
        "exact": rows["exact"],
        "heuristic": rows["heuristic"],
        "poses": [
            (ARKIT_INDEX[row["arkit"]], RAW_INDEX[row["raw"]], float(row["weight"]))
            for row in read_table("arkit_to_raw.csv")
        ],
        "closing": [(raw, weight) for raw, _, weight in rows["product"]],
    }
