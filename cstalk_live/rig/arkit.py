"""Raw curves to the 61 values of Apple's face tracking (ARKit, as Live Link Face sends them) and back.

Three kinds of rows, from the table ``raw_to_arkit.csv``:

* exact rows invert Epic's pose for each shape (ARKit -> raw): a pose made by :func:`arkit_to_raw` returns
  unchanged;
* ``MouthClose`` is a product: Unreal sets each mouthLipsTogether curve to MouthClose / JawOpen, so MouthClose
  is their mean times JawOpen;
* heuristic rows give curves that no ARKit shape reaches (sharp corner pull, lip bite ...) a share in the
  shape that looks most alike. They are our estimates. A heuristic row counts only what the exact shapes leave
  unexplained of its curve: browLateral, for one, is also part of BrowInnerUp. That is why they leave the
  round trip exact.

Weights are 0..1; head and eye rotations are radians.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cstalk_live.records import FloatArray
from cstalk_live.rig.raw import PROPERTY_INDEX, RAW_INDEX, RAW_NEUTRAL, RAW_SIZE
from cstalk_live.rig.table_files import read_table

_ROWS = read_table("arkit.csv")

ARKIT_NAMES: tuple[str, ...] = tuple(row["ue_name"] for row in _ROWS)
"""61 names as Unreal spells them (``EyeBlinkLeft``), in the order of the Live Link Face datagram."""

ARKIT_INDEX: dict[str, int] = {name: index for index, name in enumerate(ARKIT_NAMES)}

APPLE_NAMES: tuple[str, ...] = tuple(row["apple_name"] or row["ue_name"] for row in _ROWS)
"""The same 61 in Apple's spelling (``eyeBlinkLeft``); Apple has none for the 9 rotations, which keep
Unreal's.
"""

ARKIT_SIZE = len(ARKIT_NAMES)

ARKIT_SHAPES = sum(row["unit"] == "weight" for row in _ROWS)
"""52: the shapes come first, then head yaw, pitch, roll and the same for each eye."""

_HEAD = slice(ARKIT_INDEX["HeadYaw"], ARKIT_INDEX["HeadRoll"] + 1)
_EYES = slice(ARKIT_INDEX["LeftEyeYaw"], ARKIT_INDEX["RightEyeRoll"] + 1)
_JAW_OPEN = ARKIT_INDEX["JawOpen"]
_MOUTH_CLOSE = ARKIT_INDEX["MouthClose"]


def _weights(kind: str) -> FloatArray:
    matrix = np.zeros((RAW_SIZE, ARKIT_SHAPES), dtype=np.float32)
    for row in read_table("raw_to_arkit.csv"):
        if row["kind"] == kind:
            matrix[RAW_INDEX[row["raw"]], ARKIT_INDEX[row["arkit"]]] = float(row["weight"])
    return matrix


def _poses() -> FloatArray:
    matrix = np.zeros((ARKIT_SHAPES, RAW_SIZE), dtype=np.float32)
    for row in read_table("arkit_to_raw.csv"):
        matrix[ARKIT_INDEX[row["arkit"]], RAW_INDEX[row["raw"]]] = float(row["weight"])
    return matrix


_EXACT = _weights("exact")
_POSES = _poses()
_CLOSING = _weights("product")[:, _MOUTH_CLOSE]
_LIPS_TOGETHER: NDArray[np.intp] = np.flatnonzero(_CLOSING)
_CLOSING_SHARE = _CLOSING[_LIPS_TOGETHER]

_HEURISTIC_ALL = _weights("heuristic")
_HEURISTIC_RAW: NDArray[np.intp] = np.flatnonzero(_HEURISTIC_ALL.any(axis=1))
_HEURISTIC: FloatArray = np.ascontiguousarray(_HEURISTIC_ALL[_HEURISTIC_RAW])
_EXPLAINED: FloatArray = np.ascontiguousarray(_POSES[:, _HEURISTIC_RAW])


def _limit(values: FloatArray) -> None:
    np.maximum(values, np.float32(0), out=values)
    np.minimum(values, np.float32(1), out=values)


def raw_to_arkit(
    raw: ArrayLike, head: ArrayLike | None = None, eyes: ArrayLike | None = None, *, heuristic: bool = True
) -> FloatArray:
    """ARKit values of raw curves.

    Args:
        raw: [..., 251], 0..1.
        head: [..., 3] yaw, pitch, roll in radians; 0 when left out.
        eyes: [..., 6] yaw, pitch, roll of the left and of the right eye in radians; 0 when left out (Unreal's
            mapping turns the eyes by the EyeLook shapes, which are always filled in).
        heuristic: also count curves that no ARKit shape reaches.

    Returns:
        float32 [..., 61].
    """
    curves = np.asarray(raw, dtype=np.float32)
    out = np.zeros((*curves.shape[:-1], ARKIT_SIZE), dtype=np.float32)
    shapes = out[..., :ARKIT_SHAPES]
    np.matmul(curves, _EXACT, out=shapes)
    _limit(shapes)
    if heuristic:
        unexplained = curves[..., _HEURISTIC_RAW] - shapes @ _EXPLAINED
        np.maximum(unexplained, np.float32(0), out=unexplained)
        shapes += unexplained @ _HEURISTIC
        _limit(shapes)
    shapes[..., _MOUTH_CLOSE] = curves[..., _LIPS_TOGETHER] @ _CLOSING_SHARE
    shapes[..., _MOUTH_CLOSE] *= shapes[..., _JAW_OPEN]
    if head is not None:
        out[..., _HEAD] = head
    if eyes is not None:
        out[..., _EYES] = eyes
    return out


def arkit_to_raw(arkit: ArrayLike) -> FloatArray:
    """Raw curves of ARKit shapes, as Unreal's mapping pose gives them.

    Args:
        arkit: [..., 61], or [..., 52] shapes alone; limited to 0..1 first. Rotations have no raw curves.

    Returns:
        float32 [..., 251], 0..1, on top of the neutral face (noseWrinkleUpper at 1). Where shapes overlap,
        the sum is limited to 1, so such poses need not come back.
    """
    shapes = np.array(np.asarray(arkit, dtype=np.float32)[..., :ARKIT_SHAPES])
    _limit(shapes)
    out: FloatArray = shapes @ _POSES
    out += RAW_NEUTRAL
    jaw, close = shapes[..., _JAW_OPEN], shapes[..., _MOUTH_CLOSE]
    together = np.divide(close, jaw, out=np.zeros_like(close), where=jaw > 0)
    out[..., _LIPS_TOGETHER] = together[..., None]
    _limit(out)
    return out


_HEAD_DEGREES = np.array([PROPERTY_INDEX[name] for name in ("HeadYaw", "HeadPitch", "HeadRoll")], dtype=np.intp)
_HEAD_SWITCH = PROPERTY_INDEX["HeadControlSwitch"]


def head_radians(properties: FloatArray) -> FloatArray:
    """Head rotation of Live Link properties, for ``raw_to_arkit(head=...)``.

    Args:
        properties: float32 [..., 260], angles in degrees.

    Returns:
        float32 [..., 3] yaw, pitch, roll in radians; 0 where HeadControlSwitch is 0.
    """
    angles: FloatArray = np.radians(properties[..., _HEAD_DEGREES])
    return angles * properties[..., _HEAD_SWITCH, None]
