"""The voice between two sound cards that a test lets run as fast or slow as it likes."""

from __future__ import annotations

import numpy as np
import pytest

from cstalk_live.audio.delayed_voice import DelayedVoice
from cstalk_live.audio.fractional import fractional_filter
from cstalk_live.records import SourceBlock

EPOCH_US = 5_000_000_000
DELAY_US = 111_000


class Card:
    """A source: blocks of 10 ms, up to ``jitter_us`` late, of a tone or of whatever ``sound`` gives."""

    live = True
    name = "card"

    def __init__(self, rate=48_000, ppm=0.0, hz=440.0, jitter_us=1_500, sound=None):
        self.sample_rate, self.block = rate, rate // 100
        self.true_rate = rate * (1 + ppm * 1e-6)
        self.hz, self.jitter_us, self.sound = hz, jitter_us, sound

    def at(self, n):
        """Samples [n] of the stream, given by index."""
        if self.sound is not None:
            return self.sound(n).astype(np.float32)
        return (0.5 * np.sin(2 * np.pi * self.hz * n / self.true_rate)).astype(np.float32)


def play(
    voice, card, seconds, *, rate=48_000, ppm=0.0, lead_us=30_000, hold=None, at=None, start_us=EPOCH_US, end_after=None
):
    """Let ``voice`` hear the card and be played; float32 [n] of the output, and when its samples are heard.

    ``hold(block)`` gives the microseconds by which an arrival is held up, or None where the block is lost;
    ``at`` maps an output block to something to be done before it.
    """
    rng = np.random.default_rng(7)
    voice.play_at(rate)
    voice.begin(card)
    true_rate, block = rate * (1 + ppm * 1e-6), rate // 100
    events = []
    came = start_us
    for n in range(round(100 * (end_after or seconds))):
        held = hold(n) if hold else 0
        if held is None:
            continue
        ready = start_us + (n + 1) * card.block / card.true_rate * 1e6 + rng.uniform(0, card.jitter_us) + held
        came = max(came, ready)
        events.append((came, 0, n))
    if end_after:
        events.append((came + 1, 2, 0))
    blocks = round(100 * seconds)
    events += [(start_us + 4_000 + n * block / true_rate * 1e6, 1, n) for n in range(blocks)]
    out = np.zeros(blocks * block, np.float32)
    for time_us, kind, n in sorted(events):
        if kind == 0:
            samples = card.at(np.arange(n * card.block, (n + 1) * card.block))
            voice.hear(SourceBlock(samples, n * card.block, round(time_us)))
        elif kind == 2:
            voice.end()
        else:
            if at and n in at:
                at[n]()
            now = time_us + rng.uniform(0, 400)
            voice.render(out[n * block : (n + 1) * block], round(now + lead_us), round(now))
    heard_us = start_us + 4_000 + lead_us + np.arange(len(out)) / true_rate * 1e6
    return out, heard_us


def roughness(sound, hz, rate):
    """What a notch at the tone leaves of it, peak: clicks, edges and noise; 0 for the tone itself."""
    left = sound[2:] - 2 * np.cos(2 * np.pi * hz / rate) * sound[1:-1] + sound[:-2]
    return float(np.abs(left).max())


@pytest.mark.parametrize(
    ("rate_in", "rate_out"), [(48_000, 48_000), (48_000, 44_100), (44_100, 48_000), (16_000, 48_000)]
)
def test_a_tone_between_two_rates_keeps_85_db(rate_in, rate_out, capsys):
    tones, noise = [100, 1_000, 5_000, 10_000, 18_000], []
    for hz in (hz for hz in tones if hz < 0.42 * min(rate_in, rate_out)):
        sound = np.sin(2 * np.pi * hz * np.arange(12_000) / rate_in).astype(np.float32)
        positions = 100.3 + np.arange(9_000) * (rate_in / rate_out) * (1 + 2e-4)
        positions = positions[positions < 11_900]
        got = fractional_filter(rate_in, rate_out).at(sound, positions).astype(float)
        true = np.sin(2 * np.pi * hz * positions / rate_in)
        noise.append(10 * np.log10(np.mean(true**2) / np.mean((got - true) ** 2)))
    with capsys.disabled():
        print(f"\n{rate_in} to {rate_out} Hz: signal to noise {min(noise):.0f} dB at the worst tone")
    assert min(noise) > 85


