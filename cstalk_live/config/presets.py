"""Presets: emotion, regions and motion under a name, a YAML file each."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote

from cstalk_live.config.lines import read_lined_yaml
from cstalk_live.config.save import write_text
from cstalk_live.config.steered import Values
from cstalk_live.errors import ConfigError, UsageError

KEPT = ("emotion.mix.", "emotion.intensity", "emotion.attack_s", "emotion.release_s", "motion.")
"""Beginnings of the paths that a preset holds. What belongs to the room or the machine (gate level, microphone, gain)
stays."""

LEFT_OUT = ("motion.gate_db",)

MOST = 200
LONGEST_NAME = 64

_SUFFIX = ".preset.yaml"
_LONGEST_FILE_NAME = 200


class Presets:
    """The presets in a folder, which is made when the first is saved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """All presets, in the order of the alphabet."""
        try:
            files = [entry.name for entry in self._folder.iterdir() if entry.name.endswith(_SUFFIX)]
        except OSError:
            return []
        return sorted((unquote(name.removesuffix(_SUFFIX)) for name in files), key=str.casefold)[:MOST]

    def save(self, name: str, values: Values) -> None:
        """Keep what a preset holds of ``values``.

        Raises:
            UsageError: the name cannot be used, or there are too many presets.
            ConfigError: the disk refuses.
        """
        import yaml

        file = self._file(name)
        if not file.exists() and len(self.names()) >= MOST:
            raise UsageError(f"there are {MOST} presets already", "delete some")
        kept = {path: value for path, value in values.items() if path.startswith(KEPT) and path not in LEFT_OUT}
        write_text(file, yaml.safe_dump(kept, allow_unicode=True, sort_keys=True))

    def load(self, name: str) -> Values:
        """The values of a preset; whoever makes them real checks them.

        Raises:
            UsageError: there is none of this name, or the name cannot be used.
            ConfigError: its file is damaged.
        """
        file = self._file(name)
        if not file.exists():
            raise UsageError(f"there is no preset '{name}'", "choose one of the list")
        values = read_lined_yaml(file).values
        strange = [path for path in values if not path.startswith(KEPT) or path in LEFT_OUT]
        if strange:
            raise ConfigError(f"the preset '{name}' holds '{strange[0]}', which no preset does", "delete it")
        return values

    def delete(self, name: str) -> None:
        """Take a preset away.

        Raises:
            UsageError: there is none of this name.
            ConfigError: the disk refuses.
        """
        file = self._file(name)
        try:
            file.unlink()
        except FileNotFoundError:
            raise UsageError(f"there is no preset '{name}'", "choose one of the list") from None
        except OSError as error:
            raise ConfigError(f"cannot delete the preset '{name}': {error.strerror or error}") from None

    def _file(self, name: str) -> Path:
        """Letters of every alphabet may be in a name; the file's name is ASCII, and never leads out of the folder."""
        wanted = name.strip()
        if not wanted or len(wanted) > LONGEST_NAME or re.search(r"[\x00-\x1f\x7f]", wanted):
            raise UsageError("a preset's name is 1 to 64 letters on one line", "choose another")
        quoted = quote(wanted, safe=" ").replace(".", "%2E").replace("~", "%7E")
        if len(quoted) > _LONGEST_FILE_NAME:
            raise UsageError(f"the preset's name '{wanted}' is too long for a file's", "choose a shorter one")
        return self._folder / f"{quoted}{_SUFFIX}"
