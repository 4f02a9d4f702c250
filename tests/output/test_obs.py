"""The sync offset against a server of our own that speaks obs-websocket 5, and does what a test wants."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest
from aiohttp import WSMsgType, web

from cstalk_live.errors import OutputError, PacketError
from cstalk_live.obs.protocol import authentication, offset_ms, parse, parse_obs_address
from cstalk_live.obs.source import look_at
from cstalk_live.obs.sync_offset import ObsOffset

PASSWORD = "correct horse"


class FakeObs:
    """On a thread of its own; ``offsets`` are its sources."""

    def __init__(self, port=0, password=PASSWORD, offsets=None):
        self.password, self.port = password, port
        self.offsets = {"Mic/Aux": 40, "Desktop": 0} if offsets is None else offsets
        self.special = {"mic1": "Mic/Aux", "mic2": None, "desktop1": "Desktop"}
        self.asked, self.connections, self.silent = [], 0, False
        self.sockets = set()
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(started,))
        self.thread.start()
        assert started.wait(10)

    @property
    def address(self):
        return parse_obs_address(f"ws://127.0.0.1:{self.port}")

    def run(self, started):
        async def serve():
            app = web.Application()
            app.router.add_get("/", self.handle)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True)
            await site.start()
            self.port = site._server.sockets[0].getsockname()[1]
            self.over = asyncio.Event()
            started.set()
            await self.over.wait()
            for socket in tuple(self.sockets):
                await socket.close()
            await runner.cleanup()

        self.loop.run_until_complete(serve())
        self.loop.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join(10)

    def event(self, kind, data):
        async def send():
            for socket in tuple(self.sockets):
                await socket.send_json({"op": 5, "d": {"eventType": kind, "eventIntent": 8, "eventData": data}})

        asyncio.run_coroutine_threadsafe(send(), self.loop).result(5)

    async def handle(self, request):
        socket = web.WebSocketResponse(protocols=("obswebsocket.json",))
        await socket.prepare(request)
        self.connections += 1
        self.sockets.add(socket)
        hello = {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}
        if self.password:
            hello["authentication"] = {"challenge": "abc=", "salt": "def="}
        if self.silent:
            await asyncio.sleep(30)
        await socket.send_json({"op": 0, "d": hello})
        async for message in socket:
            if message.type != WSMsgType.TEXT:
                break
            body = json.loads(message.data)
            if body["op"] == 1:
                right = authentication(self.password, "def=", "abc=") if self.password else None
                if body["d"].get("authentication") != right:
                    await socket.close(code=4009, message=b"Authentication failed.")
                    break
                await socket.send_json({"op": 2, "d": {"negotiatedRpcVersion": 1}})
            else:
                await socket.send_json({"op": 7, "d": self.answer(body["d"])})
        self.sockets.discard(socket)
        return socket

    def answer(self, request):
        kind, data = request["requestType"], request["requestData"]
        self.asked.append((kind, data))
        status, found = {"result": True, "code": 100}, {}
        name = data.get("inputName")
        if kind == "GetInputList":
            found = {"inputs": [{"inputName": name, "inputKind": "x"} for name in self.offsets]}
        elif kind == "GetSpecialInputs":
            found = self.special
        elif name not in self.offsets:
            status = {"result": False, "code": 600, "comment": f"No source was found by the name of `{name}`."}
        elif self.offsets[name] is None:
            status = {"result": False, "code": 604, "comment": "The specified input does not support audio."}
        elif kind == "GetInputAudioSyncOffset":
            found = {"inputAudioSyncOffset": self.offsets[name]}
        else:
            self.offsets[name] = data["inputAudioSyncOffset"]
        return {"requestType": kind, "requestId": request["requestId"], "requestStatus": status, "responseData": found}


@pytest.fixture
def obs():
    server = FakeObs()
    yield server
    server.stop()


class Run:
    """An ``ObsOffset`` going along with a run."""

    def __init__(self, address, source=None, password=PASSWORD, extra_us=0):
        self.said = []
        self.latency_us = 111_000
        self.offset = ObsOffset(
            address, source, password=password, extra_us=extra_us, say=lambda line, _: self.said.append(line)
        )

    def until(self, condition, seconds=15):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited in vain; said: {self.said}"
            self.offset.turn(self.latency_us)

    def turns(self, count):
        for _ in range(count):
            self.offset.turn(self.latency_us)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.offset.close()


def test_the_answer_to_a_challenge_is_that_of_the_protocol():
    """The example of the protocol's own page: password, salt and challenge in, and what OBS must see."""
    salt, challenge = "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=", "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY="
    assert authentication("supersecretpassword", salt, challenge) == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("ws://127.0.0.1:4455", "ws://127.0.0.1:4455"),
        ("127.0.0.1", "ws://127.0.0.1:4455"),
        (":4460/", None),
        ("WS://studio:4460/", "ws://studio:4460"),
        ("wss://[::1]:443", "wss://[::1]:443"),
        ("http://127.0.0.1:4455", None),
        ("ws://", None),
        ("4455", None),
        ("ws://host:99999", None),
    ],
)
def test_addresses(text, means):
    if means is None:
        with pytest.raises(OutputError, match=" - "):
            parse_obs_address(text)
    else:
        assert str(parse_obs_address(text)) == means


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"op":"0","d":{}}', '{"op":0}', "null", '{"op":0,"d":[]}', "nonsense"]
)
def test_what_is_no_message_is_told(text):
    with pytest.raises(PacketError, match="not a message of obs-websocket 5"):
        parse(text)