def test_what_would_fold_is_gone():
    sound = np.sin(2 * np.pi * 13_000 * np.arange(20_000) / 48_000).astype(np.float32)
    out = fractional_filter(48_000, 16_000).at(sound, 500 + 3.0 * np.arange(6_000))
    assert np.abs(out).max() < 2e-4


@pytest.mark.parametrize(("in_ppm", "out_ppm"), [(0, 0), (200, -200), (-200, 200)])
def test_clicks_are_heard_the_delay_after_their_capture(in_ppm, out_ppm):
    marks = np.arange(1, 16) * 31_000
    card = Card(ppm=in_ppm, jitter_us=1_000, sound=lambda n: 0.8 * np.isin(n, marks))
    voice = DelayedVoice(DELAY_US)
    out, heard_us = play(voice, card, 10, ppm=out_ppm)
    found = [i for i in range(1, len(out) - 1) if out[i] > 0.3 and out[i] >= out[i - 1] and out[i] > out[i + 1]]
    captured_us = EPOCH_US + marks / card.true_rate * 1e6
    late = [min(heard_us[found] - time, key=lambda d: abs(d - DELAY_US)) - DELAY_US for time in captured_us]
    assert np.abs(late[:3]).max() < 3_000
    assert np.abs(late[3:]).max() < 1_000  # while the drift is being learnt
    assert np.abs(late[-2:]).max() < 250
    assert voice.underruns == 0


@pytest.mark.parametrize(("rate", "in_ppm", "out_ppm"), [(48_000, 200, -200), (44_100, -200, 200)])
def test_a_tone_through_drifting_cards_has_no_click(rate, in_ppm, out_ppm, capsys):
    voice = DelayedVoice(DELAY_US)
    out, _ = play(voice, Card(ppm=in_ppm, hz=1_000), 20, rate=rate, ppm=out_ppm)
    steady = out[3 * rate :].astype(float)
    left = steady[2:] - 2 * np.cos(2 * np.pi * 1_000 / rate) * steady[1:-1] + steady[:-2]
    noise = 10 * np.log10(np.mean(steady**2) / np.mean(left**2))
    with capsys.disabled():
        print(
            f"\ntone at {rate} Hz, {in_ppm} and {out_ppm} ppm: a notch leaves {np.abs(left).max():.1e} at its peak, "
            f"{noise:.0f} dB below the tone"
        )
    assert np.abs(left).max() < 2e-4
    assert noise > 75
    assert voice.underruns == 0


def test_the_start_is_faded_in():
    out, _ = play(DelayedVoice(DELAY_US), Card(), 1)
    assert roughness(out, 440, 48_000) < 0.003
    assert not out[:3_600].any()
    assert np.abs(out[-4_800:]).max() > 0.49


@pytest.mark.parametrize("new_us", [160_000, 70_000, 114_000])
def test_another_delay_is_cross_faded_to(new_us):
    voice = DelayedVoice(DELAY_US)

    def turn():
        voice.delay_us = new_us

    marks = np.arange(1, 60) * 12_000
    card = Card(sound=lambda n: 0.4 * np.sin(2 * np.pi * 440 * n / 48_000) + 0.5 * np.isin(n, marks))
    out, heard_us = play(voice, card, 10, at={400: turn})
    tone, _ = play(DelayedVoice(DELAY_US), Card(), 10, at={400: turn})
    assert roughness(tone, 440, 48_000) < 0.003
    # The tone's own curvature is 0.0013; a click stands out of it.
    clicks = np.flatnonzero(np.abs(np.diff(out, 2)) > 0.3)
    last = clicks[-1]
    late = np.abs(heard_us[last] - (EPOCH_US + marks / card.true_rate * 1e6 + new_us)).min()
    assert late < 500


def test_sound_that_stalls_is_faded_and_counted_once():
    """A stall of 0.5 s whose sound comes in a burst: silence meanwhile, then the voice in its place again."""
    voice = DelayedVoice(DELAY_US)
    out, _ = play(voice, Card(), 6, hold=lambda n: (350 - n) * 10_000 if 300 <= n < 350 else 0)
    assert voice.underruns == 1
    assert roughness(out, 440, 48_000) < 0.003
    whole, _ = play(DelayedVoice(DELAY_US), Card(), 6)
    assert np.abs(out[-48_000:] - whole[-48_000:]).max() < 0.03
    assert voice.late_us == 0


