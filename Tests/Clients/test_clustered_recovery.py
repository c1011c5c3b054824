"""Connection state recovery over a cluster: a socket comes back on any node, also when its own was killed.

The stock clients do not care which node they come to; what is said here by hand is what they say (test_recovery.py).
"""

import asyncio
import contextlib
import json
import socket

import pytest

from support.deadline import within
from support.engine import Engine
from support.recovery import Lost, called, expect_new, joined, offset_of
from support.redis import ask, calls, read
from support.testservers import TestServers
from test_redis_deployments import RECOVERY_RULES, RULES

DURATION = 20_000
FORMATS = {
    "classic": [],
    "classic-unicast": ["--unicast", "true"],
    "sharded": ["--adapter", "sharded", "--unicast", "true"],
    "sharded-private": ["--adapter", "sharded", "--subscription-mode", "dynamic-private"],
}


async def settled(servers):
    """Servers keep what they publish for a second after the start; until then they restore nobody."""
    for index in range(len(servers.ports)):
        while True:
            lost = await Lost.make(servers.url(index))
            async with Engine(servers.url(index + 1), "websocket") as engine:
                if (await joined(engine, lost.claim()))[1]["sid"] == lost.sid:
                    break
            await asyncio.sleep(0.05)


@pytest.fixture(scope="module", params=FORMATS)
def servers(request):
    with TestServers(3, "--recovery", str(DURATION), "--threads", "2", *FORMATS[request.param]) as servers:
        asyncio.run(within(settled(servers), 20))
        yield servers


@contextlib.asynccontextmanager
async def cluster(*options):
    """Servers that a test of its own breaks."""
    with TestServers(3, "--recovery", str(DURATION), "--threads", "2", "--lease", "1000", *options) as servers:
        await settled(servers)
        yield servers


def events(packets):
    return [json.loads(packet[2:])[:-1] for packet in packets]


class Client:
    """A raw client that keeps its private id and its last offset, as the stock client does."""

    def __init__(self, servers):
        self.servers = servers
        self.engine = self.sid = self.pid = self.offset = None
        self.seen = []
        self.recovered = False

    async def connect(self, index, transport="websocket"):
        self.engine = Engine(self.servers.url(index), transport)
        await self.engine.__aenter__()
        claim = {} if self.pid is None else {"pid": self.pid}
        if self.offset is not None:
            claim["offset"] = self.offset
        missed, payload = await joined(self.engine, claim)
        for packet in missed:
            self.take(packet)
        self.recovered = payload["pid"] == self.pid
        self.sid, self.pid = payload["sid"], payload["pid"]
        return self

    def take(self, packet):
        if isinstance(packet, str) and packet.startswith("42["):
            *event, self.offset = json.loads(packet[2:])
            if event[0] == "b":
                self.seen.append(event[1:])

    async def call(self, *event):
        answer, before = await called(self.engine, *event)
        for packet in before:
            self.take(packet)
        return answer

    async def until(self, *event):
        """Receives until an event of the name b with these arguments has come."""
        while not self.seen or self.seen[-1] != list(event):
            packet = await self.engine.receive()
            assert packet is not None, "closed"
            self.take(packet)

    async def saved(self):
        """Waits until Redis has what was told to the server before: a server that is killed may not have sent it yet."""
        await self.call("join", f"saved {self.sid}")
        while f"saved {self.sid}" not in (
                ask(self.servers.redis, "HGET", "{switchboard}:recovery:sessions", self.pid) or ""):
            await asyncio.sleep(0.01)

    async def lose(self):
        """The connection is cut; what has not been received is lost."""
        if self.engine:
            engine, self.engine = self.engine, None
            if engine.socket is not None and (connection := engine.socket._response.connection) is not None:
                if connection.transport is not None:
                    connection.transport.abort()
            await engine.http.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.lose()


