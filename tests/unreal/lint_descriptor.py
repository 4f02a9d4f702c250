"""Rules for ``CSTalkLive.uplugin``: the engine ignores a key it does not know, and says nothing.

Keys are those of the engine's plugin and module descriptors that this plugin has a use for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .lint_reading import descriptor

_KEYS = {
    *("FileVersion", "Version", "VersionName", "FriendlyName", "Description", "Category", "CreatedBy"),
    *("CreatedByURL", "DocsURL", "MarketplaceURL", "FabURL", "SupportURL", "EnabledByDefault", "CanContainContent"),
    *("IsBetaVersion", "IsExperimentalVersion", "Installed", "SupportedTargetPlatforms", "Modules", "Plugins"),
    *("LocalizationTargets",),
}
_REQUIRED = ("FileVersion", "Version", "VersionName", "FriendlyName", "Description", "Category", "CreatedBy", "Modules")
_MODULE_KEYS = {
    *("Name", "Type", "LoadingPhase", "PlatformAllowList", "PlatformDenyList", "TargetAllowList", "TargetDenyList"),
    *("TargetConfigurationAllowList", "TargetConfigurationDenyList", "AdditionalDependencies"),
}
_PLUGIN_KEYS = {"Name", "Enabled", "Optional", "PlatformAllowList", "PlatformDenyList", "TargetAllowList"}
_TYPES = ("Runtime", "Editor")
_PHASES = ("PostConfigInit", "PreDefault", "Default", "PostDefault", "PostEngineInit")
_PLATFORMS = {"Win64", "Mac", "Linux", "LinuxArm64"}

_FORBIDDEN_PLUGINS = ("OSC", "MetaHuman")
"""OSC was rewritten in 5.5 and is not used; a project without MetaHuman's plugins must be able to load this one."""


def problems(plugin: Path) -> Iterator[str]:
    """What is wrong with the descriptor."""
    name = f"{plugin.name}.uplugin"
    try:
        document = descriptor(plugin)
    except (OSError, ValueError) as error:
        yield f"{name}: cannot be read: {error}"
        return
    if "EngineVersion" in document:
        yield f"{name}: EngineVersion stops the editor of every other version; only packages carry it"
    yield from _unknown(name, document, _KEYS | {"EngineVersion"})
    for key in _REQUIRED:
        if document.get(key) in (None, "", []):
            yield f"{name}: {key} is missing"
    if document.get("FileVersion") != 3:
        yield f"{name}: FileVersion is not 3"
    for key, value in document.items():
        if key.endswith("URL") and not str(value).startswith("https://"):
            yield f"{name}: {key} is no https address"
    yield from _modules(plugin, name, document)
    yield from _plugins(name, document)


def _unknown(where: str, table: dict[str, Any], known: set[str]) -> Iterator[str]:
    for key in table:
        if key not in known:
            yield f"{where}: unknown key {key}"


def _modules(plugin: Path, name: str, document: dict[str, Any]) -> Iterator[str]:
    listed = [row.get("Name", "") for row in document.get("Modules", [])]
    folders = sorted(path.name for path in (plugin / "Source").iterdir() if path.is_dir())
    for folder in folders:
        if folder not in listed:
            yield f"{name}: module {folder} is not listed"
    for module in listed:
        if listed.count(module) > 1:
            yield f"{name}: module {module} is listed twice"
        if module not in folders:
            yield f"{name}: module {module} has no folder Source/{module}"
    supported = set(document.get("SupportedTargetPlatforms", _PLATFORMS))
    if not supported <= _PLATFORMS:
        yield f"{name}: unknown platform {', '.join(sorted(supported - _PLATFORMS))}"
    for row in document.get("Modules", []):
        where = f"{name}: module {row.get('Name')}"
        yield from _unknown(where, row, _MODULE_KEYS)
        if row.get("Type") not in _TYPES:
            yield f"{where}: Type {row.get('Type')} is none of {', '.join(_TYPES)}"
        if row.get("LoadingPhase") not in _PHASES:
            yield f"{where}: LoadingPhase {row.get('LoadingPhase')} does not exist"
        platforms = set(row.get("PlatformAllowList", []))
        if not platforms:
            yield f"{where}: PlatformAllowList is missing"
        elif platforms != supported:
            yield f"{where}: PlatformAllowList is not SupportedTargetPlatforms"


def _plugins(name: str, document: dict[str, Any]) -> Iterator[str]:
    rows = document.get("Plugins", [])
    if not any(row.get("Name") == "LiveLink" and row.get("Enabled") is True for row in rows):
        yield f"{name}: Plugins does not enable LiveLink"
    for row in rows:
        yield from _unknown(f"{name}: plugin {row.get('Name')}", row, _PLUGIN_KEYS)
        if str(row.get("Name")).startswith(_FORBIDDEN_PLUGINS):
            yield f"{name}: plugin {row.get('Name')} must not be required"
