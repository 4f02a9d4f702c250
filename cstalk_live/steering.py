"""The settings of a running face: one place where all who change them meet.

The page, the settings file, presets, receivers: each change is checked as a whole, made real, numbered and told to
everyone who listens, in one order. From any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.steered import TAKE, Values, steered_values, with_changes
from cstalk_live.direction import Direction
from cstalk_live.errors import UsageError

ChangeSource: TypeAlias = Literal["page", "osc", "file", "preset", "program"]


@dataclass(frozen=True, slots=True)
class Steered:
    """All values at one moment."""

    revision: int
    """Rises by 1 with every accepted change."""
    unsaved: bool
    """Something was changed since the start, the last save, or the file's last change."""
    config: LiveConfig
    values: Values


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed, and by whom."""

    revision: int
    unsaved: bool
    source: ChangeSource
    client: str | None
    """Name of the page that asked."""
    cause: int | None
    """Its number for that."""
    values: Values
    """What holds now: of all that changed, and of all that was asked for."""


class Steering:
    """The settings of one face.

    Args:
        config: what the face begins with.
        emotions: of the model.
        make_real: given the settings before and after, changes the running face; a :class:`CSTalkError` of it leaves
            everything as it was.
        limit: given the settings before and as asked for, what can be had.
        absent: paths that this run has no use for.
    """

    def __init__(
        self,
        config: LiveConfig,
        emotions: Sequence[str],
        make_real: Callable[[LiveConfig, LiveConfig], None],
        limit: Callable[[LiveConfig, LiveConfig], LiveConfig] = lambda _before, after: after,
        absent: Collection[str] = (),
    ) -> None:
        self.emotions = tuple(emotions)
        self._absent = frozenset(absent)
        self._make_real = make_real
        self._limit = limit
        self._lock = threading.RLock()
        self._listeners: tuple[Callable[[Change], None], ...] = ()
        config = limit(config, config)
        values = self._values(config)
        self.defaults = self._values(LiveConfig()) | {path: True for path in values if path.endswith(".on")}
        """What a control goes back to; outputs are on by default."""
        self._saved = values
        self._now = Steered(0, False, config, values)

    @property
    def now(self) -> Steered:
        """The newest state; never waits."""
        return self._now

    def listen(self, listener: Callable[[Change], None]) -> None:
        """``listener`` is given every change, in order, on the thread that makes it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def change(
        self,
        values: Mapping[str, Any],
        source: ChangeSource,
        client: str | None = None,
        cause: int | None = None,
    ) -> Change:
        """Change these, all or none.

        Raises:
            CSTalkError: one cannot be changed, or not to that; nothing changes.
        """
        for path in self._absent.intersection(values):
            raise UsageError(f"'{path}' has no use in this run", "it hears a sound file, or has no such output")
        with self._lock:
            before = self._now.config
            after = self._limit(before, with_changes(before, values, self.emotions))
            self._make_real(before, after)
            return self._hold(after, values, source, client, cause)

    def follow_file(self, before: LiveConfig, after: LiveConfig) -> None:
        """Take over what has changed in the settings file; the rest stays as it was steered.

        Raises:
            CSTalkError: something of it cannot be had; nothing changes.
        """
        old, new, now = self._values(before), self._values(after), self._now.values
        values = {path: value for path, value in new.items() if path in now and old.get(path) != value}
        with self._lock:
            self._saved = {**self._saved, **values}
            if values:
                self.change(values, "file")

    def follow_direction(self, newest: Callable[[], Direction]) -> None:
        """Take note of what a receiver has changed on the face itself.

        Args:
            newest: gives the face's direction; asked while no other change is under way.
        """
        with self._lock:
            direction, before = newest(), self._now.config
            felt = {name: weight for name, weight in before.emotion.mix.items() if weight > 0.0}
            held = Direction(tuple(felt.items()), before.emotion.intensity, before.audio.mute)
            if (dict(held.mix), held.intensity, held.muted) == (
                dict(direction.mix),
                direction.intensity,
                direction.muted,
            ):
                return
            emotion = before.emotion.model_copy(
                update={"mix": dict(direction.mix), "intensity": direction.intensity},
            )
            audio = before.audio.model_copy(update={"mute": direction.muted})
            after = before.model_copy(update={"emotion": emotion, "audio": audio})
            self._hold(after, {}, "osc", None, None)

    def saved(self, what: Steered) -> None:
        """``what`` is in the settings file now."""
        with self._lock:
            self._saved = what.values
            now = self._now
            self._now = Steered(now.revision, self._differs(now.values), now.config, now.values)

    @property
    def saved_values(self) -> Values:
        """What the file, or the start, says."""
        return dict(self._saved)

    def _values(self, config: LiveConfig) -> Values:
        values = steered_values(config, self.emotions)
        return {path: value for path, value in values.items() if path not in self._absent}

    def _hold(
        self, after: LiveConfig, asked: Mapping[str, Any], source: ChangeSource, client: str | None, cause: int | None
    ) -> Change:
        old, new = self._now.values, self._values(after)
        told = {path: value for path, value in new.items() if path in asked or old.get(path) != value}
        unsaved = self._differs(new)
        self._now = Steered(self._now.revision + 1, unsaved, after, new)
        change = Change(self._now.revision, unsaved, source, client, cause, told)
        for listener in self._listeners:
            listener(change)
        return change

    def _differs(self, values: Values) -> bool:
        """From what is saved. The take's number rises by itself, and is told by the folder."""
        return any(value != self._saved.get(path) for path, value in values.items() if path != TAKE)
