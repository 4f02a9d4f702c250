"""JSON as text: where each value stands, so that one of them can change and every other byte stays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_SPACE = " \t\n\r"


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its place in the text."""

    start: int
    end: int
    """One past its last character."""
    data: Any
    """What it is, as ``json.loads`` gives it."""
    members: tuple[tuple[str, int, Value], ...] = ()
    """Of an object: key, place of the key, value."""
    items: tuple[Value, ...] = ()
    """Of an array."""

    def member(self, key: str) -> Value | None:
        """The value of a key, compared without regard to case, as Unreal's names are."""
        return next((value for name, _, value in self.members if name.casefold() == key.casefold()), None)


def read_value(text: str) -> Value:
    """The one value of a JSON text.

    Raises:
        ValueError: it is not JSON, or an object has a key twice; names line and column.
    """
    json.loads(text)  # its messages name the place; what passes here is JSON, so the walk below need not check
    return _value(text, _skip(text, 0))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _value(text: str, start: int) -> Value:
    if text[start] == "{":
        return _object(text, start)
    if text[start] == "[":
        return _array(text, start)
    data, end = json.JSONDecoder().raw_decode(text, start)
    return Value(start, end, data)


def _object(text: str, start: int) -> Value:
    members: list[tuple[str, int, Value]] = []
    at = _skip(text, start + 1)
    while text[at] != "}":
        at = _skip(text, at + 1) if text[at] == "," else at
        key, end = json.JSONDecoder().raw_decode(text, at)
        if key.casefold() in (name.casefold() for name, _, _ in members):
            raise ValueError(f"the key '{key}' stands twice: line {text.count(chr(10), 0, at) + 1}")
        value = _value(text, _skip(text, _skip(text, end) + 1))
        members.append((key, at, value))
        at = _skip(text, value.end)
    return Value(start, at + 1, {key: value.data for key, _, value in members}, members=tuple(members))


def _array(text: str, start: int) -> Value:
    items: list[Value] = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        at = _skip(text, at + 1) if text[at] == "," else at
        items.append(_value(text, at))
        at = _skip(text, items[-1].end)
    return Value(start, at + 1, [item.data for item in items], items=tuple(items))


@dataclass(frozen=True, slots=True)
class Style:
    """How a file lays its values out."""

    newline: str
    """Between lines; empty where all stands on one line."""
    indent: str
    """One level."""

    @classmethod
    def of(cls, text: str, root: Value) -> Style:
        """As the root's first member has it; Unreal's own (tabs) where the root is empty."""
        newline = "\r\n" if "\r\n" in text else "\n"
        if not root.members:
            return cls(newline, "\t")
        before = text[root.start + 1 : root.members[0][1]]
        return cls(newline, before.rpartition("\n")[2]) if "\n" in before else cls("", "")

    def line(self, depth: int) -> str:
        """What stands before a value of that depth."""
        return self.newline + self.indent * depth if self.newline else ""

    def write(self, data: Any, depth: int) -> str:
        """``data`` (str, bool, and dicts and lists of them) as this file would have it at that depth."""
        if isinstance(data, dict):
            rows = [f"{json.dumps(key)}: {self.write(value, depth + 1)}" for key, value in data.items()]
            return self._group("{}", rows, depth)
        if isinstance(data, list):
            return self._group("[]", [self.write(value, depth + 1) for value in data], depth)
        return json.dumps(data)

    def _group(self, brackets: str, rows: list[str], depth: int) -> str:
        separator = "," + (self.line(depth + 1) or " ")
        return brackets[0] + self.line(depth + 1) + separator.join(rows) + self.line(depth) + brackets[1]


def append(text: str, group: Value, row: str, style: Style, depth: int) -> str:
    """``text`` with ``row`` as the last of an object's or array's entries, which are ``depth`` levels deep.

    A group that stands on one line stays there.
    """
    spans = _spans(group)
    if not spans:
        return text[: group.start + 1] + style.line(depth) + row + style.line(depth - 1) + text[group.end - 1 :]
    inline = "\n" not in text[group.start : spans[0][0]]
    last = spans[-1][1]
    return text[:last] + "," + (" " if inline else style.line(depth) or " ") + row + text[last:]


def cut(text: str, group: Value, place: int) -> str:
    """``text`` without the entry number ``place`` of an object or array, its comma and its line."""
    spans = _spans(group)
    if len(spans) == 1:
        return text[: group.start + 1] + text[group.end - 1 :]
    if place == 0:
        return text[: spans[0][0]] + text[spans[1][0] :]
    return text[: spans[place - 1][1]] + text[spans[place][1] :]


def _spans(group: Value) -> list[tuple[int, int]]:
    return [(at, value.end) for _, at, value in group.members] or [(item.start, item.end) for item in group.items]
