"""Redis fails under a cluster of meet and under numbered events between two servers. Nobody ends, what is local goes on,
within five seconds after Redis is back everything is exact again, nothing comes twice, and what was lost is told."""

import asyncio
import contextlib
import signal
import time

import pytest

from support.cluster import Cluster
from support.meeting import Meeting
from support.participant import nothing_more
from support.redis import ask
from support.testserver import stats
from support.testservers import Crowd, TestServers

HEALED = 5  # seconds after Redis is back


@pytest.fixture(scope="module")
def cluster():
    """Three nodes of meet; what one fault has done to them must not matter to the next."""
    cluster = Cluster(3, options=["--meet-pool", "north"]).start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def servers():
    with TestServers(2, "--unicast", "true") as servers:
        yield servers


@pytest.fixture(scope="module")
def sharded_servers():
    with TestServers(2, "--unicast", "true", "--adapter", "sharded") as servers:
        yield servers


class Numbers:
    """Numbered events from a client of one server to a client of the other, to its room and to itself in turn."""

    def __init__(self, servers):
        self.crowd = Crowd(servers, "websocket")
        self.sent = 0

    async def __aenter__(self):
        self.speaker, self.listener = await self.crowd.members_of(2)
        await self.listener.call("join", "r")
        self.task = asyncio.create_task(self.speak())
        await self.listener.until(lambda: len(self.received) > 10, "the first numbers")
        return self

    async def __aexit__(self, *error):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        await self.crowd.aclose()

    async def speak(self):
        while True:
            # Answered by the speaker's own server, whatever Redis does.
            assert await self.speaker.call("toroom", [self.listener.id, "r"][self.sent % 2], self.sent) == "ok"
            self.sent += 1
            await asyncio.sleep(0.01)

    @property
    def received(self):
        return [event.arguments[0] for event in self.listener.history if event.name == "b"]

    @property
    def missed(self):
        return sum(event.arguments[0]["missed"] for event in self.listener.history if event.name == "gap")

    async def end(self):
        """Every number has come, once and in order, or is known to be missed. Returns how many are."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        # The number that was under way may have been sent.
        await self.listener.until(
            lambda: len(self.received) + self.missed in (self.sent, self.sent + 1),
            f"{self.sent} numbers, received or missed", HEALED)
        assert all(one < next for one, next in zip(self.received, self.received[1:])), self.received
        return self.missed


class Chats:
    """A pair within a node, a pair across two, and one who waits in a pool."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.meeting = Meeting(cluster, "websocket")

    async def __aenter__(self):
        self.near = [await self.meeting.person(node=0, label=f"near {index}") for index in range(2)]
        self.far = [await self.meeting.person(node=index, label=f"far {index}") for index in range(2)]
        self.waiting = await self.meeting.person(node=2, label="waiting")
        await self.meeting.join(*self.near)
        await self.meeting.join(*self.far)
        await self.waiting.emit("findChat", {"pool": "north"})
        await self.waiting.expect("waiting")
        return self

    async def __aexit__(self, *error):
        await self.meeting.aclose()

    async def talk(self, speaker, listener, text):
        assert await speaker.call("sendMessage", text) == {"ok": True}
        for member in (speaker, listener):
            assert (await member.expect("message"))["text"] == text

    async def part(self):
        """The pairs are over: everybody is told once. They find each other again."""
        for pair in (self.near, self.far):
            for member, partner in (pair, pair[::-1]):
                assert await member.expect("partnerLeft", HEALED) == {"partnerId": partner.id}
            for member in pair:
                await member.emit("findChat")
            for member, partner in (pair, pair[::-1]):
                assert (await started(member))["partnerId"] == partner.id

    async def exact_again(self):
        await self.talk(*self.near, "near again")
        await self.talk(*self.far, "far again")
        newcomer = await self.meeting.person(node=1, label="newcomer")
        await newcomer.emit("findChat", {"pool": "north"})
        assert (await started(newcomer))["partnerId"] == self.waiting.id
        assert (await self.waiting.expect("chatStart", HEALED))["partnerId"] == newcomer.id
        await self.talk(newcomer, self.waiting, "hello")
        everybody = [*self.near, *self.far, self.waiting, newcomer]
        for person in everybody:
            await person.expect_online(len(everybody), HEALED)
        return everybody


async def started(person):
    """The next chat; a request that came too early is repeated by the server, and says `waiting` each time."""
    deadline = time.monotonic() + HEALED
    while True:
        await person.until(
            lambda: len(person.history) > person.position, "chatStart", max(0.1, deadline - time.monotonic()))
        event = person.history[person.position]
        person.position += 1
        assert event.name in ("waiting", "chatStart"), event
        if event.name == "chatStart":
            return event.arguments[0]


async def restarted_empty(redises, meanwhile):
    for redis in redises:
        redis.kill()
    await meanwhile()
    await asyncio.sleep(1)
    for redis in redises:
        redis.start().wait_ready()


async def subscriptions_cut(redises, meanwhile):
    for _ in range(5):
        for redis in redises:
            ask(redis, "CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.sleep(0.2)
    await meanwhile()


async def paused(redises, meanwhile):
    for redis in redises:
        ask(redis, "CLIENT", "PAUSE", 3000, "ALL")
    await meanwhile()
    await asyncio.to_thread(ask, redises[-1], "PING")


async def frozen(redises, meanwhile):
    for redis in redises:
        redis.child.send_signal(signal.SIGSTOP)
    await meanwhile()
    await asyncio.sleep(10)
    for redis in redises:
        redis.child.send_signal(signal.SIGCONT)


@pytest.mark.deadline(60)
@pytest.mark.parametrize("fault", [restarted_empty, subscriptions_cut, paused, frozen])
async def test_redis(fault, cluster, servers, watched):
    processes = [*cluster.nodes, *servers.processes]
    watched.extend(processes)
    async with Numbers(servers) as numbers, Chats(cluster) as chats:

        async def meanwhile():
            await chats.talk(*chats.near, "meanwhile")

        counted = missed_by(servers)
        await fault([servers.redis, cluster.redis], meanwhile)
        back = time.monotonic()
        if fault is restarted_empty:
            await chats.part()
        everybody = await chats.exact_again()
        assert time.monotonic() - back < HEALED
        await asyncio.sleep(0.5)
        missed = await numbers.end()
        assert missed_by(servers) - counted == missed
        if fault in (paused, frozen):
            assert missed == 0
        await nothing_more(*everybody)
        assert all(process.running for process in processes)


@pytest.mark.deadline(40)
@pytest.mark.parametrize("fault", [restarted_empty, subscriptions_cut])
async def test_redis_with_shard_channels(fault, sharded_servers, watched):
    servers = sharded_servers
    watched.extend(servers.processes)
    async with Numbers(servers) as numbers:

        async def meanwhile():
            await numbers.listener.call("echo")

        counted = missed_by(servers)
        await fault([servers.redis], meanwhile)
        await asyncio.sleep(0.5)
        missed = await numbers.end()
        assert missed_by(servers) - counted == missed
        assert all(process.running for process in servers.processes)


def missed_by(servers):
    return sum(stats(servers.url(index))["cluster"]["missed"] for index in range(2))
