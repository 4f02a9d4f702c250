"""What of a running face can be changed, and how: settings before and after -> the parts of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cstalk_live.assembly import MicrophoneChoice, Pipeline, layer_config
from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.steered import DEVICE, steered_values
from cstalk_live.daemon import Daemon
from cstalk_live.lookahead import frames_ms, nearest_frames
from cstalk_live.output.switch import SwitchedOutput
from cstalk_live.output.take_info import next_take

DEFAULT_TAKES = "takes"
"""Folder of takes where the settings name none, below the folder that the program was started in."""

_SAME_MS = 0.5
"""People write 67 ms for four frames."""


@dataclass(frozen=True, slots=True)
class Reins:
    """The parts of one face that follow its settings."""

    daemon: Daemon
    pipeline: Pipeline
    switches: Mapping[str, SwitchedOutput]
    """Outputs by the path of the setting that switches them."""
    microphone: MicrophoneChoice | None
    """None where the sound is a file."""

    @property
    def absent(self) -> tuple[str, ...]:
        """Settings that this face has no use for."""
        return () if self.microphone is not None else (DEVICE,)

    def follow(self, before: LiveConfig, after: LiveConfig) -> None:
        """Change the face from the one to the other. What has not changed is left alone: it may have been changed from
        outside meanwhile.

        Raises:
            DeviceError: the microphone is missing or ambiguous; nothing changes.
            UsageError: an emotion that the model does not know; nothing changes.
        """
        self._choose_microphone(before, after)
        old, new = before.emotion, after.emotion
        if new.mix != old.mix:
            self.pipeline.control.set_emotion(new.mix)
        if new.intensity != old.intensity:
            self.pipeline.control.set_intensity(new.intensity)
        if (new.attack_s, new.release_s) != (old.attack_s, old.release_s):
            self.pipeline.mood.set_pace(new.attack_s, new.release_s)
        if after.audio.mute != before.audio.mute:
            self.pipeline.control.mute(after.audio.mute)
        if after.audio.gain_db != before.audio.gain_db:
            self.daemon.set_gain(after.audio.gain_db)
        if after.model.lookahead_ms != before.model.lookahead_ms:
            self.daemon.set_lookahead(after.model.lookahead_ms)
        if after.motion != before.motion:
            self.pipeline.layer.steer(layer_config(after.motion))
        values = steered_values(after, ())
        for path, switch in self.switches.items():
            if path in values:
                switch.on = values[path] is True

    def limit(self, before: LiveConfig, after: LiveConfig) -> LiveConfig:
        """What can be had of ``after``: a look-ahead that the model was trained for, a take number that is free."""
        model, output = after.model, after.output
        if before is not after and (model, output.record) == (before.model, before.output.record):
            return after  # as most changes are; the takes' folder need not be looked into for them
        delays = self.pipeline.session.delays
        if model.lookahead_ms != before.model.lookahead_ms:
            nearest = frames_ms(nearest_frames(delays, model.lookahead_ms))
            if abs(nearest - model.lookahead_ms) > _SAME_MS:
                model = model.model_copy(update={"lookahead_ms": round(nearest, 3)})
        record, old = output.record, before.output.record
        free = free_take(record.folder, record.slate)
        kept = record.slate != old.slate and record.take == old.take
        take = free if kept else max(free, record.take)
        output = output.model_copy(update={"record": record.model_copy(update={"take": take})})
        return after.model_copy(update={"model": model, "output": output})

    def _choose_microphone(self, before: LiveConfig, after: LiveConfig) -> None:
        device = after.audio.device
        if device == before.audio.device or self.microphone is None:
            return
        from cstalk_live.audio.devices import find_device

        find_device(device)
        self.microphone.device = device
        self.daemon.reopen_source()


def takes_folder(folder: str | None) -> Path:
    """Where takes go, as the settings say."""
    return Path(folder if folder is not None else DEFAULT_TAKES)


def free_take(folder: str | None, slate: str) -> int:
    """The next take's number; 1 where the folder cannot be read, which recording will report."""
    try:
        return next_take(takes_folder(folder), slate)
    except OSError:
        return 1
