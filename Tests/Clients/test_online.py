"""Acceptance items 29-32: the online count."""

import asyncio
import time

import pytest


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
