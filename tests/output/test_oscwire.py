"""Our OSC bytes are those of python-osc."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from cstalk_live.output.oscwire import illegal_characters, osc_bundle, osc_message, osc_string

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
arguments = st.lists(
    st.one_of(
        st.tuples(st.just("i"), st.integers(-(2**31), 2**31 - 1)),
        st.tuples(st.just("h"), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just("f"), st.floats(width=32, allow_nan=False)),
        st.tuples(st.just("s"), texts),
    ),
    min_size=1,
    max_size=20,
)


def _referee(address: str, pairs: list[tuple[str, int | float | str]]) -> OscMessageBuilder:
    builder = OscMessageBuilder(address)
    for tag, value in pairs:
        builder.add_arg(value, tag)
    return builder


@given(arguments)
def test_messages_are_those_of_python_osc(pairs: list[tuple[str, int | float | str]]) -> None:
    tags, values = zip(*pairs, strict=True)
    assert osc_message("/a/bc", "".join(tags), values) == _referee("/a/bc", pairs).build().dgram


@given(st.lists(arguments, min_size=1, max_size=4))
def test_bundles_are_those_of_python_osc(messages: list[list[tuple[str, int | float | str]]]) -> None:
    builder = OscBundleBuilder(IMMEDIATELY)
    ours = []
    for number, pairs in enumerate(messages):
        builder.add_content(_referee(f"/m/{number}", pairs).build())
        tags, values = zip(*pairs, strict=True)
        ours.append(osc_message(f"/m/{number}", "".join(tags), values))
    assert osc_bundle(ours) == builder.build().dgram


def test_unsigned_words_travel_as_their_bits() -> None:
    assert osc_message("/u", "i", (0xDEADBEEF,)) == osc_message("/u", "i", (0xDEADBEEF - 2**32,))
    assert osc_message("/u", "i", (0xDEADBEEF,))[-4:] == b"\xde\xad\xbe\xef"


@pytest.mark.parametrize(("text", "length"), [("", 4), ("abc", 4), ("abcd", 8), ("é", 4), ("éé", 8)])
def test_strings_end_with_one_to_four_zeros(text: str, length: int) -> None:
    assert len(osc_string(text)) == length
    assert osc_string(text).endswith(b"\x00")


def test_a_zero_inside_a_string_is_refused() -> None:
    with pytest.raises(ValueError, match="zero"):
        osc_string("a\x00b")


@pytest.mark.parametrize(("tags", "values"), [("i", (1.5,)), ("s", (1,)), ("f", ("a",)), ("ii", (1,)), ("x", (1,))])
def test_tags_must_fit_the_arguments(tags: str, values: tuple[int | float | str, ...]) -> None:
    with pytest.raises(ValueError, match=r"type tag|shorter|longer"):
        osc_message("/a", tags, values)


def test_illegal_characters_are_named_once() -> None:
    assert illegal_characters("/a b*c*/é") == " *é"
    assert illegal_characters("/face/CTRL_L_brow_down.ty") == ""
