"""File and command line -> checked settings, with the origin of every value.

A flag beats the file, the file beats the default. All problems are reported together, one line each,
as ``live.yaml:14: audio.gain_db: 90 is above 60 - use 60 or less``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.lines import KeyPath, LinedYaml, read_lined_yaml
from cstalk_live.config.problems import WrongConfigError, explain


@dataclass(frozen=True, slots=True)
class Flag:
    """One command-line flag that sets one key."""

    name: str
    """As the user typed it: ``--device``."""
    path: KeyPath
    value: Any


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked settings and where each came from."""

    config: LiveConfig
    flags: dict[KeyPath, str] = field(default_factory=dict)
    file: LinedYaml | None = None

    def source(self, path: KeyPath) -> str:
        """``default``, ``live.yaml:14`` or the flag's name."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.flags:
                return self.flags[path[:length]]
        if self.file is not None and path in self.file.lines:
            return self.file.where(path)
        return "default"


def load_settings(file: Path | None = None, flags: Sequence[Flag] = ()) -> Settings:
    """Merge defaults, ``file`` and ``flags`` and check the result.

    Raises:
        ConfigError: the file cannot be read, or holds one or more wrong values (:class:`WrongConfigError`).
    """
    lined = read_lined_yaml(file) if file is not None else None
    values: dict[str, Any] = _without_empty_sections(lined.values) if lined is not None else {}
    for flag in flags:
        values = _with_value(values, flag.path, flag.value)
    names = {flag.path: flag.name for flag in flags}
    try:
        config = LiveConfig.model_validate(values)
    except ValidationError as problem:
        raise WrongConfigError(explain(problem, Settings(LiveConfig(), names, lined))) from None
    return Settings(config, names, lined)


def _without_empty_sections(values: dict[str, Any]) -> dict[str, Any]:
    """Drop ``audio:`` with nothing below it: a section whose keys are commented out means its defaults."""
    return {
        key: _without_empty_sections(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None or key not in _SECTIONS
    }


_SECTIONS = frozenset(LiveConfig.model_fields) | {"record", "osc", "livelink", "mix", "slots", "gain", "smooth"}


def _with_value(values: dict[str, Any], path: KeyPath, value: Any) -> dict[str, Any]:
    """A copy of ``values`` with ``path`` set; sections on the way are made where they are missing."""
    head, *rest = path
    if rest:
        below = values.get(str(head))
        value = _with_value(below if isinstance(below, dict) else {}, tuple(rest), value)
    return {**values, str(head): value}