def test_lost_sound_is_no_click():
    voice = DelayedVoice(DELAY_US)
    voice.play_at(48_000)
    card = Card()
    voice.begin(card)
    out = np.zeros(48_000 * 2, np.float32)
    for n in range(200):
        now = EPOCH_US + (n + 1) * 10_000
        gap = 100 <= n < 105
        samples = np.zeros(480, np.float32) if gap else card.at(np.arange(n * 480, n * 480 + 480))
        voice.hear(SourceBlock(samples, n * 480, now, gap))
        voice.render(out[n * 480 : n * 480 + 480], now + 30_000, now)
    silent = np.flatnonzero(np.convolve(np.abs(out), np.ones(480), "valid") < 1e-3)
    assert np.any(silent > 24_000)
    assert roughness(out, 440, 48_000) < 0.05  # a step from the tone to silence and back is up to 0.5
    assert voice.underruns == 0


def test_the_end_is_played_and_then_silence():
    voice = DelayedVoice(DELAY_US)
    out, heard_us = play(voice, Card(hz=440), 4, end_after=2)
    last = heard_us[np.flatnonzero(np.abs(out) > 0.05)[-1]]
    assert -8_000 < last - (EPOCH_US + 2_000_000 + DELAY_US) < 3_000
    assert roughness(out, 440, 48_000) < 0.003
    assert voice.underruns == 0


def test_a_second_source_of_another_rate_follows():
    voice = DelayedVoice(DELAY_US)
    play(voice, Card(), 3, end_after=2)
    voice.begin(Card(rate=16_000))
    card = Card(rate=16_000, hz=300)
    out, _ = play(voice, card, 3, start_us=EPOCH_US + 60_000_000)
    assert np.abs(out[-4_800:]).max() == pytest.approx(0.5, abs=0.01)
    assert roughness(out, 300, 48_000) < 0.003


def test_a_delay_that_the_devices_cannot_keep_is_told_and_kept_as_far_as_possible():
    voice = DelayedVoice(40_000)
    out, _ = play(voice, Card(), 6, lead_us=80_000)
    status = voice.status()
    assert 60_000 < status.late_us < 90_000
    assert status.playing
    assert voice.underruns == 0
    assert np.abs(out[-4_800:]).max() > 0.49
    voice.delay_us = 200_000
    play(voice, Card(), 6, lead_us=80_000)
    assert voice.status().late_us == 0


def test_a_device_that_pauses_gets_the_voice_back_in_its_place():
    """The output stops for 0.3 s: what it plays from then on is heard that much later than counted."""
    voice = DelayedVoice(DELAY_US)
    voice.play_at(48_000)
    marks = np.arange(1, 20) * 24_000
    card = Card(sound=lambda n: 0.8 * np.isin(n, marks))
    voice.begin(card)
    heard = []
    out = np.zeros(480, np.float32)
    for n in range(800):
        now = EPOCH_US + (n + 1) * 10_000
        voice.hear(SourceBlock(card.at(np.arange(n * 480, n * 480 + 480)), n * 480, now))
        if 400 <= n < 430:
            continue
        voice.render(out, now + 30_000, now)
        heard += [now + 30_000 + i / 0.048 for i in np.flatnonzero(out > 0.3)]
    wanted = EPOCH_US + marks / 0.048 + DELAY_US
    late = np.array([(wanted - time)[np.argmin(np.abs(wanted - time))] for time in heard])
    assert np.abs(late[-5:]).max() < 1_000


def test_closing_fades_out():
    voice = DelayedVoice(DELAY_US)
    out, _ = play(voice, Card(), 2, at={150: voice.close})
    assert voice.silent
    assert not out[151 * 480 :].any()
    assert roughness(out, 440, 48_000) < 0.003
    assert voice.underruns == 0


def test_nothing_heard_is_silence():
    voice = DelayedVoice(DELAY_US)
    out = np.ones(480, np.float32)
    voice.render(out, EPOCH_US, EPOCH_US)
    assert not out.any()
    voice.begin(Card())
    voice.render(out, EPOCH_US, EPOCH_US)
    assert not out.any()
