"""Options that several commands share, and how they become settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cstalk_live.config.load import Flag

Emotion = Annotated[
    str,
    typer.Option(metavar="NAME=W,...", help="Mix of emotions, as happy=0.7,surprised=0.2.", show_default=False),
]
Intensity = Annotated[
    float | None, typer.Option(metavar="W", help="How much of the mix shows, 0 to 1.", show_default=False)
]
Lookahead = Annotated[
    str | None,
    typer.Option(
        metavar="MS|PROFILE",
        help="Sound heard beyond a frame: 0 to 200, or tight, balanced, quality; more is better and later.",
        show_default=False,
    ),
]
Bundle = Annotated[str | None, typer.Option(metavar="FILE", help="Another model (.onnx).", show_default=False)]
Compute = Annotated[
    str | None,
    typer.Option(
        metavar="auto|cpu|cuda[:N]",
        help="What computes the network; cuda is not yet run on a GPU by its makers, the CPU takes over if it fails.",
        show_default=False,
    ),
]
Anyway = Annotated[
    bool, typer.Option("--anyway", help="Use a sound file that is silent, clipped, cut short or of many channels.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings in YAML.", show_default=False)
]


def lookahead_flag(text: str | None) -> list[Flag]:
    """``--lookahead``: milliseconds or a profile."""
    from cstalk_live.config.load import Flag

    if text is None:
        return []
    try:
        value: float | str = float(text)
    except ValueError:
        value = text  # a profile, or a mistake that the settings' own check reports
    return [Flag("--lookahead", ("model", "lookahead_ms"), value)]


def flag(name: str, path: tuple[str, ...], value: Any) -> list[Flag]:
    """The flag as a setting; none when the user did not give it."""
    from cstalk_live.config.load import Flag

    return [] if value is None else [Flag(name, path, value)]


def emotion_flags(mix: str, intensity: float | None) -> list[Flag]:
    """``--emotion`` and ``--intensity``."""
    from cstalk_live.emotion import parse_mix

    return [
        *flag("--emotion", ("emotion", "mix"), parse_mix(mix) if mix else None),
        *flag("--intensity", ("emotion", "intensity"), intensity),
    ]


def target_flags(name: str, key: str, targets: list[str] | None, common: dict[str, str]) -> list[Flag]:
    """Targets of the outputs of one kind, ``osc`` or ``livelink``."""
    if not targets:
        return []
    return flag(name, ("output", key), [{"target": target, **common} for target in targets])
