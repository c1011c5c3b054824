"""What nodes say through Redis, seen by a peer that knows nothing but the wire format: captured publications go in, ours
come out as they should."""

import asyncio
import json
import os
import re

import pytest

from support.deadline import within
from support.resp import Redis
from support.testservers import Crowd, TestServers, quiet

VECTORS = os.path.join(os.path.dirname(__file__), "../ClusterTests/vectors/redis-golden.json")


def captured(section, title):
    """Channel and bytes of a publication that was captured from a Node.js server."""
    with open(VECTORS) as file:
        vector = next(vector for vector in json.load(file)[section] if vector["title"].startswith(title))
    text = vector.get("hex")
    return vector["channel"], bytes.fromhex(text) if text else json.dumps(vector["json"], separators=(",", ":")).encode()


@pytest.fixture(scope="module", params=["classic", "sharded"])
def servers(request):
    with TestServers(2, "--adapter", request.param) as servers:
        servers.adapter = request.param
        servers.publish = "PUBLISH" if request.param == "classic" else "SPUBLISH"
        yield servers


@pytest.fixture
def crowd(servers, watched):
    watched.extend(servers.processes)
    return Crowd(servers, "websocket")


async def subscribe(peer, servers, *channels):
    for channel in channels:
        await peer.command("SUBSCRIBE" if servers.adapter == "classic" else "SSUBSCRIBE", channel)


async def room_is_followed(peer, servers, room, count):
    """Waits until so many nodes receive what goes to a room."""
    while servers.adapter == "sharded":
        if await peer.command("PUBSUB", "SHARDNUMSUB", f"socket.io#/#{room}#") == [f"socket.io#/#{room}#".encode(), count]:
            return
        await asyncio.sleep(0.02)


async def test_captured_broadcasts_reach_the_clients(crowd, servers):
    members = await crowd.members_of(2)
    async with Redis(servers.redis.port) as peer:
        await members[1].call("join", "r1")
        await room_is_followed(peer, servers, "r1", 1)
        for title in ("io.emit('b', 1, 'two'", "io.emit with a binary attachment", "io.to('r1').emit"):
            channel, payload = captured(servers.adapter, title)
            await peer.command(servers.publish, channel, payload)
        for member in members:
            await member.until(lambda: len(member.history) - member.position >= 2, "two broadcasts")
            first, second = member.history[member.position:member.position + 2]
            assert first.arguments == (1, "two", {"three": True, "n": None})
            assert second.arguments == ({"bin": b"\x01\x02\x03"},)
            member.position += 2
        assert await members[1].expect("b") == "hi"
        await quiet(*members)


async def event(peer):
    """The next event: its channel, and what peers read of it. In the sharded format it has a member of ours, `count`, and
    there are messages of ours, whose types have names."""
    while True:
        channel, payload = await peer.next()
        if b'"type":"' not in payload:
            return channel, re.sub(rb',"count":\[\d+,\d+\]', b"", payload)


async def test_what_we_publish_is_what_peers_publish(crowd, servers):
    member = await crowd.member()
    async with Redis(servers.redis.port) as peer, Redis(servers.redis.port) as asking:
        if servers.adapter == "classic":
            await peer.command("PSUBSCRIBE", "socket.io#/#*")
        else:
            await subscribe(peer, servers, "socket.io#/#", "socket.io#/#r1#")
        await member.call("broadcast", "x")
        await member.call("toroom", "r1", "y")
        (channel, everybody), (room_channel, room) = [await event(peer) for _ in range(2)]
        assert (channel, room_channel) == ("socket.io#/#", "socket.io#/#r1#")
        if servers.adapter == "classic":
            uid = everybody[2:8]
            assert everybody == (
                b"\x93\xa6" + uid + b"\x83\xa4type\x02\xa4data\x92\xa1b\xa1x\xa3nsp\xa1/"
                b"\x83\xa5rooms\x90\xa6except\x90\xa5flags\x80")
            assert b"\xa5rooms\x91\xa2r1" in room
        else:
            uid = json.loads(everybody)["uid"]
            options = '"opts":{"rooms":%s,"except":[],"flags":{}}},"uid":"%s","nsp":"/"}'
            assert everybody.decode() == (
                '{"type":3,"data":{"packet":{"type":2,"data":["b","x"]},' + options % ("[]", uid))
            assert room.decode() == (
                '{"type":3,"data":{"packet":{"type":2,"data":["b","y"]},' + options % ('["r1"]', uid))
        assert await asking.command("PING") == b"PONG"


