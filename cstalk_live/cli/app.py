"""The command line's table of contents. Commands import what they need when they run, so help is instant."""

from __future__ import annotations

from typing import Annotated

import typer

from cstalk_live import __version__
from cstalk_live.cli.bake import bake
from cstalk_live.cli.config import config_app
from cstalk_live.cli.demo import demo
from cstalk_live.cli.devices import devices
from cstalk_live.cli.doctor import doctor
from cstalk_live.cli.evaluate import evaluate
from cstalk_live.cli.export import export
from cstalk_live.cli.run import run
from cstalk_live.cli.train import train

app = typer.Typer(
    help="A voice goes in, MetaHuman curves come out, 60 times a second.",
    epilog="Start with: cstalk-live demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"cstalk-live {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of failures.")] = False,
) -> None:
    """Both options act before this runs: the version in its callback, --debug in ``__main__``."""


app.command()(run)
app.command()(demo)
app.command()(bake)
app.command()(devices)
app.command()(doctor)
app.add_typer(config_app, name="config")
app.command()(train)
app.command()(evaluate)
app.command()(export)
