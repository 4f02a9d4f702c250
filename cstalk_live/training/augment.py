"""Other microphones, rooms and levels, imposed on log-mel features.

Everything here leaves the timing of the sound alone, so the motion stays right. Spectra are powers: noise adds, a
room smears, a filter multiplies.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from cstalk_live.features import MEL_BANDS
from cstalk_live.features.logmel import LOG_FLOOR
from cstalk_live.features.mel import hz_to_mel, mel_edges, mel_to_hz

DB = math.log(10.0) / 10.0
"""Natural-log power units in a decibel."""


def _uniform(low: float, high: float, *shape: int) -> Tensor:
    return low + (high - low) * torch.rand(*shape)


def _chosen(probability: float, count: int) -> Tensor:
    return (torch.rand(count) < probability).float()


def _filter_db(count: int) -> Tensor:
    """Smooth random frequency responses in dB: [count, 80]. A tilt of up to 8 dB and a wavy +-4 dB."""
    tilt = _uniform(-8.0, 8.0, count, 1) * torch.linspace(-0.5, 0.5, MEL_BANDS)
    waves = F.interpolate(_uniform(-4.0, 4.0, count, 1, 7), size=MEL_BANDS, mode="linear", align_corners=True)
    return tilt + waves[:, 0]


def _room(power: Tensor) -> Tensor:
    """Add a decaying tail to a quarter of the rows: reverberation times of 0.15 to 0.6 s, 2 to 15 dB below."""
    rows, steps, bands = power.shape
    decay = torch.exp(-math.log(1e6) * torch.arange(1, 37) / (120.0 * _uniform(0.15, 0.6, rows, 1)))
    wet = _chosen(0.25, rows)[:, None] * torch.exp(-DB * _uniform(2.0, 15.0, rows, 1))
    tail = torch.cat((decay.flip(1) * wet / decay.sum(1, keepdim=True) * 3.0, torch.ones(rows, 1)), dim=1)
    spread = F.conv1d(
        F.pad(power.transpose(1, 2), (36, 0)).reshape(1, rows * bands, -1),
        tail[:, None, :].repeat_interleave(bands, dim=0),
        groups=rows * bands,
    )
    return spread.view(rows, bands, steps).transpose(1, 2)


def _noise(rows: int, steps: int) -> Tensor:
    """Steady noise with a random spectrum, -85..-38 dB, fluctuating as the power of noise does: [rows, steps, 80]."""
    level = _uniform(-85.0, -55.0, rows, 1) + _chosen(0.35, rows)[:, None] * _uniform(0.0, 22.0, rows, 1)
    slope = _uniform(-20.0, 6.0, rows, 1) * torch.linspace(0.0, 1.0, MEL_BANDS)
    shape = torch.exp(DB * (level + slope + 0.5 * _filter_db(rows)))
    shape = shape * _chosen(0.85, rows)[:, None]  # some microphones gate their silence to digital zero
    return shape[:, None, :] * torch.empty(rows, steps, MEL_BANDS).exponential_().clamp(0.02, 6.0)


def _bands_of(formants: Tensor) -> tuple[Tensor, Tensor]:
    """Where each band lies in a spectrum whose frequencies are multiplied by ``formants`` [B]: band and fraction to
    the next, [B, 80] each."""
    edges = mel_edges()
    mel = hz_to_mel(mel_to_hz(edges[1:-1])[None] / formants.numpy().astype(np.float64)[:, None])
    at = np.clip((mel - edges[0]) / (edges[-1] - edges[0]) * (MEL_BANDS + 1) - 1.0, 0.0, MEL_BANDS - 1.001)
    return torch.from_numpy(at.astype(np.int64)), torch.from_numpy((at % 1.0).astype(np.float32))


def _other_mouth(power: Tensor) -> Tensor:
    """Half of the rows as from a vocal tract 12 % shorter to 14 % longer, a sixth with their harmonics blurred
    (80 bands resolve a high voice's harmonics; speech without them, as in a whisper, moves the same lips)."""
    rows = len(power)
    formants = torch.where(_chosen(0.5, rows) > 0, torch.exp(_uniform(-0.13, 0.13, rows)), torch.ones(rows))
    index, part = _bands_of(formants)
    spread = power.gather(2, index[:, None].expand_as(power)) * (1.0 - part[:, None])
    spread = spread + power.gather(2, (index + 1)[:, None].expand_as(power)) * part[:, None]
    blurred = F.avg_pool1d(F.pad(spread, (2, 2), mode="replicate"), 5, 1)
    return torch.where(_chosen(1 / 6, rows)[:, None, None] > 0, blurred, spread)


def augment(features: Tensor) -> Tensor:
    """Vary the recording of a batch of clips.

    Args:
        features: float32 [B, T, 160], log-mel.

    Returns:
        float32 [B, T, 160]: the same sounds through another room, microphone and gain (-20..+14 dB), with noise;
        one row in ten limited to a telephone's or a cheap headset's band.
    """
    rows, frames, _ = features.shape
    power = features.reshape(rows, 2 * frames, MEL_BANDS).exp() - LOG_FLOOR
    power = _room(_other_mouth(power.clamp_min(0.0)))
    response = _filter_db(rows) + _uniform(-20.0, 14.0, rows, 1)
    cut = torch.where(_chosen(0.1, rows) > 0, torch.randint(50, MEL_BANDS, (rows,)), MEL_BANDS)
    response = response - 60.0 * (torch.arange(MEL_BANDS)[None] >= cut[:, None]).float()
    power = power * torch.exp(DB * response)[:, None, :] + _noise(rows, 2 * frames)
    out = torch.log(power + LOG_FLOOR)
    masked = torch.randint(0, MEL_BANDS - 6, (rows,))
    band = torch.arange(MEL_BANDS)[None]
    hidden = (_chosen(0.2, rows)[:, None] > 0) & (band >= masked[:, None]) & (band < masked[:, None] + 6)
    out = torch.where(hidden[:, None, :], out.mean(dim=1, keepdim=True), out)
    # Up to a tenth of a second unheard, in a third of the rows: the student goes on by what was said around it.
    begin, length = torch.randint(0, 2 * frames, (rows,)), torch.randint(2, 13, (rows,))
    step = torch.arange(2 * frames)[None]
    lost = (_chosen(0.33, rows)[:, None] > 0) & (step >= begin[:, None]) & (step < (begin + length)[:, None])
    out = torch.where(lost[..., None], out.mean(dim=1, keepdim=True), out)
    return out.reshape(rows, frames, 2 * MEL_BANDS)
