"""The participants of one test, on a cluster of a given size, over a given transport."""

import asyncio
from contextlib import asynccontextmanager

from .participant import Participant


class Meeting:
    """Brings participants onto the nodes in turn, and takes everybody away at the end."""

    def __init__(self, cluster, transport):
        self.cluster = cluster
        self.transport = transport
        self.participants = []

    async def person(self, node=None, transport=None, auth=None, headers=None, label=None, url=None):
        """Connects one more participant: on `node`, or on the next one in turn."""
        index = len(self.participants) if node is None else node
        participant = Participant(label or f"participant {len(self.participants)} on node {index}")
        self.participants.append(participant)
        return await participant.connect(
            url or self.cluster.url(index), transport or self.transport, auth=auth, headers=headers)

    async def people(self, count, **options):
        return [await self.person(**options) for _ in range(count)]

    async def pair(self, *arguments, **options):
        """Two new participants on neighbouring nodes who are chatting with each other; findChat gets `arguments`."""
        first, second = await self.people(2, **options)
        await self.join(first, second, *arguments)
        return first, second

    async def join(self, first, second, *arguments):
        """Pairs two idle participants."""
        await first.emit("findChat", *arguments)
        await first.expect("waiting")
        await second.emit("findChat", *arguments)
        await second.expect("waiting")
        started = [await member.expect("chatStart") for member in (first, second)]
        assert [start["partnerId"] for start in started] == [second.id, first.id]
        return started

    @asynccontextmanager
    async def undisturbed(self):
        """A chatting pair on the first two nodes that must not notice anything of what happens inside the block."""
        first = await self.person(node=0, label="neighbour 1")
        second = await self.person(node=1, label="neighbour 2")
        await self.join(first, second)
        yield
        for speaker, listener in ((first, second), (second, first)):
            assert await speaker.call("sendMessage", "still here") == {"ok": True}
            for member in (speaker, listener):
                assert (await member.expect("message"))["text"] == "still here"
        for member in (first, second):
            member.nothing_pending()
            assert member.connected
        for node in self.cluster.nodes:
            assert node.running, node.output()
        await asyncio.gather(first.close(), second.close())

    async def aclose(self):
        await asyncio.gather(*(participant.close() for participant in self.participants))
        await asyncio.to_thread(self.cluster.wait_empty)
