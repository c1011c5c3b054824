"""A TCP relay before a server that keeps what the server sent."""

import asyncio


class Tap:
    """Relays connections to a port and counts; `async with` ends it."""

    def __init__(self, port):
        self.target = port
        self.sent = bytearray()

    async def __aenter__(self):
        self.relays = set()
        self.server = await asyncio.start_server(self.relay, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *error):
        self.server.close()
        for relay in self.relays:
            relay.cancel()
        await asyncio.gather(*self.relays, return_exceptions=True)

    async def relay(self, reader, writer):
        self.relays.add(asyncio.current_task())
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self.copy(reader, far_writer, None), self.copy(far_reader, writer, self.sent))

    async def copy(self, reader, writer, record):
        try:
            while data := await reader.read(1 << 16):
                if record is not None:
                    record += data
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    def take(self):
        """How many bytes the server sent since the last call."""
        count = len(self.sent)
        self.sent.clear()
        return count