async def test_a_client_comes_back_on_another_node_with_what_it_missed_from_every_node(servers):
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(Client(servers))
        senders = [await stack.enter_async_context(Client(servers)) for _ in range(3)]
        for index, sender in enumerate(senders):
            await sender.connect(index)
        await client.connect(0)
        sid = client.sid
        await client.call("join", "news")
        await client.call("set-data", {"name": "ann"})
        expected = []
        for home in (1, 2, 1, 0, 0, 2):
            await client.lose()
            for index, sender in enumerate(senders):
                await sender.call("toroom", "news", f"room {home} {index}")
                await sender.call("toroom", sid, f"it {home} {index}")
                await sender.call("toroom", "elsewhere", "not for it")
                await sender.call("except", "news", "not for it")
                await sender.call("broadcast", f"all {home} {index}")
                expected += [[f"{kind} {home} {index}"] for kind in ("room", "it", "all")]
            await client.connect(home, ["websocket", "polling"][home % 2])
            assert (client.recovered, client.sid) == (True, sid)
            me = (await client.call("whoami"))[0]
            assert (me["id"], me["recovered"], me["rooms"]) == (sid, True, sorted([sid, "news"]))
            # It is reached where it is now, by its id and its room, from every node.
            for index, sender in enumerate(senders):
                await sender.call("toroom", sid, f"again {home} {index}")
                await client.until(f"again {home} {index}")
                await sender.call("toroom", "news", f"news {home} {index}")
                await client.until(f"news {home} {index}")
                expected += [[f"{kind} {home} {index}"] for kind in ("again", "news")]
                sockets = (await sender.call("fetch", sid))[1]
                assert [(socket["id"], socket["data"]) for socket in sockets] == [(sid, {"name": "ann"})]
            assert sorted(client.seen) == sorted(expected)
            for index in range(3):
                # The events of one node keep their order.
                mine = [text for (text,) in client.seen if text.endswith(f" {index}")]
                assert mine == [text for (text,) in expected if text.endswith(f" {index}")]


async def test_what_was_repeated_is_not_repeated_again_when_the_new_node_has_sent_something_itself(servers):
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(Client(servers))
        senders = [await stack.enter_async_context(Client(servers)) for _ in range(3)]
        for index, sender in enumerate(senders):
            await sender.connect(index)
        await client.connect(0)
        await client.call("join", "tour")
        expected = []
        for move, (home, is_told) in enumerate([(1, True), (2, True), (1, False), (1, True), (0, True), (2, False)]):
            await client.lose()
            missed = [[f"missed {move} {index}"] for index in range(3) if index != home]
            for index in {0, 1, 2} - {home}:
                await senders[index].call("toroom", "tour", f"missed {move} {index}")
            await client.connect(home)
            assert client.recovered
            assert sorted(client.seen[len(expected):]) == missed
            expected += missed
            # With shard channels its node may not have received anything of others for this room.
            if is_told:
                await senders[home].call("toroom", "tour", f"own {move}")
                await client.until(f"own {move}")
                expected.append([f"own {move}"])


@pytest.mark.deadline(60)
async def test_a_thousand_numbered_events_arrive_once_and_in_order_however_often_the_client_moves(servers):
    async with Client(servers) as client, Client(servers) as first, Client(servers) as second:
        await first.connect(1)
        await second.connect(2)
        await client.connect(0)
        await client.call("join", "flow")
        # With the sharded adapter, a node hears of a room a moment after its first member joined.
        while not {("ready", 1), ("ready", 2)} <= {tuple(event) for event in client.seen}:
            await first.call("toroom", "flow", "ready", 1)
            await second.call("toroom", "flow", "ready", 2)
            await client.call("echo")

        moves = 0

        async def send(sender, name):
            """At least 500 events, and until the client has moved often enough; returns how many."""
            number = 0
            while number < 500 or moves < 10:
                # Never far ahead: on a busy machine the client could be given less than is sent meanwhile.
                if 2 * number < len(client.seen) + 1_000:
                    for number in range(number, number + 5):
                        await sender.engine.send("42" + json.dumps(["toroom", "flow", name, number]))
                    number += 1
                await asyncio.sleep(0.005)
            await sender.call("echo")
            return number

        sending = asyncio.gather(send(first, "one"), send(second, "two"))
        while not sending.done():
            for _ in range(30):
                with contextlib.suppress(asyncio.TimeoutError):
                    client.take(await client.engine.receive(0.2))
            await client.lose()
            moves += 1
            await client.connect(moves % 3)
            assert client.recovered
        sent = await sending
        await first.call("toroom", "flow", "end")
        await client.until("end")
        await second.call("toroom", "flow", "end too")
        await client.until("end too")
        for name, count in zip(("one", "two"), sent):
            assert [event[1] for event in client.seen if event[0] == name] == list(range(count))


async def test_a_client_that_is_back_on_another_node_before_its_loss_was_noticed_gets_its_socket(servers):
    async with Client(servers) as client, Client(servers) as sender, Engine(servers.url(0), "websocket") as former:
        await sender.connect(2)
        _, payload = await joined(former)
        client.offset = await offset_of(former, "auth", {})
        client.sid, client.pid = payload["sid"], payload["pid"]
        await called(former, "join", "news")
        await sender.call("toroom", "news", "on its way")
        await client.connect(1)
        assert (client.recovered, client.sid, client.seen) == (True, payload["sid"], [["on its way"]])
        await former.expect_closed()
        sockets = (await sender.call("fetch", "news"))[1]
        assert [socket["id"] for socket in sockets] == [client.sid]


