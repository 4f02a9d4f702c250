"""What can be changed while a run goes on: one value for each control, by the dotted path of its key.

``emotion.mix.happy``, ``motion.gain.brow``, ``output.osc.0.on``. A mix has a value for every emotion of the model; what
the others leave to ``neutral`` is its value unless it was given one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import ValidationError

from cstalk_live.config.keys import LiveConfig, RegionGains
from cstalk_live.config.lines import LinedYaml
from cstalk_live.config.problems import explain
from cstalk_live.emotion import NEUTRAL
from cstalk_live.errors import UsageError

Value: TypeAlias = str | int | float | bool | dict[str, float] | None
Values: TypeAlias = dict[str, Value]

SLOTS = tuple("12345678")

TAKE = "output.record.take"
DEVICE = "audio.device"

_REGIONS = tuple(RegionGains.model_fields)

_PLAIN = (
    DEVICE,
    *("audio.gain_db", "audio.mute", "model.lookahead_ms"),
    *(f"emotion.{key}" for key in ("intensity", "attack_s", "release_s", "key_mode")),
    *(f"motion.{key}" for key in ("gate", "gate_db", "blinks", "gaze", "head", "smoothing")),
    *(f"motion.gain.{region}" for region in _REGIONS),
    *(f"motion.smooth.{region}" for region in _REGIONS),
    *("output.record.slate", TAKE),
)
"""Paths that are there in every run, and are keys as they stand."""

_TARGETS = ("osc", "livelink")

_ASKED = "asked"


def steered_values(config: LiveConfig, emotions: Sequence[str]) -> Values:
    """All values that can be changed, as they are in ``config``."""
    values: Values = {}
    for path in _PLAIN:
        section: Any = config
        for part in path.split("."):
            section = getattr(section, part)
        values[path] = section
    mix = whole_mix(config.emotion.mix, emotions)
    values |= {f"emotion.mix.{name}": weight for name, weight in mix.items()}
    values |= dict.fromkeys(f"emotion.slots.{slot}" for slot in SLOTS)
    values |= {f"emotion.slots.{slot}": mix for slot, mix in config.emotion.slots.items()}
    for kind in _TARGETS:
        outputs = getattr(config.output, kind)
        values |= {f"output.{kind}.{number}.on": output.on for number, output in enumerate(outputs)}
    return values


def whole_mix(mix: Mapping[str, float], emotions: Sequence[str]) -> dict[str, float]:
    """A weight for every emotion: 0 where ``mix`` names none, but what is left to 1 for neutral."""
    whole = {name: mix.get(name, 0.0) for name in emotions}
    if NEUTRAL in whole and NEUTRAL not in mix:
        whole[NEUTRAL] = round(max(0.0, 1.0 - sum(mix.values())), 6)
    return whole


def short_mix(mix: Mapping[str, float]) -> dict[str, float]:
    """The same mix with as few names as say it."""
    rest = max(0.0, 1.0 - sum(weight for name, weight in mix.items() if name != NEUTRAL))
    found = {name: weight for name, weight in mix.items() if weight > 0.0 or name == NEUTRAL}
    if NEUTRAL in found and abs(found[NEUTRAL] - rest) < 1e-4:
        del found[NEUTRAL]
    return found


def with_changes(config: LiveConfig, values: Mapping[str, Any], emotions: Sequence[str]) -> LiveConfig:
    """``config`` with these values, checked as a whole.

    Raises:
        UsageError: a path that cannot be changed, or a value that its key does not allow, in one plain sentence.
    """
    wanted = config.model_dump()
    known = steered_values(config, emotions)
    for path, value in values.items():
        if path not in known:
            raise UsageError(f"'{path}' cannot be changed while the program runs", "change the settings file")
        _put(wanted, path.split("."), value)
    wanted["emotion"]["mix"] = _mixed(config.emotion.mix, values, emotions)
    slots = wanted["emotion"]["slots"]
    wanted["emotion"]["slots"] = {slot: mix for slot, mix in slots.items() if mix is not None}
    try:
        checked = LiveConfig.model_validate(wanted)
    except ValidationError as problem:
        first = str(explain(problem, _Asked())[0])
        raise UsageError(first.removeprefix(f"{_ASKED}: ")) from None
    for mix in checked.emotion.slots.values():
        for name in mix or ():
            if name not in emotions:
                raise UsageError(f"the model knows no emotion '{name}'", f"it knows {', '.join(emotions)}")
    return checked


def _put(wanted: Any, parts: Sequence[str], value: Any) -> None:
    *above, last = parts
    if above[:2] == ["emotion", "mix"]:
        return  # neutral depends on the others: see _mixed
    for part in above:
        wanted = wanted[int(part) if part.isdecimal() and not isinstance(wanted, dict) else part]
    wanted[last] = value


def _mixed(mix: Mapping[str, float], values: Mapping[str, Any], emotions: Sequence[str]) -> dict[str, Any]:
    """The mix with what ``values`` say of it. Neutral gives way to the others unless it is changed itself."""
    start = "emotion.mix."
    asked = {path.removeprefix(start): value for path, value in values.items() if path.startswith(start)}
    if not asked:
        return dict(mix)
    whole: dict[str, Any] = {**whole_mix(mix, emotions), **asked}
    if NEUTRAL not in asked:
        whole.pop(NEUTRAL, None)
    if all(isinstance(weight, (int, float)) and not isinstance(weight, bool) for weight in whole.values()):
        return short_mix(whole)
    return whole  # the settings' own check says what is wrong


class _Asked:
    """Where values came from, for a message that needs no place."""

    file: LinedYaml | None = None

    def source(self, path: object) -> str:  # noqa: ARG002 - all come from the same place
        return _ASKED


def restart_needed(before: LiveConfig, after: LiveConfig) -> list[str]:
    """Sections in which something differs that cannot be changed while a run goes on."""
    old, new = _unsteered(before), _unsteered(after)
    return [section for section in new if old[section] != new[section]]


def _unsteered(config: LiveConfig) -> dict[str, Any]:
    values = config.model_dump()
    for path in (*_PLAIN, "emotion.mix", "emotion.slots"):
        section = values
        *above, last = path.split(".")
        for part in above:
            section = section[part]
        section.pop(last, None)
    for kind in _TARGETS:
        for output in values["output"][kind]:
            output.pop("on")
    return values
