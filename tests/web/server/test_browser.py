"""The built page in headless Chromium against the real program: what is seen, what is pressed, what comes back.

Skipped, with the reason, where there is no Chromium, no Pillow, or the page is not built. Pictures are kept in
``build/screenshots``.
"""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path

import numpy as np
import pytest

from cstalk_live.records import FrameFlag
from cstalk_live.web.server.serving import STATIC, built_page

from .running import TOKEN, Running, speech_and_pauses

if importlib.util.find_spec("PIL") is None:
    pytest.skip("no browser tests: Pillow is not installed", allow_module_level=True)

from .devtools import CTRL, SHIFT, Browser, chromium

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "build" / "screenshots"
AXE = ROOT / "cstalk_live" / "web" / "page" / "node_modules" / "axe-core" / "axe.min.js"
PORT = 28850

SETTINGS = """
motion: {blinks: false, gaze: false, head: false}
output:
  osc: [{target: "127.0.0.1:9"}]
  livelink: [{target: "127.0.0.1:9"}]
  record: {at_start: false, folder: %s}
"""

if chromium() is None:
    pytest.skip("no browser tests: Chromium is not installed", allow_module_level=True)
if not built_page():
    pytest.skip("no browser tests: the page is not built", allow_module_level=True)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return speech_and_pauses(tmp_path_factory.mktemp("sound") / "speech.wav", 600)


@pytest.fixture(scope="module")
def program(tmp_path_factory, sound):
    folder = tmp_path_factory.mktemp("room")
    found = Running(folder, sound, SETTINGS % json.dumps(str(folder / "takes")), port=PORT, static=STATIC)
    yield found
    found.end()


@pytest.fixture(scope="module")
def browser():
    found = Browser()
    yield found
    found.close()


@pytest.fixture
def room(opened):
    """The whole control room; a page behind another is hidden, and is sent no frames."""
    opened.call("Page.bringToFront")
    opened.until("!document.hidden")
    return opened


@pytest.fixture(scope="module")
def opened(browser, program):
    """The whole control room, drawn."""
    tab = browser.open(f"{program.url}/?token={TOKEN}")
    tab.until("window.cstalk?.ready && window.cstalk.connected && window.cstalk.frames > 5", 60)
    yield tab
    tab.save(PICTURES / "room.png")
    tab.close()


@pytest.fixture(scope="module")
def face(browser, program):
    """The face alone, small, so that pictures of it cost little."""
    tab = browser.open(f"{program.url}/?token={TOKEN}&view=face")
    tab.call("Emulation.setDeviceMetricsOverride", width=420, height=420, deviceScaleFactor=1, mobile=False)
    tab.until("window.cstalk?.ready && window.cstalk.connected && window.cstalk.frames > 5", 60)
    yield tab
    tab.close()


def flags(program):
    return program.room.feed._newest[1].flags


def while_it(program, speaks, seconds=0.7):
    """Wait until the voice has been there, or not, for that long."""
    begin, end = time.monotonic(), time.monotonic() + 60
    while time.monotonic() - begin < seconds:
        assert time.monotonic() < end
        if (FrameFlag.SPEECH in flags(program)) is not speaks:
            begin = time.monotonic()
        time.sleep(0.02)


def region(face, shapes):
    """Where the picture differs between a face at rest and one with these shapes: a boolean mask."""
    pictures = []
    for weights in ({}, shapes):
        face.js(f"window.cstalk.freeze({json.dumps(weights)})")
        drawn = face.js("window.cstalk.drawn")
        face.until(f"window.cstalk.drawn > {drawn}")
        time.sleep(0.3)
        pictures.append(face.picture())
    face.js("window.cstalk.freeze(null)")
    moved = np.abs(pictures[1] - pictures[0]).max(axis=2) > 24
    assert 200 < moved.sum() < 0.5 * moved.size, "these shapes move nothing, or all"
    return moved


@pytest.fixture(scope="module")
def mouth(face):
    return region(face, {"jawOpen": 0.7, "mouthFunnel": 0.5})


@pytest.fixture(scope="module")
def brow(face):
    return region(face, {"browInnerUp": 1.0, "browDownLeft": 0.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0})


def liveliness(face, program, mask, speaks, settle_s, pairs=4):
    """How much of the masked picture changes from shot to shot, while somebody speaks or not; levels of 255."""
    found = []
    last = None
    while len(found) < pairs:
        if last is None:
            while_it(program, speaks, settle_s)
        shot = face.picture()
        if (FrameFlag.SPEECH in flags(program)) is not speaks:
            last = None
            continue
        if last is not None:
            found.append(float(np.abs(shot - last)[mask].mean()))
        last = shot
    return float(np.median(found))


def test_the_page_comes_up_without_a_complaint(room):
    assert room.js("window.cstalk.level") == "lite", "software rendering"
    assert room.js("location.search") == "", "the key stays out of the address bar"
    assert room.js("document.title") == "CSTalk Live"
    assert room.complaints == []


