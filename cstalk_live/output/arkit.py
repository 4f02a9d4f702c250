"""A frame as the 61 values that face-tracking phones send."""

from __future__ import annotations

from cstalk_live.records import FloatArray, Frame
from cstalk_live.rig.arkit import head_radians, raw_to_arkit
from cstalk_live.rig.raw import RAW_SIZE


def arkit_values(frame: Frame) -> FloatArray:
    """float32 [61] in ``rig.arkit.ARKIT_NAMES`` order: shapes 0..1, then radians.

    The head's angles are those of the Live Link extras. The eyes' angles stay 0: receivers turn the eyes by
    the EyeLook shapes.
    """
    return raw_to_arkit(frame.properties[:RAW_SIZE], head=head_radians(frame.properties))
