"""Settings -> the companions that keep voice and face in step."""

from __future__ import annotations

import os

from cstalk_live.clock import Clock
from cstalk_live.companion import Say
from cstalk_live.config.keys import MonitorConfig, ObsConfig
from cstalk_live.monitoring import Monitor
from cstalk_live.obs.sync_offset import ObsOffset

PASSWORD_VARIABLE = "CSTALK_OBS_PASSWORD"


def make_monitor(config: MonitorConfig, delay_us: int, clock: Clock, say: Say) -> Monitor | None:
    """The voice's way to a sound output, if one is wanted.

    Args:
        delay_us: the face's latency to begin with.

    Raises:
        DeviceError: PortAudio or the device is missing, or several devices fit.
    """
    if config.device is None:
        return None
    from cstalk_live.audio.devices import find_output
    from cstalk_live.monitoring import output_of

    find_output(output_of(config.device))
    return Monitor(
        config.device,
        latency_s=config.latency_ms / 1000.0,
        extra_us=round(config.extra_ms * 1000.0),
        delay_us=delay_us,
        clock=clock,
        say=say,
    )


def make_obs(config: ObsConfig, say: Say) -> ObsOffset | None:
    """OBS's sync offset, if one is wanted."""
    if config.address is None:
        return None
    from cstalk_live.obs.protocol import parse_obs_address

    return ObsOffset(
        parse_obs_address(config.address),
        config.source,
        password=obs_password(config),
        extra_us=round(config.extra_ms * 1000.0),
        say=say,
    )


def obs_password(config: ObsConfig) -> str | None:
    """From the settings, else from the environment: never from the command line, which others can read."""
    return config.password or os.environ.get(PASSWORD_VARIABLE) or None
