"""wav2vec 2.0 as an ear: 60 feature columns a second from a sliding window of past sound (paper's audio encoder).

The encoder (Baevski et al., arXiv 2006.11477) looks at its whole input in both directions, so a stream gives it one
window after another. Sound is cut into blocks of ``block`` frames; when a block is complete, the encoder runs over
the last ``window`` samples (16 kHz) and the block's frames are read from its outputs. A frame therefore hears at most
``block - 1`` frames after itself. Column ``k`` carries frame ``k - (block - 1)``, which is complete by then: like
log-mel, column ``k`` depends on no sound after frame ``k``, and a network told a delay of at least ``block - 1``
frames sees a frame's own column before it must answer.

The encoder's outputs lie 20 ms apart; a frame takes the two around its middle, linearly, or the window's last one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cstalk_live.audio.resample import Resampler
from cstalk_live.errors import BundleError
from cstalk_live.records import HOP, SAMPLE_RATE, FloatArray

ENCODER_RATE = 16_000
"""Hz: what every published wav2vec 2.0 was trained on."""

_AS_IF = 36_000
"""The resampler makes 24 of every 36 samples: 16 kHz from 24 kHz when it takes them for 36 kHz."""

_LAG = Resampler(_AS_IF).delay_samples
"""16 kHz samples that are not known yet when their instant has come (0.9 ms)."""

_WINDOWS_AT_ONCE = 16
"""Bounds the memory of encoding a long clip."""

_VARIANCE_FLOOR = 1e-7
"""Of the published feature extractor's normalisation to unit variance."""


@dataclass(frozen=True, slots=True)
class Sliding:
    """How the encoder is moved over the sound."""

    window: int
    """16 kHz samples of one look."""
    block: int
    """Frames (1/60 s) between two looks."""

    def stop(self, block: int) -> int:
        """First 16 kHz sample after the window of a block: all that is known when the block is complete."""
        return self.block * (block + 1) * HOP * ENCODER_RATE // SAMPLE_RATE - _LAG


