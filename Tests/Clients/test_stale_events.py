"""Acceptance items 76, 77 and 93: what was meant for a former partner never reaches a new one.

`SWITCHBOARD_STALE_RUNS` is how often item 76 is tried for each size and transport, `SWITCHBOARD_SEED` repeats a run.
"""

import asyncio
import os
import random
from contextlib import AsyncExitStack

import pytest

from support.deadline import within
from support.orderly import Orderly
from support.slow_link import SlowLink

RUNS = int(os.environ.get("SWITCHBOARD_STALE_RUNS", "16"))
SEED = int(os.environ.get("SWITCHBOARD_SEED", random.randrange(1 << 32)))
TABLES = min(20, max(1, RUNS // 4))  # groups of people who do the same at the same time, each in a pool of its own


class Table:
    """Four people in one pool. The victim chats with the leaver; the leaver goes on to somebody who waits, and then a
    stranger comes, so that the server gives the victim a new partner. The victim writes to the leaver until it sees that,
    and then at once to the new one."""

    def __init__(self, meet, pool, chance, link):
        self.meet = meet
        self.pool = {"pool": pool}
        self.chance = chance
        self.link = link
        self.chats = 0

    async def sit_down(self, stack):
        self.others = [await self.meet.person(transport="websocket") for _ in range(3)]
        self.victim = await stack.enter_async_context(
            Orderly(self.link.url, self.meet.transport, {"chatStart": self.greet}))

    def greet(self, start):
        """The victim's handler of `chatStart`."""
        self.partner = start["partnerId"]
        self.chats += 1
        self.victim.emit("sendMessage", f"for {self.partner}")

    async def write(self):
        """The victim writes to whom it takes for its partner, as fast as it likes."""
        while True:
            self.victim.emit("sendMessage", f"for {self.partner}")
            await asyncio.sleep(self.chance.uniform(0, 0.03))

    async def find(self, person):
        await person.emit("findChat", self.pool)
        await person.expect("waiting")

    async def run(self):
        """One try. Whatever text anybody was sent, it was meant for him."""
        leaver, waiter, stranger = self.others
        await asyncio.gather(*(person.call("leaveChat") for person in (*self.others, self.victim)))
        for person in self.others:
            person.position = len(person.history)
        await self.find(leaver)
        await self.victim.call("findChat", self.pool)
        await leaver.expect("chatStart")
        await leaver.expect("message")
        await self.find(waiter)
        writer = asyncio.create_task(self.write())
        await asyncio.sleep(self.chance.uniform(0, 0.1))
        chats = self.chats
        await leaver.emit("next")
        await asyncio.sleep(self.chance.uniform(0, 0.1))
        await self.find(stranger)
        # Whom the victim gets now depends on who was whose partner before; it may be the leaver again.
        await self.moved_on(chats)
        partner = next(person for person in self.others if person.id == self.partner)
        await partner.until(lambda: self.texts_in(partner) >= 3, "texts of its new partner")
        writer.cancel()
        self.check()

    async def moved_on(self, chats):
        async def watch():
            while self.chats == chats:
                await asyncio.sleep(0.01)

        try:
            await within(watch(), 20)
        except TimeoutError:
            seen = [[event.name for event in person.history if event.name != "message"] for person in self.others]
            raise AssertionError(f"seed {SEED}: nobody for the victim; leaver, waiter and stranger saw {seen}") from None

    def texts_in(self, person):
        return sum(event.name == "message" for event in person.pending())

    def check(self):
        for person in self.others:
            for event in person.history:
                if event.name == "message":
                    assert event.arguments[0]["text"] == f"for {person.id}", f"seed {SEED}"
            person.history.clear()
            person.position = 0


@pytest.mark.profile("pools")
@pytest.mark.deadline(900)
async def test_item_076_what_was_written_for_the_old_partner_never_reaches_the_new_one(meet):
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    async with SlowLink(meet.cluster.url(1), lambda: chance.uniform(0, 0.3) * chance.random()) as link:
        tables = [Table(meet, f"pool{number}", chance, link) for number in range(TABLES)]
        async def play(table, runs):
            for _ in range(runs):
                await table.run()

        async with AsyncExitStack() as stack:
            for table in tables:
                await table.sit_down(stack)
            await asyncio.gather(*(play(table, -(-RUNS // len(tables))) for table in tables))


async def repaired(meet):
    """The first chats with the second, goes on to a third, and a fourth comes for the second."""
    first, second = await meet.pair()
    third, fourth = await meet.people(2)
    await third.emit("findChat")
    await third.expect("waiting")
    old = second.history[-1].arguments[0]["pairId"]
    await first.emit("next")
    await second.expect("partnerLeft")
    await second.expect("waiting")
    await fourth.emit("findChat")
    await fourth.expect("waiting")
    start = await second.expect("chatStart")
    assert start["partnerId"] == fourth.id
    await fourth.expect("chatStart")
    return second, fourth, old, start["pairId"]


async def test_item_077_an_old_or_foreign_pair_id_is_stale(meet):
    second, fourth, old, new = await repaired(meet)
    for pair in (old, "foreign"):
        for event in (("sendMessage", "x", {"pairId": pair}), ("webrtc-offer", {"offer": {}, "pairId": pair})):
            answer = await second.call(*event)
            assert (answer["ok"], answer["code"]) == (False, "stale_pair")
    assert await second.call("sendMessage", "now", {"pairId": new}) == {"ok": True}
    assert (await fourth.expect("message"))["text"] == "now"


async def test_item_093_signalling_of_the_old_pair_never_reaches_the_new_partner(meet):
    second, fourth, old, new = await repaired(meet)
    for event, field in (("webrtc-offer", "offer"), ("webrtc-answer", "answer"), ("ice-candidate", "candidate")):
        answer = await second.call(event, {field: {"old": True}, "pairId": old})
        assert answer["code"] == "stale_pair"
    assert await second.call("webrtc-offer", {"offer": {"new": True}}) == {"ok": True}
    assert await fourth.expect("webrtc-offer") == {"offer": {"new": True}, "from": second.id}
    fourth.nothing_pending()
