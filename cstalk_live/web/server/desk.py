"""What the control room works with: one running face and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cstalk_live.clock import Clock
from cstalk_live.config.presets import Presets
from cstalk_live.config.save import save_settings
from cstalk_live.config.steered import Values
from cstalk_live.live_run import LiveRun
from cstalk_live.reins import takes_folder
from cstalk_live.web.server.feed import FrameFeed
from cstalk_live.web.server.told import Told


@dataclass(frozen=True, slots=True)
class Desk:
    """One face's handles, for the page."""

    run: LiveRun
    feed: FrameFeed
    told: Told
    clock: Clock
    file: Path
    """The settings; may not be there yet."""
    presets: Presets
    secrets: tuple[str, ...] = ()
    """Words that no report may hold."""

    @property
    def takes_folder(self) -> Path:
        """Where takes are recorded."""
        return takes_folder(self.run.steering.now.config.output.record.folder)

    def save(self) -> Path:
        """Write what holds now to the settings file.

        Raises:
            ConfigError: the file cannot be written, or is wrong as it is.
        """
        steering = self.run.steering

        def write() -> None:
            now = steering.now
            save_settings(self.file, now.values, steering.emotions)
            steering.saved(now)

        if self.run.settings is not None:
            self.run.settings.write(write)
        else:
            write()
        return self.file

    def changed_since_saved(self) -> Values:
        """What the settings file says where it differs from what holds now."""
        now, saved = self.run.steering.now.values, self.run.steering.saved_values
        return {path: saved[path] for path, value in now.items() if path in saved and saved[path] != value}
