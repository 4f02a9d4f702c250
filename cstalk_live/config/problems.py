"""What pydantic found, said as a person would: place, key, fault, remedy; one line each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, get_args

from pydantic import ValidationError

from cstalk_live.config.keys import LiveConfig, Section
from cstalk_live.config.lines import KeyPath, LinedYaml
from cstalk_live.errors import ConfigError


class WrongConfigError(ConfigError):
    """Several problems of one configuration; its text has one line for each."""

    def __init__(self, problems: Iterable[ConfigError]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Origins(Protocol):
    """Where values came from (``config_load.Settings``)."""

    @property
    def file(self) -> LinedYaml | None: ...

    def source(self, path: KeyPath) -> str: ...


_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text",
    "none_required": "null",
    "dict_type": "'name: value' lines",
    "model_type": "'key: value' lines",
    "model_attributes_type": "'key: value' lines",
    "tuple_type": "a list ('- ' lines)",
}


def explain(problem: ValidationError, origins: Origins) -> list[ConfigError]:
    """One error per wrong key, in the order of the file's lines."""
    groups: dict[KeyPath, list[Any]] = {}
    for error in problem.errors(include_url=False):
        groups.setdefault(_key_path(tuple(error["loc"])), []).append(error)
    found = [(_line(path, origins), _explain_one(path, errors, origins)) for path, errors in groups.items()]
    return [error for _, error in sorted(found, key=lambda pair: pair[0])]


def _explain_one(path: KeyPath, errors: list[Any], origins: Origins) -> ConfigError:
    source = origins.source(path)
    if source == "default" and origins.file is not None:
        source = origins.file.where(path)
    place = f"{source}: {dotted(path)}"
    first = errors[0]
    kind, context, value = first["type"], first.get("ctx", {}), first["input"]
    if kind == "extra_forbidden":
        return ConfigError(f"{source}: unknown key '{dotted(path)}'", _nearest(path))
    if kind == "missing":
        return ConfigError(f"{place}: this key is needed", "add it")
    if any(error["type"] == "string_too_short" for error in errors):
        return ConfigError(f"{place}: it is empty", "give a value, or leave it out")
    if kind == "literal_error":
        return ConfigError(f"{place}: {_shown(value)} is not a choice", f"use {context['expected']}")
    if kind in ("less_than_equal", "less_than"):
        return ConfigError(f"{place}: {value} is above {_number(context)}", f"use {_number(context)} or less")
    if kind == "greater_than_equal":
        return ConfigError(f"{place}: {value} is below {_number(context)}", f"use {_number(context)} or more")
    if kind == "greater_than":
        return ConfigError(f"{place}: {value} is not above {_number(context)}", f"use more than {_number(context)}")
    if kind == "value_error":
        return _from_validator(place, context["error"])
    expected = list(dict.fromkeys(_EXPECTED[error["type"]] for error in errors if error["type"] in _EXPECTED))
    if expected:
        return ConfigError(f"{place}: {_shown(value)} is not {' or '.join(expected)}", "correct the value")
    return ConfigError(f"{place}: {_shown(value)}: {first['msg']}", "correct the value")


def _from_validator(place: str, error: Exception) -> ConfigError:
    what, _, fix = str(error).partition(" - ")
    return ConfigError(f"{place}: {what}", fix)


def _key_path(location: KeyPath) -> KeyPath:
    """``location`` without the union branches pydantic adds below a leaf (``audio.device.int``)."""
    section: Any = LiveConfig
    for depth, part in enumerate(location):
        if isinstance(part, int):
            continue
        if section is None:
            return location[:depth]
        if part not in section.model_fields:
            return location[: depth + 1]
        annotation = section.model_fields[part].annotation
        if annotation == dict[str, float] or "dict" in str(annotation):
            return location[: depth + 2]
        section = section_of(annotation)
    return location


def section_of(annotation: Any) -> type[Section] | None:
    """The section inside an annotation (``OscConfig`` in ``tuple[OscConfig, ...]``); None for a value."""
    candidates = (annotation, *get_args(annotation))
    return next((item for item in candidates if isinstance(item, type) and issubclass(item, Section)), None)


def all_keys(section: type[Section] = LiveConfig, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key's path; list indices left out."""
    for name, info in section.model_fields.items():
        yield (*above, name)
        below = section_of(info.annotation)
        if below is not None:
            yield from all_keys(below, (*above, name))


def _nearest(path: KeyPath) -> str:
    """``did you mean ...``: a sibling spelled alike, else the same word elsewhere, else the siblings."""
    names = tuple(str(part) for part in path if not isinstance(part, int))
    above, word = names[:-1], names[-1]
    siblings = [key[-1] for key in all_keys() if key[:-1] == above]
    close = difflib.get_close_matches(word, siblings, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    elsewhere = [".".join(key) for key in all_keys() if key[-1] == word]
    if elsewhere:
        return f"did you mean '{elsewhere[0]}'?"
    alike = {key[-1]: ".".join(key) for key in all_keys()}
    far = difflib.get_close_matches(word, list(alike), n=1, cutoff=0.75)
    return f"did you mean '{alike[far[0]]}'?" if far else f"the keys here are {', '.join(siblings)}"


def dotted(path: KeyPath) -> str:
    """``output.osc[0].target``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _line(path: KeyPath, origins: Origins) -> int:
    lines = origins.file.lines if origins.file is not None else {}
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _number(context: dict[str, Any]) -> str:
    bound = next(context[name] for name in ("le", "lt", "ge", "gt") if name in context)
    return f"{bound:g}"


def _shown(value: Any) -> str:
    """The value as the user wrote it, cut to a readable length."""
    names = {True: "true", False: "false", None: "null"}
    if value is None or isinstance(value, bool):
        return names[value]
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