async def test_one_of_two_claims_on_two_nodes_wins(servers):
    for _ in range(5):
        lost = await Lost.make(servers.url(0))
        while not ask(servers.redis, "HGET", "{switchboard}:recovery:sessions", lost.pid):
            await asyncio.sleep(0.01)
        async with Engine(servers.url(1), "websocket") as first, Engine(servers.url(2), "websocket") as second:
            answers = await asyncio.gather(joined(first, lost.claim()), joined(second, lost.claim()))
            assert lost.sid in [payload["sid"] for _, payload in answers]
            async with Client(servers) as other:
                await other.connect(0)
                assert [socket["id"] for socket in (await other.call("fetch", lost.sid))[1]] == [lost.sid]


async def test_a_wrong_claim_gives_a_new_socket(servers):
    lost = await Lost.make(servers.url(0))
    known, position = lost.offset[:15], lost.offset[15:]
    for wrong in ("", "A" * 30, "!" * 30, lost.offset + "A", known + "A" * 15, position[:6] + "_" * 9 + position):
        if wrong not in (position[:6] + "_" * 9 + position,):
            await expect_new(servers.url(1), lost, lost.claim(offset=wrong))
    await expect_new(servers.url(1), lost, lost.claim(pid="A" * 20))
    async with Engine(servers.url(1), "websocket") as engine:
        assert (await joined(engine, lost.claim(), "/custom"))[1]["sid"] != lost.sid
    async with Engine(servers.url(1), "websocket") as engine:
        assert (await joined(engine, lost.claim()))[1] == {"sid": lost.sid, "pid": lost.pid}


@contextlib.contextmanager
def monitored(redis):
    """What Redis carries out, as it does: commands of scripts, and where others come between."""
    with socket.create_connection(("127.0.0.1", redis.port), timeout=5) as connection:
        connection.sendall(b"*1\r\n$7\r\nMONITOR\r\n")
        with contextlib.closing(connection.makefile("rb")) as stream:
            assert read(stream) == "OK"
            yield (line.split(" lua] ", 1)[1] if " lua] " in line else "" for line in iter(lambda: read(stream), None))


async def test_nothing_comes_between_an_event_in_the_journal_and_its_publication(servers):
    async with contextlib.AsyncExitStack() as stack:
        senders = [await stack.enter_async_context(Client(servers)) for _ in range(6)]
        for index, sender in enumerate(senders):
            await sender.connect(index % 3)

        async def send(sender, name):
            for number in range(30):
                await sender.engine.send("42" + json.dumps(["broadcast", f"{name} {number} " + "x" * 2_000]))
            await sender.call("echo")

        with monitored(servers.redis) as commands:
            await asyncio.gather(*(send(sender, index) for index, sender in enumerate(senders)))
            for _ in range(6 * 30):
                while not next(commands).startswith('"XADD"'):
                    pass
                assert next(commands).startswith(('"PUBLISH"', '"SPUBLISH"'))


async def test_recovery_needs_no_more_rights_in_redis_than_the_readme_says(watched):
    async with cluster() as servers:
        watched.extend(servers.processes)
        async with Client(servers) as client, Client(servers) as sender:
            # The server has namespaces of its own, and the test asks, too.
            rules = [*RULES.split(), *RECOVERY_RULES.split(), "allchannels", "+acl", "+info"]
            ask(servers.redis, "ACL", "SETUSER", "default", *rules)
            await sender.connect(1)
            await client.connect(0)
            await client.call("join", "news")
            await client.saved()
            for home in (2, 1):
                await client.lose()
                await sender.call("toroom", "news", home)
                await client.connect(home)
                assert client.recovered and client.seen[-1] == [home]
            servers.processes[1].kill()
            await client.lose()
            await client.connect(0)
            assert client.recovered
            # The others have cleaned up after it.
            while not calls(servers.redis, "spop"):
                await asyncio.sleep(0.05)
            assert ask(servers.redis, "ACL", "LOG") == []


# --- What breaks


@pytest.mark.parametrize("options", [FORMATS["classic-unicast"], FORMATS["sharded"]], ids=["classic", "sharded"])
async def test_clients_of_a_killed_node_come_back_on_another_one(watched, options):
    async with cluster(*options) as servers:
        watched.extend(servers.processes)
        async with contextlib.AsyncExitStack() as stack:
            sender = await stack.enter_async_context(Client(servers))
            await sender.connect(1)
            clients = [await stack.enter_async_context(Client(servers)) for _ in range(20)]
            for client in clients:
                await client.connect(0)
                await client.call("join", "news")
                await client.call("set-data", {"name": client.sid})
                await client.saved()
            sids = [client.sid for client in clients]
            await sender.call("toroom", "news", 1)
            for client in clients:
                await client.until(1)
            servers.processes[0].kill()
            await sender.call("toroom", "news", 2)
            for client in clients:
                await client.lose()
                await client.connect(2)
            assert [client.sid for client in clients] == sids and all(client.recovered for client in clients)
            # Nobody knows yet that the node is dead, and its inbox has other readers.
            for client in clients:
                await sender.call("toroom", client.sid, 3)
            await sender.call("toroom", "news", 4)
            for client in clients:
                await client.until(4)
                assert client.seen == [[1], [2], [3], [4]]
            sockets = (await sender.call("fetch", "news"))[1]
            assert {(socket["id"], socket["data"]["name"]) for socket in sockets} == {(sid, sid) for sid in sids}


