"""``cstalk-live config``: check a file, show what would be used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cstalk_live.cli.options import ConfigFile
from cstalk_live.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from cstalk_live.config.load import Settings

config_app = typer.Typer(help="Check a configuration file, or show the effective settings.", no_args_is_help=True)


@config_app.command()
def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="The YAML file.")]) -> None:
    """Check a file; every problem on a line of its own."""
    from cstalk_live.config.load import load_settings

    _check_emotions(load_settings(file))
    print(f"{file}: OK")


def _check_emotions(settings: Settings) -> None:
    """Which emotions there are only the model knows; it is asked where the file names any.

    Raises:
        ConfigError: the model does not know one.
        BundleError: the model cannot be read.
    """
    from cstalk_live.emotion import EmotionState
    from cstalk_live.model.bundle import load_bundle

    emotion, bundle = settings.config.emotion, settings.config.model.bundle
    if not emotion.mix:
        return
    state = EmotionState(load_bundle(Path(bundle) if bundle else None).meta.emotions)
    for name, weight in emotion.mix.items():
        try:
            state.set_target({name: weight})
        except UsageError as error:
            raise ConfigError(f"{settings.source(('emotion', 'mix', name))}: {error.what}", error.fix) from None


@config_app.command()
def show(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The YAML file.", show_default=False)] = None,
    config: ConfigFile = None,
) -> None:
    """Print all settings as YAML, each with where its value comes from."""
    from cstalk_live.config.load import load_settings
    from cstalk_live.config.show import show as shown

    print(shown(load_settings(file or config)), end="")
