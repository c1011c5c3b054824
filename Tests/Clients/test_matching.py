"""Acceptance items 36-41, 43-51, 55-57, 60 and 62: the queue, pairs, and what ends them."""

import asyncio
import random

import pytest

from support.participant import nothing_more
from support.tokens import token


async def search(person, *arguments):
    """Sends findChat and takes the `waiting` it must cause."""
    await person.emit("findChat", *arguments)
    assert await person.expect("waiting") is None


async def paired(first, second, video=False):
    """Both got the chatStart that names the other."""
    for member, partner in ((first, second), (second, first)):
        start = await member.expect("chatStart")
        assert start["partnerId"] == partner.id
        assert start["withVideo"] is video


async def waiting_account(meet, count):
    """Participants of one account: they wait side by side, because one account is never paired with itself."""
    auth = {"token": token(userId="the same account")}
    people = [await meet.person(auth=auth) for _ in range(count)]
    for person in people:
        await search(person)
    return people


async def test_item_036_alone_waits_and_gets_no_chat(meet):
    person = await meet.person()
    await person.emit("findChat")
    await person.expect("waiting")
    assert person.history[-1].arguments == ()
    await nothing_more(person)


async def test_item_037_two_text_users_are_paired_with_each_other(meet):
    first, second = await meet.people(2)
    await search(first)
    await search(second)
    await paired(first, second)
    await nothing_more(first, second)


async def test_item_038_two_video_users_get_video(meet):
    first, second = await meet.people(2)
    await search(first, None, True)
    await search(second, None, True)
    await paired(first, second, video=True)


@pytest.mark.parametrize("wishes", [(True, False), (False, True)])
async def test_item_039_a_mixed_pair_is_made_at_once_with_video(meet, wishes):
    first, second = await meet.people(2)
    await search(first, None, wishes[0])
    await search(second, None, wishes[1])
    await paired(first, second, video=True)


@pytest.mark.parametrize("arguments, video", [
    ((None, True), True),
    ((None,), False),
    ((), False),
    (("someone@college.example", True), True),
    (({"collegeEmail": "someone@college.example", "withVideo": True},), True),
    (({"collegeEmail": None, "withVideo": False},), False),
])
async def test_item_040_every_form_of_find_chat_works(meet, arguments, video):
    first, second = await meet.people(2)
    assert (await first.call("findChat", *arguments))["ok"] is True
    await first.expect("waiting")
    await search(second)
    await paired(first, second, video=video)


async def test_item_041_the_string_false_is_not_video(meet):
    first, second = await meet.people(2)
    answer = await first.call("findChat", None, "false")
    assert answer["ok"] is False and answer["code"] == "invalid_payload"
    await first.expect("waiting")
    await search(second)
    await paired(first, second, video=False)


@pytest.mark.deadline(60)
async def test_item_043_hundred_and_one_arrivals_pair_with_their_neighbours(meet):
    people = []
    for _ in range(101):
        person = await meet.person()
        people.append(person)
        await search(person)
        if len(people) % 2 == 0:
            await paired(people[-2], people[-1])
    people[-1].nothing_pending()


async def test_item_044_find_chat_while_waiting_moves_to_the_tail(meet):
    first, second = await waiting_account(meet, 2)
    await search(first)
    stranger, another = await meet.people(2)
    await search(stranger)
    await paired(second, stranger)
    await search(another)
    await paired(first, another)
    third = await meet.person()
    await search(third)
    await nothing_more(first, second, third)


async def test_item_045_the_new_wish_counts(meet):
    first, second = await meet.people(2)
    await search(first, None, True)
    await search(first, None, False)
    await search(second)
    await paired(first, second, video=False)


async def test_item_046_find_chat_while_chatting_leaves_the_partner_idle(meet):
    first, second = await meet.pair()
    await search(first)
    assert await second.expect("partnerLeft") == {"partnerId": first.id}
    await nothing_more(first, second)


@pytest.mark.profile("requeue-by-server")
async def test_item_047_the_requeue_policy_does_not_concern_find_chat(meet):
    first, second = await meet.pair()
    await search(first)
    assert await second.expect("partnerLeft") == {"partnerId": first.id}
    await nothing_more(first, second)


async def test_item_048_next_puts_both_back_into_the_queue(meet):
    first, second = await meet.pair()
    await first.emit("next")
    await first.expect("waiting")
    assert await second.expect("partnerLeft") == {"partnerId": first.id}
    await second.expect("waiting")


