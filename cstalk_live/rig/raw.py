"""The 251 raw curves a MetaHuman face takes and the 9 extra Live Link properties that follow them.

Raw curves are 0..1. Receivers look curves up by name without regard to case; a subject that carries
``CTRL_expressions_mouthUp`` is taken for one with raw curves, so all 251 are always sent.
"""

from __future__ import annotations

import numpy as np

from cstalk_live.records import FloatArray
from cstalk_live.rig.table_files import read_table

_RAW = read_table("raw.csv")
_EXTRAS = read_table("extras.csv")

RAW_NAMES: tuple[str, ...] = tuple(row["name"] for row in _RAW)
"""251 names such as ``CTRL_expressions_browDownL``."""

RAW_INDEX: dict[str, int] = {name: index for index, name in enumerate(RAW_NAMES)}

RAW_REGION: tuple[str, ...] = tuple(row["region"] for row in _RAW)
RAW_SIDE: tuple[str, ...] = tuple(row["side"] for row in _RAW)

RAW_SIZE = len(RAW_NAMES)

EXTRA_NAMES: tuple[str, ...] = tuple(row["name"] for row in _EXTRAS)
"""HeadControlSwitch, head angles (degrees), head translation (cm), MHFDSVersion, DisableFaceOverride."""

PROPERTY_NAMES: tuple[str, ...] = RAW_NAMES + EXTRA_NAMES
"""260 names in the order in which Epic's own Live Link sources push them."""

PROPERTY_INDEX: dict[str, int] = {name: index for index, name in enumerate(PROPERTY_NAMES)}

PROPERTY_SIZE = len(PROPERTY_NAMES)

PROPERTY_NEUTRAL: FloatArray = np.array([float(row["neutral"]) for row in _RAW + _EXTRAS], dtype=np.float32)
"""float32 [260] at rest: 0 but for noseWrinkleUpperL/R, MHFDSVersion and DisableFaceOverride, which are 1.

The two nose curves only scale noseWrinkle; Epic's sources hold them at 1. HeadControlSwitch is 0: the head is
left to whoever else animates it.
"""
PROPERTY_NEUTRAL.flags.writeable = False

RAW_NEUTRAL: FloatArray = PROPERTY_NEUTRAL[:RAW_SIZE]
"""float32 [251], a view of ``PROPERTY_NEUTRAL``."""
