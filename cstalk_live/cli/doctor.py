"""``cstalk-live doctor``: is everything here that a run needs?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from cstalk_live.cli.options import Bundle, ConfigFile, flag


def doctor(
    json_: Annotated[bool, typer.Option("--json", help="As JSON on standard output.")] = False,
    config: ConfigFile = None,
    bundle: Bundle = None,
) -> None:
    """Check sound, model, speed, ports and settings; exit 1 if something must be fixed."""
    from cstalk_live.examination import examine
    from cstalk_live.findings import FAIL

    findings = examine(config, flag("--bundle", ("model", "bundle"), bundle))
    if json_:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            _print(finding.verdict, finding.check, finding.found, finding.fix)
    if any(finding.verdict == FAIL for finding in findings):
        raise typer.Exit(1)


def _print(verdict: str, check: str, found: str, fix: str) -> None:
    from rich.console import Console
    from rich.text import Text

    colour = {"OK": "green", "WARN": "yellow", "FAIL": "bold red"}[verdict]
    line = Text.assemble((f"{verdict:<5}", colour), f"{check:<10}", found)
    console = Console(soft_wrap=True)
    console.print(line)
    if fix:
        console.print(Text(f"{'':<15}fix: {fix}", style="dim"))
