"""Every control reaches the running face and comes back to every page, whoever changed it."""

from __future__ import annotations

import asyncio
import json
import zipfile
from io import BytesIO

import aiohttp
import pytest
import yaml

from cstalk_live.config.load import load_settings
from cstalk_live.config.steered import steered_values
from cstalk_live.direction import Direction
from cstalk_live.rig import BOARD_INDEX


def test_a_page_is_greeted_with_all_it_needs(web, running):
    async def visit():
        async with web.pages(running) as (page,):
            return page.heard

    heard = asyncio.run(visit())
    kinds = [message["type"] for message in heard]
    assert kinds[:4] == ["hello", "lists", "state", "log"]
    assert "status" in kinds
    hello, state = heard[0], heard[2]
    assert (hello["protocol"], hello["rate"]) == (1, 60)
    assert hello["emotions"] == list(running.live.steering.emotions)
    assert hello["lookahead_ms"] == sorted(hello["lookahead_ms"])
    assert state["values"]["emotion.intensity"] == 0.8
    assert state["values"]["emotion.mix.neutral"] == 1.0
    assert (state["revision"], state["unsaved"]) == (0, False)
    assert state["values"]["output.osc.0.on"] is True
    assert "audio.device" not in state["values"], "the sound is a file"
    assert set(state["defaults"]) == set(state["values"])
    for region in hello["regions"]:
        assert f"motion.gain.{region['name']}" in state["values"]


CHANGES = {
    "audio.gain_db": (6.0, lambda live: live.daemon._listener.gain._wanted == pytest.approx(1.9953, abs=1e-3)),
    "audio.mute": (True, lambda live: live.control.direction.muted),
    "model.lookahead_ms": (150.0, lambda live: live.pipeline.session._dial.wanted == 9),
    "emotion.intensity": (0.3, lambda live: live.control.direction.intensity == 0.3),
    "emotion.attack_s": (2.0, lambda live: live.pipeline.mood._rise == pytest.approx(1 / 120)),
    "emotion.release_s": (1.0, lambda live: live.pipeline.mood._fall == pytest.approx(1 / 60)),
    "emotion.key_mode": ("toggle", lambda live: live.steering.now.config.emotion.key_mode == "toggle"),
    "emotion.slots.3": ({"happy": 0.5}, lambda live: live.steering.now.config.emotion.slots["3"] == {"happy": 0.5}),
    "motion.gate": (False, lambda live: live.pipeline.layer.config.gate is False),
    "motion.gate_db": (-50.0, lambda live: live.pipeline.layer._gate.config.quietest_db == -50.0),
    "motion.blinks": (False, lambda live: live.pipeline.layer.config.blinks is False),
    "motion.gaze": (False, lambda live: live.pipeline.layer.config.gaze is False),
    "motion.head": (True, lambda live: live.pipeline.layer.config.head is True),
    "motion.smoothing": (0.5, lambda live: live.pipeline.layer.config.smoothing == 0.5),
    "motion.gain.brow": (1.5, lambda live: live.pipeline.layer.config.region_gain["brow"] == 1.5),
    "motion.smooth.mouth": (0.25, lambda live: live.pipeline.layer.config.region_smoothing["mouth"] == 0.25),
    "output.osc.0.on": (False, lambda live: live.reins.switches["output.osc.0.on"].on is False),
    "output.livelink.0.on": (False, lambda live: live.reins.switches["output.livelink.0.on"].on is False),
    "output.record.slate": ("scene", lambda live: live.steering.now.config.output.record.slate == "scene"),
    "output.record.take": (7, lambda live: live.steering.now.config.output.record.take == 7),
    "emotion.mix.happy": (0.6, lambda live: dict(live.control.direction.mix) == {"happy": 0.6}),
}


def test_every_setting_of_the_page_reaches_the_face_and_every_page(web, running):
    async def steer():
        async with web.pages(running, 2) as (page, other):
            offered = set(page.values)
            tried = set()
            for path, (value, reached) in CHANGES.items():
                patch = await page.set(**{path: value})
                assert patch["type"] == "patch", patch
                assert (patch["source"], patch["client"]) == ("page", page.name)
                assert patch["values"][path] == (pytest.approx(value) if isinstance(value, float) else value)
                assert reached(running.live), path
                await web.until(lambda path=path, patch=patch: other.values[path] == patch["values"][path])
                tried.add(path)
            revisions = [message["revision"] for message in other.of("patch")]
            assert revisions == list(range(1, len(CHANGES) + 1))
            assert page.values == other.values
            assert page.values == running.live.steering.now.values
            return offered - tried

    untried = asyncio.run(steer())
    siblings = ("emotion.mix.", "emotion.slots.", "motion.gain.", "motion.smooth.")
    assert {path for path in untried if not path.startswith(siblings)} == set()


