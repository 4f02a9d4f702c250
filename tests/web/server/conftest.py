"""What the tests of the page's server share."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from .running import TOKEN, Running, long_speech, pages, read_frame, small_page, until


@pytest.fixture(scope="session")
def web():
    """Everything above, for tests that cannot import one another."""
    return SimpleNamespace(
        Running=Running, TOKEN=TOKEN, pages=pages, until=until, small_page=small_page, read_frame=read_frame
    )


@pytest.fixture(scope="session")
def speech(tmp_path_factory):
    """Ten minutes of speech and pauses; no test plays it to its end."""
    return long_speech(tmp_path_factory.mktemp("speech") / "speech.wav", 600)


SETTINGS = """# my own settings
emotion:
  intensity: 0.8   # not too much
  mix: {}          # calm
output:
  osc:
    - target: 127.0.0.1:9  # nobody
  livelink:
    - target: 127.0.0.1:9
  record: {folder: %s, at_start: false}
"""


@pytest.fixture
def running(tmp_path, speech):
    """A control room with two outputs, and presets, takes and settings in a folder of its own."""
    found = Running(tmp_path / "run", speech, SETTINGS % json.dumps(str(tmp_path / "takes")))
    yield found
    found.end()
