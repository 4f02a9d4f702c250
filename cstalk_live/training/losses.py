"""What the generator is asked for: the controls, the lips they make, their movement, and closures above all."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from cstalk_live.rig import BOARD_REGION

from .batches import Batch
from .face_to_rig import read_gap, read_jaw, read_narrow

REGION_WEIGHT = {
    "jaw": 2.0,
    "lips": 1.0,
    "mouth": 1.0,
    "tongue": 0.4,
    "cheek": 0.5,
    "nose": 0.4,
    "brow": 0.4,
    "eye": 0.3,
}


def control_weights() -> Tensor:
    """float32 [185]: how much an error in each control counts."""
    return torch.tensor([REGION_WEIGHT.get(region, 0.2) for region in BOARD_REGION])


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp_min(1.0)


def _agreement(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    """1 - concordance correlation per row (Lin 1989): scale and offset count as well as shape. Mean over rows."""
    total = weight.sum(1, keepdim=True).clamp_min(1.0)
    mean_a, mean_b = (a * weight).sum(1, keepdim=True) / total, (b * weight).sum(1, keepdim=True) / total
    da, db = (a - mean_a) * weight, (b - mean_b) * weight
    covariance = (da * db).sum(1) / total[:, 0]
    spread = (da.square().sum(1) + db.square().sum(1)) / total[:, 0] + (mean_a - mean_b).square()[:, 0]
    return (1.0 - 2.0 * covariance / (spread + 1e-3)).mean()


def generator_loss(predicted: Tensor, batch: Batch, scale: Tensor, weights: Tensor) -> tuple[Tensor, dict[str, float]]:
    """Total loss of a batch and its parts by name.

    Args:
        predicted: [B, T, 185].
        scale: [185], the spread of each control in the corpus; errors are counted in units of it.
        weights: [185] of :func:`control_weights`.
    """
    known, target = batch.known, batch.target
    moving = (scale > 0).float()
    error = (predicted - target) / scale.clamp_min(1e-6)
    gap, gap_true = read_gap(predicted), read_gap(target)
    jaw, jaw_true = read_jaw(predicted), read_jaw(target)
    narrow, narrow_true = read_narrow(predicted), read_narrow(target)
    # Lips nearly shut while the jaw is not: a bilabial or a W. Few frames, but the ones a viewer notices.
    closing = 1.0 + 3.0 * ((0.3 - gap_true) / 0.3).clamp(0.0, 1.0) * (jaw_true > 0.1).float()

    parts = {
        "controls": _mean(
            F.huber_loss(error, torch.zeros_like(error), reduction="none", delta=2.0) @ (weights * moving),
            known,
        )
        / float((weights * moving).sum()),
        "gap": 4.0 * _mean(F.smooth_l1_loss(gap, gap_true, reduction="none", beta=0.15), known * closing),
        "jaw": 2.0 * _mean((jaw - jaw_true).square(), known),
        "narrow": 1.0 * _mean((narrow - narrow_true).square(), known),
        "agreement": 0.3 * (_agreement(gap, gap_true, known) + _agreement(jaw, jaw_true, known)),
    }
    steady = known[:, 1:] * known[:, :-1]
    # Joins between clips jump; a real lip does not move 0.25 of its range in 1/60 s.
    smooth = steady * (gap_true.diff(dim=1).abs() < 0.25).float()
    parts["velocity"] = 6.0 * _mean((gap.diff(dim=1) - gap_true.diff(dim=1)).square(), smooth)
    moved = error.diff(dim=1).square() @ (weights * moving) / float((weights * moving).sum())
    parts["stillness"] = 0.5 * _mean(moved * (gap_true[:, 1:] < 0.05) * (jaw_true[:, 1:] < 0.08), smooth)
    total = torch.stack(list(parts.values())).sum()
    return total, {name: float(value.detach()) for name, value in parts.items()}
