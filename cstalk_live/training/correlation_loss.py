"""The frozen correlation module as a loss: the generated face must tell the module what the real face tells it.

Regions are hidden at random, and the module says what they do, once from the shown regions of the generated face and
once from those of the real face. The loss is the mean squared difference of the two answers. It is exactly zero for the
real motion, and a constant face cannot satisfy it: it always tells the same, while the answers from the real face move.

Formulations that were compared, each with what it gives (real motion, regions of different clips, constant face, half
the movement), in squared spreads, for a module fitted to 53 clips, on 27 others:

- generated region against what the generated others tell of it: 0.42, 0.70, 0.04, 0.14. The constant face wins, and a
  trained generator that is made to go on with it for 100 steps moves less: its spread falls from 0.68 to 0.61 of the
  real one.
- real region against what the generated others tell of it: 0.42, 0.68, 0.62, 0.43. Sound, but most of it is noise that
  no face can remove.
- what the generated and the real others tell (this one): 0.00, 0.32, 0.24, 0.03.
- distance of the tokens in the last layer: 0.00, 1.25, 1.06, 0.16. Like this one, but counts what tells nothing of
  other regions as well.
- share of a region's movement that the others leave unexplained, matched to the real share: 0.00, 0.35, 1.57, 0.09.
  It looks at no single moment, so any movement that all regions share satisfies it.

In single runs (one seed, 300 steps of a small generator from nothing, weight 0.3) the distance of the region-by-region
correlations from the real ones was 0.37 without the module and, in the order above, 0.53, 0.44, 0.39, 0.35 and 0.48;
going on for 100 steps with a trained generator, 0.105 without, and 0.26, not run, 0.20 (0.15 at weight 0.1), not run
and 0.27. So the formulation used here does not by itself bring correlations closer, the distance of tokens may, and
that is open; a likely reason is that the module sees ties between regions that the sound does not tell, which the
generator answers with ties of its own. :func:`pair_loss` judges the correlations themselves.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .batches import Batch
from .correlation import CorrelationModule, windows_in
from .correlation_fit import calm_rows, hidden_mean, random_hidden, region_error

STILL = 1e-6
"""Added to the variance of an amplitude (squared control units): a region that stands still correlates with nothing."""


def correlation_loss(module: CorrelationModule, predicted: Tensor, batch: Batch, count: int) -> Tensor:
    """See the module's text; a scalar >= 0, in squared spreads of a control.

    Args:
        module: fitted and frozen.
        predicted: [B, T, 185], the generated motion; the gradient goes there alone.
        count: how many frames of the batch are judged, at random places and with random regions hidden.
    """
    row, frame = windows_in(batch.known, count)
    emotion = batch.emotion[row, frame]
    hidden, moving = random_hidden(count).to(predicted.device), module.moving()
    told = module(module.windows(predicted, batch.emotion, row, frame), emotion, hidden)
    with torch.no_grad():
        true = module(module.windows(batch.target, batch.emotion, row, frame), emotion, hidden)
    return hidden_mean(region_error(told.float() - true.float(), moving), hidden, moving)


def pair_loss(module: CorrelationModule, predicted: Tensor, batch: Batch) -> Tensor:
    """Mean squared difference between the region-by-region correlations of generated and real motion, 0..4.

    The correlations are those of :mod:`.region_correlation`, over the batch's rows of neutral speech: under an emotion
    the rules of :mod:`.emotions` move many regions at once, and hide what speech does. A generator that knows only the
    sound ties regions too tightly (it makes of each what the sound tells of it); :func:`correlation_loss`, which
    compares moments one by one, does not mind that, this does. 0 for a batch without neutral rows.

    Measured on 66 held-out clips of the main speaker, after 150 more steps of a generator trained for 2800: distance
    0.117 without, 0.060 with weight 1 (the two halves of the real clips are 0.053 apart), lip gap r 0.930 both times,
    squared error of the mouth's controls 0.55 and 0.60 spreads, of brows and eyes 0.98 and 1.56: what cannot be heard
    moves more, and not as it did. With 0.1 of :func:`correlation_loss` beside it: 0.062, 0.59 and 1.50.
    """
    calm = calm_rows(batch)
    if not bool(calm.any()):
        return predicted.sum() * 0.0
    axes = module.axes[module.axes.abs().sum(1) > 0]
    made, real = (_correlations(board[calm] @ axes.T, batch.known[calm]) for board in (predicted, batch.target))
    return (made - real).square().mean()


def _correlations(amplitude: Tensor, known: Tensor) -> Tensor:
    """[B, T, R] amplitudes, counted from their mean in the row -> [R, R]."""
    weight = known[..., None]
    mean = (amplitude * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp_min(1.0)
    moved = ((amplitude - mean) * weight).flatten(0, 1)
    covariance = moved.T @ moved / weight.sum()
    spread = (covariance.diagonal() + STILL).sqrt()
    return covariance / spread[:, None] / spread
