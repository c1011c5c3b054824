"""Namespaces made on demand, what happens to rooms, and the end of a server little by little."""

import asyncio
import time

import aiohttp
import pytest

from support.engine import Engine
from support.participant import Participant, Refused
from support.testservers import TestServers


@pytest.fixture(scope="module")
def servers():
    with TestServers(2, "--threads", "2") as servers:
        yield servers


class Visitors:
    """Clients of one test, each in one namespace; all are gone at its end."""

    def __init__(self, servers, transport):
        self.servers = servers
        self.transport = transport
        self.all = []

    async def into(self, namespace, server=0, auth=None):
        visitor = Participant(namespace)
        self.all.append(visitor)
        return await visitor.connect(self.servers.url(server), self.transport, auth=auth, namespaces=[namespace])

    async def aclose(self):
        await asyncio.gather(*(visitor.close() for visitor in self.all))


@pytest.fixture(params=["polling", "websocket"])
def visitors(request, servers, watched):
    watched.extend(servers.processes)
    return Visitors(servers, request.param)


async def test_a_pattern_makes_a_namespace_for_whoever_asks(visitors):
    seven, eight = await visitors.into("/tenant-7"), await visitors.into("/tenant-8")
    neighbour = await visitors.into("/tenant-7", server=1)
    assert [await visitor.call("tenant") for visitor in (seven, eight, neighbour)] == ["7", "8", "7"]
    await seven.call("join", "r")
    assert await eight.call("toroom", "r", "not for seven") == "ok"
    assert await seven.call("broadcast", "for both servers") == "ok"
    for visitor in (seven, neighbour):
        assert await visitor.expect("b") == "for both servers"
    await eight.call("echo")
    for visitor in (seven, eight, neighbour):
        visitor.nothing_pending()
    for unknown in ("/tenant-", "/tenant-a/b", "/other"):
        with pytest.raises(Refused) as refused:
            await visitors.into(unknown)
        assert refused.value.message == "Invalid namespace"


async def test_what_is_sent_to_the_parent_reaches_every_namespace_of_it(visitors):
    seven, eight = await visitors.into("/tenant-7"), await visitors.into("/tenant-8")
    elsewhere, other = await visitors.into("/tenant-7", server=1), await visitors.into("/custom")
    await other.expect("auth")
    assert await seven.call("all-tenants", {"n": 1}) == "ok"
    for visitor in (seven, eight, elsewhere):
        assert await visitor.expect("b") == {"n": 1}
    await other.call("echo")
    other.nothing_pending()


async def test_middleware_of_the_parent_decides_about_every_client(visitors):
    with pytest.raises(Refused) as refused:
        await visitors.into("/tenant-closed")
    assert refused.value.message == "tenant closed"
    assert visitors.all[-1].refusal["data"] == {"until": "tomorrow"}


async def test_a_function_sees_name_and_auth_and_decides(visitors):
    invited = await visitors.into("/invited-ann", auth={"invitation": "/invited-ann"})
    assert await invited.call("echo", 1) == 1
    with pytest.raises(Refused) as refused:
        await visitors.into("/invited-bob", auth={"invitation": "/invited-ann"})
    assert refused.value.message == "Invalid namespace"


async def test_new_namespaces_are_told_and_go_with_their_last_socket(visitors):
    watcher = await visitors.into("/")
    await watcher.expect("auth")
    await watcher.call("join", "watchers")
    for _ in range(2):
        visitor = await visitors.into("/tenant-once")
        assert await watcher.expect("new-namespace") == "/tenant-once"
        second = await visitors.into("/tenant-once")
        await visitor.close()
        assert await second.call("tenant") == "once"
        await second.close()
        while await watcher.call("tenant-sockets"):
            await asyncio.sleep(0.01)
    watcher.nothing_pending()


async def test_joining_and_leaving_at_once_never_loses_a_client(visitors):
    async def come_and_go(number):
        for _ in range(5):
            visitor = await visitors.into("/tenant-busy")
            assert await visitor.call("broadcast", number) == "ok"
            await visitor.until(
                lambda: any(event.arguments == (number,) for event in visitor.history), "its own broadcast")
            await visitor.close()

    await asyncio.gather(*(come_and_go(number) for number in range(6)))


async def test_rooms_are_created_by_their_first_and_deleted_with_their_last_member(visitors):
    watcher, first, second = [await visitors.into("/watched") for _ in range(3)]
    one, two = first.id, second.id
    await watcher.call("join", "watchers")
    await first.call("join", "red")
    await second.call("join", "red")
    await first.call("leave", "red")
    count, rooms = await watcher.call("local-view")
    assert (count, rooms["red"], rooms["watchers"], rooms[two]) == (3, 1, 1, 1)
    await second.close()
    expected = [
        ("created", one), ("joined", one), ("joined", two), ("left", one), ("left", two), ("deleted", two),
    ]
    await watcher.until(lambda: len(watcher.history) >= len(expected), "all that happened to the room")
    assert [event.arguments for event in watcher.history] == [(what, "red", who) for what, who in expected]


async def handshake(url):
    """The status of one more handshake."""
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/socket.io/", params={"EIO": "4", "transport": "polling"}) as answer:
            return answer.status


async def test_a_server_that_drains_takes_nobody_in_and_closes_its_sessions_little_by_little(watched):
    with TestServers(1, "--threads", "2") as servers:
        watched.extend(servers.processes)
        async with Engine(servers.url(0), "websocket") as observer:
            await observer.join()
            crowd = [Engine(servers.url(0), "websocket") for _ in range(300)]
            await asyncio.gather(*(engine.__aenter__() for engine in crowd))
            await asyncio.gather(*(engine.join() for engine in crowd))
            started, ends = time.monotonic(), []

            async def watch(engine):
                await engine.expect_closed(8)
                ends.append(time.monotonic() - started)

            async with asyncio.TaskGroup() as tasks:
                for engine in (observer, *crowd):
                    tasks.create_task(watch(engine))
                await observer.send('421["drain",2000]')
                while (status := await handshake(servers.url(0))) != 503:
                    assert status == 200
                assert len(ends) < len(crowd), "refused at the end only"
            assert ends[-1] - ends[0] > 0.4, "all at once"
            assert ends[-1] < 6
            await asyncio.gather(*(engine.http.close() for engine in crowd))
