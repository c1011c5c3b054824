"""Compression of WebSocket messages and of polls: what really is on the wire, seen by a relay between the two."""

import asyncio
import os
import tempfile

import aiohttp
import pytest
import socketio

from support.deadline import within
from support.engine import Engine
from support.processes import Process, binary, free_port
from support.tap import Tap

LONG = "again and again, " * 1000
NOISE = os.urandom(10_000)


@pytest.fixture(scope="module")
def port():
    folder = tempfile.mkdtemp(prefix="switchboard-compression-")
    port = free_port()
    server = Process("testserver", [
        binary("switchboard-testserver"), "--listen", f"127.0.0.1:{port}", "--threads", "2",
        "--per-message-deflate", "on",
    ], folder)
    server.start().wait_ready(f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling")
    yield port
    server.stop()


class Client:
    """A python-socketio client whose WebSocket offers compression."""

    def __init__(self, transports, compress=15):
        self.http = aiohttp.ClientSession()
        self.socket = socketio.AsyncClient(
            http_session=self.http, websocket_extra_options={"compress": compress}, handle_sigint=False)
        self.transports = transports
        self.events = asyncio.Queue()

        # A handler of all arguments keeps one argument and several apart.
        async def record(*arguments):
            await self.events.put(arguments)

        self.socket.on("b", record)

    async def connect(self, url):
        await self.socket.connect(url, transports=self.transports)
        assert self.socket.transport() == self.transports[-1]
        return self

    async def next(self):
        return await within(self.events.get(), 5)

    async def close(self):
        # Whoever disconnects while a POST is still unanswered sends no close packet, and waits for the next ping.
        await within(self.socket.eio.queue.join(), 5)
        await self.socket.disconnect()
        await self.http.close()


@pytest.mark.parametrize("transports", [["websocket"], ["polling", "websocket"]], ids=["websocket", "upgrade"])
async def test_events_are_compressed_unless_they_are_short_or_the_sender_objects(port, transports):
    async with Tap(port) as tap:
        client = await Client(transports).connect(tap.url)
        try:
            tap.take()
            for arguments in ((LONG,), ({"text": LONG, "list": [1, 2, 3]},), (LONG.encode(),), (LONG, LONG.encode())):
                await client.socket.emit("compressed", arguments)
                assert await client.next() == arguments
                assert tap.take() < 1000
                await client.socket.emit("uncompressed", arguments)
                assert await client.next() == arguments
                assert tap.take() > len(LONG)
            # What does not get shorter goes as it is.
            await client.socket.emit("compressed", NOISE)
            assert await client.next() == (NOISE,)
            assert len(NOISE) < tap.take() < len(NOISE) + 100
            await client.socket.emit("compressed", "x" * 900)
            assert await client.next() == ("x" * 900,)
            assert tap.take() > 900
        finally:
            await client.close()


async def test_a_broadcast_reaches_clients_of_every_kind(port):
    async with Tap(port) as tap, Tap(port) as small, Tap(port) as plain:
        clients = [
            await Client(["websocket"]).connect(tap.url),
            await Client(["websocket"], compress=9).connect(small.url),
            await Client(["websocket"], compress=0).connect(plain.url),
            await Client(["polling", "websocket"]).connect(tap.url),
            await Client(["polling"]).connect(tap.url),
        ]
        try:
            for number in range(3):
                for each in (tap, small, plain):
                    each.take()
                arguments = (number, LONG, {"inner": LONG.encode()})
                assert await clients[0].socket.call("broadcast", arguments) == "ok"
                for client in clients:
                    assert await client.next() == arguments
                # Over polling binary content is text of another length: nothing about it here.
                assert small.take() < 1500
                assert plain.take() > 2 * len(LONG)
            assert await clients[0].socket.call("compress", LONG) == "ok"
            for client in clients:
                assert await client.next() == (LONG,)
            assert small.take() > len(LONG)
        finally:
            await asyncio.gather(*(client.close() for client in clients))


async def test_both_directions_over_the_echo(port):
    async with Tap(port) as tap, aiohttp.ClientSession() as http:
        for window in (15, 9):
            async with http.ws_connect(f"{tap.url}/ws-echo", compress=window, max_msg_size=0) as socket:
                assert socket.compress
                tap.take()
                for message in (LONG, LONG[:100], "ä€🎈" * 1000, ""):
                    await socket.send_str(message)
                    assert await socket.receive_str(timeout=5) == message
                await socket.send_bytes(LONG.encode() * 10)
                assert await socket.receive_bytes(timeout=5) == LONG.encode() * 10
                assert tap.take() < 5000
                await socket.ping(b"uncompressed")
                await socket.send_str("after the ping")
                assert await socket.receive_str(timeout=5) == "after the ping"


async def test_a_bomb_is_cut_off_and_nobody_else_notices(port):
    async with Tap(port) as tap:
        client = await Client(["websocket"]).connect(tap.url)
        try:
            async with aiohttp.ClientSession() as http:
                url = f"http://127.0.0.1:{port}/engine.io/?EIO=4&transport=websocket"
                async with http.ws_connect(url, compress=15, max_msg_size=0) as socket:
                    assert (await socket.receive_str(timeout=5)).startswith("0{")
                    # 64 KiB that stand for 64 MiB; the limit is a megabyte.
                    await socket.send_str("4" + "x" * (64 << 20))
                    message = await socket.receive(timeout=5)
                    assert (message.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 1009)
            await client.socket.emit("compressed", LONG)
            assert await client.next() == (LONG,)
        finally:
            await client.close()


@pytest.mark.parametrize("accepted, coding", [
    ("gzip, deflate, br", "gzip"), ("deflate", "deflate"), ("gzip;q=0.1, deflate;q=0.2", "deflate"), ("br", None),
    ("identity", None),
])
async def test_polls_are_compressed_as_the_client_accepts(port, accepted, coding):
    async with Tap(port) as tap:
        async with Engine(tap.url, "polling", path="/engine.io/", headers={"Accept-Encoding": accepted}) as engine:
            tap.take()
            await engine.send("4" + LONG)
            assert await engine.receive() == "4" + LONG
            assert engine.answer_headers.get("Content-Encoding") == coding
            assert engine.answer_headers["Vary"] == "accept-encoding"
            assert (tap.take() < 2000) == (coding is not None)
            await engine.send("4short")
            assert await engine.receive() == "4short"
            assert "Content-Encoding" not in engine.answer_headers


async def test_the_compress_flag_holds_for_polls(port):
    async with Tap(port) as tap:
        client = await Client(["polling"]).connect(tap.url)
        try:
            for event, is_short in (("compressed", True), ("uncompressed", False)):
                tap.take()
                await client.socket.emit(event, LONG)
                assert await client.next() == (LONG,)
                assert (tap.take() < 2000) == is_short
        finally:
            await client.close()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_the_stock_client_in_a_browser(browser, port, transport):
    with open(os.environ["SWITCHBOARD_CLIENT_BUNDLE"]) as bundle:
        library = bundle.read()
    async with Tap(port) as tap:
        def echo():
            # Nothing is there, but it is a page of the server's origin.
            browser.get(tap.url)
            browser.execute_script(library)
            return browser.execute_async_script("""
                const done = arguments[arguments.length - 1];
                const socket = io(arguments[0], { transports: [arguments[1]], reconnection: false });
                const long = arguments[2];
                socket.on("connect_error", (error) => done(error.message));
                socket.on("b", (text, bytes) => {
                  socket.disconnect();
                  done([text === long, new TextDecoder().decode(bytes) === long]);
                });
                socket.emit("compressed", long, new TextEncoder().encode(long));
                """, tap.url, transport, LONG)

        assert await asyncio.to_thread(echo) == [True, True]
        if transport == "websocket":
            assert b"sec-websocket-extensions: permessage-deflate" in tap.sent
        else:
            assert b"content-encoding: gzip" in tap.sent
        assert tap.take() < 4000
