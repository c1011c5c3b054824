"""Clients that want too much are cut or refused with the limit's name, and their neighbours notice nothing."""

import asyncio
import re
import time
from contextlib import asynccontextmanager

import pytest

from support.cluster import Cluster
from support.engine import Engine
from support.processes import http_status
from support.testservers import Crowd, TestServers

TOO_MANY_ROOMS = {"error": "No more than 1024 rooms can be joined", "code": "room_limit_reached"}


@pytest.fixture(scope="module")
def servers():
    with TestServers(1, "--threads", "2", "--connect-timeout", "500", "--events-per-second", "100:300") as servers:
        yield servers


@pytest.fixture(scope="module")
def unlimited():
    with TestServers(1, "--threads", "1") as servers:
        yield servers


@asynccontextmanager
async def undisturbed(servers, pause=0.05):
    """A neighbour whose calls are answered all the while; yields the times they took."""
    crowd, times = Crowd(servers, "websocket"), []
    neighbour = await crowd.member()

    async def talk():
        while True:
            started = time.monotonic()
            assert await neighbour.call("echo", 1) == 1
            times.append(time.monotonic() - started)
            await asyncio.sleep(pause)

    talking = asyncio.create_task(talk())
    yield times
    assert not talking.done(), talking.exception()
    talking.cancel()
    assert neighbour.connected
    neighbour.nothing_pending()
    await crowd.aclose()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_too_many_events_per_second_end_the_session_and_no_other(servers, transport, watched):
    watched.extend(servers.processes)
    async with undisturbed(servers):
        async with Engine(servers.url(0), transport) as engine:
            await engine.join()
            # The burst is served; joining was the first of it.
            await engine.send(*(f'42{number}["echo",{number}]' for number in range(299)))
            answers = set()
            while len(answers) < 299:
                packet = await engine.receive()
                answers.add(packet) if packet.startswith("43") else None
            assert answers == {f"43{number}[{number}]" for number in range(299)}
            await engine.send(*(['42["echo"]'] * 300))
            await engine.expect_closed()


async def test_a_hundred_events_per_second_are_fine(servers):
    async with Engine(servers.url(0), "websocket") as engine:
        await engine.join()
        for _ in range(8):
            await engine.send(*(['42["echo"]'] * 10))
            await asyncio.sleep(0.1)
        await engine.send('421["echo","still here"]')
        while await engine.receive() != '431["still here"]':
            pass


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_session_without_namespace_is_closed(servers, transport):
    async with Engine(servers.url(0), transport) as engine:
        started = time.monotonic()
        await engine.expect_closed(3)
        assert time.monotonic() - started > 0.4


async def test_a_hundred_thousand_rooms_at_once_are_refused_by_name(unlimited, watched):
    watched.extend(unlimited.processes)
    async with undisturbed(unlimited):
        greedy = Crowd(unlimited, "websocket")
        member = await greedy.member()
        assert await member.call("join-many", 100_000) == TOO_MANY_ROOMS
        assert len((await member.call("whoami"))["rooms"]) == 1025
        # Rooms that it is in stay open to it, and leaving one makes room.
        assert "many-7" in await member.call("join", "many-7")
        assert await member.call("join", "one more") == TOO_MANY_ROOMS
        await member.call("leave", "many-7")
        assert "one more" in await member.call("join", "one more")
        await greedy.aclose()


async def test_thousands_of_wishes_for_a_room_are_refused_one_by_one(unlimited):
    async with undisturbed(unlimited):
        async with Engine(unlimited.url(0), "websocket") as engine:
            await engine.join()
            await engine.receive_event("auth")
            await engine.send('420["join-many",1024]')
            assert await engine.receive() == '430["ok"]'
            for start in range(1, 5001, 100):
                await engine.send(*(f'42{number}["join","room {number}"]' for number in range(start, start + 100)))
                for number in range(start, start + 100):
                    packet = await engine.receive()
                    assert packet.startswith(f"43{number}[") and '"room_limit_reached"' in packet


async def test_rooms_that_the_server_joins_a_socket_to_count_as_well(unlimited):
    crowd = Crowd(unlimited, "websocket")
    full, other = await crowd.members_of(2)
    await full.call("join-many", 1024)
    assert await other.call("sockets-join", None, "for all") == "ok"
    assert "for all" in (await other.call("whoami"))["rooms"]
    assert "for all" not in (await full.call("whoami"))["rooms"]
    await crowd.aclose()


@pytest.mark.parametrize("packet", [
    pytest.param('4511-["x",{"_placeholder":true,"num":0}]', id="11 attachments"),
    pytest.param(f'42["{"x" * 257}"]', id="a long event name"),
])
async def test_packets_over_a_limit_close_their_session_only(unlimited, packet):
    async with undisturbed(unlimited):
        async with Engine(unlimited.url(0), "websocket") as engine:
            await engine.join()
            await engine.send(packet)
            await engine.expect_closed()


async def test_a_session_joins_so_many_namespaces_and_no_more(unlimited):
    async with Engine(unlimited.url(0), "websocket") as engine:
        for number in range(64):
            assert (await engine.join(f"/tenant-{number}")).startswith(f"40/tenant-{number},")
        assert await engine.join("/tenant-x") == '44/tenant-x,{"message":"Too many namespaces"}'
        await engine.send("41/tenant-7,")
        assert (await engine.join("/tenant-x")).startswith("40/tenant-x,")


async def test_the_name_of_a_namespace_has_a_limit(unlimited):
    async with Engine(unlimited.url(0), "websocket") as engine:
        name = "/tenant-" + "x" * 249
        assert await engine.join(name) == f'44{name},{{"message":"Invalid namespace"}}'


@pytest.fixture(scope="module")
def node():
    cluster = Cluster(1, options=["--events-per-second", "50:100", "--drain-over", "1000", "--connect-timeout", "1000"])
    yield cluster.start()
    cluster.stop()


@pytest.mark.deadline(40)
async def test_a_node_counts_whom_it_cut_and_drains_little_by_little(node, watched):
    watched.extend(node.processes)
    async with Engine(node.url(0), "websocket") as flooding, Engine(node.url(0), "websocket") as idle:
        await flooding.join()
        await flooding.send(*(['42["nothing"]'] * 150))
        await flooding.expect_closed()
        await idle.expect_closed()
    metrics = http_status(f"{node.url(0)}/metrics")[1].decode()
    for reason in ("rate limit", "connect timeout"):
        assert f'switchboard_sessions_closed_total{{reason="{reason}"}} 1' in metrics

    crowd = [Engine(node.url(0), "websocket") for _ in range(200)]
    # One after the other: of many at once, some would not get to join in time.
    for engine in crowd:
        await engine.__aenter__()
        await engine.join()

    async def watch(engine):
        await engine.expect_closed(10)
        await engine.http.close()

    node.nodes[0].terminate()
    await asyncio.gather(*(watch(engine) for engine in crowd))
    assert await asyncio.to_thread(node.nodes[0].stop) == 0
    remaining = [int(number) for number in re.findall(r"remaining=(\d+)", node.nodes[0].output())]
    assert len(remaining) > 2 and remaining == sorted(remaining, reverse=True) and remaining[-1] == 0, remaining
