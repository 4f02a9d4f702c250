"""Several faces in one program: a daemon each, side by side, their networks stepped as one batch.

A face is as independent here as in a program of its own: its device may vanish, its file may end, and the others go
on. What they share is the model in memory and the batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cstalk_live.assembly import bundle_of, once
from cstalk_live.cast_watcher import CastWatcher
from cstalk_live.clock import Clock
from cstalk_live.config.keys import FaceConfig, LiveConfig, OscConfig
from cstalk_live.config.load import Flag
from cstalk_live.config.watch import SettingsWatch
from cstalk_live.errors import CSTalkError, UsageError
from cstalk_live.live_run import LiveRun, prepare
from cstalk_live.model.batch_runner import BatchRunner
from cstalk_live.model.compute import open_engine
from cstalk_live.model.runner import Runner
from cstalk_live.model.together import WAIT_US, StepTogether
from cstalk_live.status import StatusPrinter


class SharedNetworks:
    """One model in memory for all faces: a batch for their networks, another for the spare ones.

    Args:
        faces: how many will ask.
        say: told what computes where that is not plain, and of a GPU that fails, then or later.

    Raises:
        BundleError: the model file cannot be used, or takes one stream at a time.
        EngineError: the settings name a GPU or a runtime that cannot be used.
    """

    def __init__(self, config: LiveConfig, faces: int, say: Callable[[str], None]) -> None:
        self.bundle = bundle_of(config)
        engine = config.engine
        self._batches = [
            StepTogether(BatchRunner(open_engine(self.bundle, engine.runtime, engine.device, faces, say=say)))
            for _ in range(2)
        ]

    def pair(self) -> tuple[Runner, Runner]:
        """See :class:`cstalk_live.assembly.Networks`."""
        main, spare = (batch.runner() for batch in self._batches)
        return main, spare


def settings_of(config: LiveConfig, face: FaceConfig) -> LiveConfig:
    """The settings of one face: those of the program with its own name, device and emotion in them.

    Live Link device ids are those of the subjects: receivers take two faces of one id for one.
    """
    emotion = {"mix": face.mix, "intensity": face.intensity}
    output = config.output
    named = {"subject": face.subject}
    targets = output.osc if face.osc is None else (OscConfig(target=face.osc),)
    return config.model_copy(
        update={
            "faces": (),
            "audio": config.audio.model_copy(update={} if face.device is None else {"device": face.device}),
            "emotion": config.emotion.model_copy(update={k: v for k, v in emotion.items() if v is not None}),
            "output": output.model_copy(
                update={
                    "osc": tuple(osc.model_copy(update=named) for osc in targets),
                    "livelink": tuple(link.model_copy(update={**named, "device_id": None}) for link in output.livelink),
                    "record": output.record.model_copy(update={"slate": face.subject}),
                }
            ),
        }
    )


class Cast:
    """All faces' runs. ``run`` blocks; ``stop`` may be called from any thread or signal handler.

    Args:
        config: with at least one face.
        seconds: end after this long.
        printer: shows all faces.
        anyway: use files that are silent, clipped, cut short or have many channels.
        clock: the machine's when left out.
        follow: the settings file whose changes take effect while running, and the flags that beat it.

    Raises:
        CSTalkError: any part of any face that cannot be made; nothing is left open.
    """

    def __init__(
        self,
        config: LiveConfig,
        seconds: float | None,
        printer: StatusPrinter,
        *,
        anyway: bool = False,
        clock: Clock | None = None,
        follow: tuple[Path, Sequence[Flag]] | None = None,
    ) -> None:
        _refuse_what_is_for_one(config)
        self._config = config
        self._watcher = CastWatcher(printer, [face.subject for face in config.faces])
        self.failures: dict[str, Exception] = {}
        """What ended a face before its time, by subject; told when it happened."""
        self.runs: dict[str, LiveRun] = {}
        networks = SharedNetworks(config, len(config.faces), once(lambda text: printer.say(text, "warning")))
        try:
            for face in config.faces:
                self.runs[face.subject] = prepare(
                    settings_of(config, face),
                    face.input,
                    seconds,
                    self._watcher.of(face.subject),
                    anyway=anyway,
                    clock=clock,
                    networks=networks,
                    wait_us=WAIT_US,
                )
        except BaseException:
            for run in self.runs.values():
                run.abandon()
            raise
        self._settings: SettingsWatch | None = None
        if follow is not None and config.run.reload:
            file, flags = follow
            self._settings = SettingsWatch(file, flags, config, self._follow, lambda text: printer.say(text, "warning"))

    def run(self) -> dict[str, dict[str, Any]]:
        """Go on until every face has ended; the summaries by subject.

        Raises:
            Exception: one that is a fault of this program; a face that ends with a :class:`CSTalkError` is in
                :attr:`failures`.
        """
        summaries: dict[str, dict[str, Any]] = {}

        def play(subject: str, run: LiveRun) -> None:
            try:
                summaries[subject] = run.daemon.run()
            except Exception as error:  # noqa: BLE001 - the other faces go on, whatever it is
                self.failures[subject] = error
                self._watcher.of(subject).say(f"ended: {error}", "error")
            finally:
                self._watcher.ended(subject)

        threads = [threading.Thread(target=play, args=item, name=item[0], daemon=True) for item in self.runs.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_POLL_S)
                if self._settings is not None:
                    self._settings.poll()
        for error in self.failures.values():
            if not isinstance(error, CSTalkError):
                raise error
        return summaries

    def stop(self) -> None:
        """End every run soon; frames that are due still go out."""
        for run in self.runs.values():
            run.daemon.stop()

    def _follow(self, before: LiveConfig, after: LiveConfig) -> None:
        for face in self._config.faces:
            self.runs[face.subject].follow(settings_of(before, face), settings_of(after, face))


_POLL_S = 1.0


def _refuse_what_is_for_one(config: LiveConfig) -> None:
    """Raises: UsageError."""
    if config.output.monitor.device is not None:
        raise UsageError("several voices cannot be played in step with several faces", "leave --monitor out")
    if config.output.obs.address is not None:
        raise UsageError("OBS's sync offset follows one face", "leave --obs out, or run that face by itself")
    for osc in config.output.osc:
        if osc.layout == "per-control":
            raise UsageError("per-control OSC does not say whose face it is", "use --osc-layout raw or board")
    for face in config.faces:
        if face.input == "-":
            raise UsageError(f"{face.subject}: standard input is one stream", "run that face by itself")
        if face.input is not None and face.device is not None:
            raise UsageError(f"{face.subject}: has a file and a device", "leave one of them out")
