"""Per-control bundles: python-osc builds the same bytes, for every layout and template."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from cstalk_live.errors import OutputError
from cstalk_live.output import (
    ARKIT_LAYOUT,
    BOARD_LAYOUT,
    RAW_LAYOUT,
    ControlsEncoder,
    Layout,
    control_addresses,
)
from cstalk_live.records import Frame

LAYOUTS = [RAW_LAYOUT, BOARD_LAYOUT, ARKIT_LAYOUT]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("template", ["/cstalk/{name}", "/avatar/parameters/v2/{name}", "/{name}"])
def test_bundles_are_those_of_python_osc(layout: Layout, template: str, make_frame: Callable[..., Frame]) -> None:
    encoder = ControlsEncoder(layout, template)
    encoder.encode(make_frame(1))
    frame = make_frame(2)
    bundles = [bytes(view) for view in encoder.encode(frame)]
    assert max(map(len, bundles)) <= 1400

    pairs = iter(zip(layout.names, layout.values(frame).tolist(), strict=True))
    for data in bundles:
        builder = OscBundleBuilder(IMMEDIATELY)
        for _ in OscBundle(data):
            name, value = next(pairs)
            message = OscMessageBuilder(template.replace("{name}", name))
            message.add_arg(value, "f")
            builder.add_content(message.build())
        assert builder.build().dgram == data
    assert next(pairs, None) is None, "every value is in a bundle"


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_bundles_are_filled(layout: Layout, make_frame: Callable[..., Frame]) -> None:
    sizes = [len(view) for view in ControlsEncoder(layout).encode(make_frame(1))]
    longest = max(len(f"/cstalk/{name}") for name in layout.names) + 16
    assert all(size > 1400 - longest for size in sizes[:-1])


def test_not_a_number_is_sent_as_zero(make_frame: Callable[..., Frame]) -> None:
    encoder = ControlsEncoder(BOARD_LAYOUT)
    frame = make_frame(1)
    frame.board[0] = np.nan
    first = next(iter(OscBundle(bytes(encoder.encode(frame)[0]))))
    assert (first.address, first.params) == (f"/cstalk/{BOARD_LAYOUT.names[0]}", [0.0])
    assert encoder.non_finite == 1


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("cstalk/{name}", "does not begin with '/'"),
        ("/cstalk", "exactly once"),
        ("/{name}/{name}", "exactly once"),
        ("/face #1/{name}", "holds ' #'"),
        ("/f{ace/{name}", r"holds '\{'"),
        ("/é/{name}", "holds 'é'"),
        ("/" + "a" * 200 + "{name}", "207 characters"),
    ],
)
def test_templates_that_are_no_addresses_are_refused(template: str, why: str) -> None:
    with pytest.raises(OutputError, match=why):
        control_addresses(RAW_LAYOUT, template)
