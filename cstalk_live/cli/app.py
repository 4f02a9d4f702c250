"""The command line's table of contents. Commands import what they need when they run, so help is instant."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cstalk_live import __version__
from cstalk_live.cli.bake import bake
from cstalk_live.cli.bench import bench
from cstalk_live.cli.compare import compare
from cstalk_live.cli.config import config_app
from cstalk_live.cli.corpus import corpus_app
from cstalk_live.cli.demo import demo
from cstalk_live.cli.devices import devices
from cstalk_live.cli.doctor import doctor
from cstalk_live.cli.evaluate import evaluate
from cstalk_live.cli.export import export
from cstalk_live.cli.render import render
from cstalk_live.cli.run import run
from cstalk_live.cli.train import teach, train
from cstalk_live.cli.unreal import unreal_app
from cstalk_live.errors import UsageError

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
app.command()(bench)
app.add_typer(config_app, name="config")
app.add_typer(corpus_app, name="corpus")
app.command()(teach)
app.command()(train)
app.command()(evaluate)
app.command()(compare)
app.command()(export)
app.command()(render)
app.add_typer(unreal_app, name="unreal")

_WRONG_COMMAND_LINE: type[Exception] = typer.BadParameter.__bases__[0]
"""Click's own usage error, whether typer brings its own copy of click or uses the installed one."""

_INTERRUPTED = 130


def invoke(arguments: list[str]) -> int:
    """Run one command line; the exit code.

    Raises:
        UsageError: a command, option or value that does not exist, in one line instead of click's box.
        CSTalkError: what the command raises.
    """
    try:
        code: Any = app(arguments, prog_name="cstalk-live", standalone_mode=False)
    except typer.Abort:
        return _INTERRUPTED
    except _WRONG_COMMAND_LINE as error:
        context: Any = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "cstalk-live"
        message: str = error.format_message()  # type: ignore[attr-defined]
        if type(error).__name__ == "NoArgsIsHelpError":
            if message:  # rich has printed the help already, plain click puts it into the message
                print(message)
            return UsageError.exit_code
        raise UsageError(message.rstrip("."), f"see '{command} --help'") from None
    return code if isinstance(code, int) else 0
