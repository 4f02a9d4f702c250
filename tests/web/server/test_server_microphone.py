"""A real microphone under the page: found, swapped, restarted and looked for again while the face goes on."""

from __future__ import annotations

import asyncio

import pytest

from cstalk_live.audio.microphone import MicrophoneSource
from cstalk_live.errors import DeviceError
from cstalk_live.records import FrameFlag

from .running import Running

pytestmark = pytest.mark.virtualmic


def test_the_microphone_is_swapped_and_looked_for_while_frames_go_on(web, tmp_path, speech, virtual_microphone):
    settings = f"audio: {{device: {virtual_microphone.device}}}"
    running = Running(tmp_path / "run", None, settings)
    player = virtual_microphone.play(speech)

    async def swap():
        async with web.pages(running, frames=True) as (page,):

            def live(name):
                source = page.of("status")[-1]["source"]
                return source["state"] == "live" and name in source["name"]

            await web.until(lambda: live("pulse"))
            devices = {device["value"] for device in page.of("lists")[-1]["devices"]}
            assert {"pulse", "default"} <= devices
            assert page.values["audio.device"] == "pulse"
            await page.set(**{"audio.device": "default"})
            await web.until(lambda: live("default"))
            answer = await page.set(**{"audio.device": "no such thing"})
            assert "no sound input matches 'no such thing'" in answer["message"]
            assert page.values["audio.device"] == "default"
            for command in ("audio.restart", "devices.refresh"):
                heard = len(page.of("status"))
                assert (await page.command(command))["ok"]
                await web.until(lambda heard=heard: len(page.of("status")) > heard + 4 and live("default"))
            await web.until(lambda: page.frames[-1]["rms_db"] > -60)
            numbers = [frame["index"] for frame in page.frames]
            assert numbers == sorted(numbers)
            assert page.frames[-1]["sequence"] - page.frames[0]["sequence"] <= numbers[-1] - numbers[0] + 1

    try:
        asyncio.run(swap())
    finally:
        player.kill()
        player.wait()
        running.end()
    assert running.live.daemon.metrics.interval_us.quantile_us(0.98) < 40_000, "the face stood still"


def test_a_microphone_that_is_pulled_out_is_told_on_every_page_until_it_is_back(
    web, tmp_path, virtual_microphone, monkeypatch
):
    running = Running(tmp_path / "run", None, f"audio: {{device: {virtual_microphone.device}}}")

    async def pull():
        async with web.pages(running, 2, frames=True) as (page, other):
            await web.until(lambda: page.of("status")[-1]["source"]["state"] == "live")

            def gone(source, now):
                raise DeviceError("microphone 'pulse' was lost", "check its cable")

            with monkeypatch.context() as patch:
                patch.setattr(MicrophoneSource, "_check_alive", gone)
                for one in (page, other):
                    await web.until(lambda one=one: one.of("banner"))
                    text = one.of("banner")[-1]["text"]
                    assert text == "No sound: microphone 'pulse' was lost - check its cable. The face rests meanwhile."
                assert page.of("status")[-1]["source"]["state"] == "lost"
                assert "sound lost: microphone 'pulse' was lost" in page.log
                seen = len(page.frames)
                await web.until(lambda: len(page.frames) > seen + 30)
                assert page.frames[-1]["flags"] & FrameFlag.NEUTRAL
            await web.until(lambda: other.of("banner")[-1]["text"] == "")
            await web.until(lambda: page.of("status")[-1]["source"]["state"] == "live")
            assert page.of("status")[-1]["reconnects"] >= 1

    try:
        asyncio.run(pull())
    finally:
        running.end()


def test_a_microphone_that_may_not_be_heard_is_told_with_what_to_do(web, tmp_path, virtual_microphone, monkeypatch):
    """Systems that forbid the microphone deliver perfect silence; here nothing is played into it."""
    monkeypatch.setattr("cstalk_live.source_news.SILENT_US", 1_000_000)
    running = Running(tmp_path / "run", None, f"audio: {{device: {virtual_microphone.device}}}")

    async def listen():
        async with web.pages(running) as (page,):
            await web.until(lambda: page.of("status")[-1]["source"]["state"] == "silent")
            assert "privacy setting" in page.of("status")[-1]["source"]["message"]
            assert "privacy setting" in page.log

    try:
        asyncio.run(listen())
    finally:
        running.end()
