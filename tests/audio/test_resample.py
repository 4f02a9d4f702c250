"""Exactness, frequency response, alignment and delay of the resampler at every common rate."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstalk_live.audio.filter_design import ATTENUATION_DB, phase_table
from cstalk_live.audio.resample import Resampler
from cstalk_live.errors import AudioError

RATES = [
    8_000,
    11_025,
    12_000,
    16_000,
    22_050,
    24_000,
    32_000,
    44_100,
    48_000,
    88_200,
    96_000,
    192_000,
    47_999,
]


def convert(samples, rate):
    resampler = Resampler(rate)
    return np.concatenate((resampler.push(samples), resampler.flush()))


def sine(hz, rate, seconds):
    return np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate).astype(np.float32)


def amplitude(samples, hz, rate=24_000):
    """Amplitude of the component at ``hz``, from the middle of the signal, under a Blackman window."""
    middle = samples[len(samples) // 8 : -len(samples) // 8].astype(np.float64)
    window = np.blackman(len(middle))
    turns = np.exp(-2j * np.pi * hz * np.arange(len(middle)) / rate)
    return 2 * abs((middle * window * turns).sum()) / window.sum()


@pytest.mark.parametrize("rate", RATES)
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_any_split_gives_the_same_bits(rate, data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    cuts = data.draw(st.lists(st.integers(0, rate // 20), max_size=12))
    samples = np.random.default_rng(seed).normal(0, 0.2, rate // 20).astype(np.float32)
    whole = convert(samples, rate)
    resampler = Resampler(rate)
    parts = [resampler.push(part) for part in np.split(samples, sorted(cuts))]
    parts.append(resampler.flush())
    assert np.array_equal(whole.view(np.uint32), np.concatenate(parts).view(np.uint32))
    assert len(whole) == -(-len(samples) * 24_000 // rate) == resampler.samples_out


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_single_samples_give_the_same_bits(rate):
    samples = np.random.default_rng(3).normal(0, 0.2, 3000).astype(np.float32)
    resampler = Resampler(rate)
    parts = [resampler.push(samples[n : n + 1]) for n in range(len(samples))]
    assert np.array_equal(convert(samples, rate), np.concatenate([*parts, resampler.flush()]))


@pytest.mark.parametrize("rate", RATES)
def test_flat_where_the_mel_bands_are(rate):
    top = min(7_600.0, phase_table(rate).pass_hz)
    for hz in (100.0, 1_000.0, 0.5 * top, 0.9 * top, top):
        gain_db = 20 * np.log10(amplitude(convert(sine(hz, rate, 0.5), rate), hz))
        assert abs(gain_db) <= 0.02, f"{gain_db:.3f} dB at {hz:.0f} Hz"


@pytest.mark.parametrize("rate", [rate for rate in RATES if rate >= 32_000])
def test_nothing_folds_into_the_mel_bands(rate):
    ghosts = (5.0, 1_000.0, 4_000.0, 7_600.0, 10_000.0)
    sources = [24_000 * k + sign * ghost for k in range(1, 9) for sign in (-1, 1) for ghost in ghosts]
    tested = [(hz, min(hz % 24_000, 24_000 - hz % 24_000)) for hz in sources if hz < rate / 2]
    for hz, ghost in tested if rate <= 96_000 else tested[::3]:
        level_db = 20 * np.log10(amplitude(convert(sine(hz, rate, 0.25), rate), ghost) + 1e-9)
        assert level_db <= -60, f"{hz:.0f} Hz appears at {ghost:.0f} Hz with {level_db:.1f} dB"


@pytest.mark.parametrize(("rate", "highest_stop"), [(8_000, 4_700), (11_025, 6_400), (12_000, 7_000), (16_000, 8_900)])
def test_no_mirror_images_in_the_mel_bands(rate, highest_stop):
    """Raising a rate mirrors f to rate - f; beyond the stop edge that must be gone."""
    stop = phase_table(rate).stop_hz
    assert stop <= highest_stop
    for image in np.arange(stop, rate, 250.0):
        hz = rate - image
        if 0 < hz < rate / 2 and image < 12_000:
            level_db = 20 * np.log10(amplitude(convert(sine(hz, rate, 0.5), rate), image) + 1e-9)
            assert level_db <= -60, f"{hz:.0f} Hz has an image at {image:.0f} Hz of {level_db:.1f} dB"


@pytest.mark.parametrize("rate", RATES)
def test_adds_at_most_two_milliseconds(rate):
    """An impulse comes out at its own instant, at most 2 ms after it went in."""
    resampler = Resampler(rate)
    samples = np.zeros(rate // 10, np.float32)
    at = rate // 20
    samples[at] = 1.0
    out, peak_known_at = [], None
    for n, sample in enumerate(samples):
        out.append(resampler.push(np.array([sample])))
        if peak_known_at is None and resampler.samples_out > at * 24_000 / rate:
            peak_known_at = n
    peak = int(np.argmax(np.abs(np.concatenate(out))))
    assert abs(peak / 24_000 - at / rate) <= 0.5 / 24_000
    waited_us = (peak_known_at - at) / rate * 1e6
    assert waited_us <= min(2_000, resampler.delay_us + 1e6 / 24_000 + 1)
    assert resampler.delay_us <= 1_750
    assert -0.03 < resampler.delay_samples - resampler.delay_us * 24 / 1000 < 1


@pytest.mark.parametrize("rate", [rate for rate in RATES if rate != 24_000])
def test_same_burst_lands_on_the_same_sample(rate):
    """A 1 kHz burst with a Gaussian envelope, agrees with the same burst sampled at 24 kHz."""

    def burst(rate_hz):
        t = np.arange(int(0.1 * rate_hz)) / rate_hz - 0.05
        return (np.exp(-((t / 0.005) ** 2)) * np.sin(2 * np.pi * 1_000 * t)).astype(np.float32)

    got, ideal = convert(burst(rate), rate)[:2390], burst(24_000)[:2390]
    assert np.abs(got - ideal).max() < 2e-3
    # The phase of 1 kHz gives the shift in time far below one sample.
    turns = np.exp(-2j * np.pi * 1_000 * np.arange(2390) / 24_000)
    shift_us = np.angle((got * turns).sum() / (ideal * turns).sum()) / (2 * np.pi * 1_000) * 1e6
    assert abs(shift_us) < 1.0


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 47_999])
def test_agrees_with_libsamplerate(rate):
    samplerate = pytest.importorskip("samplerate", reason="samplerate is not installed: no independent resampler")
    rng = np.random.default_rng(5)
    tones = [(hz, rng.uniform(0, 6.28)) for hz in (180, 950, 2_700, 5_100, 7_000)]
    t = np.arange(rate) / rate
    samples = sum(0.15 * np.sin(2 * np.pi * hz * t + phase) for hz, phase in tones).astype(np.float32)
    theirs = samplerate.resample(samples, 24_000 / rate, "sinc_best")
    ours = convert(samples, rate)
    assert np.abs(ours[500:23_000] - theirs[500:23_000]).max() < 1e-3


def test_long_streams_do_not_drift():
    """Positions are integers: the phase of a tone after ten hours of 44.1 kHz is that of the first second."""
    rate, hours = 44_100, 10
    resampler = Resampler(rate)
    first = resampler.push(sine(1_000, rate, 1))[-2400:]
    skipped = hours * 3600 * rate
    resampler._samples_in += skipped
    resampler._samples_out += hours * 3600 * 24_000
    resampler._kept_from += skipped
    assert np.array_equal(resampler.push(sine(1_000, rate, 1))[-2400:], first)


@pytest.mark.parametrize("rate", [0, -1, 7_999, 384_001, 10**9])
def test_absurd_rates_are_refused(rate):
    with pytest.raises(AudioError, match="sample rate"):
        Resampler(rate)


def test_push_after_flush_and_stereo_are_defects():
    resampler = Resampler(48_000)
    with pytest.raises(ValueError, match="mono"):
        resampler.push(np.zeros((10, 2), np.float32))
    resampler.flush()
    with pytest.raises(ValueError, match="flush"):
        resampler.push(np.zeros(10, np.float32))
    resampler.reset()
    assert len(resampler.push(np.zeros(480, np.float32))) > 200


def test_input_is_neither_changed_nor_kept():
    samples = np.ones(480, np.float32)
    for rate in (24_000, 48_000):
        out = Resampler(rate).push(samples)
        out[:] = 7
        assert np.all(samples == 1)


def test_cost(capsys):
    """Generous bound; the numbers are printed."""
    assert ATTENUATION_DB >= 60
    for rate in RATES:
        resampler, block, spent = Resampler(rate), np.ones(rate // 100, np.float32), []
        for _ in range(60):
            start = time.perf_counter()
            resampler.push(block)
            spent.append(time.perf_counter() - start)
        with capsys.disabled():
            print(
                f"\n{rate:7d} Hz: {np.median(spent) * 1e6:5.1f} µs per 10 ms, delay {resampler.delay_us} µs",
                end="",
            )
        assert np.median(spent) < 2e-3
