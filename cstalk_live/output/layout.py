"""Which values of a frame an output sends, in which order and under which names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cstalk_live.errors import OutputError
from cstalk_live.output.arkit import arkit_values
from cstalk_live.records import FloatArray, Frame
from cstalk_live.rig.arkit import ARKIT_NAMES
from cstalk_live.rig.board import BOARD_NAMES
from cstalk_live.rig.raw import PROPERTY_NAMES
from cstalk_live.rig.schema import BOARD_SCHEMA_HASH, RAW_SCHEMA_HASH, schema_hash


@dataclass(frozen=True, slots=True)
class Layout:
    """An ordered list of named values that every frame can give."""

    name: str
    """raw, board or arkit."""
    names: tuple[str, ...]
    schema_hash: int
    """32-bit fingerprint of ``names``, see ``rig.schema``."""
    values: Callable[[Frame], FloatArray] = field(repr=False)
    """float32 [len(names)] of a frame, in the order of ``names``."""

    @property
    def size(self) -> int:
        """Values per frame."""
        return len(self.names)


def _properties(frame: Frame) -> FloatArray:
    return frame.properties


def _board(frame: Frame) -> FloatArray:
    return frame.board


RAW_LAYOUT = Layout("raw", PROPERTY_NAMES, RAW_SCHEMA_HASH, _properties)
"""251 raw curves (0..1), then the 9 Live Link extras (angles in degrees, translation in cm): 260 values."""

BOARD_LAYOUT = Layout("board", BOARD_NAMES, BOARD_SCHEMA_HASH, _board)
"""185 control-board values in the ranges of ``rig.board``."""

ARKIT_LAYOUT = Layout("arkit", ARKIT_NAMES, schema_hash(ARKIT_NAMES), arkit_values)
"""61 ARKit values: 52 shapes (0..1), then head and eye angles in radians."""

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (RAW_LAYOUT, BOARD_LAYOUT, ARKIT_LAYOUT)}


def layout_named(name: str) -> Layout:
    """The layout of that name.

    Raises:
        OutputError: there is none.
    """
    try:
        return LAYOUTS[name]
    except KeyError:
        raise OutputError(f"unknown layout '{name}'", f"use one of {', '.join(LAYOUTS)}") from None
