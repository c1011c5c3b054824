"""All clients of a run: started little by little, speaking at an even rate, ended together."""

import asyncio

from support.tokens import token

from .clients import RawClient, StockClient
from .member import Member

QUEUE_SHARE, POLLING_SHARE = 1 / 15, 1 / 10
STOCK = 6  # clients of python-socketio among them, where nobody is expected to recover
PER_SECOND = 400  # new clients
LATE = 0.25  # seconds that a machine which has time for the run is never late


class Crowd:
    """`count` clients: a fifteenth waits, a tenth polls, the others chat in pairs over WebSocket.

    Everybody speaks once in `period` seconds, at moments spread by the seed.
    """

    def __init__(self, count, period, place, history, random, stock=STOCK):
        self.period = period
        self.history = history
        self.random = random
        self.members = []
        self.tasks = []
        queue = token(id="queue")
        waiting = max(2, round(count * QUEUE_SHARE))
        waiting += (count - waiting) % 2  # the others can all be paired
        polling = set(random.sample(range(count), round(count * POLLING_SHARE)))
        for number in range(count):
            group = "queue" if number < waiting else "pairs"
            is_stock = waiting <= number < waiting + stock
            transport = "stock" if is_stock else "polling" if number in polling else "websocket"
            member = Member(f"{group}{number}", group, transport, history)
            auth = {"token": queue} if group == "queue" else {}
            member.client = (
                StockClient(member, *place, auth) if is_stock else RawClient(member, *place, transport, auth, random))
            self.members.append(member)
        random.shuffle(self.members)

    async def start(self):
        for index, member in enumerate(self.members):
            member.client.start()
            if index % 10 == 9:
                await asyncio.sleep(10 / PER_SECOND)
        await self.until_settled()
        self.tasks = [asyncio.create_task(self.speak()), asyncio.create_task(self.watch())]

    async def until_settled(self, seconds=60):
        """Waits until everybody has what it wants, and was told that all the others are there."""
        async with asyncio.timeout(seconds):
            while not all(member.is_settled and member.online == len(self.members) for member in self.members):
                await asyncio.sleep(0.05)

    async def speak(self):
        """Everybody in turn: as many at a time as the period asks for."""
        loop = asyncio.get_running_loop()
        turns = sorted((self.random.uniform(0, self.period), index) for index in range(len(self.members)))
        start = loop.time()
        while True:
            for moment, index in turns:
                if (delay := start + moment - loop.time()) > 0.005:
                    await asyncio.sleep(delay)
                self.members[index].speak()
            start += self.period

    async def watch(self):
        """Looks after heartbeats, and notes when this process itself did not get to run."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.25
            await asyncio.sleep(0.25)
            if (late := loop.time() - due) > LATE:
                self.history.record("run", "stall", seconds=round(late, 3))
            for member in self.members:
                member.client.check_heartbeat()

    async def be_quiet(self):
        """Nobody speaks any more; what was said may still arrive."""
        for task in self.tasks[:1]:
            task.cancel()
        await asyncio.gather(*self.tasks[:1], return_exceptions=True)

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.gather(*(member.client.stop() for member in self.members), return_exceptions=True)
        await asyncio.sleep(0.2)
