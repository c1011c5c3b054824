"""A TCP link between a client and a server that delays what passes, in both directions, without changing the order."""

import asyncio
import contextlib


class SlowLink:
    """Listens on a free port of its own and passes everything on; `delay` gives seconds for each piece."""

    def __init__(self, url, delay):
        host, port = url.removeprefix("http://").split(":")
        self.target = (host, int(port))
        self.delay = delay
        self.tasks = set()
        self.server = None

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *error):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def accept(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self.carry(source, sink))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def carry(self, source, sink):
        loop = asyncio.get_running_loop()
        pieces = asyncio.Queue()
        deliverer = asyncio.create_task(self.deliver(pieces, sink))
        due = 0.0
        try:
            while piece := await source.read(65536):
                due = max(due, loop.time() + self.delay())
                pieces.put_nowait((due, piece))
        except OSError:
            pass
        finally:
            pieces.put_nowait((due, None))
            with contextlib.suppress(asyncio.CancelledError):
                await deliverer

    @staticmethod
    async def deliver(pieces, sink):
        loop = asyncio.get_running_loop()
        try:
            while True:
                due, piece = await pieces.get()
                await asyncio.sleep(max(0, due - loop.time()))
                if piece is None:
                    break
                sink.write(piece)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()  # even if the link goes while something is under way: who is behind it must not wait