async def test_a_client_of_a_frozen_node_comes_back_and_the_node_lets_go_when_it_wakes(watched):
    async with cluster() as servers:
        watched.extend(servers.processes)
        async with Client(servers) as client, Client(servers) as sender:
            await sender.connect(1)
            await client.connect(0)
            sid = client.sid
            await client.saved()
            servers.processes[0].pause()
            try:
                await sender.call("toroom", sid, 1)
                await client.lose()
                await client.connect(2)
                assert (client.recovered, client.sid, client.seen) == (True, sid, [[1]])
            finally:
                servers.processes[0].resume()
            await sender.call("toroom", sid, 2)
            await client.until(2)
            while len(answer := await sender.call("fetch", sid)) < 2 or len(answer[1]) != 1:
                await asyncio.sleep(0.02)
            assert answer[1][0]["id"] == sid
            assert client.seen == [[1], [2]]


async def test_where_the_journal_has_lost_something_the_client_gets_a_new_socket(watched):
    async with cluster() as servers:
        watched.extend(servers.processes)
        async with Client(servers) as sender, Client(servers) as witness:
            await sender.connect(1)
            await witness.connect(0)
            lost = await Lost.make(servers.url(0))
            for number in range(5):
                await sender.call("broadcast", number)
            await witness.until(4)
            assert ask(servers.redis, "XTRIM", "{switchboard}:recovery:journal:/", "MAXLEN", "2") > 0
            await expect_new(servers.url(2), lost, lost.claim())
            # What came after that, and after the next event of every node, is complete.
            async with Client(servers) as third:
                await third.connect(2)
                for number, client in enumerate((sender, witness, third), 5):
                    await client.call("broadcast", number)
                    await witness.until(number)
            lost = await Lost.make(servers.url(0))
            await sender.call("broadcast", "missed")
            async with Engine(servers.url(2), "websocket") as engine:
                missed, payload = await joined(engine, lost.claim())
                assert (payload["sid"], events(missed)) == (lost.sid, [["b", "missed"]])


@pytest.mark.deadline(60)
async def test_when_redis_comes_back_empty_clients_get_new_sockets_and_can_be_restored_again(watched):
    async with cluster() as servers:
        watched.extend(servers.processes)
        async with Client(servers) as client, Client(servers) as sender:
            await sender.connect(1)
            await client.connect(0)
            lost = await Lost.make(servers.url(0))
            servers.redis.kill()
            # Nobody waits for Redis: not who is connected, not who comes back.
            await client.call("broadcast", "without redis")
            assert client.seen == [["without redis"]]
            await expect_new(servers.url(2), lost, lost.claim())
            servers.redis.start().wait_ready()
            for attempt in range(200):
                fresh = await Lost.make(servers.url(0))
                async with Engine(servers.url(2), "websocket") as engine:
                    if (await joined(engine, fresh.claim()))[1]["sid"] == fresh.sid:
                        break
                await asyncio.sleep(0.05)
            else:
                pytest.fail("nobody can be restored")
            await expect_new(servers.url(2), lost, lost.claim())
            assert all(process.running for process in servers.processes)
            # The one that was connected all the time is known again, as far as it has heard of others since.
            await sender.call("broadcast", "with redis")
            await client.until("with redis")
            await client.saved()
            sid = client.sid
            await client.lose()
            await sender.call("toroom", sid, "missed")
            await client.connect(2)
            assert (client.recovered, client.sid, client.seen[-1]) == (True, sid, ["missed"])


async def test_a_session_expires_once_in_the_whole_cluster(watched):
    with TestServers(3, "--recovery", "600", "--threads", "2") as servers:
        watched.extend(servers.processes)
        async with Client(servers) as witness:
            await witness.connect(1)
            lost = [await Lost.make(servers.url(index)) for index in range(3)]
            told = []
            while len(told) < 3:
                packet = await witness.engine.receive()
                if packet.startswith('42["expired"'):
                    told.append(json.loads(packet[2:])[1])
            assert sorted(told) == sorted(each.sid for each in lost)
            _, before = await called(witness.engine, "echo")
            assert not [packet for packet in before if "expired" in packet]
            await expect_new(servers.url(2), lost[0], lost[0].claim())
