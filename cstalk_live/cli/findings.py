"""Findings on standard output: a table for people or JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer

from cstalk_live.findings import FAIL, Finding


def report(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print all findings.

    Raises:
        typer.Exit: with code 1 where one of them is a FAIL.
    """
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        width = max(10, 1 + max((len(finding.check) for finding in findings), default=0))
        for finding in findings:
            _print(finding, width)
    if any(finding.verdict == FAIL for finding in findings):
        raise typer.Exit(1)


def _print(finding: Finding, width: int) -> None:
    from rich.console import Console
    from rich.text import Text

    colour = {"OK": "green", "WARN": "yellow", "FAIL": "bold red"}[finding.verdict]
    line = Text.assemble((f"{finding.verdict:<5}", colour), f"{finding.check:<{width}}", finding.found)
    console = Console(soft_wrap=True)
    console.print(line)
    if finding.fix:
        console.print(Text(f"{'':<{5 + width}}fix: {finding.fix}", style="dim"))
