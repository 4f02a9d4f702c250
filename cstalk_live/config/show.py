"""The effective settings as YAML, each line with the origin of its value; passwords stay hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from cstalk_live.config.lines import KeyPath
from cstalk_live.config.load import Settings

_COMMENT_COLUMN = 40


def show(settings: Settings) -> str:
    """A YAML text that loads back to the same settings; comments say ``default``, file and line, or flag.

    Passwords and keys are shown as null: the text is made to be pasted where others read it.
    """
    values = settings.config.model_dump(mode="json")
    values["output"]["obs"]["password"] = values["ui"]["token"] = None
    for osc in values["output"]["osc"]:
        osc["key"] = None
    return "\n".join(_mapping(values, (), settings)) + "\n"


def _mapping(values: dict[str, Any], path: KeyPath, settings: Settings) -> Iterator[str]:
    indent = "  " * len(path)
    for key, value in values.items():
        below = (*path, key)
        if isinstance(value, dict) and value:
            yield f"{indent}{key}:"
            yield from _mapping(value, below, settings)
        elif isinstance(value, list) and value:
            yield f"{indent}{key}:"
            for index, entry in enumerate(value):
                yield from _entry(entry, (*below, index), indent, settings)
        else:
            yield _line(f"{indent}{key}", value, settings.source(below))


def _entry(entry: dict[str, Any], path: KeyPath, indent: str, settings: Settings) -> Iterator[str]:
    for number, (key, value) in enumerate(entry.items()):
        dash = "- " if number == 0 else "  "
        yield _line(f"{indent}  {dash}{key}", value, settings.source((*path, key)))


def _scalar(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")


def _line(key: str, value: Any, source: str) -> str:
    return f"{f'{key}: {_scalar(value)}':<{_COMMENT_COLUMN}} # {source}"
