"""What a page's buttons do."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

from cstalk_live.audio.devices import rescan_devices
from cstalk_live.config.steered import TAKE
from cstalk_live.decibels import SILENCE_DB
from cstalk_live.errors import CSTalkError, DeviceError, OutputError, UsageError
from cstalk_live.records import FPS
from cstalk_live.web.server.desk import Desk
from cstalk_live.web.server.listed import listed_devices, listed_takes
from cstalk_live.web.server.messages import reply
from cstalk_live.web.server.report import make_report

Result = TypeVar("Result")

REPORTS_KEPT = 3

LONGEST_CALIBRATION_S = 10.0

LOUDEST_ROOM_DB = -40.0
"""Voice level above which nobody calls a room silent; somebody spoke."""

ABOVE_ROOM_DB = 3.0
"""The gate's lowest level lies so far above the loudest noise of the room."""

_LOOK_S = 0.008
_GATE_DB = (-90.0, -20.0)


class Commands:
    """The commands of all pages of a run; used on the server's thread.

    Args:
        desk: the face.
        workers: for what may take long: disks, devices.
        status: gives the newest status message.
        changed: called after a change of the lists.
        restate: called when all pages must be told all settings anew.
    """

    def __init__(
        self,
        desk: Desk,
        workers: Executor,
        status: Callable[[], dict[str, Any]],
        changed: Callable[[], None],
        restate: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._workers = workers
        self._status = status
        self._changed = changed
        self._restate = restate
        self._calibrating = False
        self.devices: list[dict[str, Any]] = []
        """Microphones as they were last looked up."""
        self.reports: OrderedDict[str, bytes] = OrderedDict()
        """Reports that can be fetched, by name."""
        self._known: dict[str, Callable[[str, int, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "devices.refresh": self._refresh,
            "audio.restart": self._restart,
            "calibrate": self._calibrate,
            "record.start": self._record,
            "record.stop": self._stop,
            "preset.save": self._save_preset,
            "preset.load": self._load_preset,
            "preset.delete": self._delete_preset,
            "config.save": self._save,
            "config.revert": self._revert,
            "report": self._report,
        }

    async def do(self, client: str, cause: int, name: str, args: dict[str, Any]) -> dict[str, Any]:
        """Do what a page asks; the reply to it."""
        action = self._known.get(name)
        if action is None:
            return reply(cause, False, f"There is no command '{name}'.")
        try:
            return await action(client, cause, args)
        except CSTalkError as error:
            text = "; ".join(str(error).splitlines())
            self._desk.told.say(f"{name}: {text}", "warning")
            return reply(cause, False, text)

    async def lists(self) -> dict[str, Any]:
        """What can be chosen from."""
        takes = await self._work(lambda: listed_takes(self._desk.takes_folder))
        presets = await self._work(self._desk.presets.names)
        return {"type": "lists", "devices": self.devices, "presets": presets, "takes": takes}

    async def look_up_devices(self) -> str:
        """Make :attr:`devices` the present ones; why they are not, where they are not."""
        chosen = self._desk.run.steering.now.config.audio.device
        try:
            self.devices = await self._work(lambda: listed_devices(chosen))
        except DeviceError as error:
            self.devices = []
            return str(error)
        return ""

    async def _work(self, action: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._workers, action)

    async def _refresh(self, _client: str, cause: int, _args: dict[str, Any]) -> dict[str, Any]:
        await self._work(rescan_devices)
        trouble = await self.look_up_devices()
        self._changed()
        return reply(cause, not trouble, trouble or f"{len(self.devices)} microphones.")

    async def _restart(self, _client: str, cause: int, _args: dict[str, Any]) -> dict[str, Any]:
        if self._desk.run.reins.microphone is None:
            raise UsageError("there is no microphone to restart", "the sound is a file")
        self._desk.run.daemon.reopen_source()
        return reply(cause, True)

    async def _calibrate(self, client: str, cause: int, args: dict[str, Any]) -> dict[str, Any]:
        """Listen to the silent room; the gate then opens for nothing that is as quiet."""
        seconds = args.get("seconds", 2)
        if not isinstance(seconds, (int, float)) or not 0.5 <= seconds <= LONGEST_CALIBRATION_S:
            raise UsageError(f"{seconds!r} s is no time to calibrate", f"give 0.5 to {LONGEST_CALIBRATION_S:g} s")
        if self._calibrating:
            raise UsageError("calibrating already", "wait for its end")
        self._calibrating = True
        try:
            levels = await self._room_levels(float(seconds))
        finally:
            self._calibrating = False
        loudest = levels[int(0.98 * (len(levels) - 1))]
        if loudest > LOUDEST_ROOM_DB:
            raise UsageError(f"it was not silent: {loudest:.0f} dB", "be silent while it counts, then try again")
        low, high = _GATE_DB
        gate_db = round(min(high, max(low, loudest + ABOVE_ROOM_DB)), 1)
        steering = self._desk.run.steering
        await self._work(lambda: steering.change({"motion.gate_db": gate_db}, "program", client, cause))
        return reply(cause, True, f"Calibrated: the room's noise is at {loudest:.0f} dB, the gate opens above it.")

    async def _room_levels(self, seconds: float) -> list[float]:
        """Voice levels of the frames of that time, rising.

        Raises:
            DeviceError: there is no sound.
        """
        run = self._desk.run
        loop = asyncio.get_running_loop()
        end, first = loop.time() + seconds, run.daemon.metrics.frames_made
        levels: list[float] = []
        while loop.time() < end:
            levels.append(run.pipeline.layer.level_db)
            await asyncio.sleep(_LOOK_S)
        if run.daemon.metrics.frames_made - first < 0.5 * seconds * FPS or max(levels) <= SILENCE_DB:
            raise DeviceError("there is no sound to calibrate by", "look at the microphone")
        return sorted(levels)

    async def _record(self, _client: str, cause: int, _args: dict[str, Any]) -> dict[str, Any]:
        record = self._desk.run.steering.now.config.output.record
        folder = await self._work(lambda: self._desk.run.takes.start(record.slate, record.take))
        self._desk.told.say(f"recording to {folder}")
        return reply(cause, True, f"Recording {folder.name}.", {"take": folder.name})

    async def _stop(self, _client: str, cause: int, _args: dict[str, Any]) -> dict[str, Any]:
        recorder = self._desk.run.takes.recorder
        summary = await self._work(self._desk.run.takes.stop)
        if recorder is not None:
            following = recorder.number + 1
            await self._work(lambda: self._desk.run.steering.change({TAKE: following}, "program"))
        self._changed()
        name, seconds = summary.folder.name, summary.frames / FPS
        if summary.error is not None:
            raise OutputError(f"{name} is incomplete: {summary.error}")
        self._desk.told.say(f"recorded {summary.folder}, {seconds:.1f} s")
        return reply(cause, True, f"Recorded {name}, {seconds:.1f} s.", {"take": name})

    async def _save_preset(self, _client: str, cause: int, args: dict[str, Any]) -> dict[str, Any]:
        name, values = _preset(args), self._desk.run.steering.now.values
        await self._work(lambda: self._desk.presets.save(name, values))
        self._changed()
        return reply(cause, True, f"Kept as {name}.")

    async def _load_preset(self, client: str, cause: int, args: dict[str, Any]) -> dict[str, Any]:
        name, steering = _preset(args), self._desk.run.steering
        values = await self._work(lambda: self._desk.presets.load(name))
        known = {path: value for path, value in values.items() if path in steering.now.values}
        if not known:
            raise UsageError(f"the preset '{name}' holds nothing for this model", "keep a new one")
        await self._work(lambda: steering.change(known, "preset", client, cause))
        return reply(cause, True)

    async def _delete_preset(self, _client: str, cause: int, args: dict[str, Any]) -> dict[str, Any]:
        name = _preset(args)
        await self._work(lambda: self._desk.presets.delete(name))
        self._changed()
        return reply(cause, True)

    async def _save(self, _client: str, cause: int, _args: dict[str, Any]) -> dict[str, Any]:
        file = await self._work(self._desk.save)
        self._restate()
        self._desk.told.say(f"settings saved in {file}")
        return reply(cause, True, f"Saved in {file.name}.")

    async def _revert(self, client: str, cause: int, _args: dict[str, Any]) -> dict[str, Any]:
        values = self._desk.changed_since_saved()
        if not values:
            return reply(cause, True, "Nothing was changed.")
        await self._work(lambda: self._desk.run.steering.change(values, "file", client, cause))
        return reply(cause, True, "As in the settings file again.")

    async def _report(self, _client: str, cause: int, _args: dict[str, Any]) -> dict[str, Any]:
        desk, status, devices = self._desk, self._status(), self.devices
        log = "\n".join(f"{line.time_ms / 1000:.3f} {line.level} {line.text}" for line in desk.told.lines()) + "\n"
        config = desk.run.steering.now.config
        made = await self._work(lambda: make_report(config, status, log, devices, desk.secrets))
        name = f"cstalk-live-report-{secrets.token_hex(4)}.zip"
        self.reports[name] = made
        while len(self.reports) > REPORTS_KEPT:
            self.reports.popitem(last=False)
        return reply(cause, True, "The report is ready.", {"url": f"/report/{name}"})


def _preset(args: dict[str, Any]) -> str:
    """Raises: UsageError: no name is given."""
    name = args.get("preset")
    if not isinstance(name, str):
        raise UsageError("no preset is named", "give its name")
    return name