WRONG = {
    "a number out of range": ({"audio.gain_db": 90}, "audio.gain_db: 90 is above 60 - use 60 or less"),
    "text for a number": ({"motion.smoothing": "much"}, "motion.smoothing: 'much' is not a number"),
    "a number for a switch": ({"motion.gate": 1}, "motion.gate: 1 is not true or false"),
    "an unknown path": ({"audio.block": 10}, "'audio.block' cannot be changed while the program runs"),
    "a path into an object": ({"__class__.x": 1}, "cannot be changed while the program runs"),
    "an output that is not there": ({"output.osc.1.on": True}, "cannot be changed while the program runs"),
    "a key's unknown emotion": ({"emotion.slots.1": {"joy": 1.0}}, "the model knows no emotion 'joy'"),
    "an emotion above 1": ({"emotion.mix.happy": 1.2}, "emotion.mix.happy: 1.2 is above 1"),
    "an emotion that is no number": ({"emotion.mix.happy": "x"}, "emotion.mix.happy: 'x' is not a number"),
    "an emotion that is true": ({"emotion.mix.happy": True}, "emotion.mix.happy: true is not a number"),
    "a slate that leads elsewhere": ({"output.record.slate": "../x"}, "output.record.slate"),
    "take 0": ({"output.record.take": 0}, "output.record.take: 0 is below 1"),
    "a microphone where the sound is a file": ({"audio.device": 1}, "'audio.device' has no use in this run"),
    "one wrong among right ones": ({"motion.head": True, "motion.gain.jaw": 3}, "motion.gain.jaw: 3 is above 2"),
}


def test_what_cannot_be_is_refused_in_a_sentence_to_the_one_who_asked_and_nothing_changes(web, running):
    async def steer():
        async with web.pages(running, 2) as (page, other):
            before = dict(page.values)
            for name, (values, sentence) in WRONG.items():
                answer = await page.set(**values)
                assert answer["type"] == "reply", name
                assert answer["ok"] is False
                assert sentence in answer["message"], name
                assert "\n" not in answer["message"]
            await page.set(**{"motion.blinks": False})
            await web.until(lambda: other.of("patch"))
            assert other.of("reply") == []
            assert other.values == {**before, "motion.blinks": False}
            await web.until(lambda: "not changed" in other.log)

    asyncio.run(steer())


def test_pages_that_fight_over_one_slider_end_at_the_same_value(web, running):
    async def fight():
        async with web.pages(running, 3) as fighters:
            for step in range(40):
                await asyncio.sleep(0.005)
                for number, page in enumerate(fighters):
                    gain = (step * 3 + number) % 21 / 10
                    await page.say(type="set", id=1000 + step, values={"motion.gain.jaw": gain})
            for page in fighters:
                await web.until(lambda page=page: len(page.of("patch")) == 120)
            orders = [[(m["revision"], m["values"]["motion.gain.jaw"]) for m in page.of("patch")] for page in fighters]
            assert orders[0] == orders[1] == orders[2]
            held = running.live.pipeline.layer.config.region_gain["jaw"]
            assert {page.values["motion.gain.jaw"] for page in fighters} == {held}

    asyncio.run(fight())


def test_neutral_takes_what_the_other_emotions_leave(web, running):
    async def steer():
        async with web.pages(running) as (page,):
            patch = await page.set(**{"emotion.mix.happy": 0.7})
            assert patch["values"]["emotion.mix.neutral"] == pytest.approx(0.3)
            whole = {path: 0.0 for path in page.values if path.startswith("emotion.mix.")}
            await page.set(**{**whole, "emotion.mix.sad": 0.4, "emotion.mix.neutral": 0.6})
            assert running.live.steering.now.config.emotion.mix == {"sad": 0.4}
            patch = await page.set(**{"emotion.mix.neutral": 0.0})
            assert patch["values"]["emotion.mix.neutral"] == 0.0, "asked for itself, it stays"
            revision = running.live.steering.now.revision
            await asyncio.sleep(0.5)
            assert running.live.steering.now.revision == revision, "nobody else has changed anything"

    asyncio.run(steer())


