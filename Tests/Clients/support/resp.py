"""A few commands to a Redis, as a foreign peer of the cluster would send them."""

import asyncio

from .deadline import within


class Redis:
    """One connection; what is published arrives in `published`, in order, as (channel, payload)."""

    def __init__(self, port):
        self.port = port
        self.replies = asyncio.Queue()
        self.published = asyncio.Queue()

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.task = asyncio.create_task(self.receive())
        return self

    async def __aexit__(self, *error):
        self.task.cancel()
        self.writer.close()

    async def receive(self):
        while True:
            reply = await self.read()
            if isinstance(reply, list) and reply and reply[0] in (b"message", b"pmessage", b"smessage"):
                self.published.put_nowait((reply[-2].decode(), reply[-1]))
            else:
                self.replies.put_nowait(reply)

    async def read(self):
        line = (await self.reader.readline())[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"*":
            return [await self.read() for _ in range(int(rest))]
        if kind == b"$":
            return (await self.reader.readexactly(int(rest) + 2))[:-2] if rest != b"-1" else None
        return int(rest) if kind == b":" else rest

    async def command(self, *words):
        """Sends a command and returns its reply."""
        encoded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.writer.write(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded))
        return await within(self.replies.get(), 5)

    async def next(self):
        """The next publication: its channel and its bytes."""
        return await within(self.published.get(), 5)
