"""The MessagePack parser: python-socketio with serializer="msgpack", and raw packets where a client sends none."""

import asyncio
import tempfile

import aiohttp
import msgpack
import pytest
import socketio

from support import participant
from support.deadline import within
from support.processes import Process, binary, free_port


@pytest.fixture(scope="module")
def address():
    port, folder = free_port(), tempfile.mkdtemp(prefix="switchboard-msgpack-")
    process = Process(
        "testserver", [binary("switchboard-testserver"), "--listen", f"127.0.0.1:{port}", "--parser", "msgpack"], folder)
    process.start().wait_ready(f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling")
    yield f"http://127.0.0.1:{port}"
    process.stop()


class Client:
    """A stock client that keeps what it is sent."""

    def __init__(self):
        self.session = aiohttp.ClientSession()
        self.stock = participant.Client(
            serializer="msgpack", reconnection=False, handle_sigint=False, http_session=self.session)
        self.events = asyncio.Queue()
        self.stock.on("*", lambda name, *arguments: self.events.put_nowait((name, *arguments)))

    async def connect(self, address, transport, **options):
        await self.stock.connect(address, transports=[transport], **options)
        return await self.event()

    async def event(self):
        return await within(self.events.get(), 5)

    async def call(self, name, *arguments):
        return await self.stock.call(name, arguments, timeout=5)

    async def close(self):
        await self.stock.disconnect()
        await self.session.close()


VALUES = [
    None, True, False, 0, -1, 127, 128, -33, 2**31, 2**53, -(2**63), 1.5, 1e300, "", "é😀\"\\\n", [], {}, [1, [2, [3]]],
    {"a": {"b": [None]}, "10": 1, "2": 2}, b"", b"\x00\xff", {"in": b"\x01", "list": [b"\x02", "x"]},
]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_everything_a_stock_client_says_comes_back(address, transport):
    client = Client()
    assert await client.connect(address, transport, auth={"token": "t"}) == ("auth", {"token": "t"})
    for value in VALUES:
        assert await client.call("echo", value) == value
    assert await client.call("echo", *VALUES) == tuple(VALUES)
    await client.stock.emit("message", tuple(VALUES))
    assert await client.event() == ("message-back", *VALUES)
    await client.close()


async def test_broadcasts_rooms_namespaces_and_questions_reach_stock_clients(address):
    first, second = Client(), Client()
    await first.connect(address, "websocket")
    await second.connect(address, "polling")
    first.stock.on("ask", lambda question: question + " text")
    second.stock.on("ask", lambda question: b"\x07")
    assert sorted(await second.call("join", "r")) == sorted([second.stock.get_sid(), "r"])
    await first.call("toroom", "r", 1, b"\x05")
    assert await second.event() == ("b", 1, b"\x05")
    await first.call("broadcast", {"n": 1})
    assert await first.event() == await second.event() == ("b", {"n": 1})
    error, answers = await first.call("ask-all", "?")
    assert error is None and sorted(answers, key=str) == ["? text", b"\x07"]
    await first.close()
    await second.close()


async def test_a_namespace_that_does_not_exist_is_refused_with_the_usual_text(address):
    client = Client()
    refused = asyncio.get_running_loop().create_future()
    client.stock.on("connect_error", refused.set_result, namespace="/nowhere")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.stock.connect(address, transports=["websocket"], namespaces=["/nowhere"], wait_timeout=5)
    assert (await refused)["message"] == "Invalid namespace"
    await client.close()


HOSTILE = {
    "text": '40{"token":"t"}',
    "truncated": b"\x83\xa4type",
    "not a map": msgpack.dumps([1, 2]),
    "binary type": msgpack.dumps({"type": 5, "data": ["a"], "nsp": "/"}),
    "reserved name": msgpack.dumps({"type": 2, "data": ["disconnect"], "nsp": "/"}),
    "no namespace": msgpack.dumps({"type": 2, "data": ["a"]}),
    "length that lies": b"\x82\xa4type\x02\xa4data\xdd\xff\xff\xff\xff",
    "too deep": msgpack.dumps({"type": 2, "nsp": "/", "data": ["a"]})[:-1] + b"\xa1a" + b"\x91" * 600 + b"\xc0",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_is_no_packet_closes_the_session_and_disturbs_nobody(address, name):
    neighbour = Client()
    await neighbour.connect(address, "websocket")
    async with aiohttp.ClientSession() as http:
        url = f"{address}/socket.io/?EIO=4&transport=websocket"
        async with http.ws_connect(url) as socket:
            assert (await socket.receive()).data[:1] == "0"
            await socket.send_bytes(msgpack.dumps({"type": 0, "nsp": "/"}))
            assert msgpack.loads((await socket.receive()).data)["data"].keys() == {"sid"}
            await socket.receive()
            if isinstance(HOSTILE[name], bytes):
                await socket.send_bytes(HOSTILE[name])
            else:
                await socket.send_str(HOSTILE[name])
            while (message := await within(socket.receive(), 5)).type in (
                    aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                pass
            assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    assert await neighbour.call("echo", 1) == 1
    await neighbour.close()