def test_the_mouth_of_the_picture_moves_with_the_speech_and_rests_in_silence(face, program, mouth):
    face.call("Page.bringToFront")
    speaking = liveliness(face, program, mouth, speaks=True, settle_s=0.3)
    face.save(PICTURES / "speaking.png")
    silent = liveliness(face, program, mouth, speaks=False, settle_s=1.5)
    face.save(PICTURES / "silent.png")
    print(f"\nmean change of the mouth's pixels from shot to shot: speaking {speaking:.2f}, silent {silent:.2f} of 255")
    assert speaking > 2.0
    assert silent < 0.2 * speaking


def still_face(face, program):
    """A picture of the face at rest in its present emotion."""
    while_it(program, speaks=False, seconds=1.5)
    return face.picture()


def test_another_emotion_changes_brow_and_mouth(face, program, mouth, brow):
    face.call("Page.bringToFront")
    calm, again = still_face(face, program), still_face(face, program)
    regions = {"mouth": mouth, "brow": brow}
    noise = {name: float(np.abs(calm - again)[mask].mean()) for name, mask in regions.items()}
    found = {}
    for emotion in ("happy", "angry"):
        program.live.steering.change({f"emotion.mix.{emotion}": 1.0}, "program")
        picture = still_face(face, program)
        face.save(PICTURES / f"{emotion}.png")
        found[emotion] = {name: round(float(np.abs(picture - calm)[mask].mean()), 1) for name, mask in regions.items()}
        program.live.steering.change({f"emotion.mix.{emotion}": 0.0}, "program")
    print(f"\nmean difference to the calm face, of 255: {found}; between two calm ones {noise}")
    for name in regions:
        assert max(one[name] for one in found.values()) > 3 * noise[name] + 2.0


OPERATE = """(() => {
  const one = document.querySelector('[data-path="%s"]');
  one.scrollIntoView(); one.focus();
  return {type: one.type ?? one.tagName, value: one.value, checked: one.checked, disabled: one.disabled,
          options: [...(one.options ?? [])].map((o) => o.value), focused: document.activeElement === one};
})()"""


def test_every_control_reaches_the_program_by_the_keyboard_and_comes_back(room, program):
    paths = room.js("[...document.querySelectorAll('[data-path]')].map((one) => one.dataset.path)")
    assert len(paths) == len(set(paths)) >= 35
    steering = program.live.steering
    unreachable = []
    for path in paths:
        control = room.js(OPERATE % path)
        if control["disabled"]:
            unreachable.append(path)
            continue
        assert control["focused"], path
        before = room.js(f"window.cstalk.state[{json.dumps(path)}]")
        if control["type"] == "range":
            room.press("ArrowLeft" if before and float(control["value"]) >= 1 else "ArrowRight")
        elif control["type"] == "checkbox":
            room.press(" ")
        elif control["options"]:
            room.press("ArrowDown" if control["value"] != control["options"][-1] else "ArrowUp")
        elif control["type"] == "number":
            room.press("ArrowUp")
            room.js("document.activeElement.dispatchEvent(new Event('change', {bubbles: true}))")
        else:
            room.press("x")
            room.press("Tab")
        room.until(f"JSON.stringify(window.cstalk.state[{json.dumps(path)}]) !== {json.dumps(json.dumps(before))}", 10)
        shown = room.js(f"window.cstalk.state[{json.dumps(path)}]")
        assert steering.now.values[path] == shown != before, path
    assert unreachable == ["audio.device"], "the sound is a file; all else can be changed"
    room.save(PICTURES / "changed.png")
    for _ in range(2 * len(paths)):
        if room.js("document.querySelector('[aria-label=\"Undo\"]')?.disabled"):
            break
        room.press("z", CTRL)
    end = time.monotonic() + 5
    while time.monotonic() < end and steering.now.unsaved:
        time.sleep(0.05)
    assert steering.now.unsaved is False, "undo leads all the way back"


def test_outputs_are_switched_and_never_called_connected(room, program):
    assert "connected" not in room.js("document.querySelector('.header').innerText").lower()


def test_a_take_is_recorded_with_the_buttons(room, program):
    room.js("document.querySelector('[data-command=\"record.start\"]').click()")
    room.until("document.querySelector('[data-command=\"record.stop\"]')")
    assert program.live.takes.recorder is not None
    time.sleep(1.5)
    room.save(PICTURES / "recording.png")
    room.js("document.querySelector('[data-command=\"record.stop\"]').click()")
    room.until("document.querySelector('[data-command=\"record.start\"]')")
    folder = program.folder / "takes" / "cstalk_take001"
    info = json.loads((folder / "take.json").read_text(encoding="utf-8"))
    assert info["complete"] is True
    assert info["frames"] > 30
    room.until("window.cstalk.state['output.record.take'] === 2")
    room.until("document.body.innerText.includes('cstalk_take001')")


