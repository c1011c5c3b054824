"""A raw client that does with packets what the stock client in a browser does, at once and in order: it handles those that
arrived together before it writes anything else, and has one POST under way at a time."""

import asyncio
import contextlib
import json

from .deadline import within
from .engine import SEPARATOR, Engine


class Orderly(Engine):
    """`async with` connects; `on` maps names of events to functions, which are called with the event's arguments."""

    def __init__(self, url, transport, on=None):
        super().__init__(url, transport)
        self.on = on or {}
        self.id = None
        self.waiting = {}
        self.outgoing = []
        self.written = asyncio.Event()
        self.tasks = []

    async def __aenter__(self):
        await super().__aenter__()
        self.id = json.loads((await self.join())[2:])["sid"]
        arrived, self.arrived = self.arrived, []
        for packet in arrived:
            self.handle(packet)
        self.tasks = [asyncio.create_task(self.read()), asyncio.create_task(self.write())]
        return self

    async def __aexit__(self, *error):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        with contextlib.suppress(ConnectionError):
            await super().__aexit__(*error)

    def emit(self, name, *arguments, acknowledgement=""):
        self.put(f"42{acknowledgement}{json.dumps([name, *arguments])}")

    async def call(self, name, *arguments, seconds=20):
        number = len(self.waiting)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        self.emit(name, *arguments, acknowledgement=number)
        return await within(self.waiting[number], seconds)

    def put(self, packet):
        self.outgoing.append(packet)
        self.written.set()

    def handle(self, packet):
        if packet == "2":
            self.put("3")
        elif packet.startswith("42"):
            name, *arguments = json.loads(packet[2:])
            if name in self.on:
                self.on[name](*arguments)
        elif packet.startswith("43"):
            number, arguments = packet[2:].split("[", 1)
            self.waiting[int(number)].set_result(json.loads("[" + arguments)[0])

    async def read(self):
        while True:
            if self.transport == "websocket":
                packets = [await self.next_packet()]
            else:
                status, body = await self.poll()
                packets = body.split(SEPARATOR) if status == 200 else [None]
            for packet in packets:
                if packet is None:
                    return
                self.handle(packet)

    async def write(self):
        while True:
            await self.written.wait()
            packets, self.outgoing = self.outgoing, []
            self.written.clear()
            await self.send(*packets)