def test_the_look_ahead_is_one_that_the_model_knows(web, running):
    async def steer():
        async with web.pages(running) as (page,):
            for asked, held in ((140.0, 150.0), (67.0, 67.0), (0.2, 0.2), (199, 200.0)):
                patch = await page.set(**{"model.lookahead_ms": asked})
                assert patch["values"]["model.lookahead_ms"] == pytest.approx(held, abs=0.01)

    asyncio.run(steer())


def test_what_a_receiver_changes_shows_on_every_page(web, running):
    async def change():
        async with web.pages(running, 2) as both:
            running.live.control.set_emotion({"angry": 0.9}, fade_s=0.5)
            running.live.control.mute(True)
            for page in both:
                await web.until(lambda page=page: page.values["audio.mute"] and page.values["emotion.mix.angry"] == 0.9)
                assert {message["source"] for message in page.of("patch")} == {"osc"}
            await web.until(lambda: both[0].of("status")[-1]["source"]["state"] == "muted")
            await both[0].set(**{"audio.mute": False})
            assert running.live.control.direction == Direction((("angry", 0.9),), 0.8, False)

    asyncio.run(change())


def test_the_settings_file_is_followed_and_a_wrong_one_is_told_until_it_is_right(web, running):
    text = running.file.read_text(encoding="utf-8")

    async def edit():
        async with web.pages(running, 2) as (page, other):
            await page.set(**{"motion.gain.brow": 1.4})
            running.file.write_text(text.replace("intensity: 0.8", "intensity: 0.55"), encoding="utf-8")
            await web.until(lambda: other.values["emotion.intensity"] == 0.55)
            assert other.of("patch")[-1]["source"] == "file"
            assert other.values["motion.gain.brow"] == 1.4, "what was steered stays"
            running.file.write_text(text.replace("intensity: 0.8", "intensity: 8"), encoding="utf-8")
            await web.until(lambda: other.of("banner"))
            banner = other.of("banner")[-1]
            assert "live.yaml:3: emotion.intensity: 8 is above 1" in banner["text"]
            frames = page.of("status")[-1]["frames"]
            await web.until(lambda: page.of("status")[-1]["frames"] > frames + 10)
            running.file.write_text(text, encoding="utf-8")
            await web.until(lambda: other.of("banner")[-1]["text"] == "")
            assert other.of("banner")[-1]["id"] == banner["id"]
            assert other.values["emotion.intensity"] == 0.8

    asyncio.run(edit())


def test_saving_keeps_every_comment_and_all_that_was_not_steered(web, running):
    before = running.file.read_text(encoding="utf-8")

    async def save():
        async with web.pages(running, 2) as (page, other):
            await page.set(**{"emotion.intensity": 0.4, "motion.gain.jaw": 0.9})
            await page.set(**{"emotion.mix.happy": 0.5, "emotion.slots.2": {"sad": 1.0}})
            await page.set(**{"output.osc.0.on": False})
            assert page.of("patch")[-1]["unsaved"] is True
            reply = await page.command("config.save")
            assert (reply["ok"], reply["message"]) == (True, "Saved in live.yaml.")
            for one in (page, other):
                await web.until(lambda one=one: len(one.of("state")) == 2)
                assert one.of("state")[-1]["unsaved"] is False
            await page.set(**{"emotion.intensity": 0.7})
            await asyncio.sleep(0.6)
            assert page.values["emotion.intensity"] == 0.7, "the program's own writing is no change of the file"
            reply = await page.command("config.revert")
            assert reply["ok"]
            await web.until(lambda: page.values["emotion.intensity"] == 0.4)
            assert page.of("patch")[-1]["unsaved"] is False

    asyncio.run(save())
    after = running.file.read_text(encoding="utf-8")
    for comment in ("# my own settings", "# not too much", "# calm", "# nobody"):
        assert comment in after
    config = load_settings(running.file).config
    assert (config.emotion.intensity, config.motion.gain.jaw, config.output.osc[0].on) == (0.4, 0.9, False)
    assert (config.emotion.mix, config.emotion.slots) == ({"happy": 0.5}, {"2": {"sad": 1.0}})
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    assert new["ui"] == old["ui"]
    assert new["output"]["record"] == old["output"]["record"]


