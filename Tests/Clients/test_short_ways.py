"""Events for single sockets go to their nodes only: counted in Redis, and by every node."""

import asyncio
import urllib.request

import pytest

from support.cluster import Cluster
from support.meeting import Meeting
from support.processes import wait_until
from support.redis import Publications, ask, calls
from support.testserver import stats
from support.testservers import Crowd, TestServers

MESSAGES = 50


def series(cluster, index):
    """The series about the cluster in the metrics of a node."""
    with urllib.request.urlopen(f"{cluster.url(index)}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("switchboard_cluster_"))
    return {name.removeprefix("switchboard_cluster_"): float(value) for name, value in pairs}


async def settled(publications):
    """Waits until the nodes publish nothing on their own any more: the online count and what is announced after it."""
    while True:
        before = publications.count()
        await asyncio.sleep(1.2)
        if publications.count() == before:
            return


@pytest.mark.deadline(90)
@pytest.mark.parametrize("size", [2, 3, 8])
async def test_a_message_of_a_pair_costs_one_publication_with_one_receiver(size, watched):
    cluster = Cluster(size)
    try:
        await asyncio.to_thread(cluster.start)
        publications = Publications(cluster.redis)
        watched.extend(cluster.processes)
        meeting = Meeting(cluster, "websocket")
        await asyncio.to_thread(wait_until_all_live, cluster, size)
        across, within = await meeting.pair(), [await meeting.person(node=0) for _ in range(2)]
        await meeting.join(*within)
        await settled(publications)
        before = [series(cluster, index) for index in range(size)]
        for (speaker, listener), cost in ((across, 1), (within, 0)):
            published = publications.count()
            for number in range(MESSAGES):
                assert await speaker.call("sendMessage", f"message {number}") == {"ok": True}
            for member in (speaker, listener):
                texts = [(await member.expect("message"))["text"] for _ in range(MESSAGES)]
                assert texts == [f"message {number}" for number in range(MESSAGES)]
            assert publications.count() - published == cost * MESSAGES
        after = [series(cluster, index) for index in range(size)]
        gained = [now["received_total"] - then["received_total"] for then, now in zip(before, after)]
        assert gained == [0, MESSAGES] + [0] * (size - 2), "only the partner's node hears of it"
        assert all(node["missed_total"] == 0 for node in after)
        kind = 'published_total{kind="direct"}'
        assert after[0][kind] - before[0][kind] == MESSAGES
        await asyncio.gather(*(person.close() for person in meeting.participants))
        publications.close()
    finally:
        cluster.stop()


def wait_until_all_live(cluster, size):
    """A node sends directly to the nodes that its last heartbeat has shown."""
    wait_until(lambda: ask(cluster.redis, "ZCARD", "{switchboard}:leases") == size, "all nodes hold a lease")
    beats = calls(cluster.redis, "evalsha")
    wait_until(lambda: calls(cluster.redis, "evalsha") >= beats + 2 * size, "two heartbeats of each node")


@pytest.mark.deadline(60)
async def test_broadcasts_to_sockets_by_id_take_the_short_way_in_any_number(watched):
    with TestServers(3, "--unicast", "true") as servers:
        watched.extend(servers.processes)
        await asyncio.to_thread(wait_until_all_live, servers, 3)
        crowd = Crowd(servers, "websocket")
        try:
            members = await crowd.members_of(6)
            first = members[0]
            before = [stats(servers.url(index))["cluster"] for index in range(3)]
            for member in members:
                assert await first.call("toroom", member.id, "psst") == "ok"
            for member in members:
                assert await member.expect("b") == "psst"
            after = [stats(servers.url(index))["cluster"] for index in range(3)]
            assert after[0]["direct"] - before[0]["direct"] == 4
            assert after[0]["broadcasts"] == before[0]["broadcasts"]
            assert [now["received"] - then["received"] for then, now in zip(before, after)] == [0, 2, 2]
        finally:
            await crowd.aclose()
