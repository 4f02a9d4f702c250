"""Doctor's checks of what keeps voice and face in step: the voice's output device, and OBS."""

from __future__ import annotations

import asyncio

from cstalk_live.config.keys import MonitorConfig, ObsConfig
from cstalk_live.errors import CSTalkError
from cstalk_live.findings import FAIL, OK, WARN, Finding
from cstalk_live.in_step import obs_password


def check_in_step(monitor: MonitorConfig, obs: ObsConfig) -> list[Finding]:
    """Both checks; OBS is left alone unless the settings name it."""
    findings = [check_outputs(monitor)]
    if obs.address is not None:
        findings.append(check_obs(obs))
    return findings


def check_outputs(config: MonitorConfig) -> Finding:
    """The device that the voice goes to; without one in the settings, what there is."""
    from cstalk_live.audio.devices import find_output, list_outputs
    from cstalk_live.monitoring import output_of

    wanted = config.device
    try:
        if wanted is not None:
            return Finding("voice", OK, f"goes to sound output {find_output(output_of(wanted))}, as late as the face")
        outputs = list_outputs()
    except CSTalkError as error:
        return Finding("voice", WARN if wanted is None else FAIL, error.what, error.fix)
    return Finding("voice", OK, f"{len(outputs)} sound outputs; run --monitor NAME plays it as late as the face")


def check_obs(config: ObsConfig) -> Finding:
    """Is OBS there, does it let us in, and has it the source? A run goes on without it, so nothing is a FAIL."""
    from cstalk_live.obs.protocol import parse_obs_address
    from cstalk_live.obs.source import look_at

    address = parse_obs_address(config.address or "")
    try:
        version, name, offset = asyncio.run(look_at(address, config.source, obs_password(config)))
    except CSTalkError as error:
        return Finding("obs", WARN, error.what, error.fix)
    return Finding("obs", OK, f"OBS {version} at {address}, source {name!r}, sync offset {offset} ms now")
