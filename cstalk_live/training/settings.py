"""The recipe of a training run, read from ``configs/train/*.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cstalk_live.errors import ConfigError
from cstalk_live.model.spec import DELAYS, NetworkSize

SHORTEST_ROW = 48
"""Frames of a row that hold at least one whole window of the correlation module (25) at every delay (up to 12)."""


class CorrelationRecipe(BaseModel):
    """The correlation module: its fit to real motion, and its weight in the generator's loss."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float = Field(0.0, ge=0)
    """0 leaves the module out altogether."""
    pairs: float = Field(0.0, ge=0)
    steps: int = Field(1500, ge=1)
    learning_rate: float = Field(2e-3, gt=0)
    fit_windows: int = Field(512, ge=1)
    windows: int = Field(384, ge=1)
    width: int = Field(64, ge=4)
    layers: int = Field(2, ge=1)
    heads: int = Field(4, ge=1)


class AutoencoderRecipe(BaseModel):
    """Pre-training of the generator's decoder as that of a motion autoencoder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: int = Field(0, ge=0)
    """0 leaves the autoencoder out altogether."""
    freeze: int = Field(0, ge=0)
    learning_rate: float = Field(2e-3, gt=0)
    noise: float = Field(0.1, ge=0)


class SoundTeacherRecipe(BaseModel):
    """The teacher that hears, and what the student learns from its ears."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    members: int = Field(0, ge=0)
    """0 leaves it out: unfilmed voices are labelled from their phones alone."""
    epochs: int = Field(15, ge=1)
    share: float = Field(0.7, ge=0, le=1)
    components: int = Field(64, ge=1, le=256)
    weight: float = Field(0.5, ge=0)


class Wav2Vec2Recipe(BaseModel):
    """The paper's audio encoder, from a checkpoint on the user's disk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checkpoint: Path | None = None
    """Folder in transformers' format."""
    tune_layers: int = Field(0, ge=0)
    tune_rate: float = Field(0.05, gt=0)
    window: float = Field(1.0, gt=0, le=20)
    """Seconds of past sound that the encoder sees at once."""
    block: int = Field(3, ge=1, le=12)
    """Frames between two looks; a frame hears up to ``block - 1`` frames after itself."""


class Recipe(BaseModel):
    """Every key of a training file; see ``configs/train/base.yaml`` for their meaning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("cstalk-base", pattern=r"^[a-z0-9][a-z0-9._-]*$")
    data: str | None = None
    output: Path = Path("runs")
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    threads: int = Field(0, ge=0)
    size: NetworkSize = NetworkSize()
    dropout: float = Field(0.1, ge=0.0, lt=1.0)
    teacher_epochs: int = Field(25, ge=1)
    renditions_main: int = Field(3, ge=1)
    renditions_other: int = Field(10, ge=1)
    renditions_unfilmed: int = Field(3, ge=1)
    clips: int = Field(0, ge=0)
    """Use only this many clips of each sub-folder; 0 for all. For trying the recipe out."""
    extra_unfilmed: tuple[Path, ...] = ()
    """Further folders with sound and phones but no picture, made by ``corpus synthesise`` or ``corpus align``."""
    shares: tuple[float, float, float] = (0.45, 0.15, 0.40)
    delay_weights: tuple[float, ...] = (1.0, 1.0, 1.5, 4.0, 1.5, 1.0, 1.0)
    rows: int = Field(24, ge=1)
    frames: int = Field(256, ge=32)
    steps: int = Field(6000, ge=1)
    learning_rate: float = Field(1.2e-3, gt=0)
    warmup: int = Field(200, ge=1)
    weight_decay: float = Field(0.02, ge=0)
    average: float = Field(0.998, ge=0, lt=1)
    checkpoint_every: int = Field(200, ge=1)
    validate_every: int = Field(500, ge=1)
    sound_teacher: SoundTeacherRecipe = Field(default_factory=lambda: SoundTeacherRecipe.model_validate({}))
    correlation: CorrelationRecipe = Field(default_factory=lambda: CorrelationRecipe.model_validate({}))
    autoencoder: AutoencoderRecipe = Field(default_factory=lambda: AutoencoderRecipe.model_validate({}))
    audio_encoder: Literal["logmel", "wav2vec2"] = "logmel"
    wav2vec2: Wav2Vec2Recipe = Field(default_factory=lambda: Wav2Vec2Recipe.model_validate({}))


AnyRecipe = TypeVar("AnyRecipe", bound=Recipe)


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe.

    Raises:
        ConfigError: the file is missing, not YAML, or has an unknown or unusable key.
    """
    return read_recipe_as(Recipe, path)


def read_recipe_as(kind: type[AnyRecipe], path: Path) -> AnyRecipe:
    """:func:`read_recipe` for recipes with further keys."""
    try:
        values: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot read {path}: {error.strerror}", "name an existing recipe, e.g. configs/train/base.yaml"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not readable YAML: {error}", "correct the file") from error
    try:
        recipe = kind.model_validate(values or {})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"{path}: {problems}", f"known keys are {', '.join(kind.model_fields)}") from error
    if len(recipe.delay_weights) != len(DELAYS):
        raise ConfigError(
            f"{path}: delay_weights has {len(recipe.delay_weights)} values",
            f"give {len(DELAYS)}, for the delays {DELAYS}",
        )
    if recipe.correlation.width % recipe.correlation.heads:
        raise ConfigError(
            f"{path}: correlation.width {recipe.correlation.width} does not divide among "
            f"{recipe.correlation.heads} heads",
            "make width a multiple of heads",
        )
    if recipe.correlation.weight and recipe.frames < SHORTEST_ROW:
        raise ConfigError(
            f"{path}: rows of {recipe.frames} frames are too short for the correlation module",
            f"set frames to {SHORTEST_ROW} or more, or correlation.weight to 0",
        )
    if recipe.audio_encoder == "wav2vec2" and recipe.wav2vec2.checkpoint is None:
        raise ConfigError(
            f"{path}: audio_encoder is wav2vec2, and wav2vec2.checkpoint names no folder",
            "name a local wav2vec2 checkpoint in transformers' format, or set audio_encoder: logmel",
        )
    return recipe
