"""switchboard-testserver, alone and as two servers over Redis, with python-socketio as the client."""

import asyncio
import os

import aiohttp
import pytest

from support.engine import Engine
from support.participant import Participant, Refused
from support.testservers import Crowd, TestServers, quiet


# In the dynamic mode of the sharded adapter rooms of other servers are followed a moment after joining: test_wire.py.
KINDS = {
    "one server": [1], "two servers": [2],
    "two servers, sharded": [2, "--adapter", "sharded", "--subscription-mode", "static"],
}


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def servers(request):
    servers = TestServers(*request.param).start()
    yield servers
    servers.stop()


@pytest.fixture(params=["polling", "websocket", "upgrade"])
def crowd(request, servers, watched):
    watched.extend(servers.processes)
    for process in watched:
        process.mark_output()
    return Crowd(servers, request.param)


async def test_auth_is_told_back(crowd):
    await crowd.member(auth={"token": "x", "deep": [1, {"a": None}]})


async def test_messages_and_acknowledgements_come_back(crowd):
    member = await crowd.member()
    values = [1, "zwei", None, True, 1.5, -0.25, [], {}, {"a": [{"b": "🎈"}]}, 2**53]
    assert await member.client.call("message-with-ack", tuple(values)) == tuple(values)
    assert await member.client.call("echo", "one") == "one"
    await member.emit("message", {"a": 1})
    assert await member.expect("message-back") == {"a": 1}


async def test_binary_comes_back_byte_for_byte(crowd):
    member = await crowd.member()
    blob = os.urandom(100_000)
    assert await member.client.call("message-with-ack", (blob, {"inner": [blob[:10], b""]})) == (
        blob, {"inner": [blob[:10], b""]})
    await member.emit("message", blob)
    assert await member.expect("message-back") == blob


async def test_a_broadcast_reaches_all(crowd):
    first, second, third = await crowd.members_of(3)
    assert await first.call("broadcast", {"n": 1}) == "ok"
    for member in (first, second, third):
        assert await member.expect("b") == {"n": 1}
    assert await first.call("broadcast", b"\x00\xff") == "ok"
    for member in (first, second, third):
        assert await member.expect("b") == b"\x00\xff"


async def test_others_leaves_the_sender_out(crowd):
    first, second, third = await crowd.members_of(3)
    assert await first.call("others", 1) == "ok"
    for member in (second, third):
        assert await member.expect("b") == 1
    await quiet(first)


async def test_local_stays_on_its_server(crowd):
    members = await crowd.members_of(4)
    assert await members[0].call("local", 1) == "ok"
    neighbours = members if crowd.servers.redis is None else members[::2]
    for member in neighbours:
        assert await member.expect("b") == 1
    assert await members[0].call("broadcast", 2) == "ok"
    for member in members:
        assert await member.expect("b") == 2


async def test_volatile_and_uncompressed_broadcasts_arrive(crowd):
    first, second = await crowd.members_of(2)
    # A volatile packet is dropped where no poll waits for it: over polling that is a matter of luck.
    for event in ("compress",) if crowd.transport == "polling" else ("volatile", "compress"):
        assert await first.call(event, event) == "ok"
        for member in (first, second):
            assert await member.expect("b") == event


async def test_rooms(crowd):
    first, second, third, fourth = await crowd.members_of(4)
    assert "red" in await first.call("join", "red")
    assert "red" in await second.call("join", "red")
    assert await third.call("toroom", "red", "for red") == "ok"
    for member in (first, second):
        assert await member.expect("b") == "for red"
    assert await third.call("except", "red", "for the rest") == "ok"
    for member in (third, fourth):
        assert await member.expect("b") == "for the rest"
    assert "red" not in await second.call("leave", "red")
    assert await third.call("toroom", "red", "only first") == "ok"
    assert await first.expect("b") == "only first"
    await quiet(first, second, third, fourth)


async def test_broadcast_order_is_kept(crowd):
    first, second, third = await crowd.members_of(3)
    for number in range(200):
        await first.emit("broadcast", number)
    for member in (first, second, third):
        assert [await member.expect("b") for _ in range(200)] == list(range(200))