def test_keys_act_and_the_whole_page_can_be_walked_through(room, program):
    room.js("document.activeElement.blur(); scrollTo(0, 0)")
    room.press("m")
    room.until("window.cstalk.state['audio.mute'] === true")
    assert program.live.control.direction.muted
    room.press("m")
    room.until("window.cstalk.state['audio.mute'] === false")
    names = program.live.steering.emotions
    room.press("2", hold_s=0.5)
    room.until(f"window.cstalk.state['emotion.mix.{names[1]}'] === 0")
    changed = [path for path in program.emotions_seen if path == names[1]]
    assert changed, "held, the key brings its emotion"
    room.press("r")
    room.until("document.querySelector('[data-command=\"record.stop\"]')")
    room.press("r")
    room.until("document.querySelector('[data-command=\"record.start\"]')")
    focusable = room.js(
        "(() => { window.walk = new Set(); addEventListener('focusin', (e) => window.walk.add(e.target));"
        " return [...document.querySelectorAll('button, input, select, summary, [tabindex=\"0\"]')].filter((one) =>"
        " !one.disabled && one.tabIndex >= 0 && one.offsetParent !== null && one.type !== 'file').length; })()"
    )
    for _ in range(focusable + 10):
        room.press("Tab")
    missed = room.js(
        "[...document.querySelectorAll('[data-path], [data-command]')].filter((one) =>"
        " !one.disabled && one.offsetParent !== null && !window.walk.has(one))"
        ".map((one) => one.dataset.path ?? one.dataset.command)"
    )
    assert missed == []
    room.js("document.querySelector('[data-path=\"audio.gain_db\"]').focus()")
    room.press("Tab")
    room.press("Tab", SHIFT)
    outline = room.js(
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
    )
    assert outline != "nonenone", "what has the focus is not to be seen"


@pytest.mark.parametrize("view", ["", "&view=panel", "&view=face&bg=transparent"])
def test_axe_finds_nothing_serious(browser, program, view):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run 'npm ci' in cstalk_live/web/page")
    tab = browser.open(f"{program.url}/?token={TOKEN}{view}")
    tab.until("window.cstalk?.ready && window.cstalk.connected", 60)
    tab.js(AXE.read_text(encoding="utf-8") + ";0")
    found = tab.js("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    tab.save(PICTURES / f"view{view.replace('&', '_').replace('=', '-') or '_room'}.png")
    tab.close()
    serious = [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_page_connects_again_by_itself_when_the_program_is_started_again(browser, sound, tmp_path):
    first = Running(tmp_path / "one", sound, port=PORT + 20, static=STATIC)
    tab = browser.open(f"{first.url}/?token={TOKEN}&view=panel")
    try:
        tab.until("window.cstalk?.connected", 60)
        first.end()
        tab.until("!window.cstalk.connected")
        second = Running(tmp_path / "two", sound, "emotion: {intensity: 0.35}", port=PORT + 20, static=STATIC)
        try:
            tab.until("window.cstalk.connected && window.cstalk.state['emotion.intensity'] === 0.35", 15)
        finally:
            second.end()
    finally:
        tab.close()


def test_a_settings_file_that_becomes_wrong_is_told_on_the_page(room, program):
    text = program.file.read_text(encoding="utf-8")
    try:
        program.file.write_text(text.replace("head: false", "head: maybe"), encoding="utf-8")
        room.until("document.querySelector('.banners').innerText.includes(\"'maybe' is not true or false\")", 10)
        frames = room.js("window.cstalk.frames")
        room.until(f"window.cstalk.frames > {frames + 20}")
        room.save(PICTURES / "wrong-settings.png")
    finally:
        program.file.write_text(text, encoding="utf-8")
    room.until("document.querySelector('.banners').innerText === ''", 10)


def test_without_webgl_the_page_says_so_and_steers_all_the_same(program):
    plain = Browser(("--disable-gpu", "--disable-3d-apis"))
    try:
        tab = plain.open(f"{program.url}/?token={TOKEN}")
        tab.until("window.cstalk?.ready && window.cstalk.connected", 60)
        assert tab.js("window.cstalk.level") == "none"
        assert "no WebGL" in tab.js("document.body.innerText")
        tab.js("document.querySelector('[data-path=\"motion.gaze\"]').click()")
        tab.until("window.cstalk.state['motion.gaze'] === true")
        assert program.live.pipeline.layer.config.gaze is True
        tab.js("document.querySelector('[data-path=\"motion.gaze\"]').click()")
        tab.save(PICTURES / "no-webgl.png")
    finally:
        plain.close()


def test_the_face_alone_is_transparent_for_obs(browser, program):
    tab = browser.open(f"{program.url}/?token={TOKEN}&view=face&bg=transparent")
    tab.until("window.cstalk?.ready && window.cstalk.connected", 60)
    assert tab.js("getComputedStyle(document.body).backgroundColor") in ("rgba(0, 0, 0, 0)", "transparent")
    assert tab.js("document.querySelectorAll('button, input').length") == 0
    assert tab.complaints == []
    tab.close()
