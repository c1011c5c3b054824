"""Whole processes fail under clients that keep reconnecting through the gateway."""

import asyncio
import time

import pytest

from support.cluster import Cluster
from support.meeting import Meeting
from support.participant import Participant

LIMIT = 6  # seconds within which the cluster has to have noticed the death of a node


@pytest.fixture
def cluster(watched):
    """A cluster of its own: the test breaks it."""
    cluster = Cluster(3, gateway=True).start()
    watched.extend(cluster.processes)
    yield cluster
    cluster.stop()


async def reconnecting(cluster, label):
    return await Participant(label, reconnection=True).connect(cluster.gateway_url, "upgrade")


def tag(participant):
    return participant.engine_id[:6]


@pytest.mark.deadline(60)
async def test_kill_9_of_a_node(cluster):
    victim = cluster.readiness(0)["tag"]
    people = [await reconnecting(cluster, f"participant {number}") for number in range(12)]
    on_victim = [person for person in people if tag(person) == victim]
    elsewhere = [person for person in people if tag(person) != victim]
    assert on_victim and len(elsewhere) >= len(on_victim)
    pairs = list(zip(on_victim, elsewhere))
    try:
        for first, second in pairs:
            await first.emit("findChat")
            await first.expect("waiting")
            await second.emit("findChat")
            await second.expect("waiting")
            for member, partner in ((first, second), (second, first)):
                assert (await member.expect("chatStart"))["partnerId"] == partner.id
        for person in people:
            await person.expect_online(12)
        lost = {second: first.id for first, second in pairs}

        cluster.nodes[0].kill()
        killed = time.monotonic()

        async def survivor(person):
            assert await person.expect("partnerLeft", seconds=LIMIT) == {"partnerId": lost[person]}

        async def back(person):
            await person.expect_disconnect(seconds=LIMIT)
            await person.until(lambda: person.client.connected and tag(person) != victim, "reconnected", LIMIT)

        await asyncio.gather(*(survivor(second) for _, second in pairs), *(back(person) for person in on_victim))
        # Who came back counts again, and the dead node's share is gone.
        await asyncio.gather(*(person.expect_online(12, LIMIT) for person in people))
        await asyncio.sleep(max(0, killed + LIMIT - time.monotonic()))
        assert {person.online[-1].arguments for person in people} == {(12,)}

        # What came back works: it is paired with somebody who never left.
        for first, second in pairs:
            await first.emit("findChat")
            await first.expect("waiting")
            await second.emit("findChat")
            await second.expect("waiting")
            assert (await first.expect("chatStart"))["partnerId"] == second.id
            assert (await second.expect("chatStart"))["partnerId"] == first.id
        for person in elsewhere:
            assert not person.disconnects, "a client of another node was disconnected"
            person.nothing_pending()
    finally:
        await asyncio.gather(*(person.close() for person in people))


@pytest.mark.deadline(60)
async def test_item_015_clients_of_a_draining_node_come_back_elsewhere_and_lose_nothing_acknowledged(cluster):
    leaving = cluster.readiness(0)["tag"]
    people = [await reconnecting(cluster, f"participant {number}") for number in range(6)]
    moving = [person for person in people if tag(person) == leaving]
    staying = [person for person in people if tag(person) != leaving]
    assert moving and len(staying) >= len(moving)
    pairs = list(zip(moving, staying))
    texts = [f"text {number}" for number in range(20)]
    try:
        for pair in pairs:
            for member in pair:
                await member.emit("findChat")
                await member.expect("waiting")
            for member in pair:
                await member.expect("chatStart")
        for first, _ in pairs:
            for text in texts:
                assert await first.call("sendMessage", text) == {"ok": True}
        lost = {second: first.id for first, second in pairs}
        cluster.nodes[0].terminate()
        for first, second in pairs:
            assert [(await second.expect("message"))["text"] for _ in texts] == texts
            assert await second.expect("partnerLeft", seconds=20) == {"partnerId": lost[second]}
            await first.until(lambda: first.client.connected and tag(first) != leaving, "reconnected", 20)
        # Without anybody's doing they are where they can be paired again.
        for first, second in pairs:
            await first.emit("findChat")
            await second.emit("findChat")
            await first.until(lambda: first.history[-1].name == "chatStart", "paired again")
        assert not any(person.disconnects for person in staying)
    finally:
        await asyncio.gather(*(person.close() for person in people))


@pytest.mark.deadline(60)
async def test_the_online_count_drops_what_a_dead_node_had(cluster):
    meeting = Meeting(cluster, "websocket")
    people = await meeting.people(9)
    try:
        for person in people:
            await person.expect_online(9)
        cluster.nodes[2].kill()
        for index, person in enumerate(people):
            if index % 3 != 2:
                await person.expect_online(6, seconds=LIMIT)
    finally:
        await asyncio.gather(*(person.close() for person in people))


@pytest.mark.deadline(60)
async def test_a_node_that_is_started_again_joins_in(cluster):
    meeting = Meeting(cluster, "websocket")
    cluster.nodes[1].kill()
    cluster.nodes[1].start()
    await asyncio.to_thread(cluster.wait_ready, 1)
    first, second = await meeting.people(2)
    try:
        await meeting.join(first, second)
        await asyncio.to_thread(cluster.wait_gateway_sees_all)
        through = [await meeting.person(url=cluster.gateway_url) for _ in range(9)]
        assert len({tag(person) for person in through}) == 3, "the gateway does not use the node that came back"
    finally:
        await asyncio.gather(*(person.close() for person in meeting.participants))


@pytest.mark.deadline(60)
async def test_the_cluster_pairs_again_after_redis_was_restarted_empty(cluster):
    meeting = Meeting(cluster, "websocket")
    first, second = await meeting.pair()
    try:
        cluster.redis.kill()
        cluster.redis.start().wait_ready()
        deadline = time.monotonic() + 15
        while True:
            third, fourth = await meeting.people(2)
            answers = [await person.call("findChat") for person in (third, fourth)]
            if all(answer["ok"] for answer in answers):
                try:
                    await fourth.until(lambda: any(event.name == "chatStart" for event in fourth.history), "pair", 2)
                    break
                except AssertionError:
                    pass
            assert time.monotonic() < deadline, "no pair within 15 s after Redis came back"
            await asyncio.gather(third.close(), fourth.close())
        for person in (first, second, third, fourth):
            assert person.connected
    finally:
        await asyncio.gather(*(person.close() for person in meeting.participants))


@pytest.mark.deadline(60)
async def test_a_gateway_finds_the_nodes_through_redis(watched):
    cluster = Cluster(3, gateway=True, discovery=True)
    try:
        cluster.start()
        watched.extend(cluster.processes)
        cluster.nodes[0].kill()
        await asyncio.to_thread(cluster.wait_gateway_sees_all)
        cluster.nodes[0].start()
        await asyncio.to_thread(cluster.wait_ready, 0)
        await asyncio.to_thread(cluster.wait_gateway_sees_all)
        meeting = Meeting(cluster, "websocket")
        through = [await meeting.person(url=cluster.gateway_url) for _ in range(9)]
        assert len({tag(person) for person in through}) == 3, "the gateway does not use the node that came back"
        # A Redis that is away, or back and empty, takes no node from the gateway.
        cluster.redis.kill()
        through.append(await meeting.person(url=cluster.gateway_url))
        cluster.redis.start().wait_ready()
        through.append(await meeting.person(url=cluster.gateway_url))
        await asyncio.gather(*(person.close() for person in through))
    finally:
        cluster.stop()
