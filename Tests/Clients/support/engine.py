"""Engine.IO by hand, for what a well-behaved client never sends."""

import json

import aiohttp

from .deadline import within

SEPARATOR = "\x1e"


class Engine:
    """One raw Engine.IO session over polling or websocket; `async with` closes what is left of it."""

    def __init__(self, url, transport, path="/socket.io/", headers=None):
        self.address = f"{url}{path}"
        self.transport = transport
        self.headers = headers or {}
        self.http = None
        self.socket = None
        self.sid = None
        self.opened = None
        self.answer_headers = None
        self.arrived = []

    async def __aenter__(self):
        self.http = aiohttp.ClientSession(headers=self.headers)
        await self.open()
        return self

    async def __aexit__(self, *error):
        if self.socket is not None:
            await self.socket.close()
        elif self.sid:
            await self.post("1")
        await self.http.close()

    async def open(self):
        if self.transport == "websocket":
            self.socket = await self.http.ws_connect(
                self.address, params={"EIO": "4", "transport": "websocket"}, max_msg_size=0)
        packet = await self.receive()
        assert packet[:1] == "0", packet
        self.opened = json.loads(packet[1:])
        self.sid = self.opened["sid"]

    @property
    def query(self):
        query = {"EIO": "4", "transport": "polling"}
        return {**query, "sid": self.sid} if self.sid else query

    async def receive(self, seconds=5):
        """The next packet as text or bytes, None when the session is closed; heartbeats are answered, noops skipped."""
        while True:
            packet = await within(self.next_packet(), seconds)
            if packet == "2":
                await self.send("3")
            elif packet != "6":
                return packet

    async def next_packet(self):
        if self.transport == "websocket":
            message = await self.socket.receive()
            if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                return message.data
            return None
        while not self.arrived:
            status, body = await self.poll()
            if status != 200:
                return None
            self.arrived = body.split(SEPARATOR)
        return self.arrived.pop(0)

    async def poll(self):
        async with self.http.get(self.address, params=self.query) as answer:
            self.answer_headers = answer.headers
            return answer.status, await answer.text()

    async def post(self, body):
        """One POST; the status is 0 when the server cut the connection instead of answering."""
        try:
            async with self.http.post(
                self.address, params=self.query, data=body, headers={"Content-Type": "text/plain;charset=UTF-8"}
            ) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""

    async def send(self, *packets):
        """Sends packets: frames of a websocket, or one payload in one POST."""
        if self.transport == "websocket":
            for packet in packets:
                if isinstance(packet, bytes):
                    await self.socket.send_bytes(packet)
                else:
                    await self.socket.send_str(packet)
            return 200
        status, _ = await self.post(SEPARATOR.join(packets))
        return status

    async def join(self, namespace="/", auth=None):
        """CONNECT to a namespace; returns the answer: a CONNECT or CONNECT_ERROR packet of that namespace."""
        prefix = "" if namespace == "/" else f"{namespace},"
        await self.send(f"40{prefix}{json.dumps(auth) if auth is not None else ''}")
        while True:
            packet = await self.receive()
            if packet is None or packet.startswith((f"40{prefix}", f"44{prefix}")):
                return packet

    async def receive_event(self, name, seconds=5):
        """Skips to the next event called `name` and returns its arguments."""
        while True:
            packet = await self.receive(seconds)
            assert packet is not None, f"closed while waiting for {name}"
            if packet.startswith('42["'):
                event, *arguments = json.loads(packet[2:])
                if event == name:
                    return arguments

    async def expect_closed(self, seconds=5):
        """The session ends: no more packets, and over polling its id is unknown afterwards."""

        async def drain():
            while await self.receive(seconds) not in (None, "1"):
                pass

        await within(drain(), seconds)
        if self.transport == "polling":
            status, body = await self.poll()
            assert (status, json.loads(body)) == (400, {"code": 1, "message": "Session ID unknown"})
