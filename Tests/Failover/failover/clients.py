"""Socket.IO clients that come back by themselves: one by hand, for numbers, and the stock one of python-socketio.

Both tell a listener what happens: `connected(sid, node, recovered)`, `event(name, arguments)`, `disconnected(reason)` and
`refused(status, body)`.
"""

import asyncio
import contextlib
import json
import re
import time

import socketio

from .http import Polling, RefusedRequest
from .websocket import WebSocket

TRANSPORTS = {"websocket": WebSocket, "polling": Polling}
# As in the stock JavaScript client: 1 s, doubled with each failure, 5 s at most, each more or less by half.
FIRST_DELAY, LONGEST_DELAY, JITTER = 1.0, 5.0, 0.5
CONNECT_TIMEOUT = 20  # seconds, as there
# Where connection state recovery is on, an event has its offset behind its arguments.
OFFSET = re.compile(r"[A-Za-z0-9_-]{6}\.\d+|[A-Za-z0-9_-]{30}")
TAG = 6  # characters of a session id that name the node


def without_offset(arguments):
    """The arguments of an event, and its offset or `None`."""
    if arguments and isinstance(arguments[-1], str) and OFFSET.fullmatch(arguments[-1]):
        return arguments[:-1], arguments[-1]
    return arguments, None


class RawClient:
    """Speaks Socket.IO by hand, with connection state recovery as the stock JavaScript client does it."""

    def __init__(self, listener, host, port, transport, auth, random):
        self.listener = listener
        self.place = (host, port)
        self.transport = TRANSPORTS[transport]
        self.auth = auth
        self.random = random
        self.link = None
        self.task = None
        self.over = None
        self.engine = None  # what the server said in the handshake
        self.last_ping = 0.0
        self.sid = self.pid = self.offset = None
        self.answers = {}
        self.number = 0

    def start(self):
        self.task = asyncio.create_task(self.run())

    async def run(self):
        attempt = 0
        while True:
            self.over = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    self.link = await self.transport.open(*self.place, self.packet, self.closed)
                await self.over
                attempt = 0
            except RefusedRequest as error:
                self.listener.refused(error.status, error.body)
            except (OSError, TimeoutError):
                pass
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt)
            attempt += 1
            await asyncio.sleep(delay * (1 + JITTER * self.random.uniform(-1, 1)))

    def emit(self, name, *arguments, answered=None):
        """Sends an event; `answered` gets the answer, if one comes."""
        number = ""
        if answered:
            self.number += 1
            number = self.number
            self.answers[number] = answered
        self.link.send(f"42{number}{json.dumps([name, *arguments])}")

    def check_heartbeat(self):
        """Gives the connection up if the server has been silent for too long."""
        if self.sid and self.engine and self.link:
            patience = (self.engine["pingInterval"] + self.engine["pingTimeout"]) / 1000
            if time.monotonic() - self.last_ping > patience:
                self.link.end("ping timeout")

    async def stop(self):
        """Leaves for good."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        if self.link:
            self.link.close()

    # What the connection tells.

    def packet(self, text):
        kind = text[0]
        if kind == "4":
            self.message(text[1], text[2:])
        elif kind == "2":
            self.last_ping = time.monotonic()
            self.link.send("3")
        elif kind == "0":
            self.engine = json.loads(text[1:])
            self.last_ping = time.monotonic()
            claim = {"pid": self.pid, "offset": self.offset} if self.pid and self.offset else {}
            # The first packet may come before `open` has returned.
            asyncio.get_running_loop().call_soon(self.join, {**self.auth, **claim})
        elif kind == "1" and self.link:
            self.link.end("closed by the server")

    def join(self, payload):
        if self.link:
            self.link.send("40" + (json.dumps(payload) if payload else ""))

    def message(self, kind, body):
        if kind == "2":
            name, *arguments = json.loads(body)
            arguments, offset = without_offset(arguments)
            self.offset = offset or self.offset
            self.listener.event(name, arguments)
        elif kind == "3":
            start = body.index("[")
            if answered := self.answers.pop(int(body[:start]), None):
                answered(*json.loads(body[start:]))
        elif kind == "0":
            answer = json.loads(body)
            pid = answer.get("pid")
            recovered = pid is not None and pid == self.pid
            if not recovered:
                self.offset = None
            self.sid, self.pid = answer["sid"], pid
            self.listener.connected(self.sid, self.engine["sid"][:TAG], recovered)
        elif kind == "4":
            self.listener.refused(0, body)
        elif kind == "1":
            self.link.end("io server disconnect")

    def closed(self, reason, refusal):
        self.link = None
        self.answers.clear()
        was_connected, self.sid = self.sid is not None, None
        if refusal:
            self.listener.refused(refusal.status, refusal.body)
        if was_connected:
            self.listener.disconnected(reason)
        if self.over and not self.over.done():
            self.over.set_result(None)


class StockClient:
    """python-socketio with its own reconnection, over polling and the upgrade to WebSocket."""

    def __init__(self, listener, host, port, auth):
        self.listener = listener
        self.url = f"http://{host}:{port}"
        self.auth = auth
        self.task = None
        self.client = socketio.AsyncClient(
            reconnection=True, reconnection_delay=FIRST_DELAY, reconnection_delay_max=LONGEST_DELAY,
            randomization_factor=JITTER, handle_sigint=False)
        self.client.on("connect", self.connected)
        self.client.on("disconnect", listener.disconnected)
        self.client.on("*", self.event)

    def start(self):
        self.task = asyncio.create_task(
            self.client.connect(self.url, auth=self.auth, wait_timeout=CONNECT_TIMEOUT, retry=True))

    def connected(self):
        self.listener.connected(self.client.get_sid("/"), self.client.eio.sid[:TAG], False)

    def event(self, name, *arguments):
        self.listener.event(name, without_offset(list(arguments))[0])

    def emit(self, name, *arguments, answered=None):
        async def send():
            with contextlib.suppress(socketio.exceptions.SocketIOError, OSError):
                await self.client.emit(name, arguments, callback=answered)

        asyncio.create_task(send())

    def check_heartbeat(self):
        """It does so itself."""

    async def stop(self):
        self.task.cancel()
        await self.client.shutdown()
