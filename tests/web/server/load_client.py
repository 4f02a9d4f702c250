"""Pages in a process of their own: ``load_client.py URL TOKEN PAGES SECONDS`` prints how many frames each was sent."""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp


async def page(session, url, token, seconds):
    frames = 0
    async with session.ws_connect(f"{url}/ws?token={token}", max_msg_size=0) as socket:
        await socket.send_str('{"type":"want","frames":true,"before":false,"log":true}')
        end = asyncio.get_running_loop().time() + seconds
        async for message in socket:
            frames += message.type == aiohttp.WSMsgType.BINARY
            if asyncio.get_running_loop().time() > end:
                break
    return frames


async def main(url, token, pages, seconds):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        print(json.dumps(await asyncio.gather(*(page(session, url, token, seconds) for _ in range(pages)))))


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
