"""Text from the network, made safe to show."""

from __future__ import annotations


def printable(text: str) -> str:
    """``text`` with a question mark for every character that could move a terminal's cursor or hide others."""
    return "".join(character if character.isprintable() else "?" for character in text)
