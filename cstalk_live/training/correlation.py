"""The correlation module: a small transformer that knows how the regions of a real face move together.

It is shown some regions of a moving face and the emotion, and says what the hidden regions do (masked prediction, as
in BERT, Devlin et al., arXiv 1810.04805; correlation supervision as in CSTalk, arXiv 2404.18604). Tokens are the
regions of :mod:`.regions`, not frames: attention runs across the face.

A token holds a region's controls at seven frames from 200 ms before to 200 ms after the frame in question. One frame
is not enough: on held-out tracked clips, linear regression from the other regions explains 38 % of the jaw's variance
and 14 % of the lips' from the same frame alone, 54 % and 22 % from this window, because regions lead and follow each
other; a longer one (400 ms) explains no more of the lips. The step of 67 ms is that of the 25 fps picture, roughly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cstalk_live.model.attention import AttentionBlock
from cstalk_live.rig import BOARD_SIZE

from .regions import REGIONS, region_table

WINDOW = (-12, -8, -4, 0, 4, 8, 12)
"""Frames of a token, relative to the frame whose pose is predicted."""

FLOOR = 0.02
"""Spreads below this (control units) count as this: nobody sees them."""

REACH = WINDOW[-1]
MIDDLE = WINDOW.index(0)


class CorrelationModule(nn.Module):
    """See the module's text. Poses are counted from the mean pose of their emotion, in units of a control's spread
    around it under that emotion: emotions move the brow ten times as far as speech does, and would be all that counts.

    Args:
        emotions: how many emotions there are, neutral first.
    """

    mean: Tensor
    emotion_mean: Tensor
    variance: Tensor
    emotion_variance: Tensor
    axes: Tensor
    index: Tensor
    real: Tensor

    def __init__(self, emotions: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        table = region_table()
        regions, longest = table.index.shape
        self.register_buffer("mean", torch.zeros(BOARD_SIZE))
        self.register_buffer("emotion_mean", torch.zeros(emotions, BOARD_SIZE))
        self.register_buffer("variance", torch.zeros(BOARD_SIZE))
        self.register_buffer("emotion_variance", torch.zeros(emotions, BOARD_SIZE))
        self.register_buffer("axes", torch.zeros(regions, BOARD_SIZE))
        self.register_buffer("index", table.index, persistent=False)
        self.register_buffer("real", table.real, persistent=False)
        inner = len(WINDOW) * longest
        self.enter = nn.Parameter(torch.randn(regions, inner, width) * inner**-0.5)
        self.place = nn.Parameter(torch.randn(regions, width) * 0.1)
        self.hidden = nn.Parameter(torch.randn(width) * 0.1)
        self.condition = nn.Linear(emotions + 1, width)
        self.blocks = nn.ModuleList(AttentionBlock(width, heads, regions + 1) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Parameter(torch.randn(regions, width, longest) * width**-0.5 * 0.1)
        self.offset = nn.Parameter(torch.zeros(regions, longest))

    def moving(self) -> Tensor:
        """float32 [R, M]: 1 at the controls that move in the corpus, 0 at others and at padding."""
        return self.real * (self.variance + self.emotion_variance.sum(0) > 0)[self.index]

    def normal(self, board: Tensor, emotion: Tensor) -> Tensor:
        """Board [..., 185] and emotion [..., E + 1] -> [..., R, M]: deviations by region, 0 where nothing moves."""
        variance = self.variance + (emotion[..., :-1] * emotion[..., -1:]) @ self.emotion_variance
        moved = torch.where(variance > 0, board - self.resting(emotion), torch.zeros_like(board))
        return (moved * variance.clamp_min(FLOOR**2).rsqrt())[..., self.index] * self.real

    def resting(self, emotion: Tensor) -> Tensor:
        """Mean pose of emotions: [..., E + 1] -> [..., 185]."""
        return self.mean + (emotion[..., :-1] * emotion[..., -1:]) @ self.emotion_mean

    def windows(self, board: Tensor, emotion: Tensor, row: Tensor, frame: Tensor) -> Tensor:
        """What surrounds chosen frames: board [B, T, 185], emotion [B, T, E + 1], row and frame [N] -> [N, 7, R, M]."""
        frames = frame[:, None] + torch.tensor(WINDOW, device=board.device)
        return self.normal(board[row[:, None], frames], emotion[row[:, None], frames])

    def forward(self, windows: Tensor, emotion: Tensor, hidden: Tensor) -> Tensor:
        """Predict the middle frame.

        Args:
            windows: [N, 7, R, M] of :meth:`windows`.
            emotion: [N, E + 1].
            hidden: [N, R], 1 where a region is not shown.

        Returns:
            [N, R, M], also for the regions that are shown.
        """
        return self.read(self.look(windows, emotion, hidden))

    def look(self, windows: Tensor, emotion: Tensor, hidden: Tensor) -> Tensor:
        """What the module makes of a face: tokens [N, R, width]; arguments as in :meth:`forward`."""
        shown = windows.transpose(1, 2).flatten(2)
        tokens = torch.einsum("nri,riw->nrw", shown, self.enter)
        away = hidden[..., None]
        tokens = tokens * (1.0 - away) + self.hidden * away + self.place
        x = torch.cat((tokens, self.condition(emotion)[:, None]), dim=1)
        bias = x.new_zeros(1, 1, 1, 1)
        for block in self.blocks:
            x = block(x, bias)
        y: Tensor = self.norm(x[:, : len(REGIONS)])
        return y

    def read(self, tokens: Tensor) -> Tensor:
        """Tokens [N, R, width] -> controls [N, R, M] in units of their spread."""
        return (torch.einsum("nrw,rwm->nrm", tokens, self.leave) + self.offset) * self.real


def windows_in(known: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """``count`` random frames whose whole window is known: rows and frames, int64 [count] each, with replacement.

    Args:
        known: [B, T], 1 where there is a pose.
    """
    whole = known[:, 2 * REACH :] * known[:, : known.shape[1] - 2 * REACH]
    rows, starts = torch.nonzero(whole, as_tuple=True)
    chosen = torch.randint(len(rows), (count,)).to(known.device)
    return rows[chosen], starts[chosen] + REACH
