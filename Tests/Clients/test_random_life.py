"""Acceptance items 61, 63, 64 and 65: many people, on three nodes, and what is killed under them.

`make test` runs it small. `SWITCHBOARD_CLIENTS=200` and `SWITCHBOARD_ARRIVALS=5000` are the figures of the specification,
`SWITCHBOARD_SEED` repeats a run.
"""

import asyncio
import os
import random
import time

import pytest

from support.cluster import Cluster
from support.crowd import Member, quiet

CLIENTS = int(os.environ.get("SWITCHBOARD_CLIENTS", "40"))
ARRIVALS = int(os.environ.get("SWITCHBOARD_ARRIVALS", "200"))
SEED = int(os.environ.get("SWITCHBOARD_SEED", random.randrange(1 << 32)))
OPERATIONS = [("findChat",), ("findChat", None, True), ("next",), ("next",), ("sendMessage", "x"), ("leaveChat",)]


@pytest.fixture
def cluster(watched):
    """A cluster of its own: the tests break it."""
    cluster = Cluster(3, options=["--lease", "2000"]).start()
    watched.extend(cluster.processes)
    yield cluster
    cluster.stop()


async def arrive(cluster, node, number):
    return await Member(f"member {number} on node {node}").connect(cluster.url(node), "websocket")


async def everybody(cluster, count):
    """Connects many, a few at a time."""
    gate = asyncio.Semaphore(20)

    async def one(number):
        async with gate:
            return await arrive(cluster, number % 3, number)

    return await asyncio.gather(*(one(number) for number in range(count)))


async def wander(chance, member, rounds):
    for _ in range(rounds):
        await member.ask(*chance.choice(OPERATIONS))
        await asyncio.sleep(chance.uniform(0, 0.05))


@pytest.mark.deadline(600)
async def test_item_061_random_life_with_drops_and_a_killed_node(cluster):
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    members = await everybody(cluster, CLIENTS)
    try:
        for round_number in range(6):
            note = f"seed {SEED} round {round_number}"
            if round_number == 3:
                lost = [member for member in members if member.label.endswith("node 0")]
                cluster.nodes[0].kill()
                members = [member for member in members if member not in lost]
                await asyncio.gather(*(member.close() for member in lost))
            await asyncio.gather(*(wander(chance, member, 10) for member in members))
            for member in chance.sample(members, len(members) // 10):
                members.remove(member)
                await member.close()
            for number in range(CLIENTS - len(members)):
                members.append(await arrive(cluster, chance.choice([1, 2]), 1000 * round_number + number))
            await quiet(members, note)
            chats = sum(len(member.chats) for member in members)
        assert chats > CLIENTS, "hardly anybody met"
    finally:
        await asyncio.gather(*(member.close() for member in members))


async def come_in(members, seconds):
    """Everybody looks for a chat, spread evenly over a time. Returns when each did."""
    began = time.monotonic()
    asked = {}
    for number, member in enumerate(members):
        await asyncio.sleep(max(0, began + seconds * number / len(members) - time.monotonic()))
        asked[member.id] = time.monotonic()
        await member.emit("findChat", None, number % 2 == 0)
    return asked


@pytest.mark.deadline(900)
async def test_item_063_many_arrivals_are_all_paired(cluster):
    members = await everybody(cluster, ARRIVALS)
    try:
        asked = await come_in(members, 5 * ARRIVALS / 5000)
        await quiet(members, "arrivals", patient=0)
        delays = []
        for member in members:
            started = next(event.time for event in member.history if event.name == "chatStart")
            delays.append(started - max(asked[member.id], asked[member.chat["partnerId"]]))
        delays.sort()
        # As the clients see it, who share a processor with the servers.
        print(f"{ARRIVALS} arrivals: from the second arrival to chatStart p50 {delays[len(delays) // 2] * 1000:.1f} ms, "
              f"p99 {delays[int(len(delays) * 0.99)] * 1000:.1f} ms")
        assert all(len(member.chats) == 1 for member in members)
    finally:
        await asyncio.gather(*(member.close() for member in members))


@pytest.mark.deadline(900)
@pytest.mark.parametrize("what", ["node", "redis"])
async def test_item_064_what_decides_is_killed_in_the_middle(cluster, what):
    """Any node runs the matchmaker's script, and Redis carries it out: each is killed once while people arrive."""
    members = await everybody(cluster, ARRIVALS)
    try:
        arrivals = asyncio.create_task(come_in(members, 2))
        await asyncio.sleep(1)
        if what == "node":
            cluster.nodes[0].kill()
        else:
            cluster.redis.kill()
            cluster.redis.start().wait_ready()
        if what == "node":
            arrivals.cancel()
            lost = [member for member in members if member.label.endswith("node 0")]
            members = [member for member in members if member not in lost]
            await asyncio.gather(*(member.close() for member in lost))
        else:
            await arrivals
        # Who was left alone by the loss looks again, as people do; the others wait without doing anything.
        began = time.monotonic()
        while idle := [member for member in members if member.state == "idle"]:
            await asyncio.gather(*(member.emit("findChat") for member in idle))
            await asyncio.sleep(0.5)
            assert time.monotonic() - began < 20, f"{len(idle)} are still idle"
        await quiet(members, what)
    finally:
        await asyncio.gather(*(member.close() for member in members))


@pytest.mark.deadline(120)
async def test_item_065_who_waits_while_the_store_is_away_is_paired_when_it_is_back(cluster):
    members = await everybody(cluster, 10)
    try:
        cluster.redis.kill()
        for member in members:
            await member.emit("findChat")
        for member in members:
            await member.until(lambda: member.state == "waiting", "told to wait meanwhile")
        cluster.redis.start().wait_ready()
        for member in members:
            await member.until(lambda: member.state == "chatting", "paired without asking again", 20)
        await quiet(members, "back", patient=0)
        assert all(len(member.chats) == 1 for member in members)
    finally:
        await asyncio.gather(*(member.close() for member in members))