def test_offsets_stay_within_what_obs_takes():
    assert [offset_ms(us) for us in (111_499, -5_000_000, 60_000_000)] == [111, -950, 20_000]


def test_the_offset_is_set_follows_the_latency_and_is_given_back(obs):
    with Run(obs.address, extra_us=20_000) as run:
        run.until(lambda: obs.offsets["Mic/Aux"] == 131)
        run.latency_us += 3_000
        run.turns(10)
        assert obs.offsets["Mic/Aux"] == 131
        run.latency_us = 60_000
        run.until(lambda: obs.offsets["Mic/Aux"] == 80)
        assert run.offset.status()["offset_ms"] == 80
        assert "'Mic/Aux' +80 ms" in run.offset.status()["target"]
    assert obs.offsets == {"Mic/Aux": 40, "Desktop": 0}
    assert run.said == ["OBS delays 'Mic/Aux' by 131 ms (it was 40 ms)"]


def test_the_named_source_is_meant_in_any_case(obs):
    with Run(obs.address, "desktop") as run:
        run.until(lambda: obs.offsets["Desktop"] == 111)
    assert obs.offsets == {"Mic/Aux": 40, "Desktop": 0}


def test_an_offset_set_by_hand_is_left_alone(obs):
    with Run(obs.address) as run:
        run.until(lambda: obs.offsets["Mic/Aux"] == 111)
        obs.offsets["Mic/Aux"] = 200
        run.turns(10)
    assert obs.offsets["Mic/Aux"] == 200


def test_a_wrong_password_is_told_once_and_not_tried_again(obs):
    with Run(obs.address, password="wrong") as run:
        run.until(lambda: run.said)
        run.turns(100)
    assert len(run.said) == 1
    assert "does not take the password" in run.said[0]
    assert obs.connections == 1


def test_a_missing_password_is_told(obs):
    with Run(obs.address, password=None) as run:
        run.until(lambda: run.said)
    assert "asks for a password - put the one of" in run.said[0]


def test_an_unknown_source_lists_those_that_there_are_and_is_taken_when_it_comes(obs):
    with Run(obs.address, "Voice") as run:
        run.until(lambda: run.said)
        assert "OBS has no source 'Voice' - name one with --obs-source; it has: 'Mic/Aux', 'Desktop'" in run.said[0]
        obs.offsets["Voice"] = -10
        run.until(lambda: obs.offsets["Voice"] == 111)
    assert obs.offsets["Voice"] == -10
    assert len(run.said) == 2


def test_a_source_without_sound_is_told(obs):
    obs.offsets["Wall"] = None
    with Run(obs.address, "Wall") as run:
        run.until(lambda: run.said)
    assert "does not support audio" in run.said[0]


def test_no_global_microphone_is_told(obs):
    obs.special = {"mic1": None}
    with Run(obs.address) as run:
        run.until(lambda: run.said)
    assert "no global microphone" in run.said[0]


def test_a_renamed_source_is_followed_and_a_removed_one_waited_for(obs):
    with Run(obs.address, "Desktop") as run:
        run.until(lambda: obs.offsets["Desktop"] == 111)
        obs.offsets["Game"] = obs.offsets.pop("Desktop")
        obs.event("InputNameChanged", {"oldInputName": "Desktop", "inputName": "Game"})
        run.turns(20)
        run.latency_us = 50_000
        run.until(lambda: obs.offsets["Game"] == 50)
        del obs.offsets["Game"]
        obs.event("InputRemoved", {"inputName": "Game"})
        run.until(lambda: any("no source 'Desktop'" in line for line in run.said))
        obs.offsets["Desktop"] = 7
        run.until(lambda: obs.offsets["Desktop"] == 50)
    assert obs.offsets["Desktop"] == 7


def test_obs_that_is_started_later_and_again_is_found():
    with Run(parse_obs_address("ws://127.0.0.1:1")) as run:
        run.until(lambda: run.said)
        run.turns(20)
        assert len(run.said) == 1
        assert "OBS does not answer at ws://127.0.0.1:1" in run.said[0]
    first = FakeObs()
    with Run(first.address) as run:
        run.until(lambda: first.offsets["Mic/Aux"] == 111)
        first.stop()
        run.until(lambda: len(run.said) == 2)
        second = FakeObs(first.port, offsets={"Mic/Aux": 111})  # it has kept what we set
        try:
            run.until(lambda: run.offset.status()["offset_ms"] == 111)
            run.offset.close()
            assert second.offsets["Mic/Aux"] == 40
        finally:
            second.stop()


def test_ending_does_not_wait_for_an_obs_that_hangs(obs):
    obs.silent = True
    with Run(obs.address) as run:
        run.turns(5)
        begin = time.monotonic()
    assert time.monotonic() - begin < 6.0


def test_a_look_tells_version_source_and_offset(obs):
    assert asyncio.run(look_at(obs.address, None, PASSWORD)) == ("5.1.0", "Mic/Aux", 40)
