"""Sound to features: 60 log-mel columns a second."""

from .logmel import FEATURES, StreamingLogMel, logmel
from .mel import MEL_BANDS, MEL_HIGH_HZ, MEL_LOW_HZ, mel_filterbank

__all__ = [
    "FEATURES",
    "MEL_BANDS",
    "MEL_HIGH_HZ",
    "MEL_LOW_HZ",
    "StreamingLogMel",
    "logmel",
    "mel_filterbank",
]
