"""A sound source of OBS: which one is meant, and its sync offset."""

from __future__ import annotations

from cstalk_live.obs.link import ObsLink, connected
from cstalk_live.obs.protocol import NoSuchSourceError, ObsAddress

_GLOBAL_MICROPHONES = ("mic1", "mic2", "mic3", "mic4")


async def find_source(link: ObsLink, wanted: str | None) -> str:
    """The source's name as OBS writes it.

    Args:
        wanted: its name, in any case if no other source differs by that alone; None is OBS's first microphone
            of the global audio devices.

    Raises:
        NoSuchSourceError: there is none; the message lists those that there are.
        ObsError: OBS does not answer.
    """
    names = [str(entry["inputName"]) for entry in (await link.ask("GetInputList")).get("inputs", [])]
    if wanted is None:
        special = await link.ask("GetSpecialInputs")
        found = [str(special[key]) for key in _GLOBAL_MICROPHONES if special.get(key)]
    else:
        found = [name for name in names if name == wanted]
        found = found or [name for name in names if name.casefold() == wanted.casefold()]
    if not found:
        what = "OBS has no global microphone" if wanted is None else f"OBS has no source {wanted!r}"
        listed = ", ".join(repr(name) for name in names) or "none"
        raise NoSuchSourceError(what, f"name one with --obs-source; it has: {listed}")
    return found[0]


async def read_offset(link: ObsLink, name: str) -> int:
    """The source's sync offset in ms.

    Raises:
        ObsError: no such source, or it has no sound.
    """
    answer = await link.ask("GetInputAudioSyncOffset", inputName=name)
    return int(answer["inputAudioSyncOffset"])


async def write_offset(link: ObsLink, name: str, offset: int) -> None:
    """Set it, -950..20000 ms.

    Raises:
        ObsError: no such source, or it has no sound.
    """
    await link.ask("SetInputAudioSyncOffset", inputName=name, inputAudioSyncOffset=offset)


async def look_at(address: ObsAddress, wanted: str | None, password: str | None) -> tuple[str, str, int]:
    """For a check: OBS's version, the source's name and its present offset in ms.

    Raises:
        CSTalkError: whatever stands in the way, as a run would say it.
    """
    async with connected(address, password, lambda *_: None) as link:
        name = await find_source(link, wanted)
        return link.version, name, await read_offset(link, name)
