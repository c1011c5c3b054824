"""Clients that misbehave are cut with a named reason, and a well-behaved neighbour notices nothing.

The abusers have an address of their own, 127.0.0.2, and are written by hand; the neighbour is python-socketio.
"""

import asyncio
import base64
import contextlib
import json
import os
import socket
import struct

import aiohttp
import pytest

from support.cluster import Cluster
from support.deadline import within
from support.participant import Participant
from support.processes import http_status, wait_until
from support.testserver import serving, stats

ABUSER = "127.0.0.2"
# Milliseconds; an abuser that sends a byte every 50 ms makes progress all the time, and that must not help.
DEADLINE = 500
HANDSHAKE = "GET /socket.io/?EIO=4&transport=%s HTTP/1.1\r\nHost: x\r\n%s\r\n"
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n")


@pytest.fixture(scope="module")
def server():
    with serving(
        "--head-timeout", DEADLINE, "--body-timeout", DEADLINE, "--message-timeout", DEADLINE,
        "--handshakes-per-address", "10:20", "--connections-per-address", "50",
    ) as server:
        yield server


class Neighbour:
    """A stock client that echoes all the time while the others misbehave."""

    def __init__(self, url):
        self.url = url
        self.participant = Participant("neighbour")
        self.echoes = 0

    async def __aenter__(self):
        await self.participant.connect(self.url)
        self.task = asyncio.create_task(self.echo())
        return self

    async def echo(self):
        while True:
            number = self.echoes
            assert await self.participant.call("echo", number, timeout=5) == number
            self.echoes += 1
            await asyncio.sleep(0.01)

    async def __aexit__(self, *error):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task  # raises what went wrong
        before = self.echoes
        assert before > 0 and self.participant.connected
        await self.participant.close()


def count(server, kind, reason):
    return stats(server.url())[kind].get(reason, 0)


@contextlib.asynccontextmanager
async def counted(server, kind, reason):
    """Somebody is cut with this reason, while a neighbour is served."""
    before = count(server, kind, reason)
    async with Neighbour(server.url()):
        yield
        await asyncio.to_thread(
            wait_until, lambda: count(server, kind, reason) > before, lambda: f"{reason}: {stats(server.url())}", 10)


async def connect(server, **options):
    return await asyncio.open_connection(server.host, server.port, local_addr=(ABUSER, 0), **options)


