"""*meet* on nodes that talk to each other in the sharded format."""

import pytest

pytestmark = [pytest.mark.profile("sharded"), pytest.mark.sizes("three")]


async def test_strangers_on_different_nodes_chat_and_part(meet):
    first = await meet.person(node=0)
    second = await meet.person(node=1)
    await meet.join(first, second)
    for speaker in (first, second):
        assert await speaker.call("sendMessage", "hello") == {"ok": True}
        for member in (first, second):
            assert (await member.expect("message"))["sender"] == speaker.id
    await second.close()
    assert (await first.expect("partnerLeft"))["partnerId"]


async def test_everybody_sees_the_online_count(meet):
    people = await meet.people(5)
    for person in people:
        await person.expect_online(5)
