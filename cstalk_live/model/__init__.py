"""The network, its bundle and the runner that steps it. Importing this package does not load torch."""

from .bundle import Bundle, default_bundle_path, load_bundle
from .runner import OnnxRunner, Runner
from .spec import DELAYS, EMOTIONS, ModelSpec, NetworkSize, nearest_delay

__all__ = [
    "DELAYS",
    "EMOTIONS",
    "Bundle",
    "ModelSpec",
    "NetworkSize",
    "OnnxRunner",
    "Runner",
    "default_bundle_path",
    "load_bundle",
    "nearest_delay",
]
