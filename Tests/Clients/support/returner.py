"""A participant whose client can come back after it lost its connection, as the stock JavaScript client does."""

import asyncio
import contextlib
import itertools
import json

from .deadline import within
from .engine import Engine
from .participant import Participant, Refused


class Returner(Participant):
    """Speaks Engine.IO by hand, and keeps private id and offset for the next connection.

    `buffered` are events that it sends right behind the answer to CONNECT: what the client wrote while it was offline.
    """

    def __init__(self, label=""):
        super().__init__(label)
        self.engine = None
        self.reading = None
        self.sid = None
        self.pid = None
        self.resumed = None
        self.buffered = []
        self.answers = {}
        self.numbers = itertools.count(1)

    @classmethod
    async def join(cls, meeting, node=None, auth=None, label=None):
        """A new participant of a meeting."""
        index = len(meeting.participants) if node is None else node
        self = cls(label or f"returner {len(meeting.participants)} on node {index}")
        meeting.participants.append(self)
        self.url, self.transport_name = meeting.cluster.url(index), meeting.transport
        return await self.arrive(auth)

    async def arrive(self, auth=None, url=None):
        """Connects; with what it was given before, if there was a connection."""
        self.url = url or self.url
        self.disconnects = []
        self.engine = await Engine(self.url, self.transport_name).__aenter__()
        claim = {"pid": self.pid, "offset": self.offset} if self.pid else {}
        await self.engine.send("40" + json.dumps({key: value for key, value in claim.items() if value} | (auth or {})))
        self.reading = asyncio.ensure_future(self.read(arrived := asyncio.get_running_loop().create_future()))
        payload = await within(arrived, 10)
        if "sid" not in payload:
            await self.leave_engine()
            raise Refused(payload)
        self.resumed = payload["sid"] == self.sid
        self.sid, self.pid = payload["sid"], payload.get("pid")
        return self

    async def read(self, arrived):
        while (packet := await self.engine.receive(60)) not in (None, "1"):
            if not isinstance(packet, str):
                continue
            kind, body = packet[:2], packet[2:]
            if kind == "42":
                self.record(*json.loads(body))
            elif kind == "43":
                number = body[:body.index("[")]
                self.answers.pop(int(number)).set_result(json.loads(body[len(number):]))
            elif kind in ("40", "44"):
                if kind == "40":
                    for event in self.buffered:
                        await self.engine.send("42" + json.dumps(event))
                    self.buffered = []
                arrived.set_result(json.loads(body))
            elif kind == "41":
                self.record_disconnect("io server disconnect")
        self.record_disconnect("transport close")

    @property
    def id(self):
        return self.sid

    @property
    def connected(self):
        return self.engine is not None and not self.disconnects

    async def emit(self, name, *arguments):
        await self.engine.send("42" + json.dumps([name, *arguments]))

    async def call(self, name, *arguments, timeout=5):
        number = next(self.numbers)
        answer = self.answers[number] = asyncio.get_running_loop().create_future()
        await self.engine.send(f"42{number}" + json.dumps([name, *arguments]))
        values = await within(answer, timeout)
        return values[0] if values else None

    async def lose(self):
        """The connection breaks; what the server still sends is lost."""
        await self.stop_reading()
        if self.transport_name == "websocket":
            self.engine.socket._response.connection.transport.abort()
            await self.engine.http.close()
            self.engine = None
        else:
            await self.leave_engine()

    async def freeze(self):
        """The client answers nothing any more."""
        await self.stop_reading()

    async def stop_reading(self):
        if self.reading:
            self.reading.cancel()
            await asyncio.wait([self.reading])
            self.reading = None

    async def leave_engine(self):
        if self.engine:
            with contextlib.suppress(Exception):
                await within(self.engine.__aexit__(), 5)
            self.engine = None

    async def disconnect(self):
        """Leaves the namespace, and so does not want to come back."""
        await self.engine.send("41")

    async def close(self):
        await self.stop_reading()
        await self.leave_engine()
