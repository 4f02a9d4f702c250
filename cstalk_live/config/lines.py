"""YAML with line numbers: plain values plus the line each key stands on.

Built on PyYAML's safe loader, so nothing but numbers, strings, booleans, lists and mappings can come out.
Repeated keys, anchors (a file of a few lines could expand without end) and tags are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from cstalk_live.errors import ConfigError

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value: ``("output", "osc", 0, "target")``."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 32

_PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True, slots=True)
class LinedYaml:
    """A parsed file."""

    name: str
    """The file's name as messages show it."""
    values: dict[str, Any]
    lines: dict[KeyPath, int]
    """1-based line of every key and list entry."""

    def where(self, path: KeyPath) -> str:
        """``live.yaml:14``: the line of ``path``, or of the nearest key above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


class _LinedLoader(yaml.SafeLoader):
    """Walks the node tree itself, so that every value keeps its line and every repeated key is seen."""

    name: str

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name
        self.lines: dict[KeyPath, int] = {}

    def plain(self, node: yaml.Node, path: KeyPath) -> Any:
        """The value of ``node``; notes its line under ``path``."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > MAX_DEPTH:
            raise self.error(node, "the nesting is too deep", "four levels are enough")
        if not isinstance(node, yaml.ScalarNode) and node.tag not in _PLAIN_TAGS:
            raise self.error(node, f"the tag {node.tag} is not used here", "leave it away")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*path, index)) for index, child in enumerate(node.value)]
        try:
            return self.construct_object(node)
        except (yaml.YAMLError, ValueError) as problem:
            raise self.error(
                node, f"cannot read {node.value!r}: {_first_line(problem)}", "write a plain value"
            ) from None

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(key_node, "a key must be a word", "write 'key: value'")
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in values:
                first = self.lines[(*path, key)]
                raise ConfigError(
                    f"{self.name}:{line}: key {key!r} is given twice, first on line {first}",
                    "keep one of them",
                )
            self.lines[(*path, key)] = line
            values[key] = self.plain(value_node, (*path, key))
        return values

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None) is not None:
            line = event.start_mark.line + 1
            raise ConfigError(
                f"{self.name}:{line}: anchors and aliases (& and *) are not used here", "repeat the value"
            )
        return super().compose_node(parent, index)

    def error(self, node: yaml.Node, what: str, fix: str) -> ConfigError:
        return ConfigError(f"{self.name}:{node.start_mark.line + 1}: {what}", fix)


def read_lined_yaml(path: Path) -> LinedYaml:
    """Read a YAML file whose top level is a mapping.

    Raises:
        ConfigError: one line with file and line number: missing file, folder, not UTF-8, empty, tabs, syntax,
            repeated keys, anchors.
    """
    return parse_lined_yaml(_read_text(path), path.name)


def parse_lined_yaml(text: str, name: str) -> LinedYaml:
    """The same for a text already in memory; ``name`` stands for the file in messages."""
    try:
        loader = _LinedLoader(text, name)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as problem:
        raise _syntax_error(problem, text, name) from None
    except yaml.YAMLError as problem:
        raise ConfigError(f"{name}: not YAML: {_first_line(problem)}", "save it as plain text") from None
    except RecursionError:
        raise ConfigError(f"{name}: the nesting is too deep", "four levels are enough") from None
    if node is None:
        raise ConfigError(f"{name}: the file is empty", "start from 'cstalk-live config show'")
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(
            f"{name}:{node.start_mark.line + 1}: expected 'key: value' lines",
            "start from 'cstalk-live config show'",
        )
    return LinedYaml(name, loader.plain(node, ()), loader.lines)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(f"configuration file '{path}' does not exist", "check the path given with --config") from None
    except OSError as problem:
        if path.is_dir():
            raise ConfigError(f"'{path}' is a folder", "give the YAML file inside it") from None
        raise ConfigError(f"cannot read '{path}': {problem.strerror}", "check its permissions") from None
    if len(data) > MAX_BYTES:
        raise ConfigError(f"'{path}' is larger than 1 MB", "is this the configuration file?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ConfigError(
            f"{path.name}:{line}: byte 0x{data[problem.start]:02x} is not UTF-8", "save the file as UTF-8"
        ) from None


def _syntax_error(problem: yaml.MarkedYAMLError, text: str, name: str) -> ConfigError:
    mark = problem.problem_mark or problem.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    content = lines[line - 1] if line <= len(lines) else ""
    if "\t" in content[: len(content) - len(content.lstrip())] or "'\\t'" in str(problem.problem):
        return ConfigError(f"{name}:{line}: a tab stands where YAML wants spaces", "indent with two spaces")
    if isinstance(problem, yaml.composer.ComposerError) and "single document" in str(problem.context):
        return ConfigError(f"{name}:{line}: a second document starts here", "remove the '---' line")
    what = problem.problem or problem.context or "syntax error"
    return ConfigError(f"{name}:{line}: not YAML: {what}", "check colons, quotes and indentation")


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
