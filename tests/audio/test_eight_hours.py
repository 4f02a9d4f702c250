"""Eight hours in seconds: two sound cards that drift apart, a pacer, and the classes that keep them in step.

Everything that decides when the face is sent and when the voice is heard is the program's own; the cards, their
jitter and the clock are not. The sound itself is left out: ``test_delayed_voice`` looks after it.
"""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.audio.playhead import OutputClock, Playhead
from cstalk_live.audio.timebase import LockedTimebase
from cstalk_live.clock import FakeClock
from cstalk_live.output.pacing import FramePacer
from cstalk_live.records import HOP, SAMPLE_RATE, Frame
from cstalk_live.rig import BOARD_NEUTRAL, PROPERTY_NEUTRAL

HOURS = 8
RATE = 48_000
BLOCK_S = 0.2
EPOCH_US = 5_000_000_000
DELAY_US = 91_000
LEAD_US = 40_000


class DriftingCard:
    """Counts samples at its own rate, which wanders by 20 ppm with the room's temperature over an hour."""

    def __init__(self, ppm):
        self.ppm = ppm

    def time_us(self, sample):
        """True time at which its sample is converted."""
        nominal = sample / RATE
        wander = 20e-6 * 3600 / (2 * np.pi) * np.sin(2 * np.pi * nominal / 3600)
        return EPOCH_US + (nominal / (1 + self.ppm * 1e-6) + wander) * 1e6


@pytest.mark.parametrize(("in_ppm", "out_ppm"), [(200, -200), (-200, 200)])
def test_voice_and_face_stay_together(in_ppm, out_ppm, capsys):
    rng = np.random.default_rng(3)
    microphone, speaker = DriftingCard(in_ppm), DriftingCard(out_ppm)
    count = round(BLOCK_S * RATE)
    blocks = round(HOURS * 3600 / BLOCK_S)
    ends = np.arange(1, blocks + 1) * count
    arrivals = np.round(microphone.time_us(ends) + rng.uniform(0, 1_500, blocks)).astype(np.int64).tolist()
    claims = np.round(speaker.time_us(ends) + LEAD_US + rng.uniform(0, 500, blocks)).astype(np.int64).tolist()

    captures = LockedTimebase(RATE)
    head, output = Playhead(captures, RATE), OutputClock(RATE)
    clock = FakeClock(EPOCH_US)
    pacer = FramePacer(clock, DELAY_US)
    heard, sent, jumps = np.zeros((blocks, 2)), [], 0
    for n in range(blocks):
        head.heard((n + 1) * count, arrivals[n])
        begin_us = output.block(count, claims[n])
        passage, left = head.plan(count, begin_us, output.drift_ppm, DELAY_US)
        heard[n] = passage.whole + passage.fraction, (n + 1) * count
        jumps += left is not None
        if n % 5 == 0:
            index = (n + 1) * count // 2 // HOP
            middle = index * HOP + HOP // 2
            frame = Frame(index, captures.time_us(middle, SAMPLE_RATE), BOARD_NEUTRAL, PROPERTY_NEUTRAL)
            clock.advance_us(max(0, arrivals[n] - clock.now_us()))
            pacer.offer(frame)
            pacer.release()
            sent.append((2 * middle, clock.now_us()))

    voice_us = speaker.time_us(heard[:, 1]) + LEAD_US - microphone.time_us(heard[:, 0])
    sent = np.array(sent, float)
    face_us = sent[:, 1] - microphone.time_us(sent[:, 0])
    apart_us = voice_us[::5] - face_us
    after = apart_us[30:]
    with capsys.disabled():
        print(
            f"\n{in_ppm} and {out_ppm} ppm, {HOURS} h: voice after face {after.min() / 1000:.2f} to "
            f"{after.max() / 1000:.2f} ms, {apart_us[:30].max() / 1000:.2f} ms in the first 30 s; {jumps} jumps; "
            f"the cards counted {abs(arrivals[-1] - claims[-1] + LEAD_US) / 1e6:.1f} s apart"
        )
    assert np.abs(apart_us).max() < 10_000
    assert np.abs(after).max() < 2_000
    assert np.abs(face_us[30:] - DELAY_US).max() < 2_000
    assert pacer.status().dropped == 0
