"""A head to measure and to show motion on: control board -> 52 ARKit shapes -> vertices in millimetres.

The head is an adult's with 63 mm between the pupils (CC0, see ``face_mesh_build``). It is linear in the 52 shapes
but for the seam of the lips, where face units added up would part lips that are held together and push one lip
through the other (a smile by up to 7 mm):

* MouthClose is lipsTogether times JawOpen, so what it holds together shuts at every opening of the jaw; the same
  share of what other shapes than UpperUp and LowerDown part (funnel, frown ...) is taken away too;
* where the lips then overlap they are moved to touch.

Facing vertices of shut lips meet exactly; between them, at equal distance from the midline, up to 0.4 mm stay open or
0.8 mm overlap.

What 52 shapes cannot tell, and so neither a distance nor a picture from here (89 of the 185 controls move nothing):
the four quarters of the lips apart (purse, funnel and together count as means of left and right, above and below),
lip bite, lips sticking at the corners, lips blown or thinned, the tongue but for tongueOut, teeth clenched, nostrils,
swallowing and the neck. ``rig.arkit`` gives some of these a share in the shape that looks most alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cstalk_live.errors import CSTalkError
from cstalk_live.records import FloatArray
from cstalk_live.rig import board_to_raw
from cstalk_live.rig.arkit import ARKIT_SHAPES, raw_to_arkit

MESH_FILE = Path(__file__).parent / "data" / "head.npz"

_SEALED_BY_NOTHING = ("jawOpen", "mouthClose", "mouthUpperUp", "mouthLowerDown")
"""Shapes (or beginnings of their names) whose part in the lip gap lipsTogether leaves alone, or already contains."""

_SHUT_JAW = 1e-3
"""Below this JawOpen the ratio MouthClose / JawOpen tells nothing."""

PARTS = ("skin", "upper_teeth", "lower_teeth", "tongue", "eye_left", "eye_right")
"""What a quad belongs to; the lining of the mouth is skin, painted by ``mouth_paint``."""

Indices = NDArray[np.intp]

_AT_ONCE = 256
"""Poses turned into vertices in one product: 60 MB for the whole head."""


class FaceMeshError(CSTalkError):
    """The package's head is missing or damaged."""


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """The head. Millimetres; x to the character's left, y up, z forward; the origin lies between the eyes."""

    names: tuple[str, ...]
    """52 shapes in Apple's spelling, in the order of ``rig.arkit``."""
    rest: FloatArray
    """float32 [n, 3]."""
    deltas: FloatArray
    """float32 [52, n, 3], the displacement of each shape at weight 1."""
    quads: Indices
    """[m, 4], counter-clockwise from outside; at an eye's poles two corners coincide."""
    quad_part: NDArray[np.uint8]
    """[m], places in :data:`PARTS`."""
    lip_paint: FloatArray
    """float32 [n], 0..1: the red of the lips."""
    mouth_paint: FloatArray
    """float32 [n], 0..1: the lining of the mouth."""
    eye_centres: FloatArray
    """float32 [2, 3], left and right."""
    seam: FloatArray
    """float32 [19, n]: how the heights change when a column of the seam is parted by 1 mm."""
    regions: Mapping[str, Indices]
    """``lips``: all of the red and its edge. ``lip_outer_upper``, ``lip_outer_lower`` (edge of the red) and
    ``lip_inner_upper``, ``lip_inner_lower`` (where the lips meet): 19 each, from the character's right corner to the
    left, upper and lower facing each other over the edges of the mesh; towards the corners the lower ones crowd.
    ``upper_face``: eyelids, brows, forehead."""

    def vertices(self, weights: ArrayLike, rows: Indices | None = None) -> FloatArray:
        """Poses of the head: float32 [f, 52] -> float32 [f, k, 3] mm, of the vertices ``rows`` or of all."""
        given = np.asarray(weights, np.float32)
        rest = self.rest if rows is None else self.rest[rows]
        deltas = (self.deltas if rows is None else self.deltas[:, rows]).reshape(len(self.names), -1)
        used = np.flatnonzero(given.any(axis=0))
        out = np.empty((len(given), *rest.shape), np.float32)
        for start in range(0, len(given), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            out[part] = (given[part][:, used] @ deltas[used]).reshape(-1, *rest.shape)
        out += rest
        out[..., 1] += self._seam_change(given) @ (self.seam if rows is None else self.seam[:, rows])
        return out

    def _seam_change(self, weights: FloatArray) -> FloatArray:
        """float32 [f, 52] -> float32 [f, 19] mm by which the linear sum's gap is to change, see the module."""
        upper, lower = (self.regions[f"lip_inner_{half}"] for half in ("upper", "lower"))
        parts = self.deltas[:, upper, 1] - self.deltas[:, lower, 1]
        sealable = parts.copy()
        sealable[[name.startswith(_SEALED_BY_NOTHING) for name in self.names]] = 0.0
        jaw, close = (weights[:, self.names.index(name)] for name in ("jawOpen", "mouthClose"))
        together = np.clip(np.divide(close, jaw, out=np.zeros_like(jaw), where=jaw > _SHUT_JAW), 0.0, 1.0)
        gap = weights @ parts
        wanted = gap - together[:, None] * np.maximum(weights @ sealable, 0.0)
        change: FloatArray = np.maximum(wanted, 0.0) - gap
        return change

    def lip_gap_mm(self, weights: ArrayLike) -> FloatArray:
        """Height between the lips where they face each other in the middle: float32 [f, 52] -> float32 [f] mm.

        A hair below 0 is rounding.
        """
        middle = len(self.regions["lip_inner_upper"]) // 2
        rows = np.array([self.regions[f"lip_inner_{half}"][middle] for half in ("upper", "lower")])
        heights: FloatArray = self.vertices(weights, rows)[..., 1]
        return heights[:, 0] - heights[:, 1]


def shape_weights(board: ArrayLike) -> FloatArray:
    """Control board -> ARKit shapes: [..., 185] -> float32 [..., 52], 0..1, in the order of :attr:`FaceMesh.names`."""
    return raw_to_arkit(board_to_raw(board))[..., :ARKIT_SHAPES]


@cache
def load_face_mesh(path: Path = MESH_FILE) -> FaceMesh:
    """The package's head.

    Raises:
        FaceMeshError: the file is missing or is not such a head.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        rest = arrays["vertices"].astype(np.float32)
        names = tuple(str(name) for name in arrays["names"])
        deltas = np.zeros((len(names), *rest.shape), np.float32)
        offsets, moved, moves = (arrays[f"delta_{key}"] for key in ("offsets", "vertices", "mm"))
        for number in range(len(names)):
            part = slice(int(offsets[number]), int(offsets[number + 1]))
            deltas[number, moved[part].astype(np.intp)] = moves[part]
        seam = np.zeros((len(arrays["region_lip_inner_upper"]), len(rest)), np.float32)
        seam[arrays["seam_columns"].astype(np.intp), arrays["seam_vertices"].astype(np.intp)] = arrays["seam_heights"]
        return FaceMesh(
            names,
            rest,
            deltas,
            arrays["quads"].astype(np.intp),
            arrays["quad_part"],
            arrays["lip_paint"].astype(np.float32) / 255.0,
            arrays["mouth_paint"].astype(np.float32) / 255.0,
            arrays["eye_centres"].astype(np.float32),
            seam,
            {key.removeprefix("region_"): arrays[key].astype(np.intp) for key in arrays if key.startswith("region_")},
        )
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise FaceMeshError(
            f"cannot read the head '{path}': {error}", "install the package anew, or run the module face_mesh_build"
        ) from None
