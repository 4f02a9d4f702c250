"""``cstalk-live doctor``: is everything here that a run needs?"""

from __future__ import annotations

from typing import Annotated

import typer

from cstalk_live.cli.options import Bundle, ConfigFile, flag, target_flags


def doctor(
    osc: Annotated[
        list[str] | None, typer.Option(metavar="HOST:PORT", help="Ask the plugin there, whose face rests meanwhile.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="As JSON on standard output.")] = False,
    config: ConfigFile = None,
    bundle: Bundle = None,
) -> None:
    """Check sound, model, speed, ports, receivers and settings; exit 1 if something must be fixed."""
    from cstalk_live.cli.findings import report
    from cstalk_live.examination import examine

    flags = [*flag("--bundle", ("model", "bundle"), bundle), *target_flags("--osc", "osc", osc, {})]
    report(examine(config, flags), as_json=json_)
