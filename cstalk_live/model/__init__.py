"""The network, its bundle and what steps it. Importing this package does not load torch."""

from .batch_runner import BatchRunner
from .bundle import Bundle, default_bundle_path, load_bundle
from .compute import open_engine, open_runner
from .engine import Engine
from .runner import OnnxRunner, Runner, StreamRunner
from .spec import DELAYS, EMOTIONS, ModelSpec, NetworkSize, nearest_delay

__all__ = [
    "DELAYS",
    "EMOTIONS",
    "BatchRunner",
    "Bundle",
    "Engine",
    "ModelSpec",
    "NetworkSize",
    "OnnxRunner",
    "Runner",
    "StreamRunner",
    "default_bundle_path",
    "load_bundle",
    "nearest_delay",
    "open_engine",
    "open_runner",
]
