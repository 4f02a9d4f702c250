import subprocess
import sys

import pytest

from cstalk_live.audio.devices import find_device, list_devices
from cstalk_live.errors import DeviceError


def test_lists_inputs_only(sound_system):
    devices = list_devices()
    assert [device.index for device in devices] == [1, 2, 3, 4, 5]
    assert [device.is_default for device in devices] == [True, False, False, False, False]
    assert devices[3].host_api == "Windows WASAPI"
    assert (devices[0].channels, devices[0].default_rate) == (2, 44_100)


@pytest.mark.parametrize(
    ("which", "index"),
    [
        (None, 1),
        (2, 2),
        ("3", 3),
        ("webcam", 2),
        ("  HEAD ", 3),
        ("nano", 5),
        ("yeti stereo", 4),  # both host APIs have it: the better one
        ("Yeti Stereo Microphone, MME", 1),
    ],
)
def test_finds(sound_system, which, index):
    assert find_device(which).index == index


def test_exact_name_beats_part(sound_system):
    sound_system.devices.append(sound_system.make("Webcam Pro", 0, 1))
    assert find_device("webcam").index == 2


def test_ambiguous_name_lists_the_candidates(sound_system):
    sound_system.devices[4]["name"] = "Yeti Other"
    with pytest.raises(DeviceError) as error:
        find_device("yeti")
    assert str(error.value) == (
        "several sound inputs match 'yeti' - name one of: 4 'Yeti Other' (Windows WASAPI), 5 'Yeti Nano' "
        "(Windows WASAPI)"
    )


@pytest.mark.parametrize("which", ["Blue Snowball", 0, 99, "-1", ""])
def test_unknown_lists_what_there_is(sound_system, which):
    with pytest.raises(DeviceError, match=r"available: 1 'Yeti Stereo Microphone' \(MME\), 2 'Webcam'"):
        find_device(which)


def test_no_default_lists_what_there_is(sound_system):
    sound_system.default.device = (-1, -1)
    for api in sound_system.host_apis:
        api["default_input_device"] = -1
    with pytest.raises(DeviceError, match="no default sound input - name one of: 1 "):
        find_device()


def test_machine_without_inputs(sound_system):
    del sound_system.devices[1:]
    assert list_devices() == []
    with pytest.raises(DeviceError, match="no sound input - connect a microphone"):
        find_device("yeti")


@pytest.mark.parametrize(
    ("platform", "fix"), [("linux", "libportaudio2"), ("darwin", "macOS wheel"), ("win32", "Windows wheel")]
)
def test_missing_portaudio_says_how_to_install_it(monkeypatch, platform, fix):
    class NoPortAudio:
        def find_spec(self, name, path=None, target=None):
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPortAudio(), *sys.meta_path])
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(DeviceError, match=f"PortAudio library not found - .*{fix}"):
        list_devices()


def test_importing_the_package_does_not_start_portaudio():
    code = "import sys, cstalk_live.audio; sys.exit('sounddevice' in sys.modules or 'soundfile' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
