"""A real microphone under the page: found, swapped, restarted and looked for again while the face goes on."""

from __future__ import annotations

import asyncio

import pytest

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
    assert running.summary["fps"] > 55, "the face went on"
