"""Parts of a run that can be changed while it goes on: gain, microphone, outputs, takes, fades."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cstalk_live.audio.gain import TurnableGain
from cstalk_live.clock import FakeClock
from cstalk_live.config.keys import AudioConfig, LiveConfig
from cstalk_live.daemon import Daemon, RunSettings
from cstalk_live.emotion import EmotionState
from cstalk_live.errors import DeviceError, OutputError, UsageError
from cstalk_live.output.switch import SwitchedOutput
from cstalk_live.output.take import TakeRecorder
from cstalk_live.output.take_info import TakeInfo
from cstalk_live.output.take_switch import TakeSwitch
from cstalk_live.output.timecode import TimeOfDay
from cstalk_live.records import Frame, FrameFlag
from cstalk_live.rig import BOARD_NEUTRAL, PROPERTY_NEUTRAL
from cstalk_live.steering import Steering


def test_a_gain_is_reached_within_five_milliseconds_and_without_a_step():
    gain = TurnableGain()
    sound = np.ones(240, np.float32)
    assert gain.apply(sound) is sound
    gain.turn(20.0)
    heard = np.concatenate([gain.apply(sound) for _ in range(3)])
    assert heard[119:] == pytest.approx(10.0)
    assert np.abs(np.diff(heard, prepend=1.0)).max() < 0.1
    gain.turn(-20.0)
    short = np.concatenate([gain.apply(np.ones(20, np.float32)) for _ in range(2)])
    assert short[-1] == pytest.approx(0.1)


def test_fades_change_in_a_running_mood_and_nonsense_changes_nothing():
    mood = EmotionState(("neutral", "happy"), attack_s=10.0)
    mood.set_target({"happy": 1.0})
    assert mood.advance()[1] < 0.01
    mood.set_pace(0.0, 0.0)
    assert mood.advance()[1] == 1.0
    with pytest.raises(UsageError, match="attack"):
        mood.set_pace(float("nan"), 1.0)
    mood.set_target({})
    assert mood.advance()[1] == 0.0


class Sources:
    """Opens fakes one after the other and remembers them."""

    def __init__(self, fakes, clock, refuse=()):
        self.fakes, self.clock, self.refuse = fakes, clock, refuse
        self.opened, self.tries = [], itertools.count()

    def __call__(self):
        if next(self.tries) in self.refuse:
            raise DeviceError("no microphone of that name", "plug it in")
        self.opened.append(self.fakes.Source(self.clock, 10_000))
        return self.opened[-1]


def daemon_with(fakes, refuse=()):
    clock = FakeClock()
    sources, recorder, watcher = Sources(fakes, clock, refuse), fakes.Recorder(clock), fakes.Watcher()
    settings = RunSettings(delay_us=91_000, live=True, seconds=6.0, threads=False)
    actions = iter([None, None, "swap"])

    def each():
        if next(actions, None) == "swap":
            daemon.reopen_source()

    daemon = Daemon(sources, fakes.session(), [recorder], watcher, clock, settings, each_second=[each])
    return daemon, sources, recorder, watcher


def test_another_microphone_is_opened_while_frames_go_on(fakes):
    daemon, sources, recorder, watcher = daemon_with(fakes)
    daemon.run()
    first, second = sources.opened
    assert first.closed
    assert second.next_sample > 24_000
    indices = [frame.index for frame in recorder.frames]
    assert indices == list(range(indices[0], indices[0] + len(indices))), "a frame number is missing"
    assert FrameFlag.RESET in [flag for frame in recorder.frames[60:] for flag in frame.flags]
    assert "listening to microphone 'fake'" in watcher.said
    assert daemon.metrics.reconnects == 0


def test_a_microphone_that_does_not_open_is_told_tried_again_and_the_face_rests(fakes):
    daemon, sources, recorder, watcher = daemon_with(fakes, refuse=(1, 2))
    daemon.run()
    assert len(sources.opened) == 2
    assert any("no microphone of that name - the face rests" in line for line in watcher.said)
    flags = [frame.flags for frame in recorder.frames]
    assert any(FrameFlag.NEUTRAL in flag for flag in flags[60:])
    assert FrameFlag.NEUTRAL not in flags[-1]


def test_what_the_face_hears_is_told_in_words(fakes):
    daemon, _, _, _ = daemon_with(fakes, refuse=range(1, 100))
    assert daemon.source.state == "lost"
    daemon.run()
    assert daemon.source.state == "lost"
    assert daemon.source.message == "no microphone of that name - plug it in"


def frame(index):
    return Frame(index, 1_000_000 + index * 16_667, BOARD_NEUTRAL.copy(), PROPERTY_NEUTRAL.copy())


def test_an_output_that_is_off_says_nothing_and_is_still_closed(fakes):
    recorder = fakes.Recorder()
    switch = SwitchedOutput(recorder, on=False)
    switch.send(frame(0))
    switch.second(0)
    assert (recorder.frames, recorder.seconds) == ([], 0)
    switch.on = True
    switch.send(frame(1))
    switch.second(0)
    assert ([f.index for f in recorder.frames], recorder.seconds) == ([1], 1)
    switch.on = False
    switch.close()
    assert recorder.closed == 1
    assert switch.name == "recorder"


@pytest.fixture
def takes(tmp_path):
    def begin(slate, number):
        return TakeRecorder(tmp_path, TakeInfo(slate=slate, take=number), time_of_day=TimeOfDay.local(FakeClock()))

    switch = TakeSwitch(begin)
    yield switch
    switch.close()


def test_takes_begin_and_end_while_frames_go_on(takes, tmp_path):
    takes.send(frame(0))
    assert takes.status().target == "", "an idle recorder is not to be seen"
    assert takes.start("a", 3) == tmp_path / "a_take003"
    for index in range(1, 31):
        takes.send(frame(index))
        takes.write_sound(index * 400, np.zeros(400, np.float32))
    assert takes.seconds == 0.5
    with pytest.raises(OutputError, match="'a_take003' is being recorded already"):
        takes.start("b", 1)
    summary = takes.stop()
    assert (summary.frames, summary.error) == (30, None)
    takes.send(frame(31))
    assert takes.start("a", 1).name == "a_take004"
    with pytest.raises(OutputError, match="no frame came"):
        takes.stop()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a_take003"]
    with pytest.raises(OutputError, match="nothing is being recorded"):
        takes.stop()


def test_the_end_of_the_run_ends_the_take(takes):
    takes.start("a", 1)
    takes.send(frame(0))
    assert takes.close().frames == 1
    assert takes.status().sent == 1, "the summary of the run still tells it"
    with pytest.raises(OutputError):
        takes.start("b", 1)


def test_a_change_that_the_face_refuses_leaves_the_settings_as_they_were():
    def refuse(before, after):
        raise DeviceError("no such microphone")

    steering, told = Steering(LiveConfig(), ("neutral",), refuse), []
    steering.listen(told.append)
    with pytest.raises(DeviceError):
        steering.change({"audio.device": "none"}, "page")
    assert (steering.now.revision, steering.now.values["audio.device"], told) == (0, None, [])


def test_the_microphone_is_looked_for_before_anything_changes(monkeypatch):
    from cstalk_live.assembly import MicrophoneChoice
    from cstalk_live.audio import devices
    from cstalk_live.reins import Reins

    class Face:
        reopened = 0

        def reopen_source(self):
            self.reopened += 1

    def find(which, listed=None):
        if which == "gone":
            raise DeviceError("no sound input matches 'gone'")

    monkeypatch.setattr(devices, "find_device", find)
    face, choice = Face(), MicrophoneChoice(None)
    reins = Reins(face, None, {}, choice)
    before = LiveConfig()
    with pytest.raises(DeviceError):
        reins.follow(before, LiveConfig(audio=AudioConfig(device="gone", gain_db=3.0)))
    assert (choice.device, face.reopened) == (None, 0)
    reins.follow(before, LiveConfig(audio=AudioConfig(device="studio")))
    assert (choice.device, face.reopened) == ("studio", 1)
