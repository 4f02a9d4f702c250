"""A source whose sound a second listener hears as well, at the source's own rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cstalk_live.audio.delayed_voice import DelayedVoice
from cstalk_live.audio.source import Closing, Source
from cstalk_live.records import SourceBlock


class OverheardSource(Closing):
    """Passes a source on block by block; whatever else the source offers can be asked of this one.

    Args:
        source: read and closed by whoever reads and closes this one.
        voice: hears every block as it is read.
        device_latency_us: age of a sample on arrival; subtracted from capture times.
    """

    def __init__(self, source: Source, voice: DelayedVoice, device_latency_us: int = 0) -> None:
        self._source = source
        self._voice = voice
        self.name = source.name
        self.sample_rate = source.sample_rate
        self.live = source.live
        voice.begin(source, device_latency_us)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def read(self, timeout_s: float) -> SourceBlock | None:
        """The source's next block; see :class:`cstalk_live.audio.source.Source`."""
        try:
            block = self._source.read(timeout_s)
        except Exception:
            self._voice.end()  # whatever ends the sound, what was heard of it is played
            raise
        if block is not None:
            self._voice.hear(block)
        return block

    def close(self) -> None:
        self._voice.end()
        self._source.close()


def overheard(
    open_source: Callable[[], Source], voice: DelayedVoice, device_latency_us: int = 0
) -> Callable[[], Source]:
    """``open_source`` whose sources ``voice`` hears."""
    return lambda: OverheardSource(open_source(), voice, device_latency_us)
