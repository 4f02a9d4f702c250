"""Any rate to 24 kHz, sample for sample the same however the input is cut into blocks.

Output sample ``n`` belongs to the instant ``n / 24000`` s of the input exactly, at every rate: the filter is
symmetric about that instant, so it has no group delay to correct for. It is known once the input has gone
:attr:`Resampler.delay_us` past that instant (0 at 24 kHz, 0.6 ms at 44.1 kHz and above, 1.8 ms at most).

How exactness comes about: positions are integers (output ``n`` lies at input position ``n * step / phases``),
each output is one row of products, and every row is summed by the same routine in the same order. A matrix
product would be quicker but its order of summation depends on how many rows there are, and so on the block
length.

libsamplerate (``sinc_fastest``) was measured as an alternative for 44.1 kHz and odd rates. It is split-exact
and aligned as well, but waits 2.5 ms at 8 kHz and would be a second code path and a compiled dependency; it
serves as the referee of the tests instead. libsoxr was ruled out: 23 ms of lag at its default quality.
"""

from __future__ import annotations

import numpy as np

from cstalk_live.audio.filter_design import phase_table
from cstalk_live.records import SAMPLE_RATE, FloatArray

_ROWS_AT_ONCE = 2048
"""Bounds the scratch space of one push, however long the pushed block is."""


class Resampler:
    """Mono sound of one rate in, 24 kHz out. One stream, one thread.

    Args:
        rate_in: Hz, 8,000..384,000.

    Raises:
        AudioError: rate outside that range.
    """

    def __init__(self, rate_in: int) -> None:
        table = phase_table(rate_in)
        self.rate_in = rate_in
        self.phases = table.phases
        """24 kHz samples in one period of the two rates."""
        self.step = table.step
        """Input samples in the same period."""
        self.passes_through = rate_in == SAMPLE_RATE
        self._taps = table.taps
        self._half = 0 if self.passes_through else table.half
        self.reset()

    @property
    def delay_us(self) -> int:
        """Microseconds of sound after its own instant that an output sample waits for, rounded up."""
        return -(-self._half * 1_000_000 // self.rate_in)

    @property
    def delay_samples(self) -> int:
        """The same wait in 24 kHz samples, rounded up. The output is *not* shifted by it."""
        return -(-self._half * self.phases // self.step)

    @property
    def samples_in(self) -> int:
        """Input samples pushed so far."""
        return self._samples_in

    @property
    def samples_out(self) -> int:
        """Output samples returned so far; the index of the next one."""
        return self._samples_out

    def reset(self) -> None:
        """Forget the stream: sound before the next sample counts as silence, and indices start at 0."""
        self._samples_in = 0
        self._samples_out = 0
        self._ended = False
        self._kept_from = -self._half
        self._kept: FloatArray = np.zeros(self._half, np.float32)

    def push(self, samples: FloatArray) -> FloatArray:
        """Take float32 [n] input samples, return the float32 [m] output samples that are now known (m may be
        0).

        Raises:
            ValueError: after :meth:`flush`, or if ``samples`` is not one-dimensional.
        """
        if self._ended:
            raise ValueError("push after flush: call reset() to start another stream")
        if samples.ndim != 1:
            raise ValueError(f"expected mono samples [n], got shape {samples.shape}")
        self._samples_in += len(samples)
        if self.passes_through:
            self._samples_out += len(samples)
            return samples.astype(np.float32)
        return self._advance(samples, self._samples_in - self._half)

    def flush(self) -> FloatArray:
        """End the stream: return the last samples, with silence after the end of the input.

        All outputs together are then ``ceil(samples_in * 24000 / rate_in)`` samples.
        """
        if self._ended or self.passes_through:
            self._ended = True
            return np.zeros(0, np.float32)
        self._ended = True
        return self._advance(np.zeros(self._half, np.float32), self._samples_in)

    def _advance(self, samples: FloatArray, known: int) -> FloatArray:
        """Outputs at input positions below ``known``, the input being extended by ``samples``."""
        sound = np.concatenate((self._kept, samples), dtype=np.float32)
        stop = max(self._samples_out, -(-known * self.phases // self.step))
        out = np.empty(stop - self._samples_out, np.float32)
        for first in range(self._samples_out, stop, _ROWS_AT_ONCE):
            last = min(stop, first + _ROWS_AT_ONCE)
            out[first - self._samples_out : last - self._samples_out] = self._outputs(sound, first, last)
        self._samples_out = stop
        needed_from = stop * self.step // self.phases - self._half
        self._kept = sound[needed_from - self._kept_from :].copy()
        self._kept_from = needed_from
        return out

    def _outputs(self, sound: FloatArray, first: int, stop: int) -> FloatArray:
        """Outputs ``first..stop`` from ``sound``, whose first sample has input index ``_kept_from``."""
        base = first * self.step // self.phases
        offset = base - self._half - self._kept_from
        windows = np.lib.stride_tricks.sliding_window_view(sound[offset:], self._taps.shape[1])
        if self.phases == 1:
            products = windows[: (stop - first - 1) * self.step + 1 : self.step] * self._taps
        else:
            # Python integers up to here; what is left is small, so int64 cannot overflow however long we run.
            places = np.arange(stop - first) * self.step + (first * self.step - base * self.phases)
            products = windows[places // self.phases]
            products *= self._taps[places % self.phases]
        outputs: FloatArray = np.add.reduce(products, axis=1, dtype=np.float32)
        return outputs
