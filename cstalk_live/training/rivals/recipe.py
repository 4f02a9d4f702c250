"""The recipe of a comparison: a training recipe with a few more keys; see ``configs/train/compare.yaml``."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import Field

from cstalk_live.errors import ConfigError
from cstalk_live.model.spec import DELAYS
from cstalk_live.training.prepare import corpus_paths, corpus_root
from cstalk_live.training.settings import Recipe, read_recipe_as

DELAY = 4
"""Frames of look-ahead of every method: 67 ms."""

PLACES = ("name", "data", "output", "threads", "checkpoint_every", "validate_every", "extra_unfilmed", "delay_weights")
"""Keys that do not change what is compared (the folders are told apart by their tables instead)."""


class ComparisonRecipe(Recipe):
    """Every key of a training recipe holds for all methods; ``correlation`` is left out of ours where it says so."""

    sampling: float = Field(0.9, ge=0.0, le=1.0)
    """Share of its own poses that the FaceFormer-style network goes on from, in the second half of training."""


def read_comparison(path: Path, data: Path | None) -> ComparisonRecipe:
    """Read and check a comparison's recipe; its delays are set to the one that is compared.

    Raises:
        ConfigError: the file is missing, wrong, or gives the correlation module no weight.
    """
    recipe = read_recipe_as(ComparisonRecipe, path)
    if not recipe.correlation.weight:
        raise ConfigError(
            f"{path}: correlation.weight is 0, so our two methods would be one",
            "give the weight of configs/train/base.yaml",
        )
    only = tuple(float(delay == DELAY) for delay in DELAYS)
    told = {} if data is None else {"data": str(data)}
    return recipe.model_copy(update={"delay_weights": only, **told})


def fingerprint(recipe: ComparisonRecipe) -> str:
    """Twelve hex digits of everything that decides the numbers: the recipe and the tables of the corpus.

    Raises:
        CorpusError: there is no corpus.
    """
    keys: dict[str, Any] = {k: v for k, v in recipe.model_dump(mode="json").items() if k not in PLACES}
    found = hashlib.sha256(json.dumps(keys, sort_keys=True).encode())
    for folder in corpus_paths(corpus_root(recipe), recipe):
        for table in ("clips.tsv", "phones.tsv"):
            path = folder / table
            found.update(path.read_bytes() if path.is_file() else b"absent")
    return found.hexdigest()[:12]
