"""A python-socketio client that keeps everything it saw, in order."""

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass

import aiohttp
import engineio
import socketio

from .deadline import within

# The client refuses polling payloads of more than 16 packets by default; a burst may well have more.
engineio.payload.Payload.max_decode_packets = 10_000

TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}
OFFSET = re.compile(r"[A-Za-z0-9_-]{6}\.\d+|[A-Za-z0-9_-]{30}")
QUIET = 1.0  # "gets nothing" in the specification: nothing within one second


class Client(socketio.AsyncClient):
    """The stock client, which forgets to close the session when it disconnects while one of its POSTs is under way."""

    async def disconnect(self):
        if self.eio.queue is not None:
            with contextlib.suppress(TimeoutError):
                await within(self.eio.queue.join(), 2)
        await super().disconnect()


@dataclass(frozen=True)
class Event:
    """One event as it arrived."""

    name: str
    arguments: tuple
    time: float


class Refused(Exception):
    """The server refused the connection; `data` is what connect_error carried."""

    def __init__(self, data):
        super().__init__(str(data))
        self.message = data.get("message") if isinstance(data, dict) else data


class Participant:
    """One person at the other end of a Socket.IO connection.

    `history` has every event. The expectations look at the events in order, each once, and leave `onlineUsers` to
    `expect_online`, because the count may change at any moment.
    """

    def __init__(self, label="", reconnection=False):
        self.label = label
        self.history = []
        self.online = []
        self.disconnects = []
        self.refusal = None
        self.offset = None
        self.position = 0
        self.changed = asyncio.Event()
        self.session = None
        self.reconnection = reconnection
        self.client = None
        self.namespace = "/"

    async def connect(self, url, transport="websocket", auth=None, headers=None, namespaces=None, connector=None):
        self.session = aiohttp.ClientSession(connector=connector or aiohttp.TCPConnector(limit=8))
        self.client = Client(
            reconnection=self.reconnection, reconnection_delay=1, reconnection_delay_max=2, handle_sigint=False,
            http_session=self.session,
        )
        self.namespace = (namespaces or ["/"])[0]
        self.client.on("*", self.record, namespace=self.namespace)
        self.client.on("disconnect", self.record_disconnect, namespace=self.namespace)
        self.client.on("connect_error", self.record_refusal, namespace=self.namespace)
        try:
            await self.client.connect(
                url, transports=TRANSPORTS[transport], auth=auth, headers=headers or {}, namespaces=namespaces,
                wait_timeout=10)
        except socketio.exceptions.ConnectionError as error:
            await self.close()
            raise Refused(self.refusal if self.refusal is not None else str(error)) from None
        return self

    def record(self, name, *arguments):
        # Where recovery is on, an event has its offset behind its arguments.
        if arguments and isinstance(arguments[-1], str) and OFFSET.fullmatch(arguments[-1]):
            self.offset, arguments = arguments[-1], arguments[:-1]
        event = Event(name, arguments, time.monotonic())
        (self.online if name == "onlineUsers" else self.history).append(event)
        self.changed.set()

    def record_disconnect(self, reason=None):
        self.disconnects.append(reason)
        self.changed.set()

    def record_refusal(self, data=None):
        self.refusal = data

    @property
    def id(self):
        return self.client.get_sid(self.namespace)

    @property
    def engine_id(self):
        return self.client.eio.sid

    @property
    def transport(self):
        return self.client.transport()

    @property
    def connected(self):
        return self.client.connected and not self.disconnects

    async def emit(self, name, *arguments):
        await self.client.emit(name, arguments, namespace=self.namespace)

    async def call(self, name, *arguments, timeout=5):
        """Emits and returns the acknowledgement."""
        return await self.client.call(name, arguments, namespace=self.namespace, timeout=timeout)

    async def until(self, condition, what, seconds=5):
        """Waits until `condition` holds, looking again at every arrival."""

        async def watch():
            while not condition():
                self.changed.clear()
                await self.changed.wait()

        try:
            await within(watch(), seconds)
        except TimeoutError:
            raise AssertionError(
                f"{self.label}: not within {seconds} s: {what}; "
                f"saw {[event.name for event in self.history]}, disconnects {self.disconnects}") from None

    async def expect(self, name, seconds=5):
        """Takes the next event, which must be `name`, and returns its single argument (None without arguments)."""
        await self.until(lambda: len(self.history) > self.position, f"event {name}", seconds)
        event = self.history[self.position]
        self.position += 1
        assert event.name == name, f"{self.label}: expected {name}, got {event.name} {event.arguments}"
        assert len(event.arguments) <= 1, event
        return event.arguments[0] if event.arguments else None

    async def expect_online(self, count, seconds=5):
        """Waits until the last online count that was told is `count`."""
        await self.until(lambda: self.online and self.online[-1].arguments == (count,), f"onlineUsers {count}", seconds)

    def pending(self):
        """Events that arrived and were not expected yet."""
        return self.history[self.position:]

    def nothing_pending(self):
        assert not self.pending(), f"{self.label}: unexpected {self.pending()}"

    async def expect_disconnect(self, seconds=5):
        await self.until(lambda: self.disconnects, "disconnect", seconds)
        return self.disconnects[-1]

    async def close(self):
        if self.client and self.client.connected:
            await self.client.disconnect()
        if self.session:
            await self.session.close()


async def nothing_more(*participants):
    """Nobody gets anything for the time that the specification names."""
    for participant in participants:
        participant.nothing_pending()
    await asyncio.sleep(QUIET)
    for participant in participants:
        participant.nothing_pending()
