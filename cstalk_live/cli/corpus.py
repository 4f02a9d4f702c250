"""``cstalk-live corpus``: check training data, make synthetic voices, label speech; needs the extra ``train``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cstalk_live.cli.train import offline
from cstalk_live.errors import CorpusError

corpus_app = typer.Typer(help="Check training data, make synthetic voices, label speech.", no_args_is_help=True)


@corpus_app.command()
def check(
    data: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="A corpus or one folder of it; may be repeated. CSTALK_DATA if left out.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every fault as JSON.")] = False,
) -> None:
    """Name and count every fault of a corpus; fails if training would be refused."""
    checking = offline("corpus_check")
    roots = data or [offline("corpus").find_corpus(None, Path(__file__).resolve().parents[2])]
    folders = [folder for root in roots for folder in checking.corpus_folders(root)]
    report = checking.check_corpus(folders, thorough=True)
    if as_json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        for line in report.lines():
            print(line)
        offline("corpus_tables").print_report(report)
    if report.refused:
        refused = sum(fault.refuses for fault in report.faults)
        raise CorpusError(f"{refused} faults refuse training", "correct them and check again")


@corpus_app.command()
def synthesise(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="New folder.", show_default=False)],
    voices: Annotated[
        str,
        typer.Option(
            metavar="V,...", help="Engines or voices, as flite,espeak:en-us+f3; all if left out.", show_default=False
        ),
    ] = "",
    sentences: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="One sentence per line; our own if left out.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Clips in all.")] = 400,
    seed: Annotated[int, typer.Option(metavar="N", help="Of our own sentences.")] = 0,
) -> None:
    """Make synthetic voices with exact phone times, for a recipe's extra_unfilmed."""
    offline("synthesise").synthesise(out, voices, sentences, limit, seed)


@corpus_app.command()
def align(
    audio: Annotated[Path, typer.Option(metavar="DIR", help="Folder of sound files.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="New folder.", show_default=False)],
    text: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Table with the columns clip and transcript.", show_default=False),
    ] = None,
) -> None:
    """Label recordings with phones, by their transcripts or by what a recogniser hears."""
    offline("align").align(audio, out, text)
