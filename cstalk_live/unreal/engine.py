"""Which engine a project belongs to, from its association or from the engine's own folder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.errors import ProjectError
from cstalk_live.unreal.engine_registry import registered_engines

_ASSOCIATION = re.compile(r"(?:UE_)?(\d{1,3})\.(\d{1,3})(?:\.\d+)?(?:EA)?", re.IGNORECASE)
"""What the launcher's engines are called: 5.5, for early access 5.0EA."""


@dataclass(frozen=True, slots=True, order=True)
class EngineVersion:
    """Major and minor number; patches change no interface the plugin uses."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST, NEWEST = EngineVersion(5, 4), EngineVersion(5, 8)
"""What the plugin is written for."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine of a project, as far as it can be known without running it."""

    version: EngineVersion | None
    """None where nothing on this machine tells."""
    told_by: str
    """What told the version, or why nothing did."""


def find_engine(
    association: str,
    project_folder: Path,
    engine_folder: Path | None = None,
    registered: Callable[[], Mapping[str, Path]] = registered_engines,
) -> Engine:
    """The engine of a project.

    Args:
        association: ``EngineAssociation`` of the project.
        project_folder: a project without an association lies inside its engine's tree.
        engine_folder: the engine, where the user names it; it overrules the association.
        registered: source builds known on this machine, by association.

    Raises:
        ProjectError: ``engine_folder`` is no engine.
    """
    if engine_folder is not None:
        version = _version_of(engine_folder)
        if version is None:
            raise ProjectError(
                f"'{engine_folder}' is no Unreal Engine: it has no readable Engine/Build/Build.version",
                "give the folder that holds 'Engine'",
            )
        return Engine(version, f"the engine in '{engine_folder}'")
    if match := _ASSOCIATION.fullmatch(association.strip()):
        return Engine(EngineVersion(int(match[1]), int(match[2])), "the project's EngineAssociation")
    if not association.strip():
        for folder in project_folder.parents:
            if version := _version_of(folder):
                return Engine(version, f"the engine around the project in '{folder}'")
        return Engine(None, "the project names no engine and lies in none")
    builds = {name.casefold(): folder for name, folder in registered().items()}
    folder_of_build = builds.get(association.strip().casefold())
    if folder_of_build is None:
        return Engine(None, f"the engine build '{association}' is not registered on this machine")
    version = _version_of(folder_of_build)
    if version is None:
        return Engine(None, f"the engine build '{association}' is gone from '{folder_of_build}'")
    return Engine(version, f"the engine build in '{folder_of_build}'")


def _version_of(folder: Path) -> EngineVersion | None:
    try:
        document = json.loads((folder / "Engine" / "Build" / "Build.version").read_text(encoding="utf-8-sig"))
        return EngineVersion(int(document["MajorVersion"]), int(document["MinorVersion"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
