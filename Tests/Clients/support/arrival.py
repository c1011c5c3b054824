"""People who look for a chat, thousands of them in one process: raw WebSockets on asyncio's transports, without anything that
a single event does not need. What they measure is what the servers take, and hardly what the clients do."""

import asyncio
import json
import urllib.parse

REQUEST = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")


def frame(text):
    """A masked frame; the mask is zero, so the bytes stay what they are. Only for short texts."""
    data = text.encode()
    assert len(data) < 126
    return bytes([0x81, 0x80 | len(data)]) + bytes(4) + data


class Arrival(asyncio.Protocol):
    """One person. `asked` and `started` are the times of findChat and chatStart, `starts` what chatStart said."""

    def __init__(self, host):
        self.host = host
        self.loop = asyncio.get_running_loop()
        self.ready = self.loop.create_future()
        self.chatting = self.loop.create_future()
        self.transport = self.id = self.asked = self.started = None
        self.starts = []
        self.buffer = b""
        self.is_open = False

    @classmethod
    async def connect(cls, url):
        address = urllib.parse.urlsplit(url)
        _, arrival = await asyncio.get_running_loop().create_connection(
            lambda: cls(address.netloc), address.hostname, address.port)
        await arrival.ready
        return arrival

    def find(self, video):
        self.asked = self.loop.time()
        self.transport.write(frame(f'42["findChat",null,{json.dumps(video)}]'))

    def close(self):
        self.transport.abort()

    # What the transport says

    def connection_made(self, transport):
        self.transport = transport
        transport.write(REQUEST.format(self.host).encode())

    def connection_lost(self, error):
        for future in (self.ready, self.chatting):
            if not future.done():
                future.set_exception(ConnectionError(f"closed: {error}"))
                future.exception()  # Who does not wait for it does not want to hear of it.

    def data_received(self, data):
        self.buffer += data
        if not self.is_open:
            head, end, self.buffer = self.buffer.partition(b"\r\n\r\n")
            if not end:
                self.buffer = head
                return
            assert head.startswith(b"HTTP/1.1 101 "), head
            self.is_open = True
        while (text := self.next_text()) is not None:
            self.packet(text)

    def next_text(self):
        """The content of the next frame, if all of it is there. Servers neither mask nor split so little."""
        if len(self.buffer) < 2:
            return None
        length, start = self.buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(self.buffer[2:4], "big"), 4
        if len(self.buffer) < start + length or start > len(self.buffer):
            return None
        text, self.buffer = self.buffer[start:start + length], self.buffer[start + length:]
        return text

    def packet(self, text):
        if text.startswith(b'42["chatStart"'):
            self.started = self.loop.time()
            self.starts.append(json.loads(text[2:])[1])
            if not self.chatting.done():
                self.chatting.set_result(None)
        elif text.startswith(b"0"):
            self.transport.write(frame("40"))
        elif text.startswith(b"40"):
            self.id = json.loads(text[2:])["sid"]
            self.ready.set_result(None)
        elif text == b"2":
            self.transport.write(frame("3"))
