"""Every value under an address of its own, for programs that listen to single OSC addresses.

A frame is one message ``<address> ,f <value>`` per value, in the layout's order, packed into as few bundles
of at most 1,400 bytes as possible; every bundle carries the time tag "immediately". The bytes are laid out
once; per frame only the numbers are written, through one index array per bundle (all of OSC is a multiple of
four bytes long, so a bundle is also an array of 32-bit words).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import OutputError
from cstalk_live.output.finite import FiniteGuard
from cstalk_live.output.layout import Layout
from cstalk_live.output.oscwire import (
    BUNDLE_HEAD,
    MAX_ELEMENT_GROUP,
    illegal_characters,
    osc_bundle,
    osc_message,
)
from cstalk_live.records import Frame

DEFAULT_TEMPLATE = "/cstalk/{name}"


def control_addresses(layout: Layout, template: str = DEFAULT_TEMPLATE) -> tuple[str, ...]:
    """The address of each value of ``layout``.

    Args:
        layout: raw, board or arkit.
        template: an OSC address with ``{name}`` where the value's name goes.

    Raises:
        OutputError: no leading ``/``, not exactly one ``{name}``, a character OSC forbids, or too long.
    """
    if not template.startswith("/"):
        raise OutputError(f"OSC address '{template}' does not begin with '/'", f"write it like {DEFAULT_TEMPLATE}")
    if template.count("{name}") != 1:
        raise OutputError(
            f"OSC address '{template}' must hold {{name}} exactly once", f"write it like {DEFAULT_TEMPLATE}"
        )
    bad = illegal_characters(template.replace("{name}", ""))
    if bad:
        raise OutputError(
            f"OSC address '{template}' holds {bad!r}",
            "use letters, digits and any of - _ . : / besides {name}",
        )
    if len(template) > 200:
        raise OutputError(f"OSC address of {len(template)} characters", "use at most 200")
    return tuple(template.replace("{name}", name) for name in layout.names)


class _Bundle:
    """One datagram and the places of its numbers."""

    def __init__(self, messages: list[bytes], first: int) -> None:
        self.buffer = bytearray(osc_bundle(messages))
        self.view = memoryview(self.buffer)
        self.part = slice(first, first + len(messages))
        # A message's number is its last word.
        ends = len(BUNDLE_HEAD) + np.cumsum([4 + len(message) for message in messages])
        self._places: NDArray[np.intp] = (ends // 4 - 1).astype(np.intp)
        self._words = np.frombuffer(self.buffer, dtype=">f4")

    def write(self, values: NDArray[np.float32]) -> None:
        self._words[self._places] = values


class ControlsEncoder:
    """Builds the bundles of a frame in buffers made at the start.

    Args:
        layout: raw, board or arkit.
        template: see :func:`control_addresses`.

    Raises:
        OutputError: the template is no OSC address.
    """

    def __init__(self, layout: Layout, template: str = DEFAULT_TEMPLATE) -> None:
        self._layout = layout
        self._guard = FiniteGuard(layout.size)
        self._bundles: list[_Bundle] = []
        waiting: list[bytes] = []
        size, first = len(BUNDLE_HEAD), 0
        for address in control_addresses(layout, template):
            message = osc_message(address, "f", (0.0,))
            if waiting and size + 4 + len(message) > MAX_ELEMENT_GROUP:
                self._bundles.append(_Bundle(waiting, first))
                first += len(waiting)
                waiting, size = [], len(BUNDLE_HEAD)
            waiting.append(message)
            size += 4 + len(message)
        self._bundles.append(_Bundle(waiting, first))
        self._views = tuple(bundle.view for bundle in self._bundles)

    @property
    def non_finite(self) -> int:
        """Frames so far in which a NaN or infinity was sent as 0."""
        return self._guard.frames

    def encode(self, frame: Frame) -> tuple[memoryview, ...]:
        """The bundles of ``frame``, in sending order; valid until the next call."""
        values = self._guard(self._layout.values(frame))
        for bundle in self._bundles:
            bundle.write(values[bundle.part])
        return self._views
