"""Settings: the listed defaults are the real ones, and every mistake gets one line with place and remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstalk_live.config.keys import LiveConfig, LiveLinkConfig, OscConfig
from cstalk_live.config.lines import parse_lined_yaml
from cstalk_live.config.load import Flag, load_settings
from cstalk_live.config.problems import all_keys
from cstalk_live.config.show import show
from cstalk_live.errors import ConfigError

LIVE_YAML = Path(__file__).parents[2] / "configs" / "live.yaml"


def problems(tmp_path, content, flags=()):
    """The lines of the error that this file gives."""
    path = tmp_path / "live.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        load_settings(path, flags)
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


def with_examples(text):
    """The file with its commented entries of lists switched on."""
    text = re.sub(r"(osc|livelink|faces): \[\]", r"\1:  ", text)
    return re.sub(r"^  #(  .*)$", r"   \1", text, flags=re.MULTILINE)


def test_the_file_of_defaults_is_the_defaults():
    assert load_settings(LIVE_YAML).config == LiveConfig()


def test_the_file_of_defaults_lists_every_key_with_a_comment():
    text = with_examples(LIVE_YAML.read_text(encoding="utf-8"))
    lined = parse_lined_yaml(text, "live.yaml")
    listed = {tuple(part for part in path if isinstance(part, str)) for path in lined.lines if path}
    assert listed == set(all_keys())
    lines = text.splitlines()
    for path, number in lined.lines.items():
        is_value = not any(other[: len(path)] == path and other != path for other in lined.lines)
        if path and is_value:
            assert re.search(r"\S\s+# \S", lines[number - 1]), f"no meaning given for {path}"


def test_the_examples_in_the_file_of_defaults_hold_the_defaults_of_their_keys(tmp_path):
    path = tmp_path / "live.yaml"
    path.write_text(with_examples(LIVE_YAML.read_text(encoding="utf-8")), encoding="utf-8")
    output = load_settings(path).config.output
    assert output.osc == (OscConfig(target="127.0.0.1:9000"),)
    assert output.livelink == (LiveLinkConfig(target="127.0.0.1:11111"),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("audio:\n  gane_db: 3\n", "live.yaml:2: unknown key 'audio.gane_db' - did you mean 'gain_db'?"),
        ("\ndevice: 3\n", "live.yaml:2: unknown key 'device' - did you mean 'audio.device'?"),
        ("audio: {gain_db: 90}", "live.yaml:1: audio.gain_db: 90 is above 60 - use 60 or less"),
        ("audio:\n  block: x\n", "live.yaml:2: audio.block: 'x' is not a whole number - correct the value"),
        ("audio: {block: -1}", "live.yaml:1: audio.block: -1 is below 0 - use 0 or more"),
        ("audio: {gain_db: .nan}", "live.yaml:1: audio.gain_db: nan is not a finite number"),
        ("audio: {gain_db: yes}", "live.yaml:1: audio.gain_db: true is not a number"),
        ("motion: {gate: 1}", "live.yaml:1: motion.gate: 1 is not true or false"),
        ("motion: 5", "live.yaml:1: motion: 5 is not 'key: value' lines"),
        ("emotion:\n  mix:\n    happy: 2\n", "live.yaml:3: emotion.mix.happy: 2 is above 1 - use 1 or less"),
        ("log: {level: loud}", "live.yaml:1: log.level: 'loud' is not a choice - use 'info', 'warning'"),
        ("output:\n  osc:\n    - layout: raw\n", "live.yaml:3: output.osc[0].target: this key is needed"),
        (
            "output:\n  osc:\n    - target: a:9000\n    - target: a:99999\n",
            "live.yaml:4: output.osc[1].target: target 'a:99999': port 99999 does not exist",
        ),
        ("output: {livelink: 5}", "live.yaml:1: output.livelink: 5 is not a list"),
        ("audio: {device: 1.5}", "live.yaml:1: audio.device: 1.5 is not a whole number or text"),
        ("audio:\n  block: 1\n  block: 2\n", "live.yaml:3: key 'block' is given twice, first on line 2"),
        ("audio:\n\tblock: 1\n", "live.yaml:2: a tab stands where YAML wants spaces"),
        ("audio: [1, 2\nx: ]", "live.yaml:"),
        ("audio: {block: 'x}", "live.yaml:1: not YAML"),
        ("- 1\n- 2\n", "live.yaml:1: expected 'key: value' lines"),
        (
            "audio: &a {block: 1}\nmotion: *a\n",
            "live.yaml:1: anchors and aliases (& and *) are not used here",
        ),
        ("audio: !!python/object:os.system {}", "live.yaml:1:"),
        ("a: 1\n---\nb: 2\n", "live.yaml:2: a second document starts here"),
        ("", "live.yaml: the file is empty"),
        ("# nothing\n", "live.yaml: the file is empty"),
        (b"audio:\n  device: caf\xe9\n", "live.yaml:2: byte 0xe9 is not UTF-8"),
        (b"\x00\x01", "live.yaml: not YAML"),
        ("[" * 5000, "live.yaml"),
    ],
)
def test_a_mistake_gives_one_line_with_its_place(tmp_path, content, expected):
    lines = problems(tmp_path, content)
    assert len(lines) == 1
    assert lines[0].startswith(expected)


def test_all_mistakes_of_a_file_come_together_in_its_order(tmp_path):
    content = "motion: {gat: true}\naudio:\n  block: x\n  gain_db: 99\nemotion: {intensity: 3}\n"
    assert [line.split(":")[1] for line in problems(tmp_path, content)] == ["1", "3", "4", "5"]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_no_file_and_a_folder_are_told_apart(tmp_path, name):
    with pytest.raises(ConfigError, match="does not exist" if name == "missing.yaml" else "is a folder"):
        load_settings(tmp_path / name)


def test_a_section_without_keys_means_its_defaults(tmp_path):
    path = tmp_path / "live.yaml"
    path.write_text("audio:\noutput:\n  osc:\n", encoding="utf-8")
    assert load_settings(path).config == LiveConfig()


def test_flags_beat_the_file_and_are_named_in_errors(tmp_path):
    path = tmp_path / "live.yaml"
    path.write_text("audio: {device: 3, gain_db: 1}\n", encoding="utf-8")
    settings = load_settings(path, [Flag("--device", ("audio", "device"), "Yeti")])
    assert (settings.config.audio.device, settings.config.audio.gain_db) == ("Yeti", 1)
    with pytest.raises(ConfigError, match=r"^--lookahead: model.lookahead_ms: -5 is below 0"):
        load_settings(path, [Flag("--lookahead", ("model", "lookahead_ms"), -5)])


def test_show_names_every_source_and_loads_back(tmp_path):
    path = tmp_path / "live.yaml"
    path.write_text("audio:\n  gain_db: 3\noutput:\n  osc:\n  - target: a:1\n", encoding="utf-8")
    settings = load_settings(path, [Flag("--intensity", ("emotion", "intensity"), 0.5)])
    text = show(settings)
    found = {line.split("#")[0].strip(): line.split("# ")[1] for line in text.splitlines() if "#" in line}
    assert found["gain_db: 3.0"] == "live.yaml:2"
    assert found["- target: a:1"] == "live.yaml:5"
    assert found["intensity: 0.5"] == "--intensity"
    assert found["block: 480"] == "default"
    again = tmp_path / "shown.yaml"
    again.write_text(text, encoding="utf-8")
    assert load_settings(again).config == settings.config


@given(st.text(max_size=200))
def test_any_text_loads_or_gives_a_config_error(text):
    message = ""
    try:
        lined = parse_lined_yaml(text, "any.yaml")
    except ConfigError as error:
        message = str(error)
    else:
        assert isinstance(lined.values, dict)
    assert "\n" not in message
    assert not message or message.startswith("any.yaml")