async def test_item_049_next_while_idle_waits_with_the_earlier_wish(meet):
    first, second = await meet.people(2)
    await first.emit("next")
    await first.expect("waiting")
    await search(second)
    await paired(first, second, video=False)
    await search(first, None, True)
    await second.expect("partnerLeft")
    third = await meet.person()
    await search(third, None, True)
    await paired(first, third, video=True)
    await third.close()
    await first.expect("partnerLeft")
    await first.emit("next")
    await first.expect("waiting")
    await search(second, None, False)
    await paired(first, second, video=True)


async def test_item_050_next_while_waiting_keeps_the_place(meet):
    first, second = await waiting_account(meet, 2)
    await first.emit("next")
    await first.expect("waiting")
    stranger = await meet.person()
    await search(stranger)
    await paired(first, stranger)
    second.nothing_pending()


async def test_item_051_two_users_alone_are_paired_again_after_next(meet):
    first, second = await meet.pair()
    await first.emit("next")
    await first.expect("waiting")
    pressed = asyncio.get_running_loop().time()
    await second.expect("partnerLeft")
    await second.expect("waiting")
    await paired(first, second)
    assert asyncio.get_running_loop().time() - pressed < 0.5


@pytest.mark.profile("cooldown")
@pytest.mark.transports("websocket")
async def test_item_051_a_cooldown_delays_the_same_pair(meet):
    first, second = await meet.pair()
    await first.emit("next")
    await first.expect("waiting")
    pressed = asyncio.get_running_loop().time()
    await second.expect("partnerLeft")
    await second.expect("waiting")
    start = await first.expect("chatStart", seconds=8)
    assert start["partnerId"] == second.id
    await second.expect("chatStart")
    assert 4.5 < asyncio.get_running_loop().time() - pressed < 6.5


async def test_item_055_who_disconnects_while_waiting_is_never_matched(meet):
    first, second, third = await meet.people(3)
    await second.expect_online(3)
    await search(first)
    await first.close()
    await second.expect_online(2)
    await search(second)
    await nothing_more(second)
    await search(third)
    await paired(second, third)


async def test_item_056_the_partner_of_a_disconnected_user_is_told_once(meet):
    first, second = await meet.pair()
    left = first.id
    await first.close()
    assert await second.expect("partnerLeft") == {"partnerId": left}
    await nothing_more(second)
    await second.expect_online(1)


@pytest.mark.profile("requeue-by-server")
async def test_item_056_the_server_policy_puts_the_partner_back_into_the_queue(meet):
    first, second = await meet.pair()
    await first.close()
    await second.expect("partnerLeft")
    await second.expect("waiting")
    third = await meet.person()
    await search(third)
    await paired(second, third)


async def test_item_057_both_disconnect_at_once_and_nothing_stale_remains(meet):
    first, second = await meet.pair()
    observer = await meet.person()
    await observer.expect_online(3)
    await asyncio.gather(first.close(), second.close())
    await observer.expect_online(1)
    third = await meet.person()
    await meet.join(observer, third)
    await nothing_more(observer, third)


@pytest.mark.transports("websocket")
@pytest.mark.deadline(120)
async def test_item_060_ten_thousand_random_operations_never_pair_anyone_with_itself(meet):
    seed = 60
    chance = random.Random(seed)
    people = await meet.people(20)

    async def wander(person, rounds):
        for _ in range(rounds):
            operation = chance.choice([("findChat",), ("findChat", None, True), ("next",), ("leaveChat",)])
            await person.call(*operation, timeout=20)

    await asyncio.gather(*(wander(person, 500) for person in people))
    for person in people:
        starts = [event.arguments[0] for event in person.history if event.name == "chatStart"]
        assert starts, "the operations made no pair at all"
        assert all(start["partnerId"] != person.id for start in starts)
    everybody = {person.id for person in people}
    assert all(
        event.arguments[0]["partnerId"] in everybody
        for person in people for event in person.history if event.name == "chatStart")


async def test_item_062_each_client_sees_its_events_in_order(meet):
    first, second = await meet.people(2)
    await asyncio.gather(first.emit("findChat"), second.emit("findChat"))
    for round_number in range(10):
        # Who is paired writes at once: the text must arrive behind the chatStart of its own pair.
        for member in (first, second):
            await member.expect("waiting")
            await member.expect("chatStart")
        await asyncio.gather(*(member.emit("sendMessage", f"{round_number}") for member in (first, second)))
        for member in (first, second):
            texts = [await member.expect("message") for _ in range(2)]
            assert {text["text"] for text in texts} == {f"{round_number}"}
        leaver, left = (first, second) if round_number % 2 else (second, first)
        await leaver.emit("next")
        await left.expect("partnerLeft")