async def test_asking_all_collects_every_answer(crowd):
    members = await crowd.members_of(3)
    for number, member in enumerate(members):
        member.client.on("ask", lambda *arguments, number=number: [number, *arguments])
    error, answers = await members[0].call("ask-all", "q")
    assert error is None
    assert sorted(answers) == [[0, "q"], [1, "q"], [2, "q"]]


async def test_asking_a_room_names_the_timeout(crowd):
    first, second = await crowd.members_of(2)
    await second.call("join", "slow")
    # python-socketio acknowledges by itself with an empty answer, so silence needs a handler that never ends.
    silence = asyncio.Event()

    async def never(*_):
        await silence.wait()

    second.client.on("ask", never)
    error, answers = await first.call("ask-room", "slow", "q")
    assert error and answers == []
    silence.set()


async def test_cluster_operations(crowd):
    first, second, third = await crowd.members_of(3)
    await second.call("set-data", {"name": "second"})
    error, sockets = await first.call("fetch", None)
    assert error is None
    assert {socket["id"] for socket in sockets} == {member.id for member in (first, second, third)}
    assert [socket["data"] for socket in sockets if socket["id"] == second.id] == [{"name": "second"}]

    assert await first.call("sockets-join", None, "everybody") == "ok"
    await settled(first, "everybody", 3)
    assert {"everybody"} <= set(await first.call("all-rooms"))
    assert await first.call("sockets-leave", None, "everybody") == "ok"
    await settled(first, "everybody", 0)

    await third.call("join", "out")
    assert await first.call("kick", "out", False) == "ok"
    await third.expect_disconnect()
    assert first.connected and second.connected


async def settled(member, room, count):
    """Waits until the cluster agrees on the size of a room: joining elsewhere takes its way over Redis."""
    for _ in range(100):
        error, sockets = await member.call("fetch", room)
        assert error is None
        if len(sockets) == count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{room} has {len(sockets)} sockets, not {count}")


async def test_servers_talk_to_each_other(crowd):
    member = await crowd.member()
    count = len(crowd.servers.processes)
    assert await member.call("server-count") == count
    error, answers = await member.call("sse-ack", "x")
    assert error is None
    assert answers == [f"from ts{index}" for index in range(1, count)]
    assert await member.call("sse", "x") == "ok"
    answer = await member.call("whoami")
    assert answer["id"] == member.id
    assert answer["node"] == "ts0"
    assert answer["pid"] == crowd.servers.processes[0].child.pid
    assert answer["recovered"] is False


async def test_namespaces(crowd):
    member = await crowd.member()
    other = Participant("custom")
    crowd.members.append(other)
    arrived = []
    await other.connect(crowd.servers.url(0), crowd.transport, namespaces=["/custom"])
    other.client.on("b", lambda value: arrived.append(value), namespace="/custom")
    assert await other.client.call("broadcast", ("inside",), namespace="/custom") == "ok"
    await quiet(member)
    assert arrived == ["inside"]
    with pytest.raises(Refused):
        unknown = Participant("unknown namespace")
        await unknown.connect(crowd.servers.url(0), crowd.transport, namespaces=["/random"])


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_engine_echo(servers, transport):
    async with Engine(servers.url(0), transport, path="/engine.io/") as engine:
        await engine.send("4hello")
        assert await engine.receive() == "4hello"
        binary_packet = "bAQIDBA==" if transport == "polling" else b"\x01\x02\x03\x04"
        await engine.send(binary_packet)
        assert await engine.receive() == binary_packet


async def test_websocket_echo(servers):
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(f"{servers.url(0)}/ws-echo", max_msg_size=0) as socket:
            blob = os.urandom(1 << 20)
            await socket.send_bytes(blob)
            assert (await socket.receive(timeout=10)).data == blob
            await socket.send_str("päckchen")
            assert (await socket.receive(timeout=10)).data == "päckchen"