async def test_a_room_is_followed_as_long_as_it_has_a_member(crowd, servers):
    if servers.adapter == "classic":
        pytest.skip("classic nodes follow no rooms")
    members = await crowd.members_of(4)
    async with Redis(servers.redis.port) as peer:
        for member in members:
            await member.call("join", "followed")
        await room_is_followed(peer, servers, "followed", 2)
        await members[0].call("leave", "followed")
        await members[2].call("leave", "followed")
        await room_is_followed(peer, servers, "followed", 1)
        for member in (members[1], members[3]):
            await member.client.disconnect()
        await room_is_followed(peer, servers, "followed", 0)


async def test_a_peer_is_answered(crowd, servers):
    members = await crowd.members_of(2)
    for member in members:
        member.client.on("ask", lambda *arguments: "answer")
    async with Redis(servers.redis.port) as peer, Redis(servers.redis.port) as asking:
        if servers.adapter == "classic":
            await subscribe(peer, servers, "socket.io-response#/#")
            channel, fetch = "socket.io-request#/#", (
                b'{"uid":"foreig","requestId":"x","type":5,"opts":{"rooms":[],"except":[]}}')
        else:
            await subscribe(peer, servers, "socket.io#/#ac8b93ce33e38b2f#")
            channel, fetch = "socket.io#/#", (
                b'{"type":7,"data":{"opts":{"rooms":[],"except":[],"flags":{}},"requestId":"x"},'
                b'"uid":"ac8b93ce33e38b2f","nsp":"/"}')
        await asking.command(servers.publish, channel, fetch)
        answers = [json.loads((await peer.next())[1]) for _ in range(2)]
        answers = [answer.get("data", answer) for answer in answers]
        assert all(answer["requestId"] == "x" for answer in answers)
        sockets = [socket for answer in answers for socket in answer["sockets"]]
        assert {socket["id"] for socket in sockets} == {member.id for member in members}
        assert all(socket["handshake"]["address"] == "127.0.0.1" for socket in sockets)


async def test_a_paused_node_is_named_and_no_longer_waited_for(crowd, servers, watched):
    with TestServers(2, "--adapter", servers.adapter, "--lease", "1000") as pair:
        watched.extend(pair.processes)
        local = Crowd(pair, "websocket")
        try:
            member, other = await local.members_of(2)
            report = await member.call("who-answers")
            assert report == {"answers": 2, "expected": 1, "missing": 0, "silent": []}
            tag = other.id[:6]
            # Nodes get to know each other with the next heartbeat, a quarter of a lease.
            await asyncio.sleep(0.6)
            pair.processes[1].pause()
            # While its lease lasts it is waited for; the lease ends before the patience of 5 seconds does.
            report = await member.call("who-answers", timeout=8)
            assert report == {
                "answers": 1, "expected": 1, "missing": 1, "silent": [{"tag": tag, "reason": "leaseOver"}]}
            for event in ("who-answers", "who-answers-servers", "who-acknowledges"):
                report = await within(member.call(event), 2)
                assert report["silent"] == [{"tag": tag, "reason": "leaseOver"}] and report["missing"] == 1
            pair.processes[1].resume()
            while (await member.call("who-answers"))["missing"] != 0:
                await asyncio.sleep(0.05)
            pair.processes[1].kill()
            while (await member.call("who-answers"))["expected"] != 0:
                await asyncio.sleep(0.05)
        finally:
            pair.processes[1].resume()
            await local.aclose()
