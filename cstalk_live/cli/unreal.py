"""``cstalk-live unreal``: the plugin in an Unreal project."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cstalk_live.unreal.install import Outcome

unreal_app = typer.Typer(help="Put the Unreal plugin into a project, check it, take it out.", no_args_is_help=True)

ProjectPath = Annotated[
    Path, typer.Option("--project", metavar="PATH", help="The .uproject file, or its folder.", show_default=False)
]
EngineFolder = Annotated[
    Path | None,
    typer.Option(
        "--engine", metavar="DIR", help="The project's engine, where the project does not tell.", show_default=False
    ),
]


@unreal_app.command()
def install(
    project: ProjectPath,
    engine: EngineFolder = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files you changed (a copy is kept); with --undo, delete them.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back: the same as 'uninstall'.")] = False,
) -> None:
    """Copy the plugin into a project and switch it on, or bring an older copy up to date."""
    from cstalk_live.unreal.install import install as put

    if undo:
        uninstall(project, force)
        return
    outcome = put(project, engine_folder=engine, force=force)
    _print(outcome, "the plugin is there already, and on: nothing to do")
    if outcome.done:
        print("Next: open the project in Unreal; 'cstalk-live unreal check' tells what is missing.")


@unreal_app.command()
def uninstall(
    project: ProjectPath,
    force: Annotated[bool, typer.Option("--force", help="Delete files you changed or added, too.")] = False,
) -> None:
    """Take the plugin out again; the project's file returns to its former bytes."""
    from cstalk_live.unreal.uninstall import uninstall as take_out

    _print(take_out(project, force=force), "the plugin is not there: nothing to do")


@unreal_app.command()
def check(
    project: ProjectPath,
    engine: EngineFolder = None,
    json_: Annotated[bool, typer.Option("--json", help="As JSON on standard output.")] = False,
) -> None:
    """Check a project: engine, plugin, versions, ports; exit 1 if something must be fixed."""
    from cstalk_live.cli.findings import report
    from cstalk_live.unreal.checks import examine_project

    report(examine_project(project, engine), as_json=json_)


def _print(outcome: Outcome, otherwise: str) -> None:
    for line in outcome.done or (otherwise,):
        print(line)
    for note in outcome.notes:
        print(f"note: {note}", file=sys.stderr)
