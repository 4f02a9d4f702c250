"""Writes what was steered into the settings file and leaves everything else in it, comments too, as it is."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cstalk_live.config.load import load_settings
from cstalk_live.config.steered import SLOTS, TAKE, Values, short_mix, steered_values
from cstalk_live.errors import ConfigError

_HEADER = "# Settings of cstalk-live, as its page saved them; 'cstalk-live config show' lists all there are.\n"


def save_settings(file: Path, values: Values, emotions: Sequence[str]) -> None:
    """Bring ``file`` to ``values``; one that is not there is made. Keys that hold already are not touched.

    Raises:
        ConfigError: the file cannot be written, or is wrong as it is; it stays as it was.
    """
    there = file.exists()
    holds = steered_values(load_settings(file if there else None).config, emotions)
    text = file.read_text(encoding="utf-8") if there else _HEADER
    # The folder of takes knows their number better than a file that is older.
    changed = {path: value for path, value in values.items() if path != TAKE and holds.get(path, value) != value}
    if changed:
        write_text(file, _edited(text, changed, values, emotions))


def _edited(text: str, changed: Values, values: Values, emotions: Sequence[str]) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(text)
    if document is None:
        document = CommentedMap()
        lead = text
    else:
        lead = ""
    mixed = slots = False
    for path, value in changed.items():
        mixed = mixed or path.startswith("emotion.mix.")
        slots = slots or path.startswith("emotion.slots.")
        if not path.startswith(("emotion.mix.", "emotion.slots.")):
            _put(document, path.split("."), _plain(value))
    if mixed:
        mix = short_mix({name: _number(values[f"emotion.mix.{name}"]) for name in emotions})
        _put(document, ["emotion", "mix"], _flow(mix))
    if slots:
        kept = {slot: values[f"emotion.slots.{slot}"] for slot in SLOTS}
        _put(document, ["emotion", "slots"], _slots({slot: mix for slot, mix in kept.items() if isinstance(mix, dict)}))
    written = io.StringIO()
    yaml.dump(document, written)
    return lead + written.getvalue()


def _put(section: Any, parts: Sequence[str], value: Any) -> None:
    from ruamel.yaml.comments import CommentedMap

    *above, last = parts
    for part in above:
        if isinstance(section, list):
            section = section[int(part)]
            continue
        if section.get(part) is None:
            section[part] = CommentedMap()
        section = section[part]
    section[last] = value


def _plain(value: Any) -> Any:
    return _number(value) if isinstance(value, float) else value


def _number(value: Any) -> float:
    """Without the digits that binary fractions leave behind."""
    return round(float(value), 6)


def _flow(mix: Mapping[str, float]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    found = CommentedMap({name: _number(weight) for name, weight in mix.items()})
    found.fa.set_flow_style()
    return found


def _slots(slots: Mapping[str, Mapping[str, float]]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    found = CommentedMap({int(slot): _flow(mix) for slot, mix in slots.items()})
    found.fa.set_flow_style()
    return found


def write_text(file: Path, text: str) -> None:
    """Replace ``file``, whose folder is made where it is missing, in one step: a reader sees the old text or the new.

    Raises:
        ConfigError: the disk refuses; the file stays as it was.
    """
    target = Path(os.path.realpath(file))  # a link stays a link
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="")
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConfigError(
            f"cannot write '{file}': {error.strerror or error}", "choose a file that can be written to"
        ) from None
