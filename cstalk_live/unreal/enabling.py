"""Switches plugins on in the text of a ``.uproject`` file, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cstalk_live.unreal.json_text import Style, Value, append, cut, read_value

ADDED = "added"
SWITCHED_ON = "switched on"

_LIST = "Plugins"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done for one plugin."""

    plugin: str
    kind: str
    """ADDED: it had no entry. SWITCHED_ON: its entry said that it is off."""


def is_enabled(text: str, plugin: str) -> bool | None:
    """What a project file says of a plugin; None where it says nothing.

    Raises:
        ValueError: the text is no project file.
    """
    entry = _entry(_root(text), plugin)
    if entry is None:
        return None
    flag = entry.member("Enabled")
    return flag is not None and flag.data is True


def enable(text: str, plugin: str) -> tuple[str, Change | None]:
    """The text with the plugin switched on, and what that took; the same text where it is on already.

    Raises:
        ValueError: the text is no project file.
    """
    root = _root(text)
    entry = _entry(root, plugin)
    if entry is None:
        return _with_entry(text, root, plugin), Change(plugin, ADDED)
    flag = entry.member("Enabled")
    if flag is not None and flag.data is True:
        return text, None
    if flag is not None:
        return text[: flag.start] + "true" + text[flag.end :], Change(plugin, SWITCHED_ON)
    return append(text, entry, '"Enabled": true', Style.of(text, root), 3), Change(plugin, SWITCHED_ON)


def withdraw(text: str, change: Change, *, list_added: bool) -> str:
    """The text without that change, as far as it is still there.

    Args:
        text: of the project file, which others may have edited since.
        change: what to take back.
        list_added: the file had no list of plugins before; an empty one goes too.

    Raises:
        ValueError: the text is no project file.
    """
    root = _root(text)
    entry = _entry(root, change.plugin)
    plugins = root.member(_LIST)
    if entry is None or plugins is None:
        return text
    if change.kind == SWITCHED_ON:
        flag = entry.member("Enabled")
        return text if flag is None else text[: flag.start] + "false" + text[flag.end :]
    if list_added and len(plugins.items) == 1:
        return cut(text, root, [value for _, _, value in root.members].index(plugins))
    return cut(text, plugins, plugins.items.index(entry))


def has_list(text: str) -> bool:
    """Whether the project has a list of plugins at all."""
    return _root(text).member(_LIST) is not None


def _root(text: str) -> Value:
    root = read_value(text)
    if not isinstance(root.data, dict):
        raise ValueError("it is not an object: line 1")
    plugins = root.member(_LIST)
    if plugins is not None and not (
        isinstance(plugins.data, list) and all(isinstance(item, dict) for item in plugins.data)
    ):
        raise ValueError("'Plugins' is not a list of objects")
    return root


def _entry(root: Value, plugin: str) -> Value | None:
    plugins = root.member(_LIST)
    for item in plugins.items if plugins is not None else ():
        name = item.member("Name")
        if name is not None and isinstance(name.data, str) and name.data.casefold() == plugin.casefold():
            return item
    return None


def _with_entry(text: str, root: Value, plugin: str) -> str:
    style = Style.of(text, root)
    row = {"Name": plugin, "Enabled": True}
    plugins = root.member(_LIST)
    if plugins is not None:
        if plugins.items and "\n" not in text[plugins.start : plugins.items[0].start]:
            style = Style("", "")
        return append(text, plugins, style.write(row, 2), style, 2)
    return append(text, root, f"{json.dumps(_LIST)}: {style.write([row], 1)}", style, 1)
