"""Acceptance items 29-34: the online count."""

import asyncio
import time

import pytest

from support.cluster import Cluster
from support.participant import Participant


async def test_item_029_first_sees_one_second_makes_both_see_two(meet):
    first = await meet.person()
    await first.expect_online(1)
    second = await meet.person()
    await first.expect_online(2)
    await second.expect_online(2)


async def test_item_030_the_count_is_a_bare_integer(meet):
    person = await meet.person()
    await person.expect_online(1)
    for event in person.online:
        assert len(event.arguments) == 1
        assert type(event.arguments[0]) is int


async def test_item_031_the_rest_see_the_lower_count_after_one_leaves(meet):
    first, second, third = await meet.people(3)
    await first.expect_online(3)
    await third.close()
    await first.expect_online(2)
    await second.expect_online(2)


@pytest.mark.transports("websocket")
async def test_item_032_two_hundred_clients_converge_within_two_seconds(meet):
    people = []
    for _ in range(10):
        people += await asyncio.gather(*(meet.person(node=len(people) + offset) for offset in range(20)))
    connected = time.monotonic()
    await asyncio.gather(*(person.expect_online(200, seconds=3) for person in people))
    assert max(person.online[-1].time for person in people) - connected < 2
    for person in people:
        assert all(0 <= event.arguments[0] <= 200 for event in person.online)


@pytest.mark.transports("websocket")
async def test_item_033_a_storm_of_connects_reaches_each_client_once_in_an_interval(meet):
    observer = await meet.person(node=0)
    await observer.expect_online(1)
    began, before = time.monotonic(), len(observer.online)
    for _ in range(5):
        storm = await asyncio.gather(*(meet.person(node=number) for number in range(20)))
        await asyncio.gather(*(person.close() for person in storm))
    await observer.expect_online(1)
    # Its own node tells it: at once after a quiet time, then once in a second.
    assert len(observer.online) - before <= time.monotonic() - began + 2
    assert all(1 <= event.arguments[0] <= 101 for event in observer.online)


@pytest.mark.deadline(60)
async def test_item_034_the_sockets_of_a_killed_node_leave_the_count(watched):
    cluster = Cluster(3).start()
    watched.extend(cluster.processes)
    people = []
    try:
        for number in range(9):
            people.append(await Participant(f"{number}").connect(cluster.url(number), "websocket"))
        await asyncio.gather(*(person.expect_online(9) for person in people))
        cluster.nodes[0].kill()
        await asyncio.gather(*(person.expect_online(6, seconds=10) for person in people if int(person.label) % 3))
    finally:
        await asyncio.gather(*(person.close() for person in people))
        cluster.stop()
