"""Settings that were steered are written back, and nothing else in the file changes."""

from __future__ import annotations

import os
import stat
import sys

import pytest

from cstalk_live.config.keys import LiveConfig
from cstalk_live.config.load import load_settings
from cstalk_live.config.places import presets_folder, user_folder, user_settings
from cstalk_live.config.save import save_settings
from cstalk_live.config.steered import restart_needed, short_mix, steered_values, whole_mix, with_changes
from cstalk_live.errors import ConfigError, UsageError

EMOTIONS = ("neutral", "happy", "sad")


def save(file, changes):
    """Steer a run that began with ``file`` and save; the text."""
    config = load_settings(file if file.exists() else None).config
    values = steered_values(with_changes(config, changes, EMOTIONS), EMOTIONS)
    save_settings(file, values, EMOTIONS)
    assert steered_values(load_settings(file).config, EMOTIONS) == {
        path: round(value, 6) if isinstance(value, float) else value for path, value in values.items()
    }
    return file.read_text(encoding="utf-8")


def test_a_file_is_made_where_there_is_none(tmp_path):
    file = tmp_path / "new" / "live.yaml"
    text = save(file, {"audio.gain_db": 3.0, "emotion.mix.happy": 0.1 + 0.2})
    assert text.startswith("# Settings of cstalk-live")
    assert "gain_db: 3.0" in text
    assert "happy: 0.3}" in text
    assert "\nmotion" not in text, "what was not changed is not written"


CASES = {
    "a comment at the line": "audio:\n  gain_db: 1.0   # loud\n",
    "a flow mapping": "audio: {gain_db: 1.0, device: null}  # all in one\n",
    "an empty section": "audio:\n# only this\nmotion:\n  gate: true\n",
    "only comments below": "motion:\n  # blinks: false\n  gate: true  # please\n# the end\n",
    "quotes and unusual indentation": "output:\n    record:\n        slate: 'scene'\n    osc:\n    -   target: 'a:1'\n",
    "nothing but a comment": "# empty on purpose\nlog: {level: info}\n",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_every_other_line_stays(tmp_path, text):
    file = tmp_path / "live.yaml"
    file.write_text(text, encoding="utf-8")
    after = save(file, {"audio.gain_db": 2.5})
    for line in text.splitlines():
        comment = line.partition("#")[2]
        assert comment in after
    assert load_settings(file).config.audio.gain_db == 2.5


def test_a_mix_in_lines_of_its_own_is_replaced_as_a_whole(tmp_path):
    file = tmp_path / "live.yaml"
    file.write_text("emotion:\n  mix:   # the mood\n    happy: 0.5\n  intensity: 0.9  # nearly\n", encoding="utf-8")
    after = save(file, {"emotion.mix.happy": 0.0, "emotion.mix.sad": 1.0, "emotion.slots.4": {"happy": 1.0}})
    assert "# nearly" in after
    config = load_settings(file).config
    assert (config.emotion.mix, config.emotion.slots) == ({"sad": 1.0}, {"4": {"happy": 1.0}})


def test_what_holds_already_leaves_the_file_byte_by_byte(tmp_path):
    file = tmp_path / "live.yaml"
    file.write_bytes(b"audio: {gain_db:   1}\r\n\r\n\r\n# odd   spaces\r\n")
    before = file.read_bytes()
    save_settings(file, steered_values(load_settings(file).config, EMOTIONS), EMOTIONS)
    assert file.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these modes nor links for everyone")
def test_modes_and_links_stay(tmp_path):
    real, link = tmp_path / "real.yaml", tmp_path / "live.yaml"
    real.write_text("audio: {gain_db: 1.0}\n", encoding="utf-8")
    real.chmod(0o600)
    link.symlink_to(real)
    save(link, {"audio.gain_db": 2.0})
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir() if "part" in entry.name] == []


def test_a_folder_that_refuses_is_told_and_leaves_no_half_file(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot write"):
        save_settings(blocker / "live.yaml", {"audio.gain_db": 1.0}, EMOTIONS)
    assert os.listdir(tmp_path) == ["file"]


def test_mixes_are_whole_for_the_page_and_short_in_the_file():
    assert whole_mix({"happy": 0.7}, EMOTIONS) == {"neutral": 0.3, "happy": 0.7, "sad": 0.0}
    assert short_mix({"neutral": 0.3, "happy": 0.7, "sad": 0.0}) == {"happy": 0.7}
    assert short_mix({"neutral": 0.0, "happy": 0.7}) == {"neutral": 0.0, "happy": 0.7}
    assert short_mix({"neutral": 1.0, "happy": 0.0}) == {}
    assert whole_mix({"happy": 1.0}, ("happy", "sad")) == {"happy": 1.0, "sad": 0.0}, "a model without neutral"


def test_what_cannot_be_steered_asks_for_a_restart_and_nothing_else_does():
    before = LiveConfig()
    after = with_changes(before, {"motion.gain.jaw": 1.5, "audio.mute": True, "emotion.mix.sad": 1.0}, EMOTIONS)
    assert restart_needed(before, after) == []
    other = after.model_copy(update={"audio": after.audio.model_copy(update={"block": 960})})
    assert restart_needed(before, other) == ["audio"]
    with pytest.raises(UsageError, match=r"'audio\.block' cannot be changed while the program runs"):
        with_changes(before, {"audio.block": 960}, EMOTIONS)


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [("linux", "XDG_CONFIG_HOME", "/x/cstalk-live"), ("win32", "APPDATA", "/x/cstalk-live")],
)
def test_each_system_has_its_place_for_settings(monkeypatch, platform, variable, expected):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, "/x")
    assert user_folder().as_posix() == expected
    assert user_settings().name == "live.yaml"
    assert presets_folder().parent == user_folder()
    monkeypatch.delenv(variable)
    assert user_folder().name == "cstalk-live"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert user_folder().as_posix().endswith("Library/Application Support/cstalk-live")