def test_saving_into_a_file_that_is_wrong_changes_nothing_and_says_so(web, running):
    async def save():
        async with web.pages(running) as (page,):
            await page.set(**{"emotion.intensity": 0.4})
            running.file.write_text("emotion: {intensity: 9}\n", encoding="utf-8")
            reply = await page.command("config.save")
            assert reply["ok"] is False
            assert "emotion.intensity: 9 is above 1" in reply["message"]

    asyncio.run(save())
    assert running.file.read_text(encoding="utf-8") == "emotion: {intensity: 9}\n"


def test_presets_are_kept_loaded_by_one_step_and_deleted(web, running):
    async def use():
        async with web.pages(running, 2) as (page, other):
            await page.set(**{"motion.gain.brow": 1.8, "emotion.mix.happy": 1.0})
            assert (await page.command("preset.save", preset="Fröhlich 1/2"))["ok"]
            await web.until(lambda: other.of("lists")[-1]["presets"] == ["Fröhlich 1/2"])
            await page.set(**{"motion.gain.brow": 1.0, "emotion.mix.happy": 0.0, "audio.gain_db": 3.0})
            reply = await page.command("preset.load", preset="Fröhlich 1/2")
            assert reply["ok"]
            await web.until(lambda: other.values["motion.gain.brow"] == 1.8)
            patch = other.of("patch")[-1]
            assert (patch["source"], patch["client"], patch["id"]) == ("preset", page.name, reply["id"])
            assert other.values["emotion.mix.happy"] == 1.0
            assert other.values["audio.gain_db"] == 3.0, "a preset leaves the room's settings alone"
            assert (await page.command("preset.delete", preset="Fröhlich 1/2"))["ok"]
            await web.until(lambda: other.of("lists")[-1]["presets"] == [])
            for name in ("", "x" * 65, "a\nb", None, 5):
                assert (await page.command("preset.save", preset=name))["ok"] is False
            assert "there is no preset" in (await page.command("preset.load", preset="gone"))["message"]
            await page.command("preset.save", preset="../../outside")

    asyncio.run(use())
    assert [file.parent.name for file in running.folder.rglob("*.preset.yaml")] == ["presets"]


def test_a_damaged_preset_is_refused_and_changes_nothing(web, running):
    folder = running.folder / "presets"
    folder.mkdir()
    (folder / "bad.preset.yaml").write_text("motion.gain.brow: 99\n", encoding="utf-8")
    (folder / "worse.preset.yaml").write_text("audio.gain_db: 60\n", encoding="utf-8")
    (folder / "worst.preset.yaml").write_bytes(b"\xff\x00")

    async def use():
        async with web.pages(running) as (page,):
            assert page.of("lists")[-1]["presets"] == ["bad", "worse", "worst"]
            before = dict(page.values)
            for name in ("bad", "worse", "worst"):
                assert (await page.command("preset.load", preset=name))["ok"] is False
            assert page.values == before

    asyncio.run(use())


def test_a_take_is_recorded_and_the_next_number_rises(web, running):
    async def record():
        async with web.pages(running, 2) as (page, other):
            await page.set(**{"output.record.slate": "scene", "output.record.take": 4})
            reply = await page.command("record.start")
            assert reply["data"] == {"take": "scene_take004"}
            await web.until(lambda: other.of("status")[-1]["record"]["on"])
            assert (await other.command("record.start"))["ok"] is False, "one take at a time"
            await web.until(lambda: other.of("status")[-1]["record"]["seconds"] > 1.0)
            reply = await other.command("record.stop")
            assert reply["data"] == {"take": "scene_take004"}
            await web.until(lambda: page.values["output.record.take"] == 5)
            await web.until(lambda: page.of("lists")[-1]["takes"])
            take = page.of("lists")[-1]["takes"][0]
            assert (take["name"], take["complete"]) == ("scene_take004", True)
            assert take["seconds"] > 0.9
            assert (await page.command("record.stop"))["ok"] is False
            patch = await page.set(**{"output.record.take": 2})
            assert patch["values"]["output.record.take"] == 5, "numbers that exist are not given again"

    asyncio.run(record())
    folder = running.folder.parent / "takes" / "scene_take004"
    info = json.loads((folder / "take.json").read_text(encoding="utf-8"))
    assert (info["take"], info["complete"]) == (4, True)
    assert (folder / "voice.flac").stat().st_size > 1000