async def open_web_socket(server):
    """A session over WebSocket by hand, connected to the main namespace."""
    reader, writer = await connect(server)
    writer.write((HANDSHAKE % ("websocket", UPGRADE)).encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    writer.write(frame("40"))
    await within(reader.readuntil(b"40{"), 5)
    return reader, writer


def frame(text, opcode=0x81):
    """A masked frame; the mask is zero."""
    payload = text.encode()
    assert len(payload) < 126
    return struct.pack("!BBI", opcode, 0x80 | len(payload), 0) + payload


async def dribble(reader, writer, data):
    """Sends a byte every 50 ms until the server ends the connection; returns what it said."""
    rest = asyncio.create_task(reader.read())
    for byte in data:
        if rest.done():
            break
        with contextlib.suppress(ConnectionError):
            writer.write(bytes([byte]))
            await writer.drain()
        await asyncio.wait([rest], timeout=0.05)
    try:
        return await within(rest, 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_who_never_reads_is_cut_as_a_slow_consumer(server):
    async with counted(server, "closed", "slow consumer"):
        abuser = socket.socket()
        abuser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        abuser.bind((ABUSER, 0))
        abuser.setblocking(False)
        await asyncio.get_running_loop().sock_connect(abuser, (server.host, server.port))
        abuser.send((HANDSHAKE % ("websocket", UPGRADE)).encode() + frame("40") + frame('42["join","flood"]'))
        async with contextlib.AsyncExitStack() as stack:
            sender = await stack.enter_async_context(Sender(server.url()))
            await asyncio.to_thread(wait_until, lambda: stats(server.url())["sessions"] >= 3, "three sessions")
            for _ in range(60):
                assert await sender.call("toroom", "flood", "x" * 500_000) == "ok"
        abuser.close()


class Sender:
    """A client that sends to rooms that it is not in."""

    def __init__(self, url):
        self.url = url

    async def __aenter__(self):
        self.participant = Participant("sender")
        await self.participant.connect(self.url)
        return self.participant

    async def __aexit__(self, *error):
        await self.participant.close()


async def test_a_head_that_dribbles_is_cut(server):
    async with counted(server, "cut", "head timeout"):
        reader, writer = await connect(server)
        assert await dribble(reader, writer, (HANDSHAKE % ("polling", "X: y\r\n" * 100)).encode()) == b""


async def test_who_says_nothing_is_cut(server):
    async with counted(server, "cut", "head timeout"):
        reader, writer = await connect(server)
        assert await within(reader.read(), 10) == b""
        writer.close()


async def test_a_body_that_dribbles_is_answered_408(server):
    async with counted(server, "cut", "body timeout"):
        reader, writer = await connect(server)
        writer.write((HANDSHAKE % ("polling", "")).encode())
        opened = await within(reader.readuntil(b"}"), 5)
        session = json.loads(opened[opened.index(b"0{") + 1:])["sid"]
        writer.write(
            f"POST /socket.io/?EIO=4&transport=polling&sid={session} HTTP/1.1\r\nHost: x\r\n"
            "Content-Length: 1000\r\n\r\n".encode())
        assert (await dribble(reader, writer, b"4" * 1000)).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("pieces", [
    frame("42" + "x" * 100), frame("x", opcode=0x01) + frame("x", opcode=0x00) * 100,
    frame("x", opcode=0x01) + frame("p", opcode=0x89) * 100,
], ids=["frame", "fragments", "pings between fragments"])
async def test_a_message_that_dribbles_ends_its_session(server, pieces):
    async with counted(server, "closed", "message timeout"):
        reader, writer = await open_web_socket(server)
        rest = await dribble(reader, writer, pieces)
        # The close frame, with the code of a broken rule.
        assert rest.endswith(b"\x88\x02" + struct.pack("!H", 1008))


async def test_a_client_that_says_close_and_stays_is_not_waited_for(server):
    before = stats(server.url())["connections"]
    reader, writer = await open_web_socket(server)
    assert stats(server.url())["connections"] == before + 1
    writer.write(frame("\x0c\x00", opcode=0x88))
    assert (await within(reader.read(), 5)).endswith(b"\x88\x02\x0c\x00")
    # The writer stays open. A server that waits for it gives it two seconds.
    await asyncio.to_thread(wait_until, lambda: stats(server.url())["connections"] == before, "it is closed", 1)
    writer.close()


async def test_thousands_of_handshakes_are_answered_429(server):
    before = stats(server.url())["handshakesLimited"]
    async with Neighbour(server.url()):
        connector = aiohttp.TCPConnector(local_addr=(ABUSER, 0), limit=20)
        async with aiohttp.ClientSession(connector=connector) as http:

            async def handshake():
                async with http.get(f"{server.url()}/socket.io/?EIO=4&transport=polling") as answer:
                    return answer.status, answer.headers.get("retry-after"), await answer.text()

            answers = await asyncio.gather(*(handshake() for _ in range(3000)))
            refused = [answer for answer in answers if answer[0] == 429]
            assert len(refused) > 2000 and {status for status, _, _ in answers} == {200, 429}
            assert set(refused) == {(429, "1", '{"code":6,"message":"Too many handshakes"}')}
            with pytest.raises(aiohttp.WSServerHandshakeError) as web_socket:
                while True:
                    await (await http.ws_connect(f"{server.url()}/socket.io/?EIO=4&transport=websocket")).close()
            assert web_socket.value.status == 429
        # Somebody else, at the same time, is welcome.
        await (await Sender(server.url()).__aenter__()).close()
    assert stats(server.url())["handshakesLimited"] > before + 2000


async def test_a_crowd_of_connections_is_cut_down(server):
    async with counted(server, "cut", "too many connections of one address"):
        crowd = [await connect(server) for _ in range(60)]
        ended = [asyncio.create_task(reader.read()) for reader, _ in crowd]
        done, _ = await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED, timeout=5)
        assert done
        for _, writer in crowd:
            writer.close()
        await asyncio.gather(*ended, return_exceptions=True)


def test_a_node_shows_the_reasons_in_its_metrics():
    cluster = Cluster(1, options=["--handshakes-per-address", "1:1", "--head-timeout", "200"]).start()
    try:
        url = cluster.url(0)
        with socket.create_connection(("127.0.0.1", cluster.ports[0]), timeout=5) as slow:
            slow.sendall(b"GET")
            assert slow.recv(1) == b""
        statuses = [http_status(f"{url}/socket.io/?EIO=4&transport=polling")[0] for _ in range(5)]
        assert 429 in statuses, statuses
        metrics = http_status(f"{url}/metrics")[1].decode()
        assert 'switchboard_connections_cut_total{reason="head timeout"} 1\n' in metrics
        assert f"switchboard_handshakes_limited_total {statuses.count(429)}\n" in metrics
        assert "switchboard_connections 1\n" in metrics
    finally:
        cluster.stop()
