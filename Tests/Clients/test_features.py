"""Features of the reference server that no other file here drives, one server or, where it matters, two with Redis."""

import asyncio
import json
from urllib.parse import urlsplit

import msgpack
import pytest

from support.deadline import within
from support.engine import Engine
from support.participant import Participant
from support.testservers import Crowd, TestServers, quiet


@pytest.fixture(scope="module")
def pair():
    with TestServers(2, "--threads", "2") as servers:
        yield servers


@pytest.fixture(scope="module")
def single():
    with TestServers(1, "--ping-interval", "300", "--ping-timeout", "200", "--max-payload", "10000") as servers:
        yield servers


@pytest.fixture(params=["polling", "websocket"])
def crowd(request, pair, watched):
    watched.extend(pair.processes)
    return Crowd(pair, request.param)


def never_ending(participant):
    """Makes a participant owe the answer to `ask`: the stock client answers as soon as its handler returns."""

    async def never(*_):
        await asyncio.Event().wait()

    participant.client.on("ask", never)


async def test_one_socket_is_asked_with_a_timeout(crowd):
    first, second = await crowd.members_of(2)
    first.client.on("ask", lambda question: question + 1)
    assert await first.call("ask-me", 1) == (None, 2)
    never_ending(second)
    assert await second.call("ask-me", 1) == "timedOut"


async def test_broadcast_acknowledgements_are_partial_when_somebody_is_silent(crowd):
    members = await crowd.members_of(4)
    for number, member in enumerate(members):
        member.client.on("ask", lambda *_, number=number: number)
    never_ending(members[3])
    error, answers = await members[0].call("ask-all")
    assert error == "operation has timed out"
    assert sorted(answers) == [0, 1, 2]


async def test_chained_rooms_are_a_union_without_the_excepted_and_without_the_sender(crowd):
    first, red, blue, both, muted, outside = await crowd.members_of(6)
    for member, rooms in ((first, ["red"]), (red, ["red"]), (blue, ["blue"]), (both, ["red", "blue"]),
                          (muted, ["red", "mute"])):
        for room in rooms:
            await member.call("join", room)
    assert await first.call("to-rooms", ["red", "blue"], ["mute"], "x") == "ok"
    for member in (red, blue, both):
        assert await member.expect("b") == "x"
    await quiet(first, red, blue, both, muted, outside)


async def test_a_volatile_event_is_lost_when_no_poll_waits_for_it(single):
    async with Engine(single.url(0), "polling") as engine:
        await engine.join()
        assert await engine.receive_event("auth") == [{}]
        # No poll is pending while these are handled; what is not volatile waits for the next one.
        await engine.send('42["volatile-me","lost"]', '421["echo","kept"]')
        assert await engine.receive() == '431["kept"]'
        await engine.send('422["echo","nothing else"]')
        assert await engine.receive() == '432["nothing else"]'


async def test_packet_middleware_stops_an_event_before_its_handlers(pair):
    visitor = Participant("/watched")
    await visitor.connect(pair.url(0), namespaces=["/watched"])
    assert await visitor.call("forbidden") == {"error": "not here", "code": "forbidden"}
    assert await visitor.call("allowed") == "handled"
    assert await visitor.expect("b") == "allowed"
    visitor.nothing_pending()
    await visitor.close()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_client_that_answers_no_ping_is_closed(single, transport):
    async with Engine(single.url(0), transport) as engine:
        await engine.join()
        assert engine.opened["pingInterval"] == 300 and engine.opened["pingTimeout"] == 200
        answered = Participant("answers")
        await answered.connect(single.url(0), transport)
        packets = []
        while (packet := await within(engine.next_packet(), 5)) not in (None, "1"):
            packets.append(packet)
        assert "2" in packets
        assert answered.connected and await answered.call("echo", 1) == 1
        await answered.close()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_message_over_the_limit_is_refused(single, transport):
    neighbour = Participant("neighbour")
    await neighbour.connect(single.url(0), transport)
    async with Engine(single.url(0), transport) as engine:
        assert engine.opened["maxPayload"] == 10_000
        await engine.join()
        status = await engine.send(f'42["echo","{"x" * 10_000}"]')
        if transport == "polling":
            assert status == 413  # it is the request that is refused, as by the reference
        else:
            await engine.expect_closed()
    assert await neighbour.call("echo", "x" * 9_000) == "x" * 9_000
    await neighbour.close()


class Emitter:
    """What the emitter package for Redis publishes: it has no server, and hears nothing."""

    def __init__(self, url):
        self.address = urlsplit(url)

    async def publish(self, channel, payload):
        reader, writer = await asyncio.open_connection(self.address.hostname, self.address.port)
        parts = [b"PUBLISH", channel.encode(), payload]
        writer.write(b"*3\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        receivers = await reader.readline()
        writer.close()
        assert int(receivers[1:]) > 0, "nobody is subscribed"

    async def emit(self, *data, rooms=(), other_than=()):
        channel = "socket.io#/#" + (f"{rooms[0]}#" if len(rooms) == 1 else "")
        options = {"rooms": list(rooms), "except": list(other_than), "flags": {}}
        await self.publish(channel, msgpack.packb(["emitter", {"type": 2, "data": data, "nsp": "/"}, options]))

    async def request(self, kind, of, **more):
        request = {"uid": "emitter", "type": kind, "opts": {"rooms": of, "except": []}, **more}
        await self.publish("socket.io-request#/#", json.dumps(request).encode())


async def test_a_program_outside_of_the_cluster_emits_and_moves_sockets(crowd):
    first, second, third = await crowd.members_of(3)
    await second.call("join", "red")
    emitter = Emitter(crowd.servers.redis.url)
    await emitter.emit("news", {"n": 1})
    for member in (first, second, third):
        assert await member.expect("news") == {"n": 1}
    await emitter.emit("news", b"\x00\xff", rooms=["red"])
    assert await second.expect("news") == b"\x00\xff"
    await emitter.request(2, of=["red"], rooms=["blue"])
    await joined(second, "blue")
    await emitter.emit("news", 3, other_than=["blue"])
    for member in (first, third):
        assert await member.expect("news") == 3
    await emitter.request(4, of=["blue"], close=False)
    await second.expect_disconnect()
    await quiet(first, third)


async def joined(member, room):
    """Waits until a socket is in a room that somebody else put it into."""
    while room not in (await member.call("whoami"))["rooms"]:
        await asyncio.sleep(0.01)


async def test_servers_ask_each_other_and_leave_themselves_out(crowd):
    first, second = await crowd.members_of(2)
    assert await first.call("sse-ack") == (None, ["from ts1"])
    assert await second.call("sse-ack") == (None, ["from ts0"])
