"""Follows the settings file of a run: what can be changed while it goes on is changed, the rest is named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.load import Flag, load_settings
from cstalk_live.config.steered import restart_needed
from cstalk_live.errors import CSTalkError


class SettingsWatch:
    """Looks at the file's time of change; :meth:`poll` about once a second.

    Args:
        file: the settings.
        flags: of the command line, which still beat the file.
        config: what the run began with.
        apply: makes the new settings real; gets the old and the new ones, and may raise :class:`CSTalkError`.
        say: gets one line for every change that is wrong or needs a restart.
    """

    def __init__(
        self,
        file: Path,
        flags: Sequence[Flag],
        config: LiveConfig,
        apply: Callable[[LiveConfig, LiveConfig], None],
        say: Callable[[str], None],
    ) -> None:
        self._file = file
        self._flags = tuple(flags)
        self._config = config
        self._apply = apply
        self._say = say
        self._seen = self._stamp()
        self._lock = threading.Lock()
        self.problem = ""
        """Why the file as it is now was not taken over; empty where it was."""

    def poll(self) -> None:
        """Read the file again if it has changed. A file that is away or wrong changes nothing."""
        with self._lock:
            self._read()

    def write(self, action: Callable[[], None]) -> None:
        """Let the program itself write the file by ``action``: what it writes holds already, and is no change.

        Raises:
            CSTalkError: what ``action`` raises.
        """
        with self._lock:
            self._read()
            action()
            self._config = load_settings(self._file, self._flags).config
            self._seen = self._stamp()

    def _read(self) -> None:
        stamp = self._stamp()
        if stamp == self._seen or stamp is None:
            return
        self._seen = stamp
        try:
            config = load_settings(self._file, self._flags).config
            self._apply(self._config, config)
        except CSTalkError as error:
            lines = "; ".join(str(error).splitlines())
            self.problem = f"settings not taken over: {lines}"
            self._say(self.problem)
            return
        self.problem = ""
        later = restart_needed(self._config, config)
        if later:
            self._say(f"settings changed that need a restart: {', '.join(later)}")
        self._config = config

    def _stamp(self) -> tuple[int, int] | None:
        """Time of change and size; None while the file is away, as when an editor is just replacing it."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
