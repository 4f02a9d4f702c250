"""The rig's facts: names, ranges and maps of the control board, the raw curves and Apple's face shapes.

Pure tables and arithmetic; nothing here takes part in the stream's time. The tables in ``data/`` are made by
``rig.tables``.
"""

from cstalk_live.rig.arkit import (
    APPLE_NAMES,
    ARKIT_INDEX,
    ARKIT_NAMES,
    ARKIT_SHAPES,
    ARKIT_SIZE,
    arkit_to_raw,
    head_radians,
    raw_to_arkit,
)
from cstalk_live.rig.board import (
    BOARD_DRIVES,
    BOARD_INDEX,
    BOARD_MAX,
    BOARD_MIN,
    BOARD_NAMES,
    BOARD_NEUTRAL,
    BOARD_REGION,
    BOARD_SIDE,
    BOARD_SIZE,
    clamp_board,
    region_indices,
)
from cstalk_live.rig.boardmap import BoardMap, board_to_raw
from cstalk_live.rig.boardmap_inverse import raw_to_board
from cstalk_live.rig.raw import (
    EXTRA_NAMES,
    PROPERTY_INDEX,
    PROPERTY_NAMES,
    PROPERTY_NEUTRAL,
    PROPERTY_SIZE,
    RAW_INDEX,
    RAW_NAMES,
    RAW_NEUTRAL,
    RAW_REGION,
    RAW_SIDE,
    RAW_SIZE,
)
from cstalk_live.rig.schema import BOARD_SCHEMA_HASH, RAW_SCHEMA_HASH, schema_hash

__all__ = [
    "APPLE_NAMES",
    "ARKIT_INDEX",
    "ARKIT_NAMES",
    "ARKIT_SHAPES",
    "ARKIT_SIZE",
    "BOARD_DRIVES",
    "BOARD_INDEX",
    "BOARD_MAX",
    "BOARD_MIN",
    "BOARD_NAMES",
    "BOARD_NEUTRAL",
    "BOARD_REGION",
    "BOARD_SCHEMA_HASH",
    "BOARD_SIDE",
    "BOARD_SIZE",
    "EXTRA_NAMES",
    "PROPERTY_INDEX",
    "PROPERTY_NAMES",
    "PROPERTY_NEUTRAL",
    "PROPERTY_SIZE",
    "RAW_INDEX",
    "RAW_NAMES",
    "RAW_NEUTRAL",
    "RAW_REGION",
    "RAW_SCHEMA_HASH",
    "RAW_SIDE",
    "RAW_SIZE",
    "BoardMap",
    "arkit_to_raw",
    "board_to_raw",
    "clamp_board",
    "head_radians",
    "raw_to_arkit",
    "raw_to_board",
    "region_indices",
    "schema_hash",
]
