"""What happens before the first step of a run, if the recipe asks for it: the correlation module and the decoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from cstalk_live.errors import CorpusError
from cstalk_live.model.network import CSTalkNet
from cstalk_live.model.spec import DELAYS, EMOTIONS

from .autoencoder import fit_autoencoder
from .batches import Mixer
from .correlation import CorrelationModule
from .correlation_fit import fit_correlation, frozen
from .emotions import emotion_offsets
from .lessons import Item
from .settings import Recipe

Report = Callable[[int, float], None]
"""Called with step and loss."""

Bar = Callable[[str, int], Report]
"""Opens a progress bar: (text, steps)."""

FILMED_SHARES = (0.6, 0.4, 0.0)
"""Of a batch of real motion: main filmed speaker, others, and none of the motion that was taught from phones."""


def filmed_mixer(recipe: Recipe, items: Sequence[Item]) -> Mixer:
    """Draws tracked motion only."""
    filmed = [item for item in items if item.filmed]
    return Mixer(
        filmed, FILMED_SHARES, emotion_offsets(), DELAYS, recipe.delay_weights, recipe.rows, recipe.frames
    )  # fmt: skip


def make_judge(recipe: Recipe, items: Sequence[Item], device: torch.device, bar: Bar) -> CorrelationModule | None:
    """The fitted, frozen correlation module; None where its weight is 0."""
    wanted = recipe.correlation
    if not wanted.weight:
        return None
    report = bar("learning correlations", wanted.steps)
    return fit_correlation(filmed_mixer(recipe, items), len(EMOTIONS), wanted, recipe.seed, device, report)


def restore_judge(recipe: Recipe, saved: dict[str, Any], path: Path, device: torch.device) -> CorrelationModule | None:
    """The correlation module of a checkpoint; None where the recipe has none.

    Raises:
        CorpusError: the checkpoint is of a run without the module, or with one of another size.
    """
    wanted = recipe.correlation
    if not wanted.weight:
        return None
    module = CorrelationModule(len(EMOTIONS), wanted.width, wanted.layers, wanted.heads)
    try:
        module.load_state_dict(saved["correlation"])
    except (KeyError, RuntimeError) as error:
        raise CorpusError(
            f"{path} holds no correlation module as the recipe asks for ({type(error).__name__})",
            "begin anew with --restart, or put back the recipe it was made with",
        ) from error
    return frozen(module.to(device))


def pretrain_decoder(recipe: Recipe, net: CSTalkNet, mixer: Mixer, bar: Bar) -> None:
    """Make the generator's decoder that of a motion autoencoder, in place; nothing where the recipe has no steps."""
    if recipe.autoencoder.steps:
        report = bar("learning motion", recipe.autoencoder.steps)
        fit_autoencoder(net, mixer, recipe.autoencoder, recipe.seed, report)
