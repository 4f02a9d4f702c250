"""Phones -> mouth code, fitted to real motion: gives motion to voices nobody filmed.

The dominance model learns from the tracked clips the targets and the timing of coarticulation (anticipation,
carry-over, undershoot); speech with phone times but no picture then gets the mouth code that this corpus's speakers
would have made. Rules hold afterwards what a mean over speakers blurs: closures, the bite, the teeth of a sibilant.

Beside a convolution of 0.28 s on either side over the same phones (the earlier teacher) it follows the speaker it was
fitted to a little less (lip gap r 0.90 against 0.91 on held-out clips) and people it never saw better (mean over
leave-one-speaker-out: gap 0.768 against 0.734, jawOpen 0.745 against 0.721, chin 0.663 in both).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from cstalk_live.features import MEL_BANDS
from cstalk_live.records import FloatArray

from .constraints import constrain
from .corpus import Phone
from .dominance import Dominance, frame_times, loss, stack
from .mouth_code import CEILING, CODE
from .segments import UNITS, Segments, segments

PhoneTeacher = Dominance
"""What :func:`fit_teacher` makes and :func:`teach` plays."""

BATCH = 32
HOLD = 1e-2
"""Weight of the penalty on single phones' deviations: carries over to speakers left out at gap r 0.762, jawOpen 0.738;
1e-3 at 0.755 and 0.736, 1e-4 at 0.756 and 0.736."""

RATE = 0.03

CHANNEL_WEIGHT = {"gap": 4.0, "jaw": 3.0, "narrow": 2.0, "pucker": 1.5}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One tracked clip, 60 frames a second."""

    articulation: Segments
    """What :func:`articulation` gives."""
    code: FloatArray
    """float32 [n, 13]."""


def loudness(features: FloatArray) -> FloatArray:
    """Level of each frame above the clip's floor, 0..1, from log-mel [n, 160]: the 10th percentile is 0, the 95th 1."""
    level = features[:, MEL_BANDS + 4 :].mean(axis=1)
    low, high = np.percentile(level, [10, 95])
    scaled: FloatArray = np.clip((level - low) / max(high - low, 1.0), 0.0, 1.2).astype(np.float32)
    return scaled


def articulation(phones: Sequence[Phone], features: FloatArray, speed: float = 1.0) -> Segments:
    """Input of the teacher for a clip: its segments with their times and loudness."""
    return segments(phones, loudness(features), speed)


def fit_teacher(
    lessons: Sequence[Lesson], epochs: int, seed: int, report: Callable[[int, float], None]
) -> PhoneTeacher:
    """Fit to tracked clips of one common length. The same for the same lessons and seed.

    Args:
        report: called with epoch and mean loss after each epoch.
    """
    teacher = Dominance()
    clips = stack([lesson.articulation for lesson in lessons])
    code = torch.from_numpy(np.stack([lesson.code for lesson in lessons]))
    times = frame_times(code.shape[1])
    weight = torch.tensor([CHANNEL_WEIGHT.get(name, 1.0) for name in CODE])
    per_epoch = -(-len(code) // BATCH)
    optimiser = torch.optim.Adam(teacher.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=epochs * per_epoch, pct_start=0.15)
    draw = torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        total = 0.0
        for batch in torch.split(torch.randperm(len(code), generator=draw), BATCH):
            # Every third frame, at a random phase: 20 frames a second hold all that a 25 Hz picture does.
            phase = int(torch.randint(3, (1,), generator=draw))
            optimiser.zero_grad()
            track = teacher(*(part[batch] for part in clips), times[phase::3])
            error = loss(track, code[batch][:, phase::3], weight, teacher, HOLD)
            torch.autograd.backward(error)
            optimiser.step()
            schedule.step()
            total += float(error.detach()) * len(batch)
        report(epoch, total / len(code))
    heard = np.concatenate([lesson.articulation.unit for lesson in lessons])
    teacher.adopt(np.bincount(heard, minlength=len(UNITS)))
    return teacher.eval()


def play(teacher: PhoneTeacher, clip: Segments, frames: int) -> FloatArray:
    """What the model alone says: float32 [frames, 13], before the rules."""
    with torch.no_grad():
        return np.asarray(teacher(*stack([clip]), frame_times(frames))[0].numpy().clip(0.0, CEILING), np.float32)


def teach(teacher: PhoneTeacher, phones: Sequence[Phone], features: FloatArray, speed: float = 1.0) -> FloatArray:
    """Mouth code of an unfilmed clip: float32 [n, 13], lips shut on B, P and M, all at rest in silence."""
    code = play(teacher, articulation(phones, features, speed), len(features))
    return constrain(code, phones, speed)