def test_a_folder_that_cannot_be_written_to_is_told(web, running):
    takes = running.folder.parent / "takes"
    takes.write_text("no folder", encoding="utf-8")

    async def record():
        async with web.pages(running) as (page,):
            reply = await page.command("record.start")
            assert reply["ok"] is False
            assert "cannot record to" in reply["message"]
            assert page.of("status")[-1]["record"]["on"] is False

    asyncio.run(record())


def test_calibrating_in_a_silent_room_sets_the_gate_and_in_speech_it_is_refused(web, running):
    async def calibrate():
        async with web.pages(running) as (page,):
            reply = await page.command("calibrate", seconds=2)
            if not reply["ok"]:
                assert "not silent" in reply["message"]
            layer = running.live.pipeline.layer
            type(layer).level_db, before = property(lambda _self: -61.0), type(layer).level_db
            try:
                reply = await page.command("calibrate", seconds=0.5)
            finally:
                type(layer).level_db = before
            assert reply["ok"], reply
            assert "-61 dB" in reply["message"]
            await web.until(lambda: page.values["motion.gate_db"] == -58.0)
            assert layer._gate.config.quietest_db == -58.0
            assert (await page.command("calibrate", seconds=1000))["ok"] is False

    asyncio.run(calibrate())


def test_a_region_that_is_turned_off_stays_still_in_what_is_sent(web, running):
    """The jaw of the frames, not just the settings; the network's own face goes on moving it."""
    jaw = BOARD_INDEX["CTRL_C_jaw.ty"]

    async def steer():
        async with web.pages(running, frames=True, before=True) as (page,):
            await page.set(**{"motion.gain.jaw": 0.0, "motion.gain.mouth": 0.0})
            await asyncio.sleep(0.5)
            first = len(page.frames)
            await web.until(lambda: len(page.frames) > first + 60)
            return page.frames[first:]

    frames = asyncio.run(steer())
    from cstalk_live.rig import RAW_INDEX

    opened = RAW_INDEX["CTRL_expressions_jawOpen"]
    assert jaw >= 0
    assert max(frame["values"][0][opened] for frame in frames) < 1e-3
    assert max(frame["values"][1][opened] for frame in frames) > 0.02


def test_the_report_tells_how_the_run_fares_and_nothing_private(web, running):
    async def fetch():
        async with web.pages(running) as (page,):
            running.room.told.say(f"opened {running.room.url}")
            reply = await page.command("report")
            async with aiohttp.ClientSession() as session:
                async with session.get(running.url + reply["data"]["url"]) as refused:
                    assert refused.status == 401
                async with session.get(f"{running.url}{reply['data']['url']}?token={web.TOKEN}") as answer:
                    assert answer.content_type == "application/zip"
                    assert "attachment" in answer.headers["Content-Disposition"]
                    return await answer.read()

    with zipfile.ZipFile(BytesIO(asyncio.run(fetch()))) as report:
        texts = {name: report.read(name).decode() for name in report.namelist()}
    assert set(texts) == {"about.json", "settings.yaml", "status.json", "microphones.json", "log.txt"}
    assert json.loads(texts["status.json"])["type"] == "status"
    assert "intensity: 0.8" in texts["settings.yaml"]
    assert not [name for name, text in texts.items() if web.TOKEN in text]
    assert "token=[key]" in texts["log.txt"]


def test_commands_that_are_none_are_refused_and_nonsense_ends_the_connection(web, running):
    async def talk():
        async with web.pages(running, 2) as (page, other):
            assert (await page.command("format.disk"))["ok"] is False
            assert (await page.command("audio.restart"))["ok"] is False, "the sound is a file"
            for nonsense in ("{", "[]", '{"type":"set","id":1}', "[" * 20000, '{"type":"shout"}'):
                async with web.pages(running) as (stranger,):
                    await stranger.socket.send_str(nonsense)
                    await asyncio.wait_for(stranger.closed.wait(), 5)
            async with web.pages(running) as (stranger,):
                await stranger.socket.send_str('{"type":"want","x":"' + "x" * 70_000 + '"}')
                await asyncio.wait_for(stranger.closed.wait(), 5)
            frames = other.of("status")[-1]["frames"]
            await web.until(lambda: other.of("status")[-1]["frames"] > frames + 10)

    asyncio.run(talk())


def test_all_values_are_keys_of_the_settings_file(running):
    """Settings paths are those of the YAML file: each can be set there and is then what the page shows."""
    steering = running.live.steering
    values = steered_values(load_settings(running.file).config, steering.emotions)
    assert set(steering.now.values) == set(values) - {"audio.device"}
