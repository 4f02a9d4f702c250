"""A corpus small enough to train on in seconds: hummed syllables and a jaw that follows them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

SHAPES = [
    "_neutral", "jawOpen", "mouthPucker", "browDownLeft", "browDownRight", "mouthRollUpper", "mouthRollLower",
    "mouthPressLeft", "mouthPressRight", "mouthSmileLeft", "mouthSmileRight", "eyeSquintLeft", "eyeSquintRight",
    "mouthLowerDownLeft", "mouthLowerDownRight",
]  # fmt: skip
SYLLABLE = [
    ("SIL", 0.5),
    ("B", 0.1),
    ("AA", 0.25),
    ("M", 0.1),
    ("UW", 0.25),
    ("S", 0.1),
    ("IY", 0.2),
    ("SIL", 1.5),
]
OPEN = {"AA": 0.15, "UW": 0.05, "IY": 0.07, "S": 0.06}
LEVEL = {"AA": 0.3, "UW": 0.2, "IY": 0.2, "M": 0.1, "S": 0.05, "B": 0.02}


def phone_rows(shift: float) -> list[tuple[float, float, str]]:
    rows, at = [], 0.0
    for i, (phone, length) in enumerate(SYLLABLE):
        length += shift if i == 0 else -shift if i == len(SYLLABLE) - 1 else 0.0
        rows.append((at, at + length, phone))
        at += length
    return rows


def voice(rows: list[tuple[float, float, str]], pitch: float, rng: np.random.Generator) -> np.ndarray:
    t = np.arange(47_648) / 16_000
    sound = 1e-3 * rng.standard_normal(len(t))
    for start, end, phone in rows:
        inside = (t >= start) & (t < end)
        hum = np.sign(np.sin(2 * np.pi * pitch * t)) if phone not in {"S", "SIL"} else rng.standard_normal(len(t))
        sound[inside] += LEVEL.get(phone, 0.0) * hum[inside]
    return sound


def lips(rows: list[tuple[float, float, str]]) -> np.ndarray:
    t = (np.arange(75) + 0.5) / 25
    gap = np.full(75, 0.002)
    for start, end, phone in rows:
        gap[(t >= start) & (t < end)] = OPEN.get(phone, 0.002)
    return np.convolve(np.pad(gap, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")


def write_folder(folder: Path, clips: list[tuple[str, str, str]], filmed: bool, seed: int) -> None:
    """clips: (name, speaker, split)."""
    rng = np.random.default_rng(seed)
    (folder / "audio").mkdir(parents=True)
    clip_lines, phone_lines, gaps = ["clip\tspeaker\tsplit\tsamples"], ["clip\tstart_s\tend_s\tphone"], []
    for name, speaker, split in clips:
        rows = phone_rows(float(rng.uniform(0, 0.5)))
        sf.write(
            folder / "audio" / f"{name}.flac",
            voice(rows, float(rng.uniform(90, 220)), rng),
            16_000,
            subtype="PCM_16",
        )
        clip_lines.append(f"{name}\t{speaker}\t{split}\t47648")
        phone_lines += [f"{name}\t{s:.3f}\t{e:.3f}\t{p}" for s, e, p in rows]
        gaps.append(lips(rows))
    (folder / "clips.tsv").write_text("\n".join(clip_lines) + "\n", encoding="utf-8")
    (folder / "phones.tsv").write_text("\n".join(phone_lines) + "\n", encoding="utf-8")
    if not filmed:
        return
    gap = np.concatenate(gaps).astype(np.float32)
    shapes = np.zeros((len(gap), len(SHAPES)), np.float16)
    shapes[:, SHAPES.index("jawOpen")] = 2.0 * gap
    shapes[:, 2:] = 0.05 * rng.random((len(gap), len(SHAPES) - 2))
    index = {"clip_names": np.array([c[0] for c in clips]), "clip_offsets": np.arange(len(clips) + 1) * 75}
    np.savez(folder / "motion.npz", blendshapes=shapes, blendshape_names=np.array(SHAPES), fps=25.0, **index)
    np.savez(
        folder / "measures.npz",
        lip_aperture=gap,
        lip_width=(0.6 - 0.2 * gap).astype(np.float32),
        chin_drop=0.6 * gap,
        **index,
    )


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("corpus")
    write_folder(root / "grid_s1", [(f"a{i}", "s1", "train" if i < 4 else "val") for i in range(5)], True, 1)
    write_folder(root / "grid_more", [("m0", "s4", "train"), ("m1", "s26", "val")], True, 2)
    write_folder(root / "grid_speakers", [("g0", "g0", "val")], True, 3)
    write_folder(root / "librispeech", [("l0", "10", "train"), ("l1", "11", "train"), ("l2", "12", "val")], False, 4)
    return root


@pytest.fixture
def recipe(corpus: Path, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(
        f"""
name: tiny
data: {corpus.as_posix()}
output: {(tmp_path / "runs").as_posix()}
device: cpu
precision: float32
size:
  {{width: 24, layers: 1, heads: 2, window: 16, kernel: 3, convolutions: 1, latent: 8, decoder_width: 16,
   decoder_dilations: [1]}}
teacher_epochs: 8
renditions_main: 2
renditions_other: 2
renditions_unfilmed: 1
rows: 4
frames: 96
steps: 120
warmup: 4
learning_rate: 4.0e-3
checkpoint_every: 30
validate_every: 120
""",
        encoding="utf-8",
    )
    return path
