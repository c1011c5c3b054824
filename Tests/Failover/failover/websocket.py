"""Engine.IO over WebSocket by hand: cheap enough for thousands of clients in one process."""

import asyncio

from .http import RefusedRequest, response_head

# Every frame is masked, with zeros: it says the same and costs nothing.
MASKED, NO_MASK = 0x80, bytes(4)


def frame(text, opcode=1):
    """One masked frame."""
    payload = text.encode() if isinstance(text, str) else text
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, MASKED | size))
    elif size < 65536:
        head = bytes((0x80 | opcode, MASKED | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, MASKED | 127)) + size.to_bytes(8, "big")
    return head + NO_MASK + payload


class WebSocket(asyncio.Protocol):
    """One connection. `packet` is called with every text, `closed` with the reason when it is over."""

    def __init__(self, packet, closed):
        self.packet = packet
        self.closed = closed
        self.buffer = bytearray()
        self.transport = None
        self.opened = asyncio.get_running_loop().create_future()
        self.is_over = False

    @classmethod
    async def open(cls, host, port, packet, closed):
        """Connects; a server that refuses the upgrade raises `RefusedRequest`, no server `OSError`."""
        loop = asyncio.get_running_loop()
        _, self = await loop.create_connection(lambda: cls(packet, closed), host, port)
        self.transport.write((
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c3dpdGNoYm9hcmQgMTIzNA==\r\n\r\n"
        ).encode())
        try:
            await self.opened
        except BaseException:
            self.is_over = True
            self.transport.abort()
            raise
        return self

    def send(self, text):
        if not self.is_over:
            self.transport.write(frame(text))

    def close(self):
        """Leaves in good order."""
        if not self.is_over:
            self.send("1")
            self.transport.write(frame(b"\x03\xe8", opcode=8))
            self.end("client")

    def abort(self):
        self.end("client")

    def end(self, reason):
        if self.is_over:
            return
        self.is_over = True
        self.transport.close()
        if self.opened.done():
            self.closed(reason, None)
        else:
            self.opened.set_exception(ConnectionResetError(reason))

    # What asyncio calls.

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.end("transport close")

    def data_received(self, data):
        self.buffer += data
        if not self.opened.done() and not self.read_head():
            return
        while not self.is_over and self.read_frame():
            pass

    def read_head(self):
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        status, headers = response_head(bytes(self.buffer[:end]))
        if status != 101:
            size = int(headers.get("content-length", 0))
            if len(self.buffer) < end + 4 + size:
                return False
            body = self.buffer[end + 4:end + 4 + size].decode(errors="replace")
            self.is_over = True
            self.opened.set_exception(RefusedRequest(status, body))
            return False
        del self.buffer[:end + 4]
        self.opened.set_result(None)
        return True

    def read_frame(self):
        """Takes one frame; whether there was a whole one. The server sends no fragments."""
        if len(self.buffer) < 2:
            return False
        size, start = self.buffer[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(self.buffer) < start:
                return False
            size = int.from_bytes(self.buffer[2:start], "big")
        if len(self.buffer) < start + size:
            return False
        opcode, payload = self.buffer[0] & 15, bytes(self.buffer[start:start + size])
        del self.buffer[:start + size]
        if opcode == 1:
            self.packet(payload.decode())
        elif opcode == 8:
            self.end("closed by the server")
        elif opcode == 9:
            self.transport.write(frame(payload, opcode=10))
        return True
