"""``cstalk-live config``: check a file, show what would be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.options import ConfigFile

config_app = typer.Typer(help="Check a configuration file, or show the effective settings.", no_args_is_help=True)


@config_app.command()
def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="The YAML file.")]) -> None:
    """Check a file; every problem on a line of its own."""
    from cstalk_live.config.load import load_settings

    load_settings(file)
    print(f"{file}: OK")


@config_app.command()
def show(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The YAML file.", show_default=False)] = None,
    config: ConfigFile = None,
) -> None:
    """Print all settings as YAML, each with where its value comes from."""
    from cstalk_live.config.load import load_settings
    from cstalk_live.config.show import show as shown

    print(shown(load_settings(file or config)), end="")