class SlidingEncoder(nn.Module):
    """A wav2vec 2.0 model that is moved over sound.

    Args:
        model: transformers' ``Wav2Vec2Model``; stays in evaluation mode, so its dropout and masking are off.
        normalise: bring each window to mean 0 and variance 1, as the checkpoint's feature extractor would.
    """

    def __init__(self, model: nn.Module, sliding: Sliding, normalise: bool) -> None:
        super().__init__()
        self.model, self.sliding, self.normalise = model.eval(), sliding, normalise
        config: Any = model.config
        self.hidden: int = config.hidden_size
        self.stride, self.field = 1, 1
        """Samples between two outputs, and under one."""
        for kernel, stride in zip(config.conv_kernel, config.conv_stride, strict=True):
            self.field += (kernel - 1) * self.stride
            self.stride *= stride

    def train(self, mode: bool = True) -> SlidingEncoder:  # noqa: ARG002
        """The encoder stays as it is: without dropout, also while its top layers learn."""
        return super().train(False)

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    def layout(self) -> str:
        """One line that changes whenever the columns would be other numbers."""
        digest = hashlib.sha256(str(self.normalise).encode())
        for name, value in sorted(self.model.state_dict().items()):
            digest.update(name.encode())
            digest.update(value.detach().cpu().contiguous().numpy().tobytes())
        return (
            f"wav2vec2 {digest.hexdigest()[:16]} hidden {self.hidden} window {self.sliding.window} "
            f"block {self.sliding.block} hop {HOP} rate {SAMPLE_RATE}"
        )

    def looks(self, windows: Tensor, blocks: NDArray[np.int64]) -> Tensor:
        """Encode windows [n, window] that belong to those blocks [n]: columns of their frames [n, block, hidden]."""
        if self.normalise:
            mean = windows.mean(dim=1, keepdim=True)
            spread = windows.var(dim=1, keepdim=True, correction=0)
            windows = (windows - mean) / torch.sqrt(spread + _VARIANCE_FLOOR)
        outputs: Tensor = self.model(windows).last_hidden_state
        place = torch.from_numpy(self._places(blocks)).to(outputs.device).clamp(0.0, outputs.shape[1] - 1.0)
        left = place.floor().long().clamp_max(max(0, outputs.shape[1] - 2))
        right = (left + 1).clamp_max(outputs.shape[1] - 1)
        share = (place - left)[..., None]
        row = torch.arange(len(outputs), device=outputs.device)[:, None]
        return outputs[row, left] * (1.0 - share) + outputs[row, right] * share

    def silence(self) -> Tensor:
        """The column of endless digital silence, [hidden]."""
        with torch.no_grad():
            nothing = torch.zeros(1, self.sliding.window, device=self.device)
            return self.looks(nothing, np.zeros(1, np.int64))[0, -1]

    def forward(self, sound: Tensor) -> Tensor:
        """Clips of whole frames, [B, T, 400] at 24 kHz, from silence: columns [B, T, hidden], differentiable."""
        count, frames = sound.shape[:2]
        blocks = np.arange(frames // self.sliding.block)
        before = self.silence().expand(count, self.sliding.block - 1, -1)
        if not len(blocks):
            return before[:, :frames]
        rows = [Resampler(_AS_IF).push(row) for row in sound.detach().cpu().numpy().reshape(count, -1)]
        padded = np.pad(np.stack(rows), ((0, 0), (self.sliding.window, 0)))
        looks = np.lib.stride_tricks.sliding_window_view(padded, self.sliding.window, axis=1)
        windows = looks[:, [self.sliding.stop(int(block)) for block in blocks]]  # the padding moved every start there
        flat = torch.from_numpy(windows.reshape(-1, self.sliding.window)).to(self.device)
        columns = self.looks(flat, np.tile(blocks, count)).view(count, -1, self.hidden)
        return torch.cat((before, columns), dim=1)[:, :frames]

    def _places(self, blocks: NDArray[np.int64]) -> FloatArray:
        """Where the middles of the blocks' frames lie among a window's outputs, float32 [n, block]."""
        frame = blocks[:, None] * self.sliding.block + np.arange(self.sliding.block)
        middle = (frame + 0.5) * HOP * ENCODER_RATE / SAMPLE_RATE
        start = np.array([self.sliding.stop(int(b)) for b in blocks])[:, None] - self.sliding.window
        places: FloatArray = ((middle - start - (self.field - 1) / 2) / self.stride).astype(np.float32)
        return places


class StreamingWav2Vec2:
    """Columns from sound that arrives in pieces; the counterpart of ``StreamingLogMel``, for offline use: a look of
    the published base model takes a sizeable part of a second on one core.

    However the sound is cut, the columns agree to rounding.
    """

    def __init__(self, encoder: SlidingEncoder) -> None:
        self._encoder = encoder
        self.reset()

    def reset(self) -> None:
        """Forget all sound: the next sample is sample 0 of a stream."""
        sliding = self._encoder.sliding
        self._resampler = Resampler(_AS_IF)
        self._samples = self._blocks = 0
        self._kept: FloatArray = np.zeros(sliding.window, np.float32)
        self._kept_from = -sliding.window
        self._ready: FloatArray = np.repeat(self._encoder.silence().cpu().numpy()[None], sliding.block - 1, axis=0)

    def push(self, samples: FloatArray) -> FloatArray:
        """Take float32 [n] samples at 24 kHz, return float32 [frames completed, hidden]."""
        sliding, done = self._encoder.sliding, self._samples // HOP
        self._kept = np.concatenate((self._kept, self._resampler.push(samples)))
        self._samples += len(samples)
        frames = self._samples // HOP
        last = frames // sliding.block
        starts = range(self._blocks, last, _WINDOWS_AT_ONCE)
        columns = np.concatenate(
            (self._ready, *(self._look(np.arange(n, min(last, n + _WINDOWS_AT_ONCE))) for n in starts))
        )
        self._blocks = last
        past = sliding.stop(last) - sliding.window - self._kept_from  # before the next window
        self._kept, self._kept_from = self._kept[past:].copy(), self._kept_from + past
        self._ready = columns[frames - done :]
        return columns[: frames - done]

    def _look(self, blocks: NDArray[np.int64]) -> FloatArray:
        stops = [self._encoder.sliding.stop(int(b)) - self._kept_from for b in blocks]
        windows = np.stack([self._kept[stop - self._encoder.sliding.window : stop] for stop in stops])
        with torch.no_grad():
            columns = self._encoder.looks(torch.from_numpy(windows).to(self._encoder.device), blocks)
        heard: FloatArray = columns.reshape(-1, self._encoder.hidden).cpu().numpy()
        return heard


def sliding_of(layout: str, where: str) -> Sliding:
    """Read a bundle's front end.

    Raises:
        BundleError: it is none of wav2vec2's.
    """
    found = re.fullmatch(
        rf"wav2vec2 [0-9a-f]+ hidden \d+ window (\d+) block (\d+) hop {HOP} rate {SAMPLE_RATE}", layout
    )
    if found is None:
        raise BundleError(f"{where} does not hear through wav2vec2 (it says '{layout}')", "run it as any other bundle")
    return Sliding(int(found[1]), int(found[2]))
