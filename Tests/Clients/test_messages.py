"""Acceptance items 68-72 and 74: text messages."""

import asyncio
import re

import pytest

from support.participant import nothing_more
from support.tokens import token

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_item_068_both_get_the_message_with_its_four_fields(meet):
    first, second = await meet.pair()
    assert await first.call("sendMessage", "x") == {"ok": True}
    seen = [await member.expect("message") for member in (first, second)]
    for message in seen:
        assert set(message) == {"sender", "text", "senderEmail", "timestamp"}
        assert message["sender"] == first.id
        assert message["text"] == "x"
        assert TIMESTAMP.fullmatch(message["timestamp"])
    assert seen[0] == seen[1]


async def test_item_069_the_address_stays_hidden_by_default(meet):
    first = await meet.person(auth={"token": token(userId="u1", email="first@example.org")})
    second = await meet.person()
    await meet.join(first, second)
    for speaker in (first, second):
        await speaker.emit("sendMessage", "hello")
        for member in (first, second):
            assert (await member.expect("message"))["senderEmail"] == "Anonymous"


@pytest.mark.profile("reveal-email")
async def test_item_069_the_address_is_shown_when_so_configured(meet):
    first = await meet.person(auth={"token": token(userId="u1", email="first@example.org")})
    second = await meet.person()
    await meet.join(first, second)
    await first.emit("sendMessage", "hello")
    for member in (first, second):
        assert (await member.expect("message"))["senderEmail"] == "first@example.org"
    await second.emit("sendMessage", "hello")
    for member in (first, second):
        assert (await member.expect("message"))["senderEmail"] == "Anonymous"


async def test_item_070_unpaired_text_goes_nowhere(meet):
    first, second = await meet.pair()
    idle = await meet.person()
    answer = await idle.call("sendMessage", "anybody?")
    assert answer["ok"] is False and answer["code"] == "not_paired"
    await idle.emit("findChat")
    await idle.expect("waiting")
    answer = await idle.call("sendMessage", "anybody?")
    assert answer["ok"] is False and answer["code"] == "not_paired"
    await nothing_more(first, second, idle)


async def test_item_071_only_the_two_members_receive_it(meet):
    first, second = await meet.pair()
    third, fourth = await meet.pair()
    idle = await meet.person()
    await first.emit("sendMessage", "between us")
    for member in (first, second):
        await member.expect("message")
    await nothing_more(first, second, third, fourth, idle)


@pytest.mark.deadline(60)
async def test_item_072_a_thousand_messages_from_each_side_arrive_in_order(meet):
    first, second = await meet.pair()
    count = 1000

    async def talk(person):
        for number in range(count):
            await person.emit("sendMessage", str(number))

    await asyncio.gather(talk(first), talk(second))
    for member in (first, second):
        texts = {first.id: [], second.id: []}
        for _ in range(2 * count):
            message = await member.expect("message", seconds=20)
            texts[message["sender"]].append(message["text"])
        assert texts[first.id] == texts[second.id] == [str(number) for number in range(count)]


@pytest.mark.parametrize("text, code", [
    ("x" * 5001, "too_large"),
    ("", "invalid_payload"),
    (" \t\n ", "invalid_payload"),
    ({"text": "x"}, "invalid_payload"),
    (42, "invalid_payload"),
    (None, "invalid_payload"),
    (["x"], "invalid_payload"),
    (True, "invalid_payload"),
], ids=["too long", "empty", "blank", "object", "number", "null", "array", "boolean"])
async def test_item_074_unusable_text_is_refused_and_not_relayed(meet, text, code):
    first, second = await meet.pair()
    answer = await first.call("sendMessage", text)
    assert answer["ok"] is False and answer["code"] == code
    assert answer["message"]
    # The relay keeps the order of one sender: had the bad text been relayed, it would come before this one.
    assert await first.call("sendMessage", "x" * 5000) == {"ok": True}
    for member in (first, second):
        assert (await member.expect("message"))["text"] == "x" * 5000


async def test_item_078_every_script_passes_unchanged(meet):
    first, second = await meet.pair()
    texts = ["<b>&amp;\"'</b>", "👩‍👩‍👧‍👦 🏳️‍🌈", "שלום مرحبا", "e\u0301 \u2028 \u2029 \\u0000", "日本語" * 1000]
    for text in texts:
        await first.emit("sendMessage", text)
        for member in (first, second):
            assert (await member.expect("message"))["text"] == text
