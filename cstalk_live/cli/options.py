"""Options that several commands share, and how they become settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cstalk_live.errors import UsageError

if TYPE_CHECKING:
    from cstalk_live.config_load import Flag

Emotion = Annotated[
    str,
    typer.Option(
        metavar="NAME=W,...", help="Mix of emotions, as happy=0.7,surprised=0.2.", show_default=False
    ),
]
Intensity = Annotated[
    float | None, typer.Option(metavar="W", help="How much of the mix shows, 0 to 1.", show_default=False)
]
Lookahead = Annotated[
    float | None,
    typer.Option(
        metavar="MS", help="Sound heard beyond a frame; more is better and later.", show_default=False
    ),
]
Bundle = Annotated[
    str | None, typer.Option(metavar="FILE", help="Another model (.onnx).", show_default=False)
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings in YAML.", show_default=False)
]


def flag(name: str, path: tuple[str, ...], value: Any) -> list[Flag]:
    """The flag as a setting; none when the user did not give it."""
    from cstalk_live.config_load import Flag

    return [] if value is None else [Flag(name, path, value)]


def emotion_flags(mix: str, intensity: float | None) -> list[Flag]:
    """``--emotion`` and ``--intensity``."""
    return [
        *flag("--emotion", ("emotion", "mix"), parse_mix(mix) if mix else None),
        *flag("--intensity", ("emotion", "intensity"), intensity),
    ]


def parse_mix(text: str) -> dict[str, float]:
    """``happy=0.7,sad=0.2`` as weights by name; the configuration checks their range.

    Raises:
        UsageError: a part is not NAME=WEIGHT, or a name is given twice.
    """
    mix: dict[str, float] = {}
    for part in text.split(","):
        name, equals, weight = (piece.strip() for piece in part.partition("="))
        if not (name and equals):
            raise UsageError(f"--emotion: '{part.strip()}' is not NAME=WEIGHT", "write for example happy=0.7")
        if name in mix:
            raise UsageError(f"--emotion: '{name}' is given twice", "keep one of them")
        try:
            mix[name] = float(weight)
        except ValueError:
            raise UsageError(
                f"--emotion: '{weight}' is not a number", f"write for example {name}=0.7"
            ) from None
    return mix
